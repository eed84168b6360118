"""Losses on the outputs of networks: feature maps and class logits."""

from collections.abc import Sequence

import tensorflow as tf


def feature_distance(first: Sequence[tf.Tensor], second: Sequence[tf.Tensor]) -> tf.Tensor:
    """Sum over maps of mean |a - b|, a scalar (X-GAN, Algorithm 1, line 6, with equal weights of the maps).

    Args:
        first: Maps `[B, ...]` of any shapes, at least one.
        second: The maps to compare with, in the same number and shapes.
    """
    return tf.add_n([tf.reduce_mean(tf.abs(a - b)) for a, b in zip(first, second, strict=True)])


def mean_feature_distance(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Half the mean over entries of (E first - E second)^2, a scalar; E is over the rows `[B, ...]` of all replicas.

    This is the feature matching of CVAE-GAN (Bao et al. 2017, Eqs. 5 and 6), with a mean over entries. The code that we
    compared with matches the means of whole batches, as here, also for the classifier's features.
    """
    context = tf.distribute.get_replica_context()
    means = [context.all_reduce("mean", tf.reduce_mean(maps, axis=0)) for maps in (first, second)]
    return 0.5 * tf.reduce_mean(tf.square(means[0] - means[1]))


def classification_loss(logits: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
    """-E log softmax(logits)_y, a scalar, for logits `[B, K]` and classes `[B]`."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits))
