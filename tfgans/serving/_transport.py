"""What the ways to a server have in common."""

import abc
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

# TF Serving fails all requests of a batch with these words where one of them has another shape or type.
_SPOILT_BATCH = ("from different tasks have different shapes", "Tensor concat operation failed")

# What parsers and converters raise.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DecodeError, ParseError)

# A server that sends more is not waited for. Some 500 MB are 64 images of 256 x 256 in JSON.
MOST_BYTES = 2**30


class RefusalError(Exception):
    """An answer that is an error.

    Args:
        code: Its name in gRPC.
        message: What the server said.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered later."""
        return self.code == "UNAVAILABLE" or any(words in self.message for words in _SPOILT_BATCH)


@contextlib.contextmanager
def reading(expected: str) -> Iterator[None]:
    """Makes a RefusalError of whatever goes wrong while an answer is read, which says what was expected."""
    try:
        yield
    except _UNREADABLE as error:
        raise RefusalError("DATA_LOSS", f"expected {expected}; received {error}") from error


def fits(shape: Sequence[int], spec: tf.TensorSpec, rows: int) -> bool:
    """Whether an output of this shape has as many rows as were asked for, and is as the signature states it."""
    return list(shape[:1]) == [rows] and spec.shape.is_compatible_with(shape)


class Transport(abc.ABC):
    """How requests about one model reach a server and come back.

    Methods raise a RefusalError where the server does, where nothing has come after so many seconds in all, and where
    the answer is not what the request asks for.
    """

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> dict[str, np.ndarray]:
        """The outputs of a signature, of its types and shapes, with a row for each of the inputs; strings are bytes."""
        answer = self._predict(signature, inputs, outputs, seconds)
        rows = len(next(iter(inputs.values())))
        arrays = {}
        for name, spec in outputs.items():
            sizes = ", ".join("any" if size is None else str(size) for size in (rows, *spec.shape[1:]))
            with reading(f"{spec.dtype.name} [{sizes}] as {name} of {signature}"):
                if name not in answer:
                    raise ValueError(f"no {name}")
                arrays[name] = self._decode(answer[name], spec, rows)
                if spec.dtype.is_floating and np.any(np.isinf(arrays[name])):
                    raise ValueError("Infinity")
        return arrays

    @abc.abstractmethod
    def close(self) -> None:
        """Closes the connection."""

    @abc.abstractmethod
    def versions(self, seconds: float) -> list[int]:
        """Versions that are available."""

    @abc.abstractmethod
    def signatures(self, seconds: float) -> Mapping[str, SignatureDef]:
        """The model's signatures."""

    @abc.abstractmethod
    def _predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> Mapping[str, Any]:
        """The outputs as they came."""

    @abc.abstractmethod
    def _decode(self, answer: Any, spec: tf.TensorSpec, rows: int) -> np.ndarray:
        """An output as an array; a ValueError says what came if it does not fit."""
