"""Divergences of latent distributions."""

from typing import Literal

import tensorflow as tf
import tensorflow_probability as tfp

KLReduction = Literal["per_pixel", "sum", "mean"]
"""What the sum over a latent's entries is divided by: the numbers in an image, so that it is on the scale of a mean
pixel error; nothing; or the entries."""

KL_REDUCTIONS = ("per_pixel", "sum", "mean")


def normal_divergence(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """KL(N(mean, variance) || N(0, I)) of each row, `[B]` of `[B, N]` (AVAE Eq. 3)."""
    normal = tfp.distributions.Normal
    ours, prior = normal(mean, tf.exp(0.5 * log_variance)), normal(tf.zeros_like(mean), tf.ones_like(mean))
    return tf.reduce_sum(tfp.distributions.kl_divergence(ours, prior), axis=1)


def reduced_divergence(mean: tf.Tensor, log_variance: tf.Tensor, reduction: KLReduction, image_size: int) -> tf.Tensor:
    """The mean divergence of a batch, a scalar.

    Args:
        mean: `[B, N]`.
        log_variance: `[B, N]`.
        reduction: One of `KL_REDUCTIONS`.
        image_size: Numbers in an image.

    Raises:
        ValueError: If the reduction is none of them.
    """
    if reduction not in KL_REDUCTIONS:
        raise ValueError(f"kl_reduction must be one of {', '.join(KL_REDUCTIONS)}; received {reduction!r}.")
    divisor = {"per_pixel": image_size, "sum": 1, "mean": mean.shape[1]}[reduction]
    return tf.reduce_mean(normal_divergence(mean, log_variance)) / divisor
