"""Serving: SavedModels for TensorFlow Serving."""

from tfgans.serving.saved_model import add_to_models_config, decode_png, encode_png, export, latest_version, versions

__all__ = ["add_to_models_config", "decode_png", "encode_png", "export", "latest_version", "versions"]
