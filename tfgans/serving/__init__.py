"""Serving: SavedModels for TensorFlow Serving, and a client of it. The client loads no models."""

import importlib
from typing import Any

from tfgans.serving.client import Client, Signature
from tfgans.serving.warmup import write_warmup_requests

_OF_SAVED_MODELS = (
    "add_to_models_config",
    "check_models_config",
    "decode_png",
    "encode_png",
    "export",
    "exported_step",
    "latest_version",
    "versions",
)

__all__ = ["Client", "Signature", "write_warmup_requests", *_OF_SAVED_MODELS]


def __getattr__(name: str) -> Any:
    if name in _OF_SAVED_MODELS:
        return getattr(importlib.import_module(f"{__name__}.saved_model"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
