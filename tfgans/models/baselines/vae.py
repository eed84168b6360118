"""The variational auto-encoder (Kingma and Welling 2013), a rival of AVAE."""

from typing import Unpack

import keras
import tensorflow as tf

from tfgans.choices import KLReduction, check_choice
from tfgans.latent import Prior, active_units
from tfgans.models._fit import check_fit
from tfgans.models._variational import Draw, check_standard_normal, encode_posterior, posterior_noise
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch


@keras.saving.register_keras_serializable("tfgans")
class VAE(AdversarialModel):
    """Variational auto-encoder with a mean absolute error.

    Encoder and generator descend one loss:

        mean |x - G(z_v)| + KL(N(mean, variance) || N(0, I)),  z_v = mean + deviation * noise

    Args:
        generator: G, from latents to samples; images need not lie in [-1, 1], since `sample` clips them.
        encoder: From samples to means and logarithms of variances `[B, 2 N]`.
        prior: Standard normal.
        kl_reduction: Divisor of the divergence, one of `choices.KLReduction`.
        **shared: `ema_decay`, `seed` and `name` of `AdversarialModel`.

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

    players = ("encoder", "generator")

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        prior: Prior,
        *,
        kl_reduction: KLReduction = "per_pixel",
        **shared: Unpack[Shared],
    ) -> None:
        networks = {"generator": generator, "encoder": encoder}
        size = prior.size
        check_fit(type(self).__name__, networks, (size,), lambda sample: {"encoder": ([sample], (2 * size,))})
        check_choice("kl_reduction", kl_reduction, KLReduction)
        check_standard_normal(type(self).__name__, prior)
        super().__init__(networks, prior, **shared)
        self.kl_reduction = kl_reduction

    @property
    def log_names(self) -> tuple[str, ...]:
        return ("loss", "reconstruction_error", "divergence", "active_units")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-3, as in Kingma's and most later code."""
        return keras.optimizers.Adam(1e-3)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Draws `posterior`, the noise of z_v, `[B, N]`."""
        return {"posterior": posterior_noise(self, batch, Draw.POSTERIOR, index)}

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of both players and its parts.

        Returns:
            The scalars of `log_names`, and `loss` again as `encoder_loss` and `generator_loss`.
        """
        image = batch["image"]
        posterior = encode_posterior(self, batch, noise, self.kl_reduction)
        error = tf.reduce_mean(tf.abs(image - self.forward(self.generator, posterior.latent, training=True)))
        loss = error + posterior.divergence
        return {
            "encoder_loss": loss,
            "generator_loss": loss,
            "loss": loss,
            "reconstruction_error": error,
            "divergence": posterior.divergence,
            "active_units": active_units(posterior.mean),
        }
