"""Batches as a function of (seed, step)."""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf


def batches(arrays: Mapping[str, np.ndarray], batch_size: int, *, seed: int = 0, start: int = 0) -> tf.data.Dataset:
    """An endless dataset of shuffled batches, each a function of (seed, its number).

    An epoch is a permutation of the rows drawn from (seed, epoch); rows that do not fill a batch wait
    for the next epoch's permutation. Nothing is read to get to batch number `start`, so that a resumed
    run continues at once and sees what it would have seen. Whole batches are gathered at a time.

    Args:
        arrays: Arrays with one row an example, all of the same length: `image` uint8 in [0, 255] or
            floating in [-1, 1], or points [n, D]; `label` integer [n] or floating [n, K].
        batch_size: Rows in a batch.
        seed: Seed of the order.
        start: Number of the first batch.

    Returns:
        Dataset of dicts with the keys of `arrays`; uint8 images become float32 in [-1, 1], integer labels
        int32 and floating ones float32.

    Raises:
        ValueError: If there are fewer rows than `batch_size`, the arrays' lengths differ, or images lie
            outside their range.
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
    """An endless dataset of batches, each made from its number, from `start` on."""
    dataset = tf.data.Dataset.range(start, np.iinfo(np.int64).max)
    dataset = dataset.map(batch, num_parallel_calls=2, deterministic=True)
    # There is nothing to tune; and the tuner's thread wakes ever more rarely, and `fit` waits for it at its end.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def _standard_type(name: str, array: np.ndarray) -> np.ndarray:
    """uint8 as it is, other integers as int32, floating as float32 with images checked for range."""
    if array.dtype == np.uint8 and name == "image":
        return array
    if np.issubdtype(array.dtype, np.integer) and name == "image":
        raise ValueError(f"Images must be uint8 in [0, 255] or floating in [-1, 1]; received {array.dtype}.")
    if np.issubdtype(array.dtype, np.integer):
        return array.astype(np.int32)
    # Points of a toy world may lie anywhere.
    if name == "image" and array.ndim > 2 and not np.all(np.abs(array) <= 1):
        raise ValueError(
            f"Floating images must lie in [-1, 1]; received values from {np.min(array)} to {np.max(array)}."
        )
    return array.astype(np.float32)


def _to_contract(value: tf.Tensor) -> tf.Tensor:
    return tf.cast(value, tf.float32) / 127.5 - 1.0 if value.dtype == tf.uint8 else value
