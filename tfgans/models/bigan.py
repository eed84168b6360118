"""The bidirectional GAN with any objective and LOGAN's penalties."""

import enum
from typing import NamedTuple, Unpack

import keras
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, LossFunction, Objective, Vanilla, ZeroCenteredPenalty, as_objective
from tfgans.models._fit import check_fit
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, rows_of
from tfgans.models.discrimination import PairLogit
from tfgans.models.gan import uniform


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    LATENT = 0
    INTERPOLATION = 1
    LATENT_INTERPOLATION = 2


@keras.saving.register_keras_serializable("tfgans")
class BiGAN(AdversarialModel):
    """Bidirectional GAN: the discriminator sees pairs (x, E(x)) and (G(z), z) (Donahue et al. 2016).

    With r = l(x, E(x)) and q = l(G(z), z), real pairs labelled 1, one step is as follows. With an augmentation T they
    are l(T(x), E(x)) and l(T(G(z)), z). With a penalty in x, the moving statistics of G's batch normalisation come from
    reconstructions too, as in LOGAN's code.

        discriminator  descends  objective(r, q) + penalty.weight GP_x + latent_penalty.weight GP_z + R1 and R2,
                                 n_critic times, on fresh batches
        encoder        descends  the objective's loss of r, which makes (x, E(x)) look generated
        generator      descends  the objective's loss of q, both on the last batch

    Args:
        generator: G, from latents to samples.
        encoder: E, from samples to latents.
        discriminator: l, from `[samples, latents]` to logits `[B]`.
        prior: Distribution of z.
        objective: Losses of the players; vanilla by default.
        penalty: Gradient penalty in x on l(x, E(x)), between x and its reconstruction G(E(x)), or `None`.
        latent_penalty: Gradient penalty in z on -l(G(z), z), between z and E(G(z)), or `None`. LOGAN needs none with
            a uniform prior (section 3.2).
        zero_centered_penalty: R1 at pairs (x, E(x)) and R2 at pairs (G(z), z), with gradients in both, or `None`.
        reconstruction_weight: Factor of |x - G(E(x))| in the generator's loss, and of |z - E(G(z))| in the
            encoder's. LOGAN's section 2.1 argues against these terms.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> model = tfgans.BiGAN(
    ...     tfgans.networks.mlp_generator(2, 1, widths=(16,)),
    ...     tfgans.networks.mlp_encoder(2, 1, widths=(16,)),
    ...     tfgans.networks.mlp_discriminator(2, 1, widths=(16,)),
    ...     tfgans.latent.Uniform(1),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.reconstruct(np.zeros((3, 2))).shape
    (3, 2)
    """

    players = ("discriminator", "encoder", "generator")
    turns = {"discriminator": ("discriminator",), "generator": ("encoder", "generator")}
    discrimination = PairLogit()

    encoder: keras.Model

    # A variant sets its own.
    default_objective: Objective = Vanilla()
    default_penalty: GradientPenalty | None = None

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | LossFunction | None = None,
        penalty: GradientPenalty | None = None,
        *,
        latent_penalty: GradientPenalty | None = None,
        zero_centered_penalty: ZeroCenteredPenalty | None = None,
        reconstruction_weight: float = 0.0,
        n_critic: int = 1,
        **shared: Unpack[Shared],
    ) -> None:
        if "packing" in shared:
            raise ValueError(
                f"The discriminator of a {type(self).__name__} sees pairs of a sample and a latent, and cannot be "
                f"packed; received packing={dict(shared)['packing']}."
            )
        networks = {"generator": generator, "encoder": encoder, "discriminator": discriminator}
        latent = (prior.size,)
        check_fit(type(self).__name__, networks, latent, lambda sample: {"discriminator": ([sample, latent], None)})
        super().__init__(networks, prior, **shared)
        if n_critic < 1 or reconstruction_weight < 0:
            raise ValueError(
                f"Expected n_critic >= 1 and reconstruction_weight >= 0; received {n_critic}, {reconstruction_weight}."
            )
        self.objective = as_objective(objective or self.default_objective)
        self.penalty = penalty or self.default_penalty
        self.latent_penalty = latent_penalty
        self.zero_centered_penalty = zero_centered_penalty
        self.reconstruction_weight = reconstruction_weight
        self.n_critic = n_critic

    @property
    def updates_per_step(self) -> int:
        return self.n_critic

    @property
    def log_names(self) -> tuple[str, ...]:
        losses = ("discriminator_loss", "encoder_loss", "generator_loss", "real_logit", "generated_logit")
        penalty = self.penalty.log_names if self.penalty else ()
        latent_penalty = ("latent_gradient_penalty",) if self.latent_penalty else ()
        zero_centered = self.zero_centered_penalty.log_names if self.zero_centered_penalty else ()
        return (*losses, *penalty, *latent_penalty, *zero_centered)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-4, betas .5 and .9 (LOGAN, supplement 1.1)."""
        return keras.optimizers.Adam(1e-4, 0.5, 0.9)

    def logits(self, image: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
        """l(x, z), in training mode and in the type of the variables."""
        return tf.cast(self.discriminator([image, latent], training=True), self.variable_dtype)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z, `[B, N]`, and each penalty's epsilon, `interpolation` and `latent_interpolation`, `[B]`."""
        rows = rows_of(batch)
        return {
            **super().draw_noise(turn, batch, index),
            "latent": self.noise(self.prior.sample, rows, Draw.LATENT, index),
            "interpolation": self.noise(uniform, rows, Draw.INTERPOLATION, index),
            "latent_interpolation": self.noise(uniform, rows, Draw.LATENT_INTERPOLATION, index),
        }

    def discriminator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of the discriminator and its parts.

        Returns:
            Scalars `discriminator_loss`, `real_logit`, `generated_logit`, and the scalars of the penalties.
        """
        latent, pairs = noise["latent"], self._pairs(batch, noise)
        loss = self.objective.discriminator_loss(pairs.real_logits, pairs.generated_logits)
        parts = {
            "real_logit": tf.reduce_mean(pairs.real_logits),
            "generated_logit": tf.reduce_mean(pairs.generated_logits),
        }
        if self.penalty is not None:
            reconstructed = self.augmented(self.forward(self.generator, pairs.encoded, training=True), noise, "real")
            parts |= self.penalty(
                lambda x: self.logits(x, pairs.encoded), pairs.seen_real, reconstructed, noise["interpolation"]
            )
            loss += self.penalty.weight * parts["gradient_penalty"]
        if self.latent_penalty is not None:
            recoded = self.forward(self.encoder, pairs.generated, training=True)
            # The encoder descends the logit that the generator raises, so that the slope has the other sign.
            penalty = self.latent_penalty(
                lambda z: -self.logits(pairs.seen_generated, z), latent, recoded, noise["latent_interpolation"]
            )
            parts["latent_gradient_penalty"] = penalty["gradient_penalty"]
            loss += self.latent_penalty.weight * penalty["gradient_penalty"]
        if self.zero_centered_penalty is not None:
            real, generated = [pairs.seen_real, pairs.encoded], [pairs.seen_generated, latent]
            parts |= self.zero_centered_penalty(self.logits, real, generated)
            loss += parts["zero_centered_penalty"]
        return {"discriminator_loss": loss, **parts}

    def generator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The scalars `encoder_loss` and `generator_loss`, whose players move together."""
        pairs, both = self._pairs(batch, noise), self.objective.is_relativistic
        real, generated = pairs.real_logits, pairs.generated_logits
        losses = {
            "encoder_loss": self.objective.encoder_loss(real, *((generated,) if both else ())),
            "generator_loss": self.objective.generator_loss(generated, *((real,) if both else ())),
        }
        if weight := self.reconstruction_weight:
            recoded = self.forward(self.encoder, pairs.generated, training=True)
            reconstructed = self.forward(self.generator, pairs.encoded, training=True)
            losses["encoder_loss"] += weight * tf.reduce_mean(tf.abs(noise["latent"] - recoded))
            losses["generator_loss"] += weight * tf.reduce_mean(tf.abs(batch["image"] - reconstructed))
        return losses

    def _pairs(self, batch: Batch, noise: Batch) -> "_Pairs":
        """One pass of all networks in training mode."""
        encoded = self.forward(self.encoder, batch["image"], training=True)
        generated = self.forward(self.generator, noise["latent"], training=True)
        seen_real = self.augmented(batch["image"], noise, "real")
        seen_generated = self.augmented(generated, noise, "generated")
        real_logits, generated_logits = self.logits(seen_real, encoded), self.logits(seen_generated, noise["latent"])
        return _Pairs(encoded, generated, seen_real, seen_generated, real_logits, generated_logits)

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        for i in range(self.n_critic):
            batch = self.batch_of(data, i)
            noise = self.draw_noise("discriminator", batch, i)
            losses = self.take_turn("discriminator", batch, noise)
        losses |= self.take_turn("generator", batch, noise)
        return self.finish_step(losses)


class _Pairs(NamedTuple):
    """The pairs of a turn: E(x), G(z), what the discriminator sees of x and of G(z), and the logits r and q."""

    encoded: tf.Tensor
    generated: tf.Tensor
    seen_real: tf.Tensor
    seen_generated: tf.Tensor
    real_logits: tf.Tensor
    generated_logits: tf.Tensor
