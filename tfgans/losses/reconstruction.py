"""Distances between images and their reconstructions."""

import tensorflow as tf

from tfgans.choices import Norm, check_choice
from tfgans.losses.penalties import safe_norm


def sample_errors(first: tf.Tensor, second: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Distances of samples `[B, ...]` from others, `[B]`; `l2_batch` is no norm of one sample, and as `l2_sample`.

    Raises:
        ValueError: If the norm is unknown.
    """
    check_choice("norm", norm, Norm)
    axes = list(range(1, first.shape.rank))
    return tf.reduce_mean(tf.abs(first - second), axes) if norm == "l1_mean" else safe_norm(first - second, axes)


def reconstruction_errors(first: tf.Tensor, second: tf.Tensor, norm: Norm) -> tf.Tensor:
    """What the distance of a batch from another is the mean of: those of its samples, or one of the global batch.

    Args:
        first: Samples `[B, ...]`.
        second: Their reconstructions.
        norm: The distance.

    Returns:
        `[B]`, or of `l2_batch`, which is no norm of one sample, a scalar.

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
    """Distance of a batch `[B, ...]` from another, a scalar: the mean of `reconstruction_errors`."""
    return tf.reduce_mean(reconstruction_errors(first, second, norm))


def mean_difference(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Mean over entries of |E first - E second|, a scalar; E is over the rows `[B, N]` of the global batch."""
    context = tf.distribute.get_replica_context()
    means = [context.all_reduce("mean", tf.reduce_mean(codes, axis=0)) for codes in (first, second)]
    return tf.reduce_mean(tf.abs(means[0] - means[1]))
