"""Batches as a function of (seed, step)."""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from tfgans.data.images import Images, StoredImages

_FLIPS = 1

Machine = tuple[int, int]
"""Number of a machine, and how many machines there are."""


def batches(
    arrays: Mapping[str, Images],
    batch_size: int,
    *,
    seed: int = 0,
    start: int = 0,
    flip: bool = False,
    machine: Machine = (0, 1),
) -> tf.data.Dataset:
    """Returns an endless dataset of shuffled batches, each a function of (seed, number).

    An epoch is a permutation of the rows that is drawn from (seed, epoch). Rows that do not fill a batch are left out
    until the next epoch. The dataset begins at batch `start` without reading earlier ones, so that a resumed run
    continues at once with the batches of an uninterrupted one. Each batch is one gather, or one read of stored images.

    Args:
        arrays: Arrays of the same length, with one row an example: `image`, uint8 in [0, 255] or floating in [-1, 1],
            or points [n, D]; `label`, integer [n] or floating [n, K]. Images may be stored ones.
        batch_size: Rows in a batch.
        seed: Seed of the order and of the flips.
        start: Number of the first batch.
        flip: Whether each image of a batch is turned left to right with probability 1/2.
        machine: Number of this machine, and how many share each batch. Each reads its own rows only.

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
    share = share_of(batch_size, machine)
    readers = {name: _reader(name, array) for name, array in arrays.items()}
    per_epoch, mine = count // batch_size, tf.range(share.start, share.stop, dtype=tf.int64)

    def batch(number: tf.Tensor) -> dict[str, tf.Tensor]:
        epoch, position = number // per_epoch, number % per_epoch
        order = position * batch_size + mine
        index = tf.random.experimental.index_shuffle(
            order, tf.stack([tf.constant(seed, tf.int64), epoch]), tf.constant(count - 1, tf.int64)
        )
        read = {name: _to_contract(reader(index)) for name, reader in readers.items()}
        if flip:
            # All machines draw the flips of the whole batch, so that they do not depend on how many share it.
            draw = tf.random.experimental.stateless_fold_in(tf.stack([tf.constant(seed, tf.int64), number]), _FLIPS)
            turned = tf.random.stateless_uniform([batch_size], draw)[share] < 0.5
            read["image"] = tf.where(turned[:, None, None, None], read["image"][:, :, ::-1], read["image"])
        return read

    return numbered(batch, start)


def share_of(batch_size: int, machine: Machine) -> slice:
    """Returns the rows of a batch that a machine reads.

    Raises:
        ValueError: If the machines cannot share the batch equally.
    """
    own, machines = machine
    if batch_size % machines:
        raise ValueError(f"batch_size must be a multiple of {machines}, the number of machines; received {batch_size}.")
    rows = batch_size // machines
    return slice(own * rows, (own + 1) * rows)


def numbered(batch: Callable[[tf.Tensor], dict[str, tf.Tensor]], start: int) -> tf.data.Dataset:
    """Returns an endless dataset of batches, each made from its number, from `start` on."""
    dataset = tf.data.Dataset.range(start, np.iinfo(np.int64).max)
    dataset = dataset.map(batch, num_parallel_calls=2, deterministic=True)
    # There is nothing to tune, and `fit` would wait at its end for the tuner's thread, which wakes ever more rarely.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def _reader(name: str, array: Images) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns a function that reads rows [B] of an array in memory, or of stored images, in a graph."""
    if isinstance(array, StoredImages):
        return lambda index: tf.ensure_shape(array.read_in_graph(index), [index.shape[0], *array.shape[1:]])
    tensor = tf.constant(_standard_type(name, np.asarray(array)))
    return lambda index: tf.gather(tensor, index)


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
