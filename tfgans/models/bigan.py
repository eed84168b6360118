"""The bidirectional GAN, with any objective and with LOGAN's penalties."""

import enum
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, Objective, Vanilla
from tfgans.models.adversarial import Batch
from tfgans.models.autoencoding import AutoencodingModel
from tfgans.models.gan import uniform


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    LATENT = 0
    INTERPOLATION = 1
    LATENT_INTERPOLATION = 2


@keras.saving.register_keras_serializable("tfgans")
class BiGAN(AutoencodingModel):
    """Bidirectional GAN: the discriminator sees pairs (x, E(x)) and (G(z), z) (Donahue et al. 2016).

    With r = l(x, E(x)) and q = l(G(z), z), real pairs labelled 1, one step is:

        discriminator  descends  objective(r, q) + penalty.weight GP_x + latent_penalty.weight GP_z,
                                 n_critic times, on fresh batches
        encoder        descends  the objective's loss of r, which makes (x, E(x)) look generated
        generator      descends  the objective's loss of q, both on the last batch

    Args:
        generator: G, from latents `[B, N]` to images `[B, H, W, C]` in [-1, 1] or points `[B, D]`.
        encoder: E, from these to latents `[B, N]`.
        discriminator: l, from `[image, latent]` to logits `[B]`.
        prior: Distribution of z, of size N.
        objective: Losses of the players; vanilla by default.
        penalty: Gradient penalty in x of l(x, E(x)) between x and its reconstruction G(E(x)), or `None`.
        latent_penalty: The same in z of -l(G(z), z) between z and E(G(z)), or `None`; not needed where the
            prior is uniform (LOGAN section 3.2).
        reconstruction_weight: Factor of |x - G(E(x))| in the generator's loss and of |z - E(G(z))| in the
            encoder's, the direct modelling that LOGAN section 2.1 argues against.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together, or a number is out of range.

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

    players: ClassVar[tuple[str, ...]] = ("discriminator", "encoder", "generator")

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | None = None,
        penalty: GradientPenalty | None = None,
        latent_penalty: GradientPenalty | None = None,
        *,
        reconstruction_weight: float = 0.0,
        n_critic: int = 1,
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        networks = {"generator": generator, "encoder": encoder, "discriminator": discriminator}
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        self._check_networks()
        if n_critic < 1 or reconstruction_weight < 0:
            raise ValueError(
                f"Expected n_critic >= 1 and reconstruction_weight >= 0; received {n_critic}, {reconstruction_weight}."
            )
        self.objective = objective or Vanilla()
        self.penalty = penalty
        self.latent_penalty = latent_penalty
        self.reconstruction_weight = reconstruction_weight
        self.n_critic = n_critic

    def _check_networks(self) -> None:
        """Raises ValueError where shapes do not fit together."""
        latent, image = (self.prior.size,), self.sample_shape
        networks = (self.generator, self.encoder, self.discriminator)
        received = [[tensor.shape[1:] for tensor in network.inputs] for network in networks]
        if received != [[latent], [image], [image, latent]] or self.encoder.output.shape[1:] != latent:
            raise ValueError(
                f"For latents {latent}, as of the prior, and samples {image}, as of the generator, the generator must "
                "take latents, the encoder samples, giving latents, and the discriminator [samples, latents]; they "
                f"take {received}, and the encoder gives {self.encoder.output.shape[1:]}."
            )

    @property
    def updates_per_step(self) -> int:
        return self.n_critic

    @property
    def log_names(self) -> tuple[str, ...]:
        losses = ("discriminator_loss", "encoder_loss", "generator_loss", "real_logit", "generated_logit")
        penalty = ("gradient_penalty", "gradient_norm") if self.penalty else ()
        return (*losses, *penalty, *(("latent_gradient_penalty",) if self.latent_penalty else ()))

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 1e-4, betas .5 and .9 (LOGAN, supplement 1.1)."""
        return {player: keras.optimizers.Adam(1e-4, 0.5, 0.9) for player in self.players}

    @property
    def discriminator_inputs(self) -> tuple[str, ...]:
        return ("latent",)

    def logits(self, image: tf.Tensor, latent: tf.Tensor, training: bool) -> tf.Tensor:
        """l(x, z), in the type of the variables."""
        return tf.cast(self.discriminator([image, latent], training=training), self.variable_dtype)

    def discriminator_losses(
        self,
        image: tf.Tensor,
        latent: tf.Tensor,
        interpolation: tf.Tensor,
        latent_interpolation: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """What the discriminator descends, and its parts.

        Args:
            image: Real images or points x, `[B, ...]`.
            latent: z, `[B, N]`.
            interpolation: epsilon of the penalty in x, `[B]` in [0, 1].
            latent_interpolation: epsilon of the penalty in z.

        Returns:
            Scalars `discriminator_loss`, `real_logit`, `generated_logit`, and those of the penalties.
        """
        encoded = tf.cast(self.encoder(image, training=True), image.dtype)
        generated = tf.cast(self.generator(latent, training=True), image.dtype)
        real_logits = self.logits(image, encoded, training=True)
        generated_logits = self.logits(generated, latent, training=True)
        loss = self.objective.discriminator_loss(real_logits, generated_logits)
        parts = {"real_logit": tf.reduce_mean(real_logits), "generated_logit": tf.reduce_mean(generated_logits)}
        if self.penalty is not None:
            reconstructed = tf.cast(self.generator(encoded, training=True), image.dtype)
            parts |= self.penalty(lambda x: self.logits(x, encoded, training=True), image, reconstructed, interpolation)
            loss += self.penalty.weight * parts["gradient_penalty"]
        if self.latent_penalty is not None:
            recoded = tf.cast(self.encoder(generated, training=True), latent.dtype)
            # The encoder goes down where the generator goes up: the slope is the other way round.
            found = self.latent_penalty(
                lambda z: -self.logits(generated, z, training=True), latent, recoded, latent_interpolation
            )
            parts["latent_gradient_penalty"] = found["gradient_penalty"]
            loss += self.latent_penalty.weight * found["gradient_penalty"]
        return {"discriminator_loss": loss, **parts}

    def encoder_losses(self, image: tf.Tensor, latent: tf.Tensor) -> dict[str, tf.Tensor]:
        """What the encoder descends: scalar `encoder_loss` of x `[B, ...]` and z `[B, N]`."""
        encoded = tf.cast(self.encoder(image, training=True), image.dtype)
        loss = self.objective.encoder_loss(self.logits(image, encoded, training=True))
        if self.reconstruction_weight:
            recoded = self.encoder(self.generator(latent, training=True), training=True)
            loss += self.reconstruction_weight * tf.reduce_mean(tf.abs(latent - tf.cast(recoded, latent.dtype)))
        return {"encoder_loss": loss}

    def generator_losses(self, image: tf.Tensor, latent: tf.Tensor) -> dict[str, tf.Tensor]:
        """What the generator descends: scalar `generator_loss` of x `[B, ...]` and z `[B, N]`."""
        generated = tf.cast(self.generator(latent, training=True), image.dtype)
        loss = self.objective.generator_loss(self.logits(generated, latent, training=True))
        if self.reconstruction_weight:
            reconstructed = self.generator(self.encoder(image, training=True), training=True)
            loss += self.reconstruction_weight * tf.reduce_mean(tf.abs(image - tf.cast(reconstructed, image.dtype)))
        return {"generator_loss": loss}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        for i in range(self.n_critic):
            image = tf.cast(data["image"][:, i], self.variable_dtype)
            rows = image.shape[0] or tf.shape(image)[0]
            latent = self.noise(self.prior.sample, rows, Draw.LATENT, i)
            weights = [self.noise(uniform, rows, use, i) for use in (Draw.INTERPOLATION, Draw.LATENT_INTERPOLATION)]
            with tf.GradientTape() as tape:
                losses = self.discriminator_losses(image, latent, *weights)
            self.update("discriminator", tape, losses["discriminator_loss"])
        with tf.GradientTape() as encoder_tape:
            losses |= self.encoder_losses(image, latent)
        with tf.GradientTape() as generator_tape:
            losses |= self.generator_losses(image, latent)
        self.update_together(
            {
                "encoder": (encoder_tape, losses["encoder_loss"]),
                "generator": (generator_tape, losses["generator_loss"]),
            }
        )
        return self.finish_step(losses)

    def discriminate_graph(self, image: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
        """l(x, z) at inference: `[n, ...]` and `[n, N]` to logits `[n]`."""
        logits = self.logits(tf.cast(image, self.variable_dtype), latent, training=False)
        return tf.reshape(logits, [-1])

    def discriminate(self, images: Any, latent: Any) -> np.ndarray:
        """Logits [n] of pairs: images [n, H, W, C] in [-1, 1] or points [n, D], and latent vectors [n, N]."""
        images, latent = self._check_samples(images), self._check_latent(latent)
        if len(images) != len(latent):
            raise ValueError(f"Expected as many latents as images; received {len(latent)} and {len(images)}.")
        return self._in_chunks(self._graph(self.discriminate_graph), images, latent)

    def get_config(self) -> dict[str, Any]:
        config = {
            "objective": keras.saving.serialize_keras_object(self.objective),
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "latent_penalty": keras.saving.serialize_keras_object(self.latent_penalty),
            "reconstruction_weight": self.reconstruction_weight,
            "n_critic": self.n_critic,
        }
        return {**super().get_config(), **config}
