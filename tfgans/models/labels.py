"""The labels that a model learns from and may be asked for. A model without labels has None in their place."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from tfgans.choices import Conditioning
from tfgans.faces import Input


@dataclasses.dataclass(frozen=True)
class Classes:
    """Integers in 0 to K - 1, which are one-hot vectors for networks.

    Attributes:
        count: K.
        mixes: Whether users may also ask for weights of classes, floating [n, K].
    """

    count: int
    mixes: bool = True

    conditioning: ClassVar[Conditioning] = "class"

    @property
    def spec(self) -> tf.TensorSpec:
        """Shape of a label, without the batch axis, and type."""
        return tf.TensorSpec([], tf.int32)

    @property
    def meaning(self) -> str:
        """The condition of a valid label, in words that follow "must"."""
        return f"lie in 0 to {self.count - 1}" + (", or be finite weights of these" if self.mixes else "")

    def encode(self, label: tf.Tensor, dtype: str) -> tf.Tensor:
        """Conditions `[B, K]`: one-hot vectors of integers `[B]`, or weights `[B, K]` as they are."""
        return tf.one_hot(label, self.count, dtype=dtype) if label.dtype.is_integer else tf.cast(label, dtype)

    def is_valid(self, label: tf.Tensor) -> tf.Tensor:
        """bool `[n]`: whether each label is in range, or its weights are finite."""
        return (label >= 0) & (label < self.count) if label.dtype.is_integer else _is_finite(label)

    def array(self, labels: Any, rows: int, dtype: str) -> np.ndarray:
        """Converts a user's labels, one for each row or one for all, to integers [n] or weights [n, K].

        Raises:
            ValueError: If labels are None, or a shape or a value does not fit.
        """
        array, kinds = _as_array(labels), "integers [n]" + (f" or floating [n, {self.count}]" if self.mixes else "")
        if np.issubdtype(array.dtype, np.integer):
            # A class that 32 bits do not hold is out of range too.
            return _checked(self, array.astype(np.int64), (), rows, kinds).astype(np.int32)
        return _checked(self, array.astype(dtype), (self.count,) if self.mixes else None, rows, kinds)


@dataclasses.dataclass(frozen=True)
class Attributes:
    """Floating point numbers [K], which networks take as they are.

    Attributes:
        count: K.
    """

    count: int

    conditioning: ClassVar[Conditioning] = "attributes"

    meaning: ClassVar[str] = "be finite"

    @property
    def spec(self) -> tf.TensorSpec:
        """Shape of a label, without the batch axis, and type."""
        return tf.TensorSpec([self.count], tf.float32)

    def encode(self, label: tf.Tensor, dtype: str) -> tf.Tensor:
        """Conditions `[B, K]`: the labels themselves."""
        return tf.cast(label, dtype)

    def is_valid(self, label: tf.Tensor) -> tf.Tensor:
        """bool `[n]`: whether all numbers of each label are finite."""
        return _is_finite(label)

    def array(self, labels: Any, rows: int, dtype: str) -> np.ndarray:
        """Converts a user's labels, one for each row or one for all, to an array [n, K].

        Raises:
            ValueError: If labels are None, or a shape or a value does not fit.
        """
        return _checked(self, _as_array(labels).astype(dtype), (self.count,), rows, f"floating [n, {self.count}]")


Labels = Classes | Attributes


@dataclasses.dataclass(frozen=True)
class LabelInput(Input):
    """The label of a face; one label serves all rows.

    Attributes:
        labels: Labels of the model.
        dtype: Type of the model's variables.
    """

    labels: Labels = dataclasses.field(kw_only=True)
    dtype: str = dataclasses.field(kw_only=True)

    def array(self, values: Any, rows: int) -> np.ndarray:
        """Converts a user's labels to an array, and checks it."""
        return self.labels.array(values, rows, self.dtype)


def _is_finite(label: tf.Tensor) -> tf.Tensor:
    return tf.reduce_all(tf.math.is_finite(label), axis=-1)


def _as_array(labels: Any) -> np.ndarray:
    if labels is None:
        raise ValueError("A conditional model needs labels; received None.")
    return np.asarray(labels)


def _checked(labels: Labels, array: np.ndarray, shape: tuple[int, ...] | None, rows: int, kinds: str) -> np.ndarray:
    """Labels `[n, *shape]` of an array, which may be one label for all; without a shape, no label has this type."""
    if array.shape == shape:
        array = np.broadcast_to(array, (rows, *shape))
    if shape is None or array.shape != (rows, *shape):
        raise ValueError(f"labels must be {kinds}, n = {rows}; received {array.shape}, {array.dtype.name}.")
    valid = labels.is_valid(tf.constant(array)).numpy()
    if not np.all(valid):
        raise ValueError(f"labels must {labels.meaning}; received {np.unique(array[~valid])}.")
    return array
