"""Latent spaces: priors, and paths through them."""

from tfgans.latent.paths import corner_weights, unevenness
from tfgans.latent.priors import Normal, Prior, Uniform

__all__ = ["Normal", "Prior", "Uniform", "corner_weights", "unevenness"]
