"""Posteriors of variational encoders: diagonal normal distributions of latents."""

import tensorflow as tf

_ACTIVE_VARIANCE = 0.01


def mean_and_log_variance(code: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Splits an encoder's output `[B, 2 N]` into the mean and the logarithm of the variance, `[B, N]` each."""
    mean, log_variance = tf.split(code, 2, axis=1)
    return mean, log_variance


def draw_latent(mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
    """z_v = mean + deviation * noise (AVAE Eq. 4), `[B, N]`."""
    return mean + tf.exp(0.5 * log_variance) * noise


def active_units(mean: tf.Tensor) -> tf.Tensor:
    """Number of entries, a scalar, whose mean has a variance above .01 over the batch."""
    return tf.reduce_sum(tf.cast(tf.math.reduce_variance(mean, axis=0) > _ACTIVE_VARIANCE, mean.dtype))
