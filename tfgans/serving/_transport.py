"""The base of the two protocols, REST and gRPC."""

import abc
import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

# If one request of a batch has another shape or type, TF Serving fails all of them with these words.
_SPOILT_BATCH = ("from different tasks have different shapes", "Tensor concat operation failed")

# Errors that parsers and converters raise.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DecodeError, ParseError)

# The client stops reading an answer of more bytes. 64 images of 256 x 256 take about 500 MB in JSON.
MOST_BYTES = 2**30


NOTHING = float(np.finfo(np.float32).min)
"""The number in all places of the answer to an invalid row, about -3.4e38. JSON has no NaN; TensorFlow Serving would
write one that strict parsers refuse. No model gives this number in all places."""


@dataclasses.dataclass(frozen=True)
class Signature:
    """Inputs and outputs of a signature, by name; the first axis counts rows."""

    inputs: dict[str, tf.TensorSpec]
    outputs: dict[str, tf.TensorSpec]


class RefusalError(Exception):
    """Raised when a request fails.

    Args:
        code: gRPC's name of the error.
        message: The message of the server, or of the library that sent the request.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later."""
        return self.code == "UNAVAILABLE" or any(words in self.message for words in _SPOILT_BATCH)


@contextlib.contextmanager
def _reading(expected: str) -> Iterator[None]:
    """Turns errors while an answer is read into a RefusalError that names the expected value."""
    try:
        yield
    except _UNREADABLE as error:
        raise RefusalError("DATA_LOSS", f"expected {expected}; received {error}") from error


def fits(shape: Sequence[int], spec: tf.TensorSpec, rows: int) -> bool:
    """Returns whether an output of this shape has the expected number of rows and fits the signature."""
    return list(shape[:1]) == [rows] and spec.shape.is_compatible_with(shape)


class Transport(abc.ABC):
    """Sends requests about one model to a server and reads the answers.

    Methods raise a RefusalError if the server returns an error, if the answer is not complete after `seconds`, or if it
    does not fit the request.
    """

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> dict[str, np.ndarray]:
        """Returns the outputs of a signature, checked for type, shape and number of rows; strings are bytes."""
        answer = self._predict(signature, inputs, outputs, seconds)
        rows = len(next(iter(inputs.values())))
        arrays = {}
        for name, spec in outputs.items():
            sizes = ", ".join("any" if size is None else str(size) for size in (rows, *spec.shape[1:]))
            with _reading(f"{spec.dtype.name} [{sizes}] as {name} of {signature}"):
                if name not in answer:
                    raise ValueError(f"no {name}")
                arrays[name] = self._decode(answer[name], spec, rows)
                if spec.dtype.is_floating and np.any(np.isinf(arrays[name])):
                    raise ValueError("Infinity")
        return arrays

    def versions(self, seconds: float) -> list[int]:
        """Returns the versions that are available."""
        with _reading("versions"):
            return self._versions(seconds)

    def signatures(self, seconds: float) -> dict[str, Signature]:
        """Returns the model's signatures by name."""
        with _reading("signatures"):
            return {
                name: Signature(_specs(signature.inputs), _specs(signature.outputs))
                for name, signature in sorted(self._signatures(seconds).items())
                if not name.startswith("__")
            }

    @abc.abstractmethod
    def close(self) -> None:
        """Closes the connection."""

    @abc.abstractmethod
    def _versions(self, seconds: float) -> list[int]:
        """The versions that are available."""

    @abc.abstractmethod
    def _signatures(self, seconds: float) -> Mapping[str, SignatureDef]:
        """The model's signatures, not decoded."""

    @abc.abstractmethod
    def _predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> Mapping[str, Any]:
        """The outputs of a signature, not decoded."""

    @abc.abstractmethod
    def _decode(self, answer: Any, spec: tf.TensorSpec, rows: int) -> np.ndarray:
        """Decodes an output; raises a ValueError with the received type and shape if it does not fit."""


def _specs(tensors: Mapping[str, Any]) -> dict[str, tf.TensorSpec]:
    """Shapes and types of a SignatureDef's inputs or outputs, by name."""
    # A protocol buffer has them in any order.
    infos = sorted(tensors.items())
    return {name: tf.TensorSpec(info.tensor_shape, tf.as_dtype(info.dtype), name) for name, info in infos}
