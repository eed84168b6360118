"""What all systems share that learn from labels: classes, or attributes."""

from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from tfgans.models.adversarial import AdversarialModel, Batch


class ConditionedModel(AdversarialModel):
    """A system that learns from labels, and makes samples of what it is asked for.

    A subclass has `condition_size`. Where it does not learn from labels after all, `learns_labels` and `label_spec`
    say so.
    """

    conditioning: str = "class"
    """`class` where labels are integers [B] in 0 to K - 1; `attributes` where they are floating [B, K]."""

    mixes_classes: ClassVar[bool] = True
    """Whether weights of classes, floating [n, K], may be asked for as well as classes."""

    @property
    def condition_size(self) -> int:
        """K, the number of classes or of attributes."""
        raise NotImplementedError(f"{type(self).__name__} must define condition_size.")

    @property
    def learns_labels(self) -> bool:
        """Whether batches have labels."""
        return True

    @property
    def _label(self) -> tf.TensorSpec:
        if self.conditioning == "class":
            return tf.TensorSpec([], tf.int32)
        return tf.TensorSpec([self.condition_size], tf.float32)

    def label_spec(self) -> tf.TensorSpec | None:
        return self._label

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        return {**super().batch_fields(), **({"label": self._label} if self.learns_labels else {})}

    def _step_batches(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        batches = super()._step_batches(dataset)
        return batches.map(self._with_valid_labels) if self.learns_labels else batches

    def _with_valid_labels(self, batch: Batch) -> Batch:
        message = f"Labels must be classes in 0 to {self.condition_size - 1}, or finite attributes."
        with tf.control_dependencies(
            [tf.debugging.Assert(tf.reduce_all(self.is_valid_label(batch["label"])), [message])]
        ):
            return {**batch, "label": tf.identity(batch["label"])}

    def condition(self, label: tf.Tensor) -> tf.Tensor:
        """y as the networks take it, [B, K]: one-hot for integers [B], and floating [B, K] as they are."""
        if label.dtype.is_integer:
            return tf.one_hot(label, self.condition_size, dtype=self.variable_dtype)
        return tf.cast(label, self.variable_dtype)

    def is_valid_label(self, label: tf.Tensor) -> tf.Tensor:
        """bool [n]: whether a label means something, a class in 0 to K - 1 or finite numbers."""
        if label.dtype.is_integer:
            return (label >= 0) & (label < self.condition_size)
        return tf.reduce_all(tf.math.is_finite(label), axis=-1)

    def _check_labels(self, n: int, labels: Any) -> np.ndarray:
        if labels is None:
            raise ValueError(f"{type(self).__name__} makes what it is asked for; received no labels.")
        array, classes = np.asarray(labels), self.conditioning == "class"
        if np.issubdtype(array.dtype, np.integer) and classes:
            # Out of range stays out of range in 32 bits.
            array, shape = np.clip(array, -1, self.condition_size).astype(np.int32), ()
        else:
            array, shape = array.astype(self.variable_dtype), (self.condition_size,)
        if array.shape == shape:
            array = np.broadcast_to(array, (n, *array.shape))
        if array.shape != (n, *shape) or (classes and shape and not self.mixes_classes):
            integers, floating = "integers [n]", f"floating [n, {self.condition_size}]"
            kinds = ([integers] if classes else []) + ([floating] if self.mixes_classes or not classes else [])
            raise ValueError(
                f"labels must be {' or '.join(kinds)}, n = {n}; received {array.shape}, {array.dtype.name}."
            )
        if not np.all(self.is_valid_label(tf.constant(array))):
            raise ValueError(
                f"labels must lie in 0 to {self.condition_size - 1}, or be finite; received {np.unique(array)}."
            )
        return array
