"""The batches that a step takes, made of a dataset of batches."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tfgans.models.labels import Labels

Batch = dict[str, tf.Tensor]
"""Tensors by name; the first axis is that of the rows."""

Batches = tf.data.Dataset | Callable[..., tf.data.Dataset]
"""A dataset of batches, or a function of `machine=(number, count)` that returns one."""


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
        Dicts of tensors `[B, updates, ...]`. A label that means nothing is an `InvalidArgumentError` in the graph.

    Raises:
        ValueError: If a field is missing or of another shape or type, the batches have no fixed size, the replicas
            cannot share them, or there are too few for one step.
    """

    def as_batch(*element: Any) -> Batch:
        values = element[0] if isinstance(element[0], Mapping) else dict(zip(fields, element, strict=False))
        return {name: values[name] for name in fields if name in values}

    def swap(value: tf.Tensor) -> tf.Tensor:
        return tf.transpose(value, [1, 0, *range(2, value.shape.rank)])

    dataset = dataset.map(as_batch)
    _check_batch(dataset.element_spec, fields)
    rows = next(iter(dataset.element_spec.values())).shape[0]
    if rows % replicas:
        raise ValueError(f"Batches of {rows} cannot be shared by {replicas} replicas.")
    if 0 <= dataset.cardinality() < updates:
        raise ValueError(f"One step takes {updates} batches; the dataset has {int(dataset.cardinality())}.")
    stacked = dataset.batch(updates, drop_remainder=True)
    batches = stacked.map(lambda batch: tf.nest.map_structure(swap, batch)).prefetch(2)
    if labels is None:
        return batches
    message = f"Labels must {labels.meaning}."
    return batches.map(lambda batch: checked(batch, "label", labels.is_valid(batch["label"]), message))


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
