"""The batches that a step takes, made of a dataset of batches."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tfgans.models.labels import Labels

Batch = dict[str, tf.Tensor]
"""Tensors by name; the first axis is that of the rows."""


# Images of [-1, 1] may leave it by the rounding of a resize.
_MOST = 1.001
_OUTSIDE = "Images must lie in -1 to 1; x / 127.5 - 1 maps those in 0 to 255."


def batches_of_arrays(
    arrays: Any, labels: Any, fields: Mapping[str, tf.TensorSpec], batch_size: int, seed: int
) -> tf.data.Dataset:
    """Makes a dataset of batches from arrays, in another order in each epoch.

    Args:
        arrays: The images, or a dict of arrays by field.
        labels: The labels, if `arrays` are the images.
        fields: Shape without the batch axis, and type, of each field that the model takes.
        batch_size: Rows in a batch. Rows that do not fill one are left out until the next epoch.
        seed: Seed of the order.

    Returns:
        Dicts of tensors `[B, ...]`. The field `index` has the numbers of the rows, if there is no such array.

    Raises:
        ValueError: If a field is missing, the arrays have other numbers of rows, there are fewer rows than
            `batch_size`, images are not floating in [-1, 1] or uint8, or an array has another shape than its field.
    """
    given = dict(arrays) if isinstance(arrays, Mapping) else {"image": arrays}
    if labels is not None:
        given = {**given, "label": labels}
    columns = {name: _column(name, given[name], field) for name, field in fields.items() if name in given}
    if "image" not in columns:
        raise ValueError(
            f"fit takes images, or a dict of arrays with 'image'; received {', '.join(given) or 'nothing'}."
        )
    rows = {name: len(column) for name, column in columns.items()}
    (count, *others) = set(rows.values())
    if others:
        raise ValueError(f"All arrays must have the same number of rows; received {rows}.")
    if not 1 <= batch_size <= count:
        raise ValueError(f"batch_size must lie in 1 to {count}, the number of rows; received {batch_size}.")
    if "index" in fields:
        columns.setdefault("index", np.arange(count))
    tensors = {name: tf.constant(column) for name, column in columns.items()}

    def read(index: tf.Tensor) -> Batch:
        batch = {name: tf.gather(tensor, index) for name, tensor in tensors.items()}
        image = batch["image"]
        return {**batch, "image": tf.cast(image, tf.float32) / 127.5 - 1} if image.dtype == tf.uint8 else batch

    order = tf.data.Dataset.range(count).shuffle(count, seed=seed)
    return order.batch(batch_size, drop_remainder=True).map(read)


def _column(name: str, values: Any, field: tf.TensorSpec) -> np.ndarray:
    array = np.asarray(values)
    shape = tuple(field.shape)
    # Grey images often come without their one channel.
    if len(shape) == 3 and array.ndim == 3 and shape[-1] == 1:
        array = array[..., np.newaxis]
    if array.ndim == 0 or array.shape[1:] != shape:
        expected = ", ".join(map(str, ("n", *shape)))
        raise ValueError(f"The array of {name!r} must have shape [{expected}]; received {array.shape}.")
    if len(shape) == 3 and array.dtype == np.uint8:
        return array
    if np.issubdtype(array.dtype, np.integer) != field.dtype.is_integer:
        raise ValueError(f"The array of {name!r} must be {field.dtype.name}; received {array.dtype}.")
    if len(shape) == 3 and not np.all(np.abs(array) <= _MOST):
        raise ValueError(f"{_OUTSIDE} They have values from {array.min()} to {array.max()}.")
    return array.astype(field.dtype.as_numpy_dtype)


def value_error(error: tf.errors.OpError) -> ValueError | None:
    """Returns the ValueError of an error of the graph, if values of a batch were wrong."""
    found = re.search(r"assertion failed: \[((?:Images|Labels|An index) must [^]]*)\]", error.message)
    return ValueError(found[1]) if found else None


def rows_of(batch: Batch) -> int | tf.Tensor:
    """The number of rows of a batch, a Python number where the graph knows it."""
    image = batch["image"]
    return image.shape[0] or tf.shape(image)[0]


def step_batches(
    dataset: tf.data.Dataset,
    fields: Mapping[str, tf.TensorSpec],
    labels: Labels | None,
    *,
    updates: int,
    replicas: int,
) -> tf.data.Dataset:
    """Stacks the batches of one step on axis 1, so that axis 0 stays the batch that replicas share.

    Args:
        dataset: Batches `[B, ...]`, dicts or tuples in the order of the fields.
        fields: Shape without the batch axis, and type, of each field that the model takes.
        labels: The labels of the model, which check the field `label`.
        updates: Batches of one step.
        replicas: Number of replicas, which must divide B.

    Returns:
        Dicts of tensors `[B, updates, ...]`. A label that means nothing, or an image outside [-1, 1], is an
        `InvalidArgumentError` in the graph, of which `value_error` makes a ValueError.

    Raises:
        ValueError: If a field is missing or of another shape or type, there are no batches, the replicas cannot share
            them, or there are too few for one step.
    """

    def as_batch(*element: Any) -> Batch:
        values = element[0] if isinstance(element[0], Mapping) else dict(zip(fields, element, strict=False))
        return {name: values[name] for name in fields if name in values}

    def swap(value: tf.Tensor) -> tf.Tensor:
        return tf.transpose(value, [1, 0, *range(2, value.shape.rank)])

    dataset = dataset.map(as_batch)
    if any(spec.shape.rank and spec.shape[0] is None for spec in dataset.element_spec.values()):
        dataset = _of_one_size(dataset)
    _check_batch(dataset.element_spec, fields)
    rows = next(iter(dataset.element_spec.values())).shape[0]
    if rows % replicas:
        raise ValueError(f"Batches of {rows} cannot be shared by {replicas} replicas.")
    if 0 <= dataset.cardinality() < updates:
        raise ValueError(f"One step takes {updates} batches; the dataset has {int(dataset.cardinality())}.")
    stacked = dataset.batch(updates, drop_remainder=True)

    def prepared(batch: Batch) -> Batch:
        if batch["image"].shape.rank == 5:
            # NaN passes, since the loss shows it at its step, where a run keeps its last good checkpoint.
            # TensorFlow's optimizer would rewrite the negation of "greater", and refuse NaN.
            image = batch["image"]
            batch = checked(batch, "image", (tf.abs(image) <= _MOST) | tf.math.is_nan(image), _OUTSIDE)
        if labels is not None:
            batch = checked(batch, "label", labels.is_valid(batch["label"]), f"Labels must {labels.meaning}.")
        return tf.nest.map_structure(swap, batch)

    return stacked.map(prepared).prefetch(2)


def _of_one_size(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Returns batches that all have as many rows as the first; rows that do not fill one are left out at the end."""
    first = next(iter(dataset.take(1)), None)
    if first is None:
        raise ValueError("The dataset has no batches.")
    return dataset.rebatch(len(next(iter(first.values()))), drop_remainder=True)


def checked(batch: Batch, field: str, is_valid: tf.Tensor, message: str) -> Batch:
    """The batch, one field of which can be read only where all of `is_valid` holds; otherwise the graph fails."""
    with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(is_valid), [message])]):
        return {**batch, field: tf.identity(batch[field])}


def _check_batch(spec: Any, fields: Mapping[str, tf.TensorSpec]) -> None:
    """Raises ValueError where a dataset's elements are not what the networks take."""
    expected = ", ".join(f"{name} [B, {', '.join(map(str, field.shape))}]" for name, field in fields.items())
    for name, field in fields.items():
        if name not in spec:
            raise ValueError(f"The dataset's elements have no {name!r}; expected {expected}.")
        shape, dtype = spec[name].shape, spec[name].dtype
        if shape.rank is None or shape[0] is None:
            raise ValueError(
                f"Batches of {name!r} have no fixed size (shape {shape}); use .batch(size, drop_remainder=True)."
            )
        if not shape[1:].is_compatible_with(field.shape) or dtype.is_integer != field.dtype.is_integer:
            raise ValueError(
                f"Batches of {name!r} are {dtype.name} {shape}; expected {expected} as {field.dtype.name}."
            )
