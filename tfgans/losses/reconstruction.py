"""Distances between images and their reconstructions."""

import tensorflow as tf

from tfgans.choices import Norm, check_choice
from tfgans.losses.penalties import safe_norm


def sample_errors(first: tf.Tensor, second: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Distances `[B]` between the samples `[B, ...]` of two batches; `l2_batch` counts as `l2_sample` here.

    Raises:
        ValueError: If the norm is unknown.
    """
    check_choice("norm", norm, Norm)
    axes = list(range(1, first.shape.rank))
    return tf.reduce_mean(tf.abs(first - second), axes) if norm == "l1_mean" else safe_norm(first - second, axes)


def reconstruction_errors(first: tf.Tensor, second: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Distances whose mean is the distance between two batches.

    Args:
        first: Samples `[B, ...]`.
        second: Their reconstructions.
        norm: The distance.

    Returns:
        The distances of the samples, `[B]`; for `l2_batch` the distance of the global batches, a scalar.

    Raises:
        ValueError: If the norm is unknown.
    """
    if norm != "l2_batch":
        return sample_errors(first, second, norm)
    context = tf.distribute.get_replica_context()
    square = context.all_reduce("sum", tf.reduce_sum(tf.square(first - second)))
    rows = tf.cast(tf.shape(first)[0] * context.num_replicas_in_sync, first.dtype)
    return tf.sqrt(square + 1e-12) / rows


def reconstruction_error(first: tf.Tensor, second: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Distance between two batches `[B, ...]`, a scalar: the mean of `reconstruction_errors`."""
    return tf.reduce_mean(reconstruction_errors(first, second, norm))


def mean_difference(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Mean over entries of |E first - E second|, a scalar, with E over the rows `[B, N]` of the global batch."""
    context = tf.distribute.get_replica_context()
    means = [context.all_reduce("mean", tf.reduce_mean(codes, axis=0)) for codes in (first, second)]
    return tf.reduce_mean(tf.abs(means[0] - means[1]))
