"""The GAN, with any objective."""

import enum
from typing import Any, ClassVar, Literal, get_args

import keras
import numpy as np
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, Objective, Vanilla, mean_over_patches
from tfgans.models.adversarial import AdversarialModel, Batch, with_condition

LatentSharing = Literal["none", "updates", "players"]
"""Which updates of a step have one z. `updates`: those of the generator, as in cWGAN's code on MNIST. `players`: these
and the discriminator's last one, as in LOGAN's code."""


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    DISCRIMINATOR_LATENT = 0
    GENERATOR_LATENT = 1
    INTERPOLATION = 2


@keras.saving.register_keras_serializable("tfgans")
class GAN(AdversarialModel):
    """Generative adversarial network (Goodfellow et al. 2014) on images or points.

    With `LogitLoss` and an interpolated penalty it is the encoder-free form of LOGAN (section 4.1).

    Args:
        generator: G, from latents `[B, N]` to images `[B, H, W, C]` in [-1, 1] or points `[B, D]`.
        discriminator: l, from these to logits `[B]` or, for patches, `[B, ...]`.
        prior: Distribution of z, of size N.
        objective: Losses of the two players; vanilla by default.
        penalty: Gradient penalty of the discriminator, or `None`.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        n_generator: Generator updates in a step.
        latent_sharing: Which updates of a step have one z: `none`; `updates`, those of the generator; or `players`,
            these and the last one of the discriminator.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together, or a number is out of range.

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

    players: ClassVar[tuple[str, ...]] = ("discriminator", "generator")

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | None = None,
        penalty: GradientPenalty | None = None,
        *,
        n_critic: int = 1,
        n_generator: int = 1,
        latent_sharing: LatentSharing = "none",
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        networks = {"generator": generator, "discriminator": discriminator}
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        self._check_networks()
        if n_critic < 1 or n_generator < 1:
            raise ValueError(f"A step needs updates of both; received n_critic={n_critic}, n_generator={n_generator}.")
        if latent_sharing not in get_args(LatentSharing):
            raise ValueError(
                f"latent_sharing must be one of {', '.join(get_args(LatentSharing))}; received {latent_sharing!r}."
            )
        self.objective = objective or Vanilla()
        self.penalty = penalty
        self.n_critic = n_critic
        self.n_generator = n_generator
        self.latent_sharing = latent_sharing

    def _check_networks(self) -> None:
        """Raises ValueError where shapes do not fit together."""
        received = [[tensor.shape[1:] for tensor in network.inputs] for network in (self.generator, self.discriminator)]
        if received != [[(self.prior.size,)], [self.sample_shape]]:
            raise ValueError(
                f"The generator must take latents of size {self.prior.size}, that of the prior, and the discriminator "
                f"{self.sample_shape}, what the generator makes; they take {received}."
            )

    @property
    def updates_per_step(self) -> int:
        return self.n_critic

    @property
    def log_names(self) -> tuple[str, ...]:
        penalty = ("gradient_penalty", "gradient_norm") if self.penalty else ()
        return ("discriminator_loss", "generator_loss", "real_logit", "generated_logit", *penalty)

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 1e-4, betas .5 and .9, as LOGAN trains everything (supplement 1.1)."""
        return {player: keras.optimizers.Adam(1e-4, 0.5, 0.9) for player in self.players}

    def logits(self, image: tf.Tensor, condition: tf.Tensor | None, training: bool) -> tf.Tensor:
        """l(x, y) per sample or per patch, `[B, ...]`, in the type of the variables."""
        return tf.cast(self.discriminator(with_condition(image, condition), training=training), self.variable_dtype)

    def discriminator_losses(
        self, image: tf.Tensor, condition: tf.Tensor | None, latent: tf.Tensor, interpolation: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """What the discriminator descends, and its parts.

        Args:
            image: Real images or points x, `[B, ...]`.
            condition: y, `[B, K]`, shared by the real and the generated image of a pair; or None.
            latent: z, `[B, N]`.
            interpolation: epsilon of the gradient penalty, `[B]` in [0, 1].

        Returns:
            Scalars `discriminator_loss`, `real_logit`, `generated_logit`, and those of the penalty.
        """
        generated = tf.cast(self.generator(with_condition(latent, condition), training=True), image.dtype)
        real_logits = self.logits(image, condition, training=True)
        generated_logits = self.logits(generated, condition, training=True)
        loss = self.objective.discriminator_loss(real_logits, generated_logits)
        parts = {"real_logit": tf.reduce_mean(real_logits), "generated_logit": tf.reduce_mean(generated_logits)}
        if self.penalty is not None:
            parts |= self.penalty(lambda x: self.logits(x, condition, training=True), image, generated, interpolation)
            loss += self.penalty.weight * parts["gradient_penalty"]
        return {"discriminator_loss": loss, **parts}

    def generator_losses(self, condition: tf.Tensor | None, latent: tf.Tensor) -> dict[str, tf.Tensor]:
        """What the generator descends: scalar `generator_loss` of y `[B, K]` or None, and z `[B, N]`."""
        generated = self.generator(with_condition(latent, condition), training=True)
        return {"generator_loss": self.objective.generator_loss(self.logits(generated, condition, training=True))}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        for i in range(self.n_critic):
            batch = {name: values[:, i] for name, values in data.items()}
            image = tf.cast(batch["image"], self.variable_dtype)
            condition = self.condition(batch.get("label"))
            rows = image.shape[0] or tf.shape(image)[0]
            latent = self.noise(self.prior.sample, rows, Draw.DISCRIMINATOR_LATENT, i)
            interpolation = self.noise(uniform, rows, Draw.INTERPOLATION, i)
            with tf.GradientTape() as tape:
                losses = self.discriminator_losses(image, condition, latent, interpolation)
            self.update("discriminator", tape, losses["discriminator_loss"])
        for i in range(self.n_generator):
            if self.latent_sharing != "players":
                draw = i if self.latent_sharing == "none" else 0
                latent = self.noise(self.prior.sample, rows, Draw.GENERATOR_LATENT, draw)
            with tf.GradientTape() as tape:
                losses |= self.generator_losses(condition, latent)
            self.update("generator", tape, losses["generator_loss"])
        return self.finish_step(losses)

    def discriminate_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """l(x, y) at inference: images or points `[n, ...]` and labels to logits `[n]`, means over patches."""
        image = tf.cast(image, self.variable_dtype)
        return mean_over_patches(self.logits(image, self.condition(label), training=False))

    def discriminate(self, images: Any, labels: Any = None) -> np.ndarray:
        """Logits [n] of images [n, H, W, C] in [-1, 1] or points [n, D], and labels as in `sample`."""
        images = self._check_samples(images)
        labels = self._labels_for(self.discriminator_inputs, len(images), labels)
        return self._in_chunks(self._graph(self.discriminate_graph), images, labels)

    def get_config(self) -> dict[str, Any]:
        config = {
            "objective": keras.saving.serialize_keras_object(self.objective),
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "n_critic": self.n_critic,
            "n_generator": self.n_generator,
            "latent_sharing": self.latent_sharing,
        }
        return {**super().get_config(), **config}


def uniform(rows: int | tf.Tensor, seed: tf.Tensor, dtype: tf.DType | str) -> tf.Tensor:
    """Draws `[rows]` from U(0, 1)."""
    return tf.random.stateless_uniform([rows], seed, dtype=dtype)
