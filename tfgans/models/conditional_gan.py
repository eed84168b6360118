"""The conditional GAN, with any objective."""

import enum
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, Objective, Vanilla, mean_over_patches
from tfgans.models.adversarial import AdversarialModel, Batch


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    DISCRIMINATOR_LATENT = 0
    GENERATOR_LATENT = 1
    INTERPOLATION = 2


@keras.saving.register_keras_serializable("tfgans")
class ConditionalGAN(AdversarialModel):
    """GAN conditioned on a class or on attributes (cWGAN section IV-A, Eq. 2; Mirza and Osindero 2014).

    With its defaults it is the vanilla baseline of the cWGAN paper; `ConditionalWGANGP` is the same step
    with the Wasserstein objective and a gradient penalty.

    Args:
        generator: G, from `[latent [B, N], condition [B, K]]` to images `[B, H, W, C]` in [-1, 1].
        discriminator: f, from `[image [B, H, W, C], condition [B, K]]` to logits `[B]` or, for patches,
            `[B, ...]`.
        prior: Distribution of z, of size N.
        objective: Losses of the two players; vanilla by default.
        penalty: Gradient penalty of the discriminator, or `None`.
        conditioning: `"class"` where labels are integers [B] in 0 to K - 1, fed as one-hot vectors;
            `"attributes"` where they are floating [B, K], fed as they are.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        n_generator: Generator updates in a step, conditioned as the last batch.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together, or a number is out of range.

    Example:

    >>> model = tfgans.ConditionalGAN(
    ...     tfgans.networks.conditional_dcgan_generator((8, 8, 1), 16, 10, widths=(8, 4)),
    ...     tfgans.networks.conditional_dcgan_discriminator((8, 8, 1), 10, widths=(4, 8)),
    ...     tfgans.latent.Normal(16),
    ... )
    >>> model.compile()
    >>> images, labels = np.zeros((64, 8, 8, 1), "float32"), np.arange(64) % 10
    >>> history = model.fit(tfgans.data.batches({"image": images, "label": labels}, 16), steps_per_epoch=2, verbose=0)
    >>> model.sample(10, labels=range(10), seed=0).shape
    (10, 8, 8, 1)
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
        conditioning: str = "class",
        n_critic: int = 1,
        n_generator: int = 1,
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        networks = {"generator": generator, "discriminator": discriminator}
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        _check_networks(generator, discriminator, prior)
        if conditioning not in ("class", "attributes"):
            raise ValueError(f"conditioning must be 'class' or 'attributes'; received {conditioning!r}.")
        if n_critic < 1 or n_generator < 1:
            raise ValueError(f"A step needs updates of both; received n_critic={n_critic}, n_generator={n_generator}.")
        self.objective = objective or Vanilla()
        self.penalty = penalty
        self.conditioning = conditioning
        self.n_critic = n_critic
        self.n_generator = n_generator

    @property
    def updates_per_step(self) -> int:
        return self.n_critic

    @property
    def log_names(self) -> tuple[str, ...]:
        penalty = ("gradient_penalty", "gradient_norm") if self.penalty else ()
        return ("discriminator_loss", "generator_loss", "real_logit", "generated_logit", *penalty)

    @property
    def condition_size(self) -> int:
        """K, the number of classes or of attributes."""
        return self.generator.inputs[1].shape[-1]

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 2e-4, betas .5 and .999, as the authors' code trains the vanilla objective."""
        return {player: keras.optimizers.Adam(2e-4, 0.5, 0.999) for player in self.players}

    def label_spec(self) -> tf.TensorSpec:
        """Shape without the batch axis, and type, of the labels that this model takes."""
        if self.conditioning == "class":
            return tf.TensorSpec([], tf.int32)
        return tf.TensorSpec([self.condition_size], tf.float32)

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        return {"image": tf.TensorSpec(self.generator.output.shape[1:], tf.float32), "label": self.label_spec()}

    def _step_batches(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        def checked(batch: Batch) -> Batch:
            message = f"Labels must be classes in 0 to {self.condition_size - 1}, or finite attributes."
            with tf.control_dependencies(
                [tf.debugging.Assert(tf.reduce_all(self.is_valid_label(batch["label"])), [message])]
            ):
                return {**batch, "label": tf.identity(batch["label"])}

        return super()._step_batches(dataset).map(checked)

    def condition(self, label: tf.Tensor) -> tf.Tensor:
        """y as the networks take it, [B, K]: one-hot for integers [B], and floating [B, K] as they are."""
        if label.dtype.is_integer:
            return tf.one_hot(label, self.condition_size, dtype=self.variable_dtype)
        return tf.cast(label, self.variable_dtype)

    def is_valid_label(self, label: tf.Tensor) -> tf.Tensor:
        """bool [n]: whether a label means something, a class in 0 to K - 1 or finite numbers."""
        if label.dtype.is_integer:
            return (label >= 0) & (label < self.condition_size)
        return tf.reduce_all(tf.math.is_finite(label), axis=-1)

    def logits(self, image: tf.Tensor, condition: tf.Tensor, training: bool) -> tf.Tensor:
        """f(x, y) per sample or per patch, `[B, ...]`, in the type of the variables."""
        return tf.cast(self.discriminator([image, condition], training=training), self.variable_dtype)

    def discriminator_losses(
        self, image: tf.Tensor, condition: tf.Tensor, latent: tf.Tensor, interpolation: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """What the discriminator descends, and its parts.

        Args:
            image: Real images x, `[B, H, W, C]`.
            condition: y, `[B, K]`, shared by the real and the generated image of a pair.
            latent: z, `[B, N]`.
            interpolation: epsilon of the gradient penalty, `[B]` in [0, 1].

        Returns:
            Scalars `discriminator_loss`, `real_logit`, `generated_logit`, and those of the penalty.
        """
        generated = tf.cast(self.generator([latent, condition], training=True), image.dtype)
        real_logits = self.logits(image, condition, training=True)
        generated_logits = self.logits(generated, condition, training=True)
        loss = self.objective.discriminator_loss(real_logits, generated_logits)
        parts = {"real_logit": tf.reduce_mean(real_logits), "generated_logit": tf.reduce_mean(generated_logits)}
        if self.penalty is not None:
            parts |= self.penalty(lambda x: self.logits(x, condition, training=True), image, generated, interpolation)
            loss += self.penalty.weight * parts["gradient_penalty"]
        return {"discriminator_loss": loss, **parts}

    def generator_losses(self, condition: tf.Tensor, latent: tf.Tensor) -> dict[str, tf.Tensor]:
        """What the generator descends: scalar `generator_loss` of y `[B, K]` and z `[B, N]`."""
        generated = self.generator([latent, condition], training=True)
        return {"generator_loss": self.objective.generator_loss(self.logits(generated, condition, training=True))}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        for i in range(self.n_critic):
            image = tf.cast(data["image"][:, i], self.variable_dtype)
            condition = self.condition(data["label"][:, i])
            rows = image.shape[0] or tf.shape(image)[0]
            latent = self.noise(self.prior.sample, rows, Draw.DISCRIMINATOR_LATENT, i)
            interpolation = self.noise(_uniform, rows, Draw.INTERPOLATION, i)
            with tf.GradientTape() as tape:
                losses = self.discriminator_losses(image, condition, latent, interpolation)
            self.update("discriminator", tape, losses["discriminator_loss"])
        for i in range(self.n_generator):
            latent = self.noise(self.prior.sample, rows, Draw.GENERATOR_LATENT, i)
            with tf.GradientTape() as tape:
                losses |= self.generator_losses(condition, latent)
            self.update("generator", tape, losses["generator_loss"])
        return self.finish_step(losses)

    # Faces. The graph forms are what the SavedModel serves.

    def generate_graph(self, latent: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        """G(z, y) at inference: `[n, N]` and labels to images `[n, H, W, C]` in [-1, 1]."""
        image = self.sampler([latent, self.condition(label)], training=False)
        return tf.clip_by_value(tf.cast(image, self.variable_dtype), -1.0, 1.0)

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        """Images `[n, H, W, C]` from int64 seeds `[n]` and labels."""
        return self.generate_graph(self.prior.sample_rows(seed, dtype=self.variable_dtype), label)

    def discriminate_graph(self, image: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        """f(x, y) at inference: images `[n, H, W, C]` and labels to logits `[n]`, means over patches."""
        image = tf.cast(image, self.variable_dtype)
        return mean_over_patches(self.logits(image, self.condition(label), training=False))

    def sample(self, n: int, labels: Any, seed: int | list[int] | None = None) -> np.ndarray:
        """Draws images; the same seed gives the same image here and in the SavedModel.

        Args:
            n: Number of images.
            labels: Integers [n] in 0 to K - 1, where the model is conditioned on a class; or floating [n, K],
                attributes or weights of the classes, such as those between two. One label serves all n.
            seed: Integer s for row seeds s, s + 1, ..., or n row seeds; `None` draws fresh ones.

        Returns:
            Array [n, H, W, C] in [-1, 1].

        Raises:
            ValueError: If labels are out of range, or a shape does not fit.
        """
        seeds = self._row_seeds(n, seed)
        return self._in_chunks(self._graph(self.sample_graph), seeds, self._check_labels(n, labels))

    def generate(self, latent: Any, labels: Any) -> np.ndarray:
        """Images [n, H, W, C] in [-1, 1] of latent vectors [n, N] and labels, as in `sample`."""
        latent = np.asarray(latent, self.variable_dtype)
        if latent.ndim != 2 or latent.shape[1] != self.prior.size:
            raise ValueError(f"latent must have shape [n, {self.prior.size}]; received {latent.shape}.")
        return self._in_chunks(self._graph(self.generate_graph), latent, self._check_labels(len(latent), labels))

    def discriminate(self, images: Any, labels: Any) -> np.ndarray:
        """Logits [n] of images [n, H, W, C] in [-1, 1] and labels, as in `sample`."""
        images = np.asarray(images, self.variable_dtype)
        expected = self.generator.output.shape[1:]
        if images.shape[1:] != expected:
            raise ValueError(f"images must have shape [n, {', '.join(map(str, expected))}]; received {images.shape}.")
        return self._in_chunks(self._graph(self.discriminate_graph), images, self._check_labels(len(images), labels))

    def _check_labels(self, n: int, labels: Any) -> np.ndarray:
        array = np.asarray(labels)
        if np.issubdtype(array.dtype, np.integer) and self.conditioning == "class":
            # Out of range stays out of range in 32 bits.
            array, shape = np.clip(array, -1, self.condition_size).astype(np.int32), ()
        else:
            array, shape = array.astype(self.variable_dtype), (self.condition_size,)
        if array.shape == shape:
            array = np.broadcast_to(array, (n, *array.shape))
        if array.shape != (n, *shape):
            kind = "integers [n] or " if self.conditioning == "class" else ""
            raise ValueError(
                f"labels must be {kind}floating [n, {self.condition_size}], n = {n}; received {array.shape}."
            )
        if not np.all(self.is_valid_label(tf.constant(array))):
            raise ValueError(
                f"labels must lie in 0 to {self.condition_size - 1}, or be finite; received {np.unique(array)}."
            )
        return array

    def get_config(self) -> dict[str, Any]:
        config = {
            "objective": keras.saving.serialize_keras_object(self.objective),
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "conditioning": self.conditioning,
            "n_critic": self.n_critic,
            "n_generator": self.n_generator,
        }
        return {**super().get_config(), **config}


def _uniform(rows: int | tf.Tensor, seed: tf.Tensor, dtype: tf.DType | str) -> tf.Tensor:
    return tf.random.stateless_uniform([rows], seed, dtype=dtype)


def _check_networks(generator: keras.Model, discriminator: keras.Model, prior: Prior) -> None:
    """Raises ValueError where shapes do not fit together."""
    if len(generator.inputs) != 2 or len(discriminator.inputs) != 2:
        raise ValueError("The generator takes [latent, condition], the discriminator [image, condition].")
    (latent, condition), image = generator.inputs, generator.output
    if latent.shape[-1] != prior.size:
        raise ValueError(f"The generator takes latents of size {latent.shape[-1]}; the prior has size {prior.size}.")
    expected = (image.shape[1:], condition.shape[1:])
    received = tuple(tensor.shape[1:] for tensor in discriminator.inputs)
    if received != expected:
        raise ValueError(f"The discriminator takes (image, condition) {received}; the generator makes {expected}.")
