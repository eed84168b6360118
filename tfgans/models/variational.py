"""What systems with a variational encoder share."""

import keras
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.models.adversarial import with_condition
from tfgans.models.autoencoding import AutoencodingModel

_ACTIVE_VARIANCE = 0.01


class VariationalModel(AutoencodingModel):
    """A system whose encoder gives the mean and the logarithm of the variance of a latent vector, `[B, 2 N]`.

    `encode` gives the mean.
    """

    def posterior(
        self, image: tf.Tensor, training: bool, label: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Mean and logarithm of the variance, `[B, N]` each, in the type of the variables."""
        inputs = with_condition(image, self.encoder_condition(label))
        code = tf.cast(self.encoder(inputs, training=training), self.variable_dtype)
        mean, log_variance = tf.split(code, 2, axis=1)
        return mean, log_variance

    def encode_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """The mean of E(x) at inference: `[n, H, W, C]` in [-1, 1] or points `[n, D]` to latents `[n, N]`."""
        return self.posterior(tf.cast(image, self.variable_dtype), training=False, label=label)[0]


def draw_latent(mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
    """z_v = mean + deviation * noise (AVAE Eq. 4), `[B, N]`."""
    return mean + tf.exp(0.5 * log_variance) * noise


def active_units(mean: tf.Tensor) -> tf.Tensor:
    """Entries whose mean varies over a batch, with a variance above .01: those that the decoder is told of."""
    return tf.reduce_sum(tf.cast(tf.math.reduce_variance(mean, axis=0) > _ACTIVE_VARIANCE, mean.dtype))


def check_variational(generator: keras.Model, encoder: keras.Model, prior: Prior) -> None:
    """Raises ValueError where shapes do not fit together."""
    image = tuple(generator.output.shape[1:])
    received = [tuple(t.shape[1:] for t in (*net.inputs, *net.outputs)) for net in (generator, encoder)]
    if received != [((prior.size,), image), (image, (2 * prior.size,))]:
        raise ValueError(
            f"With latents of size {prior.size}, that of the prior, the generator must take these, and the encoder "
            f"its images, giving means and logarithms of variances, {2 * prior.size}; they take and give {received}."
        )
