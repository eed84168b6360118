"""The variational auto-encoder (Kingma and Welling 2013), a rival of AVAE."""

import enum
from typing import ClassVar

import keras
import tensorflow as tf

from tfgans.choices import KLReduction, check_choice
from tfgans.latent import Normal, Prior, active_units, draw_latent, mean_and_log_variance
from tfgans.losses import reduced_divergence
from tfgans.models._fit import check_fit
from tfgans.models.adversarial import AdversarialModel, Batch, rows_of


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    POSTERIOR = 0


@keras.saving.register_keras_serializable("tfgans")
class VAE(AdversarialModel):
    """Variational auto-encoder with a mean absolute error.

    Encoder and generator descend one loss:

        mean |x - G(z_v)| + KL(N(mean, variance) || N(0, I)),  z_v = mean + deviation * noise

    Args:
        generator: G, from latents `[B, N]` to images `[B, H, W, C]`, clipped to [-1, 1] where they are sampled.
        encoder: From these to means and logarithms of variances `[B, 2 N]`.
        prior: Standard normal, of size N.
        kl_reduction: What the divergence is divided by, one of `choices.KLReduction`.
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
        latent = (prior.size,)
        check_fit(
            type(self).__name__,
            networks,
            lambda sample: {"generator": ([latent], sample), "encoder": ([sample], (2 * prior.size,))},
        )
        check_choice("kl_reduction", kl_reduction, KLReduction)
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        self.kl_reduction = kl_reduction

    @property
    def log_names(self) -> tuple[str, ...]:
        return ("loss", "reconstruction_error", "divergence", "active_units")

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 1e-3, as in Kingma's and most later code."""
        return {player: keras.optimizers.Adam(1e-3) for player in self.players}

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """`posterior`, standard normal, `[B, N]`."""
        return {"posterior": self.noise(Normal(self.prior.size).sample, rows_of(batch), Draw.POSTERIOR, index)}

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The one loss of both players, also under the name `loss`, and its parts.

        Returns:
            Scalars: those of `log_names`, and `encoder_loss` and `generator_loss`.
        """
        image = batch["image"]
        mean, log_variance = mean_and_log_variance(self.forward(self.encoder, image, training=True))
        latent = draw_latent(mean, log_variance, noise["posterior"])
        error = tf.reduce_mean(tf.abs(image - self.forward(self.generator, latent, training=True)))
        divergence = reduced_divergence(mean, log_variance, self.kl_reduction, image.shape[1:].num_elements())
        loss = error + divergence
        return {
            "encoder_loss": loss,
            "generator_loss": loss,
            "loss": loss,
            "reconstruction_error": error,
            "divergence": divergence,
            "active_units": active_units(mean),
        }

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        return self.finish_step(self.take_turn("joint", batch, self.draw_noise("joint", batch)))
