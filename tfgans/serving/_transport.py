"""What the ways to a server have in common."""

import abc
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

# TF Serving fails all requests of a batch with these words where one of them has another shape or type.
_SPOILT_BATCH = ("from different tasks have different shapes", "Tensor concat operation failed")


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


class Transport(abc.ABC):
    """How requests about one model reach a server and come back; methods raise `RefusalError`."""

    @abc.abstractmethod
    def close(self) -> None:
        """Closes the connection."""

    @abc.abstractmethod
    def versions(self) -> list[int]:
        """Versions that are available."""

    @abc.abstractmethod
    def signatures(self) -> Mapping[str, SignatureDef]:
        """The model's signatures."""

    @abc.abstractmethod
    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec]
    ) -> dict[str, np.ndarray]:
        """The outputs of a signature; strings are objects of bytes."""
