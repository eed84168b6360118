"""Serving: SavedModels for TensorFlow Serving, and a client; importing it does not load the models."""

from tfgans.serving._transport import NOTHING, Signature
from tfgans.serving.client import Client
from tfgans.serving.saved_model import (
    add_to_models_config,
    check_models_config,
    decode_png,
    encode_png,
    export,
    exported_step,
    latest_version,
    versions,
)
from tfgans.serving.warmup import write_warmup_requests

__all__ = [
    "NOTHING",
    "Client",
    "Signature",
    "add_to_models_config",
    "check_models_config",
    "decode_png",
    "encode_png",
    "export",
    "exported_step",
    "latest_version",
    "versions",
    "write_warmup_requests",
]
