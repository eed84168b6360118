"""The GAN with any objective."""

import enum
from typing import Unpack

import keras
import tensorflow as tf

from tfgans.choices import LatentSharing, check_choice
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, LossFunction, Objective, Vanilla, ZeroCenteredPenalty, as_objective
from tfgans.models._fit import Shape, Shapes, check_fit
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, rows_of
from tfgans.models.discrimination import Logit


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    DISCRIMINATOR_LATENT = 0
    GENERATOR_LATENT = 1
    INTERPOLATION = 2


@keras.saving.register_keras_serializable("tfgans")
class GAN(AdversarialModel):
    """Generative adversarial network (Goodfellow et al. 2014).

    With the objective's losses of the logits l(x) and l(G(z)), one step is:

        discriminator  descends  the objective's loss of both, and the penalties, n_critic times, on fresh batches
        generator      descends  the objective's loss of l(G(z)), n_generator times

    With an augmentation T the discriminator sees T(x) and T(G(z)). With `LogitLoss` and an interpolated penalty this is
    LOGAN's form without an encoder (section 4.1). `Relativistic` and `ZeroCenteredPenalty` make the losses of R3GAN.
    With `packing` it is PacGAN (Lin et al. 2018): the discriminator sees m independent samples at once, so it can tell
    that they are too alike.

    Args:
        generator: G, from latents to samples.
        discriminator: l, from samples to logits `[B]` or, for patches, `[B, ...]`. With `packing` m it takes m images
            in the channels of one, or m points in the entries of one.
        prior: Distribution of z.
        objective: Losses of the two players, also as one function of real and generated logits; vanilla by default.
        penalty: Gradient penalty of the discriminator, or `None`.
        zero_centered_penalty: R1 and R2 of the discriminator, or `None`.
        packing: m, samples that the discriminator sees at once; it divides the batch.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        n_generator: Generator updates in a step, on the last of these batches.
        latent_sharing: The updates of a step that share one z, one of `choices.LatentSharing`.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> model = tfgans.GAN(
    ...     tfgans.networks.mlp_generator(2, 2, widths=(16,)),
    ...     tfgans.networks.mlp_discriminator(2, widths=(16,)),
    ...     tfgans.latent.Uniform(2),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.sample(10, seed=0).shape
    (10, 2)
    """

    players = ("discriminator", "generator")
    turns = {"discriminator": ("discriminator",), "generator": ("generator",)}

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | LossFunction | None = None,
        penalty: GradientPenalty | None = None,
        *,
        zero_centered_penalty: ZeroCenteredPenalty | None = None,
        packing: int = 1,
        n_critic: int = 1,
        n_generator: int = 1,
        latent_sharing: LatentSharing = "none",
        **shared: Unpack[Shared],
    ) -> None:
        if packing < 1:
            raise ValueError(f"packing must be 1 or more; received {packing}.")
        self.packing = packing
        networks = {"generator": generator, "discriminator": discriminator}
        check_fit(type(self).__name__, networks, (prior.size,), lambda sample: self._shapes(sample, generator, prior))
        super().__init__(networks, prior, **shared)
        if n_critic < 1 or n_generator < 1:
            raise ValueError(f"A step needs updates of both; received n_critic={n_critic}, n_generator={n_generator}.")
        check_choice("latent_sharing", latent_sharing, LatentSharing)
        self.objective = as_objective(objective or Vanilla())
        self.penalty = penalty
        self.zero_centered_penalty = zero_centered_penalty
        # A single sample has no logit where the discriminator sees several.
        self.discrimination = Logit() if packing == 1 else None
        self.n_critic = n_critic
        self.n_generator = n_generator
        self.latent_sharing = latent_sharing

    def _shapes(self, sample: Shape, generator: keras.Model, prior: Prior) -> Shapes:
        """The shapes of networks that differ from the defaults of `check_fit`."""
        *places, channels = sample
        return {"discriminator": ([(*places, self.packing * channels)], None)}

    @property
    def updates_per_step(self) -> int:
        return self.n_critic

    @property
    def log_names(self) -> tuple[str, ...]:
        penalty = self.penalty.log_names if self.penalty else ()
        zero_centered = self.zero_centered_penalty.log_names if self.zero_centered_penalty else ()
        return ("discriminator_loss", "generator_loss", "real_logit", "generated_logit", *penalty, *zero_centered)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-4, betas .5 and .9, as LOGAN trains everything (supplement 1.1)."""
        return keras.optimizers.Adam(1e-4, 0.5, 0.9)

    def logits(self, image: tf.Tensor, label: tf.Tensor | None) -> tf.Tensor:
        """l(x), or l(x, y) of a label, for each sample or patch, `[B, ...]`, in training mode."""
        return self.forward(self.discriminator, image, label, training=True)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z, `[B, N]`, and for the discriminator `interpolation`, the penalty's epsilon, `[B / m]`."""
        rows, noise = rows_of(batch), super().draw_noise(turn, batch, index)
        if turn == "generator":
            return {**noise, "latent": self.noise(self.prior.sample, rows, Draw.GENERATOR_LATENT, index)}
        return {
            **noise,
            "latent": self.noise(self.prior.sample, rows, Draw.DISCRIMINATOR_LATENT, index),
            "interpolation": self.noise(uniform, rows // self.packing, Draw.INTERPOLATION, index),
        }

    def _judged(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """The real and the generated samples in the form in which the discriminator sees them."""
        generated = self.forward(self.generator, noise["latent"], batch.get("label"), training=True)
        real = packed(self.augmented(batch["image"], noise, "real"), self.packing)
        return real, packed(self.augmented(generated, noise, "generated"), self.packing)

    def discriminator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of the discriminator and its parts; generated samples have the labels of the batch.

        Returns:
            Scalars `discriminator_loss`, `real_logit`, `generated_logit`, and the scalars of the penalties.
        """
        label, (image, generated) = batch.get("label"), self._judged(batch, noise)
        real_logits, generated_logits = self.logits(image, label), self.logits(generated, label)
        loss = self.objective.discriminator_loss(real_logits, generated_logits)
        parts = {"real_logit": tf.reduce_mean(real_logits), "generated_logit": tf.reduce_mean(generated_logits)}
        if self.penalty is not None:
            parts |= self.penalty(lambda x: self.logits(x, label), image, generated, noise["interpolation"])
            loss += self.penalty.weight * parts["gradient_penalty"]
        if self.zero_centered_penalty is not None:
            parts |= self.zero_centered_penalty(lambda x: self.logits(x, label), [image], [generated])
            loss += parts["zero_centered_penalty"]
        return {"discriminator_loss": loss, **parts}

    def generator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The scalar `generator_loss`; generated samples have the labels of the batch."""
        label, (image, generated) = batch.get("label"), self._judged(batch, noise)
        others = (self.logits(image, label),) if self.objective.is_relativistic else ()
        return {"generator_loss": self.objective.generator_loss(self.logits(generated, label), *others)}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        for i in range(self.n_critic):
            batch = self.batch_of(data, i)
            noise = self.draw_noise("discriminator", batch, i)
            losses = self.take_turn("discriminator", batch, noise)
        for i in range(self.n_generator):
            if self.latent_sharing != "players":
                noise = self.draw_noise("generator", batch, i if self.latent_sharing == "none" else 0)
            losses |= self.take_turn("generator", batch, noise)
        return self.finish_step(losses)


def packed(samples: tf.Tensor, count: int) -> tf.Tensor:
    """Joins `count` samples that follow each other on the last axis: `[B, ..., C]` to `[B / count, ..., count C]`."""
    if count == 1:
        return samples
    if samples.shape[0] is not None and samples.shape[0] % count:
        raise ValueError(f"A batch is packed by {count}, and must be a multiple of that; received {samples.shape[0]}.")
    *places, channels = samples.shape[1:]
    axes = len(places)
    groups = tf.reshape(samples, [-1, count, *places, channels])
    groups = tf.transpose(groups, [0, *range(2, 2 + axes), 1, 2 + axes])
    return tf.reshape(groups, [-1, *places, count * channels])


def uniform(rows: int | tf.Tensor, seed: tf.Tensor, dtype: tf.DType | str) -> tf.Tensor:
    """Draws `[rows]` from U(0, 1)."""
    return tf.random.stateless_uniform([rows], seed, dtype=dtype)
