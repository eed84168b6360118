"""Batches as a function of (seed, step)."""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf


def batches(arrays: Mapping[str, np.ndarray], batch_size: int, *, seed: int = 0, start: int = 0) -> tf.data.Dataset:
    """Returns an endless dataset of shuffled batches, each a function of (seed, number).

    An epoch is a permutation of the rows that is drawn from (seed, epoch). Rows that do not fill a batch are left out
    until the next epoch. The dataset begins at batch `start` without reading earlier ones, so that a resumed run
    continues at once with the batches of an uninterrupted one. Each batch is one gather.

    Args:
        arrays: Arrays of the same length, with one row an example: `image`, uint8 in [0, 255] or floating in [-1, 1],
            or points [n, D]; `label`, integer [n] or floating [n, K].
        batch_size: Rows in a batch.
        seed: Seed of the order.
        start: Number of the first batch.

    Returns:
        Dataset of dicts with the names of `arrays`. Images are float32 in [-1, 1], points and floating labels float32,
        and integer labels int32.

    Raises:
        ValueError: If there are fewer rows than `batch_size`, the arrays' lengths differ, or images lie outside their
            range.
    """
    rows = {name: len(array) for name, array in arrays.items()}
    if len(set(rows.values())) != 1:
        raise ValueError(f"All arrays must have the same number of rows; received {rows}.")
    count = next(iter(rows.values()))
    if not 1 <= batch_size <= count:
        raise ValueError(f"batch_size must lie in 1 to {count}, the number of rows; received {batch_size}.")
    tensors = {name: tf.constant(_standard_type(name, np.asarray(array))) for name, array in arrays.items()}
    per_epoch = count // batch_size

    def batch(number: tf.Tensor) -> dict[str, tf.Tensor]:
        epoch, position = number // per_epoch, number % per_epoch
        order = position * batch_size + tf.range(batch_size, dtype=tf.int64)
        index = tf.random.experimental.index_shuffle(
            order, tf.stack([tf.constant(seed, tf.int64), epoch]), tf.constant(count - 1, tf.int64)
        )
        gathered = {name: tf.gather(tensor, index) for name, tensor in tensors.items()}
        return {name: _to_contract(value) for name, value in gathered.items()}

    return numbered(batch, start)


def numbered(batch: Callable[[tf.Tensor], dict[str, tf.Tensor]], start: int) -> tf.data.Dataset:
    """Returns an endless dataset of batches, each made from its number, from `start` on."""
    dataset = tf.data.Dataset.range(start, np.iinfo(np.int64).max)
    dataset = dataset.map(batch, num_parallel_calls=2, deterministic=True)
    # There is nothing to tune, and `fit` would wait at its end for the tuner's thread, which wakes ever more rarely.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def _standard_type(name: str, array: np.ndarray) -> np.ndarray:
    """Returns uint8 images unchanged, other integers as int32, and floating values as float32 after a range check."""
    if array.dtype == np.uint8 and name == "image":
        return array
    if np.issubdtype(array.dtype, np.integer) and name == "image":
        raise ValueError(f"Images must be uint8 in [0, 255] or floating in [-1, 1]; received {array.dtype}.")
    if np.issubdtype(array.dtype, np.integer):
        return array.astype(np.int32)
    # Points have no range.
    if name == "image" and array.ndim > 2 and not np.all(np.abs(array) <= 1):
        raise ValueError(
            f"Floating images must lie in [-1, 1]; received values from {np.min(array)} to {np.max(array)}."
        )
    return array.astype(np.float32)


def _to_contract(value: tf.Tensor) -> tf.Tensor:
    return tf.cast(value, tf.float32) / 127.5 - 1.0 if value.dtype == tf.uint8 else value
