"""Serialisation of priors, objectives and penalties inside a saved model."""

import dataclasses
from typing import Any, Self, cast


class Configurable:
    """Mix-in for frozen dataclasses that Keras serialises by their fields.

    A subclass is decorated with `keras.saving.register_keras_serializable("tfgans")`. Keras then writes its class name
    and its fields into `.keras` files and model configurations.
    """

    def get_config(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(cast(Any, self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**config)
