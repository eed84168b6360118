"""X-GAN with a prior on its codes, the ablation "KL-loss" of its section 4.6."""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from tfgans.choices import KLReduction, check_choice
from tfgans.latent import Prior
from tfgans.losses import LossFunction, Objective, nonsaturating_generator_loss, vanilla_discriminator_loss
from tfgans.models._variational import check_standard_normal, encode_posterior, posterior_noise
from tfgans.models.batches import Batch, rows_of
from tfgans.models.xgan import Draw, XGANModel


@keras.saving.register_keras_serializable("tfgans")
class VariationalXGAN(XGANModel):
    """X-GAN whose latents are drawn from a normal prior, and whose codes are kept near it by their divergence.

    The losses are those of `XGAN`, with z_hat of N(0, I), and KL(N(mean, variance) || N(0, I)) of E(x) added to the
    encoder's. A latent has no class here, so that L_G.clf is left out unless the generator takes a condition.

    Args:
        encoder: E, from samples to means and logarithms of variances `[B, 2 N]`.
        prior: Standard normal.
        kl_reduction: Divisor of the divergence, one of `choices.KLReduction`. The paper states none; the mean over
            entries is on the scale of the other losses.
        Other arguments: As of `XGAN`.

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
        objective: Objective | LossFunction | None = None,
        *,
        kl_reduction: KLReduction = "mean",
        **kwargs: Any,
    ) -> None:
        check_choice("kl_reduction", kl_reduction, KLReduction)
        check_standard_normal(type(self).__name__, prior)
        super().__init__(generator, encoder, discriminator, image_classifier, None, prior, objective, **kwargs)
        self.kl_reduction = kl_reduction

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, "divergence")

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z_hat of the prior, and `posterior`, the noise of codes, `[B, N]` each."""
        return {
            **super().draw_noise(turn, batch, index),
            "latent": self.noise(self.prior.sample, rows_of(batch), Draw.LATENT, index),
            "posterior": posterior_noise(self, batch, Draw.POSTERIOR, index),
        }

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        code, _, divergence = encode_posterior(self, batch, noise, self.kl_reduction)
        return code, divergence, {"divergence": divergence}


@keras.saving.register_keras_serializable("tfgans")
class AdversarialXGAN(XGANModel):
    """X-GAN whose latents are drawn from a prior, and whose codes are kept near it by a discriminator of codes.

    This is the form of Rosca et al. (2017). The losses are those of `XGAN`, with z_hat drawn from the prior, and with
    the logit c of the new player:

        code discriminator  descends  softplus(-c(z_hat)) + softplus(c(E(x)))
        encoder             descends  softplus(-c(E(x))) in addition

    A latent has no class here, so that L_G.clf is left out unless the generator takes a condition.

    Args:
        code_discriminator: c, from codes to logits `[B, 1]`.
        prior: Distribution of z_hat.
        Other arguments: As of `XGAN`.

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

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        image_classifier: keras.Model,
        code_discriminator: keras.Model,
        prior: Prior,
        objective: Objective | LossFunction | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            generator, encoder, discriminator, image_classifier, code_discriminator, prior, objective, **kwargs
        )

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, "prior_loss")

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z_hat of the prior, `[B, N]`."""
        latent = self.noise(self.prior.sample, rows_of(batch), Draw.LATENT, index)
        return {**super().draw_noise(turn, batch, index), "latent": latent}

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        code = self.forward(self.encoder, batch["image"], training=True)
        drawn, encoded = (self.forward(self.code_discriminator, z, training=True) for z in (noise["latent"], code))
        loss = nonsaturating_generator_loss(encoded)
        return code, loss, {"code_discriminator_loss": vanilla_discriminator_loss(drawn, encoded), "prior_loss": loss}
