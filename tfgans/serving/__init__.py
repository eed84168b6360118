"""Serving: SavedModels for TensorFlow Serving, and a client; importing it does not load the models."""

from tfgans.serving._transport import NOTHING, Signature
from tfgans.serving.client import Client
from tfgans.serving.formats import EXPORTS, export_onnx, export_tflite
from tfgans.serving.pretrained import Pretrained, from_pretrained
from tfgans.serving.saved_model import (
    add_to_models_config,
    check_models_config,
    decode_png,
    encode_png,
    export,
    is_exported,
    latest_version,
    mark_of,
    versions,
)
from tfgans.serving.warmup import write_warmup_requests

__all__ = [
    "EXPORTS",
    "NOTHING",
    "Client",
    "Pretrained",
    "Signature",
    "add_to_models_config",
    "check_models_config",
    "decode_png",
    "encode_png",
    "export",
    "export_onnx",
    "export_tflite",
    "from_pretrained",
    "is_exported",
    "latest_version",
    "mark_of",
    "versions",
    "write_warmup_requests",
]
