"""Latent spaces: priors, and paths through them."""

from tfgans.latent.codes import CodeVariances, code_plane, code_variances
from tfgans.latent.inversion import Search, search_latent
from tfgans.latent.paths import corner_weights, unevenness
from tfgans.latent.priors import Normal, Prior, Uniform

__all__ = [
    "CodeVariances",
    "Normal",
    "Prior",
    "Search",
    "Uniform",
    "code_plane",
    "code_variances",
    "corner_weights",
    "search_latent",
    "unevenness",
]
