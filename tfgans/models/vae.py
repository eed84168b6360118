"""The variational auto-encoder (Kingma and Welling 2013), a rival of AVAE."""

import enum
from typing import Any, ClassVar

import keras
import tensorflow as tf

from tfgans.latent import Normal, Prior
from tfgans.losses import KL_REDUCTIONS, KLReduction, reduced_divergence
from tfgans.models.adversarial import Batch, check_built
from tfgans.models.variational import VariationalModel, active_units, check_variational, draw_latent


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    POSTERIOR = 0


@keras.saving.register_keras_serializable("tfgans")
class VAE(VariationalModel):
    """Variational auto-encoder with a mean absolute error.

    Encoder and generator descend one loss:

        mean |x - G(z_v)| + KL(N(mean, variance) || N(0, I)),  z_v = mean + deviation * noise

    Args:
        generator: G, from latents `[B, N]` to images `[B, H, W, C]`, clipped to [-1, 1] where they are sampled.
        encoder: From these to means and logarithms of variances `[B, 2 N]`.
        prior: Standard normal, of size N.
        kl_reduction: What the divergence is divided by, one of `losses.KL_REDUCTIONS`.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together, or the reduction is unknown.

    Example:

    >>> model = tfgans.VAE(
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "generator"),
    ...     tfgans.networks.relu_mlp(2, 8, (16,), "encoder"),
    ...     tfgans.latent.Normal(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> sorted(history.history)
    ['active_units', 'divergence', 'loss', 'reconstruction_error']
    """

    players: ClassVar[tuple[str, ...]] = ("encoder", "generator")
    discriminator_output: ClassVar[None] = None

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        prior: Prior,
        *,
        kl_reduction: KLReduction = "per_pixel",
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        networks = {"generator": generator, "encoder": encoder}
        check_built(type(self).__name__, networks)
        check_variational(generator, encoder, prior)
        if kl_reduction not in KL_REDUCTIONS:
            raise ValueError(f"kl_reduction must be one of {', '.join(KL_REDUCTIONS)}; received {kl_reduction!r}.")
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        self.kl_reduction = kl_reduction

    @property
    def log_names(self) -> tuple[str, ...]:
        return ("loss", "reconstruction_error", "divergence", "active_units")

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 1e-3, as in Kingma's and most later code."""
        return {player: keras.optimizers.Adam(1e-3) for player in self.players}

    def losses_of(self, image: tf.Tensor, noise: tf.Tensor) -> dict[str, tf.Tensor]:
        """What both descend, and its parts.

        Args:
            image: Real images or points x, `[B, ...]`.
            noise: Standard normal, `[B, N]`.

        Returns:
            Scalars, those of `log_names`.
        """
        mean, log_variance = self.posterior(image, training=True)
        generated = tf.cast(self.generator(draw_latent(mean, log_variance, noise), training=True), image.dtype)
        error = tf.reduce_mean(tf.abs(image - generated))
        divergence = reduced_divergence(mean, log_variance, self.kl_reduction, image.shape[1:].num_elements())
        return {
            "loss": error + divergence,
            "reconstruction_error": error,
            "divergence": divergence,
            "active_units": active_units(mean),
        }

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        image = tf.cast(data["image"][:, 0], self.variable_dtype)
        noise = self.noise(Normal(self.prior.size).sample, image.shape[0] or tf.shape(image)[0], Draw.POSTERIOR)
        with tf.GradientTape() as encoder_tape, tf.GradientTape() as generator_tape:
            losses = self.losses_of(image, noise)
        self.update_together({"encoder": (encoder_tape, losses["loss"]), "generator": (generator_tape, losses["loss"])})
        return self.finish_step(losses)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kl_reduction": self.kl_reduction}
