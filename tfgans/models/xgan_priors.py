"""X-GAN with a prior on its codes, the ablation "KL-loss" of its section 4.6."""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from tfgans.choices import KLReduction, check_choice
from tfgans.latent import Normal, Prior, draw_latent, mean_and_log_variance
from tfgans.losses import (
    Objective,
    nonsaturating_generator_loss,
    reduced_divergence,
    vanilla_discriminator_loss,
)
from tfgans.models.adversarial import Batch, rows_of
from tfgans.models.discrimination import logits_and_maps
from tfgans.models.xgan import Draw, XGANModel


@keras.saving.register_keras_serializable("tfgans")
class VariationalXGAN(XGANModel):
    """X-GAN whose codes are held to a normal prior by their divergence from it, and whose latents are drawn from it.

    The losses are those of `XGAN`, with z_hat of N(0, I), and KL(N(mean, variance) || N(0, I)) of E(x) added to the
    encoder's. A latent has no class then: there is L_G.clf where the generator is told one, and not else.

    Args:
        generator: As of `XGAN`.
        encoder: E, from samples to means and logarithms of variances `[B, 2 N]`.
        discriminator: As of `XGAN`.
        image_classifier: As of `XGAN`.
        prior: Standard normal, of size N.
        objective: As of `XGAN`.
        code_classifier: As of `XGAN`.
        feature_discriminator: As of `XGAN`.
        kl_reduction: What the divergence is divided by, one of `choices.KLReduction`; the paper states none, and
            the mean over entries is on the scale of the other losses.
        **kwargs: `adversarial_weight`, `ema_decay`, `seed` and `name` of `XGAN`.

    Raises:
        ValueError: If the networks and the prior do not fit together, or a choice is unknown.

    Example:

    >>> model = tfgans.VariationalXGAN(
    ...     tfgans.networks.mlp_generator(2, 4, (16,)),
    ...     tfgans.networks.mlp_encoder(2, 8, (16,)),
    ...     tfgans.networks.mlp_classifier(2, 1, (16,), "discriminator"),
    ...     tfgans.networks.mlp_classifier(2, 8, (16,)),
    ...     tfgans.latent.Normal(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.sample(3, seed=0).shape
    (3, 2)
    """

    code_numbers: ClassVar[int] = 2

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        image_classifier: keras.Model,
        prior: Prior,
        objective: Objective | None = None,
        *,
        code_classifier: keras.Model | None = None,
        feature_discriminator: keras.Model | None = None,
        kl_reduction: KLReduction = "mean",
        **kwargs: Any,
    ) -> None:
        networks = {
            "generator": generator,
            "encoder": encoder,
            "discriminator": discriminator,
            "image_classifier": image_classifier,
            "code_classifier": code_classifier,
            "feature_discriminator": feature_discriminator,
        }
        check_choice("kl_reduction", kl_reduction, KLReduction)
        super().__init__(networks, prior, objective, **kwargs)
        self.kl_reduction = kl_reduction

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, "divergence")

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """`latent` z_hat of the prior, and `posterior`, standard normal, of which a code is made, `[B, N]` each."""
        rows = rows_of(batch)
        return {
            "latent": self.noise(self.prior.sample, rows, Draw.LATENT, index),
            "posterior": self.noise(Normal(self.prior.size).sample, rows, Draw.POSTERIOR, index),
        }

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        image = batch["image"]
        mean, log_variance = mean_and_log_variance(self.forward(self.encoder, image, training=True))
        divergence = reduced_divergence(mean, log_variance, self.kl_reduction, image.shape[1:].num_elements())
        return draw_latent(mean, log_variance, noise["posterior"]), divergence, {"divergence": divergence}


@keras.saving.register_keras_serializable("tfgans")
class AdversarialXGAN(XGANModel):
    """X-GAN whose codes are held to a prior by a discriminator of codes, as Rosca et al. (2017) have it.

    The losses are those of `XGAN`, with z_hat drawn from the prior, and with c the logit of the new player:

        code discriminator  descends  softplus(-c(z_hat)) + softplus(c(E(x)))
        encoder             descends  softplus(-c(E(x))) besides

    A latent has no class then: there is L_G.clf where the generator is told one, and not else.

    Args:
        generator: As of `XGAN`.
        encoder: E, from samples to codes `[B, N]`.
        discriminator: As of `XGAN`.
        image_classifier: As of `XGAN`.
        code_discriminator: c, from codes to logits `[B, 1]`.
        prior: Distribution of z_hat, of size N.
        objective: As of `XGAN`.
        code_classifier: As of `XGAN`.
        feature_discriminator: As of `XGAN`.
        **kwargs: `adversarial_weight`, `ema_decay`, `seed` and `name` of `XGAN`.

    Raises:
        ValueError: If the networks and the prior do not fit together.

    Example:

    >>> model = tfgans.AdversarialXGAN(
    ...     tfgans.networks.mlp_generator(2, 4, (16,)),
    ...     tfgans.networks.mlp_encoder(2, 4, (16,)),
    ...     tfgans.networks.mlp_classifier(2, 1, (16,), "discriminator"),
    ...     tfgans.networks.mlp_classifier(2, 8, (16,)),
    ...     tfgans.networks.code_classifier(4, 1, 16),
    ...     tfgans.latent.Normal(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.sample(3, seed=0).shape
    (3, 2)
    """

    players: ClassVar[tuple[str, ...]] = (*XGANModel.players, "code_discriminator")

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        image_classifier: keras.Model,
        code_discriminator: keras.Model,
        prior: Prior,
        objective: Objective | None = None,
        *,
        code_classifier: keras.Model | None = None,
        feature_discriminator: keras.Model | None = None,
        **kwargs: Any,
    ) -> None:
        networks = {
            "generator": generator,
            "encoder": encoder,
            "discriminator": discriminator,
            "image_classifier": image_classifier,
            "code_classifier": code_classifier,
            "feature_discriminator": feature_discriminator,
            "code_discriminator": code_discriminator,
        }
        super().__init__(networks, prior, objective, **kwargs)

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, "prior_loss")

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """`latent` z_hat of the prior, `[B, N]`."""
        return {"latent": self.noise(self.prior.sample, rows_of(batch), Draw.LATENT, index)}

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        code = self.forward(self.encoder, batch["image"], training=True)
        (drawn, _), (encoded, _) = (
            logits_and_maps(self.code_discriminator, z, training=True) for z in (noise["latent"], code)
        )
        loss = nonsaturating_generator_loss(encoded)
        return code, loss, {"code_discriminator_loss": vanilla_discriminator_loss(drawn, encoded), "prior_loss": loss}
