"""Losses: pure functions on tensors, and small serialisable objects that select among them."""

from tfgans.choices import KLReduction, Norm
from tfgans.losses.adversarial import (
    Hinge,
    LeastSquares,
    LogitLoss,
    Minimax,
    Objective,
    Relativistic,
    Vanilla,
    Wasserstein,
    mean_over_patches,
    minimax_generator_loss,
    nonsaturating_generator_loss,
    vanilla_discriminator_loss,
    wasserstein_discriminator_loss,
    wasserstein_generator_loss,
)
from tfgans.losses.divergence import normal_divergence, reduced_divergence
from tfgans.losses.features import classification_loss, feature_distance, mean_feature_distance
from tfgans.losses.penalties import (
    GradientPenalty,
    HeightAxisGradientPenalty,
    InterpolatedGradientPenalty,
    PairwiseGradientPenalty,
    ZeroCenteredPenalty,
    gradient_penalty,
    interpolated_gradient,
    safe_norm,
)
from tfgans.losses.reconstruction import (
    mean_difference,
    reconstruction_error,
    reconstruction_errors,
    sample_errors,
)

__all__ = [
    "GradientPenalty",
    "HeightAxisGradientPenalty",
    "Hinge",
    "InterpolatedGradientPenalty",
    "KLReduction",
    "LeastSquares",
    "LogitLoss",
    "Minimax",
    "Norm",
    "Objective",
    "PairwiseGradientPenalty",
    "Relativistic",
    "Vanilla",
    "Wasserstein",
    "ZeroCenteredPenalty",
    "classification_loss",
    "feature_distance",
    "gradient_penalty",
    "interpolated_gradient",
    "mean_difference",
    "mean_feature_distance",
    "mean_over_patches",
    "minimax_generator_loss",
    "nonsaturating_generator_loss",
    "normal_divergence",
    "reconstruction_error",
    "reconstruction_errors",
    "reduced_divergence",
    "safe_norm",
    "sample_errors",
    "vanilla_discriminator_loss",
    "wasserstein_discriminator_loss",
    "wasserstein_generator_loss",
]
