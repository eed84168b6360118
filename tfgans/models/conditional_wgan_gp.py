"""Conditional Wasserstein GAN with gradient penalty (Fabbri, cWGAN)."""

from typing import Any

import keras

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, InterpolatedGradientPenalty, Wasserstein
from tfgans.models.conditional_gan import ConditionalGAN


@keras.saving.register_keras_serializable("tfgans")
class ConditionalWGANGP(ConditionalGAN):
    """WGAN-GP conditioned on a class or on attributes.

    With the critic f, the label y and e uniform for each pair, Eq. 5 in the standard sign is:

        critic     descends  E f(G(z, y), y) - E f(x, y) + lambda E (||grad f(x_hat, y)||_2 - 1)^2
                             with x_hat = e x + (1 - e) G(z, y), n_critic times, on fresh batches
        generator  descends  -E f(G(z, y), y), once

    The step is that of `ConditionalGAN`. The critic must not have batch normalisation, since the penalty is on the
    gradient of each sample.

    Args:
        penalty: Gradient penalty; by default that of Eq. 5 with lambda = 10, from the authors' code, since the
            paper states none.
        n_critic: n of section IV-B, critic updates for each generator update.
        Other arguments: As of `ConditionalGAN`, without an objective; the paper's prior is `Normal(100, mean=-1)`.

    Example:

    >>> model = tfgans.ConditionalWGANGP(
    ...     tfgans.networks.conditional_dcgan_generator((8, 8, 1), 16, 10, widths=(8, 4)),
    ...     tfgans.networks.conditional_dcgan_discriminator((8, 8, 1), 10, widths=(4, 8)),
    ...     tfgans.latent.Normal(16, mean=-1.0),
    ... )
    >>> model.n_critic, model.penalty.weight
    (5, 10.0)
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        penalty: GradientPenalty | None = None,
        *,
        n_critic: int = 5,
        **kwargs: Any,
    ) -> None:
        penalty = penalty or InterpolatedGradientPenalty()
        super().__init__(generator, discriminator, prior, Wasserstein(), penalty, n_critic=n_critic, **kwargs)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-4, betas 0 and .9 (section IV-B)."""
        return keras.optimizers.Adam(1e-4, 0.0, 0.9)
