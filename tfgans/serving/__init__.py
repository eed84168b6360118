"""Serving: SavedModels for TensorFlow Serving."""

from tfgans.serving.saved_model import encode_png, export, latest_version, versions, write_models_config

__all__ = ["encode_png", "export", "latest_version", "versions", "write_models_config"]
