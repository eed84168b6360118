"""Divergences of latent distributions."""

import tensorflow as tf

from tfgans.choices import KLReduction, check_choice


def normal_divergence(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """KL(N(mean, variance) || N(0, I)) of each row, `[B]`, for tensors `[B, N]` (AVAE Eq. 3)."""
    # The logarithm of an underflown standard deviation, which TensorFlow Probability takes, has no finite gradient.
    return 0.5 * tf.reduce_sum(tf.exp(log_variance) + tf.square(mean) - 1 - log_variance, axis=1)


def reduced_divergence(mean: tf.Tensor, log_variance: tf.Tensor, reduction: KLReduction, image_size: int) -> tf.Tensor:
    """The mean divergence of a batch, a scalar.

    Args:
        mean: `[B, N]`.
        log_variance: `[B, N]`.
        reduction: Divisor of the sum over entries.
        image_size: Count of numbers in an image.

    Raises:
        ValueError: If the reduction is unknown.
    """
    check_choice("kl_reduction", reduction, KLReduction)
    divisor = {"per_pixel": image_size, "sum": 1, "mean": mean.shape[1]}[reduction]
    return tf.reduce_mean(normal_divergence(mean, log_variance)) / divisor
