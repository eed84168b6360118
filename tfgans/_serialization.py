"""How priors, objectives and penalties travel inside a saved model."""

import dataclasses
from typing import Any


class Configurable:
    """Mix-in for frozen dataclasses that Keras serialises by their fields.

    A subclass is decorated with `keras.saving.register_keras_serializable("tfgans")`; Keras then writes
    it into `.keras` files and model configurations as its class name and its fields.
    """

    def get_config(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Configurable":
        return cls(**config)
