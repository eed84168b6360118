"""LOGAN, the logit GAN (Sharma and Namboodiri): no modes left behind."""

from typing import Any

import keras

from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, LogitLoss, Objective, PairwiseGradientPenalty
from tfgans.models.bigan import BiGAN


@keras.saving.register_keras_serializable("tfgans")
class LOGAN(BiGAN):
    """BiGAN on logits with a pair-wise gradient penalty (sections 3.1 and 3.2).

    With r = l(x, E(x)), q = l(G(z), z), s the logistic function and x_hat = G(E(x)):

        discriminator  descends  E (1 - s(r))^2 + E s(q)^2                 (lol2; lol1: the vanilla loss)
                                 + lambda E ||grad l(x_tilde, E(x)) - (x - x_hat) / ||x - x_hat|| ||
        encoder        descends  E r
        generator      descends  -E q

    The step is that of `BiGAN`. The discriminator is a classifier, but the other players follow its logit, which does
    not saturate. The penalty makes the logit rise from each reconstruction to its own x, so that the generator recovers
    modes that only the encoder still knows. The latent optimisation GAN has the same name and is another model.

    Args:
        generator: As of `BiGAN`.
        encoder: As of `BiGAN`.
        discriminator: As of `BiGAN`; without batch normalisation.
        prior: As of `BiGAN`; `Uniform(N)` in the paper.
        objective: `LogitLoss(squared=True)`, lol2, by default; `LogitLoss(squared=False)` is lol1.
        penalty: By default `PairwiseGradientPenalty()`, lambda = .1, as for toy worlds; 1 for images.
        **kwargs: `latent_penalty`, `reconstruction_weight` and `n_critic` of `BiGAN`, and the keywords of all models.

    Example:

    >>> model = tfgans.LOGAN(
    ...     tfgans.networks.mlp_generator(2, 2, widths=(16,)),
    ...     tfgans.networks.mlp_encoder(2, 2, widths=(16,)),
    ...     tfgans.networks.mlp_discriminator(2, 2, widths=(16,)),
    ...     tfgans.latent.Uniform(2),
    ... )
    >>> model.objective.squared, model.penalty.weight
    (True, 0.1)
    """

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | None = None,
        penalty: GradientPenalty | None = None,
        **kwargs: Any,
    ) -> None:
        objective, penalty = objective or LogitLoss(), penalty or PairwiseGradientPenalty()
        super().__init__(generator, encoder, discriminator, prior, objective, penalty, **kwargs)
