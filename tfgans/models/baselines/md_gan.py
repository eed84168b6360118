"""The mode-regularised GAN (Che et al. 2017), a rival of X-GAN."""

from typing import Unpack

import keras
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import Vanilla
from tfgans.models._fit import check_fit
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, rows_of
from tfgans.models.discrimination import Logit
from tfgans.models.gan import Draw

_OBJECTIVE = Vanilla()


@keras.saving.register_keras_serializable("tfgans")
class MDGAN(AdversarialModel):
    """A GAN with an encoder, whose generator must reconstruct all samples so that they look real.

    In the form with regularisers (Che et al. 2017, section 3.1), which the code that X-GAN was compared with has:

        discriminator  descends  -E log D(x) - E log(1 - D(G(z)))
        encoder        descends  reconstruction_weight E ||x - G(E(x))||^2 - mode_weight E log D(G(E(x)))
        generator      descends  -E log D(G(z)), and the same

    The last two move together, after the discriminator. That code adds D(G(E(x))) instead of its negative logarithm,
    which makes reconstructions look generated. With an augmentation T, D sees T(x), T(G(z)) and T(G(E(x))).

    Args:
        generator: G, from latents to samples.
        encoder: E, from samples to latents.
        discriminator: D, from samples to logits `[B, 1]`; further outputs are ignored.
        prior: Distribution of z; U(-1, 1) in the code.
        reconstruction_weight: Weight of the squared error, a sum over a sample.
        mode_weight: Weight of the regulariser of modes.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> model = tfgans.MDGAN(
    ...     tfgans.networks.mlp_generator(2, 4, (16,)),
    ...     tfgans.networks.mlp_encoder(2, 4, (16,)),
    ...     tfgans.networks.mlp_discriminator(2, widths=(16,)),
    ...     tfgans.latent.Uniform(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.reconstruct(np.zeros((3, 2))).shape
    (3, 2)
    """

    players = ("discriminator", "encoder", "generator")
    turns = {"discriminator": ("discriminator",), "generator": ("encoder", "generator")}
    discrimination = Logit()

    encoder: keras.Model

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        *,
        reconstruction_weight: float = 0.01,
        mode_weight: float = 0.01,
        **shared: Unpack[Shared],
    ) -> None:
        networks = {"generator": generator, "encoder": encoder, "discriminator": discriminator}
        check_fit(type(self).__name__, networks, (prior.size,), lambda sample: {"discriminator": ([sample], (1,))})
        if min(reconstruction_weight, mode_weight) < 0:
            raise ValueError(f"Weights must not be negative; received {reconstruction_weight} and {mode_weight}.")
        super().__init__(networks, prior, **shared)
        self.reconstruction_weight = reconstruction_weight
        self.mode_weight = mode_weight

    @property
    def log_names(self) -> tuple[str, ...]:
        players = tuple(f"{player}_loss" for player in self.players)
        return (*players, "real_logit", "generated_logit", "reconstruction_error", "mode_loss")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-3, as in the code."""
        return keras.optimizers.Adam(1e-3)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z, `[B, N]`."""
        use = {"discriminator": Draw.DISCRIMINATOR_LATENT, "generator": Draw.GENERATOR_LATENT}[turn]
        latent = self.noise(self.prior.sample, rows_of(batch), use, index)
        return {**super().draw_noise(turn, batch, index), "latent": latent}

    def discriminator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of the discriminator and the mean logits."""
        generated = self.forward(self.generator, noise["latent"], training=True)
        seen = self.augmented(batch["image"], noise, "real"), self.augmented(generated, noise, "generated")
        real, fake = (self.forward(self.discriminator, x, training=True) for x in seen)
        return {
            "discriminator_loss": _OBJECTIVE.discriminator_loss(real, fake),
            "real_logit": tf.reduce_mean(real),
            "generated_logit": tf.reduce_mean(fake),
        }

    def generator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of the encoder and the generator, which move together, and their parts."""
        image = batch["image"]
        generated = self.forward(self.generator, noise["latent"], training=True)
        reconstructed = self.forward(self.generator, self.encoder(image, training=True), training=True)
        seen = self.augmented(generated, noise, "generated"), self.augmented(reconstructed, noise, "real")
        fake, kept = (self.forward(self.discriminator, x, training=True) for x in seen)
        axes = list(range(1, image.shape.rank))
        error = tf.reduce_mean(tf.reduce_sum(tf.square(image - reconstructed), axes))
        mode_loss = _OBJECTIVE.generator_loss(kept)
        regulariser = self.reconstruction_weight * error + self.mode_weight * mode_loss
        return {
            "encoder_loss": regulariser,
            "generator_loss": _OBJECTIVE.generator_loss(fake) + regulariser,
            "reconstruction_error": error,
            "mode_loss": mode_loss,
        }

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        losses = self.take_turn("discriminator", batch, self.draw_noise("discriminator", batch))
        losses |= self.take_turn("generator", batch, self.draw_noise("generator", batch))
        return self.finish_step(losses)
