"""Serialisation of priors, objectives and penalties inside a saved model."""

import inspect
from typing import Any, Self


class Configurable:
    """Mix-in for classes that Keras serialises by the arguments of their constructors, which are their attributes.

    The classes of tfgans are frozen dataclasses. They are decorated with
    `keras.saving.register_keras_serializable("tfgans")`, so that files do not name their modules. Keras writes the name
    of the class and the arguments into `.keras` files and model configurations.
    """

    def get_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**config)
