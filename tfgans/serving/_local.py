"""SavedModels in this process, behind the interface of a server."""

import functools
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from tfgans.serving._transport import RefusalError, Transport, fits
from tfgans.serving.saved_model import versions


class Local(Transport):
    """Runs a SavedModel of a folder of versions; `seconds` have no meaning here."""

    def __init__(self, folder: pathlib.Path, version: int | None) -> None:
        self._folder = folder
        self._version = version

    def close(self) -> None:
        """Does nothing, since there is no connection."""

    def _versions(self, seconds: float) -> list[int]:
        return versions(self._folder)

    @property
    def _path(self) -> pathlib.Path:
        found = versions(self._folder)
        if not found or (self._version is not None and self._version not in found):
            asked = "" if self._version is None else f"; received version {self._version}"
            raise RefusalError("NOT_FOUND", f"the folder has the versions {found}{asked}")
        return self._folder / str(found[-1] if self._version is None else self._version)

    def _signatures(self, seconds: float) -> Mapping[str, SignatureDef]:
        return SavedModel.FromString((self._path / "saved_model.pb").read_bytes()).meta_graphs[0].signature_def

    @functools.cached_property
    def _functions(self) -> Mapping[str, Callable[..., Mapping[str, tf.Tensor]]]:
        try:
            # The object must live as long as its functions, whose variables it owns.
            self._loaded = tf.saved_model.load(str(self._path))
        except (tf.errors.OpError, OSError, ValueError) as error:
            raise RefusalError("DATA_LOSS", f"this SavedModel cannot be loaded: {error}") from error
        return self._loaded.signatures

    def _predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> Mapping[str, Any]:
        try:
            return self._functions[signature](**{name: tf.constant(array) for name, array in inputs.items()})
        except tf.errors.OpError as error:
            raise RefusalError("INVALID_ARGUMENT", error.message) from error

    def _decode(self, answer: tf.Tensor, spec: tf.TensorSpec, rows: int) -> np.ndarray:
        if not fits(answer.shape.as_list(), spec, rows):
            raise ValueError(f"{answer.dtype.name} {answer.shape}")
        return answer.numpy()
