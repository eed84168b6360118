"""CVAE-GAN (Bao et al. 2017), a rival of X-GAN."""

import enum
from typing import ClassVar

import keras
import tensorflow as tf

from tfgans.latent import Normal, Prior, draw_latent, mean_and_log_variance
from tfgans.losses import (
    classification_loss,
    mean_feature_distance,
    reduced_divergence,
    vanilla_discriminator_loss,
)
from tfgans.models._fit import check_fit, first_output
from tfgans.models.adversarial import AdversarialModel, Batch, rows_of
from tfgans.models.discrimination import Discrimination, Logit, logits_and_maps
from tfgans.models.labels import Classes


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    POSTERIOR = 0
    LATENT = 1


@keras.saving.register_keras_serializable("tfgans")
class CVAEGAN(AdversarialModel):
    """A conditional VAE whose generator matches features of a discriminator and of a classifier.

    With x_f = G(z_f, y), z_f drawn from E(x, y), x_p = G(z_p, y), z_p from the prior, f_D and f_C the last maps of D
    and C, and the weights of 1 of the code that X-GAN was compared with (the paper's are others):

        L = mean (x - x_f)^2 + mean (f_D(x) - f_D(x_f))^2 + mean (f_C(x) - f_C(x_f))^2

        encoder        descends  L + KL(N(mean, variance) || N(0, I)) / N
        generator      descends  L + mean (E f_D(x) - E f_D(x_p))^2 / 2 + mean (E f_C(x) - E f_C(x_p))^2 / 2
        classifier     descends  -E log softmax(C(x))_y
        discriminator  descends  -E log D(x) - E log(1 - D(x_f)) - E log(1 - D(x_p))

    All is computed once, before anybody moves.

    Args:
        generator: G, from `[latents [B, N], conditions [B, K]]` to images `[B, H, W, C]` in [-1, 1] or points `[B, D]`.
        encoder: E, from `[samples, conditions]` to means and logarithms of variances `[B, 2 N]`.
        discriminator: D, from samples to `[logits [B, 1], *maps]`, one map or more.
        classifier: C, from samples to `[logits [B, K], *maps]`, one map or more.
        prior: Standard normal, of size N.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together.

    Example:

    >>> model = tfgans.CVAEGAN(
    ...     tfgans.networks.mlp_generator((8, 8, 1), 4, (16,), condition_size=10),
    ...     tfgans.networks.mlp_encoder((8, 8, 1), 8, (16,), condition_size=10),
    ...     tfgans.networks.mlp_classifier((8, 8, 1), 1, (16,), "discriminator"),
    ...     tfgans.networks.mlp_classifier((8, 8, 1), 10, (16,)),
    ...     tfgans.latent.Normal(4),
    ... )
    >>> model.compile()
    >>> images, labels = np.zeros((64, 8, 8, 1), "float32"), np.arange(64) % 10
    >>> history = model.fit(tfgans.data.batches({"image": images, "label": labels}, 16), steps_per_epoch=2, verbose=0)
    >>> model.sample(10, labels=range(10), seed=0).shape
    (10, 8, 8, 1)
    """

    players: ClassVar[tuple[str, ...]] = ("encoder", "generator", "classifier", "discriminator")
    discrimination: ClassVar[Discrimination] = Logit()

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        classifier: keras.Model,
        prior: Prior,
        *,
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        networks = {
            "generator": generator,
            "encoder": encoder,
            "discriminator": discriminator,
            "classifier": classifier,
        }

        def shapes(sample: tuple[int, ...]) -> dict[str, tuple]:
            classes = first_output(classifier)
            return {
                "generator": ([(prior.size,), classes], sample),
                "encoder": ([sample, classes], (2 * prior.size,)),
                "discriminator": ([sample], (1,)),
                "classifier": ([sample], classes),
            }

        check_fit(type(self).__name__, networks, shapes)
        if min(len(discriminator.outputs), len(classifier.outputs)) < 2:
            raise ValueError(
                "The discriminator and the classifier must give a map behind their logits; they give "
                f"{len(discriminator.outputs)} and {len(classifier.outputs)} outputs."
            )
        super().__init__(networks, prior, ema_decay=ema_decay, seed=seed, name=name)
        self.labels = Classes(classifier.outputs[0].shape[-1])

    @property
    def log_names(self) -> tuple[str, ...]:
        players = tuple(f"{player}_loss" for player in self.players)
        errors = ("reconstruction_error", "discriminator_error", "classifier_error", "divergence")
        return (*players, *errors, "discriminator_matching", "classifier_matching", "real_logit", "generated_logit")

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 2e-4, beta_1 = .5, as the code has it."""
        return {player: keras.optimizers.Adam(2e-4, 0.5) for player in self.players}

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """`posterior`, standard normal, of which z_f is made, and `latent` z_p, `[B, N]` each."""
        rows = rows_of(batch)
        return {
            "posterior": self.noise(Normal(self.prior.size).sample, rows, Draw.POSTERIOR, index),
            "latent": self.noise(self.prior.sample, rows, Draw.LATENT, index),
        }

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of all players, and their parts: the scalars of `log_names`."""
        image, label = batch["image"], batch["label"]
        mean, log_variance = mean_and_log_variance(self.forward(self.encoder, image, label, training=True))
        latents = draw_latent(mean, log_variance, noise["posterior"]), noise["latent"]
        reconstructed, generated = (self.forward(self.generator, z, label, training=True) for z in latents)
        samples = (image, reconstructed, generated)
        logits, maps = zip(*(logits_and_maps(self.discriminator, x, training=True) for x in samples), strict=True)
        classes, class_maps = zip(*(logits_and_maps(self.classifier, x, training=True) for x in samples), strict=True)
        (f_d, f_d_reconstructed, f_d_generated), (f_c, f_c_reconstructed, f_c_generated) = (
            [maps_of_one[-1] for maps_of_one in maps_of_all] for maps_of_all in (maps, class_maps)
        )
        errors = {
            "reconstruction_error": tf.reduce_mean(tf.square(image - reconstructed)),
            "discriminator_error": tf.reduce_mean(tf.square(f_d - f_d_reconstructed)),
            "classifier_error": tf.reduce_mean(tf.square(f_c - f_c_reconstructed)),
        }
        matching = {
            "discriminator_matching": mean_feature_distance(f_d, f_d_generated),
            "classifier_matching": mean_feature_distance(f_c, f_c_generated),
        }
        divergence = reduced_divergence(mean, log_variance, "mean", image.shape[1:].num_elements())
        shared = tf.add_n(list(errors.values()))
        real, fake_reconstructed, fake_generated = logits
        return {
            **errors,
            **matching,
            "divergence": divergence,
            "encoder_loss": shared + divergence,
            "generator_loss": shared + tf.add_n(list(matching.values())),
            "classifier_loss": classification_loss(classes[0], label),
            "discriminator_loss": vanilla_discriminator_loss(real, fake_generated)
            + tf.reduce_mean(tf.nn.softplus(fake_reconstructed)),
            "real_logit": tf.reduce_mean(real),
            "generated_logit": tf.reduce_mean(fake_generated),
        }

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        return self.finish_step(self.take_turn("joint", batch, self.draw_noise("joint", batch)))
