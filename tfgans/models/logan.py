"""LOGAN, the logit GAN (Sharma and Namboodiri): no modes left behind."""

import keras

from tfgans.losses import LogitLoss, PairwiseGradientPenalty
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

    The arguments are those of `BiGAN`. The discriminator must not have batch normalisation, and the paper's prior is
    `Uniform(N)`. The default objective is `LogitLoss(squared=True)`, lol2; `LogitLoss(squared=False)` is lol1. The
    default penalty is `PairwiseGradientPenalty()` with lambda = .1, as for toy worlds; images take 1.

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

    default_objective = LogitLoss()
    default_penalty = PairwiseGradientPenalty()
