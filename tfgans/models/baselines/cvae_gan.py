"""CVAE-GAN (Bao et al. 2017), a rival of X-GAN."""

from typing import Unpack

import keras
import tensorflow as tf

from tfgans.latent import Prior
from tfgans.losses import classification_loss, mean_feature_distance, vanilla_discriminator_loss
from tfgans.models._fit import Shape, Shapes, check_fit, first_output
from tfgans.models._variational import check_standard_normal, encode_posterior, posterior_and_latent
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch
from tfgans.models.discrimination import Logit
from tfgans.models.labels import Classes


@keras.saving.register_keras_serializable("tfgans")
class CVAEGAN(AdversarialModel):
    """A conditional VAE whose generator matches features of a discriminator and of a classifier.

    With x_f = G(z_f, y), z_f drawn from E(x, y), x_p = G(z_p, y), z_p from the prior, f_D and f_C the last maps of D
    and C, and the weights of 1 of the code that X-GAN was compared with (the paper has other weights):

        L = mean (x - x_f)^2 + mean (f_D(x) - f_D(x_f))^2 + mean (f_C(x) - f_C(x_f))^2

        encoder        descends  L + KL(N(mean, variance) || N(0, I)) / N
        generator      descends  L + mean (E f_D(x) - E f_D(x_p))^2 / 2 + mean (E f_C(x) - E f_C(x_p))^2 / 2
        classifier     descends  -E log softmax(C(x))_y
        discriminator  descends  -E log D(x) - E log(1 - D(x_f)) - E log(1 - D(x_p))

    All losses come from one pass, before anybody moves. With an augmentation T, D and f_D see T(x), T(x_f) and T(x_p),
    the first two with the same random numbers.

    Args:
        generator: G, from `[latents, conditions]` to samples.
        encoder: E, from `[samples, conditions]` to means and logarithms of variances `[B, 2 N]`.
        discriminator: D, from samples to `[logits [B, 1], *maps]`, one map or more.
        classifier: C, from samples to `[logits [B, K], *maps]`, one map or more.
        prior: Standard normal.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

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

    players = ("encoder", "generator", "classifier", "discriminator")
    discrimination = Logit()

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        classifier: keras.Model,
        prior: Prior,
        **shared: Unpack[Shared],
    ) -> None:
        networks = {
            "generator": generator,
            "encoder": encoder,
            "discriminator": discriminator,
            "classifier": classifier,
        }

        def shapes(sample: Shape) -> Shapes:
            classes = first_output(classifier)
            return {
                "generator": ([(prior.size,), classes], sample),
                "encoder": ([sample, classes], (2 * prior.size,)),
                "discriminator": ([sample], (1,)),
                "classifier": ([sample], classes),
            }

        check_fit(type(self).__name__, networks, (prior.size,), shapes)
        if min(len(discriminator.outputs), len(classifier.outputs)) < 2:
            raise ValueError(
                "The discriminator and the classifier must give maps after their logits; they give "
                f"{len(discriminator.outputs)} and {len(classifier.outputs)} outputs."
            )
        check_standard_normal(type(self).__name__, prior)
        super().__init__(networks, prior, **shared)

    @property
    def labels(self) -> Classes:
        """The classes of the classifier."""
        return Classes(self.classifier.outputs[0].shape[-1])

    @property
    def log_names(self) -> tuple[str, ...]:
        players = tuple(f"{player}_loss" for player in self.players)
        errors = ("reconstruction_error", "discriminator_error", "classifier_error", "divergence")
        return (*players, *errors, "discriminator_matching", "classifier_matching", "real_logit", "generated_logit")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 2e-4, beta_1 = .5, as in the code."""
        return keras.optimizers.Adam(2e-4, 0.5)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `posterior`, the noise of z_f, and `latent` z_p, `[B, N]` each."""
        return {**super().draw_noise(turn, batch, index), **posterior_and_latent(self, batch, index)}

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of all players and their parts: the scalars of `log_names`."""
        image, label = batch["image"], batch["label"]
        posterior = encode_posterior(self, batch, noise, "mean", label=label)
        latents = posterior.latent, noise["latent"]
        reconstructed, generated = (self.forward(self.generator, z, label, training=True) for z in latents)
        samples = (image, reconstructed, generated)
        seen = [self.augmented(x, noise, of) for of, x in zip(("real", "real", "generated"), samples, strict=True)]
        judged = [self.forward_all(self.discriminator, x, training=True) for x in seen]
        classified = [self.forward_all(self.classifier, x, training=True) for x in samples]
        real, fake_reconstructed, fake_generated = (logits for logits, *_ in judged)
        f_d, f_d_reconstructed, f_d_generated = (maps[-1] for _, *maps in judged)
        f_c, f_c_reconstructed, f_c_generated = (maps[-1] for _, *maps in classified)
        errors = {
            "reconstruction_error": tf.reduce_mean(tf.square(image - reconstructed)),
            "discriminator_error": tf.reduce_mean(tf.square(f_d - f_d_reconstructed)),
            "classifier_error": tf.reduce_mean(tf.square(f_c - f_c_reconstructed)),
        }
        matching = {
            "discriminator_matching": mean_feature_distance(f_d, f_d_generated),
            "classifier_matching": mean_feature_distance(f_c, f_c_generated),
        }
        shared = tf.add_n(list(errors.values()))
        return {
            **errors,
            **matching,
            "divergence": posterior.divergence,
            "encoder_loss": shared + posterior.divergence,
            "generator_loss": shared + tf.add_n(list(matching.values())),
            "classifier_loss": classification_loss(classified[0][0], label),
            "discriminator_loss": vanilla_discriminator_loss(real, fake_generated)
            + tf.reduce_mean(tf.nn.softplus(fake_reconstructed)),
            "real_logit": tf.reduce_mean(real),
            "generated_logit": tf.reduce_mean(fake_generated),
        }
