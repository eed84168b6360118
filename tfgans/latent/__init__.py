"""Latent spaces: priors, samplers, neighbours, paths, and search."""

from tfgans.latent.bank import CodeBank
from tfgans.latent.codes import CodeVariances, code_plane, code_variances
from tfgans.latent.convex import CodeLookup, CodeSampler, ConvexSampler, KDESampler
from tfgans.latent.directions import principal_directions
from tfgans.latent.intrinsic_dimension import ClassDimensions, class_dimensions, intrinsic_dimension
from tfgans.latent.inversion import Search, search_latent
from tfgans.latent.neighbours import Neighbours, nearest_neighbours
from tfgans.latent.paths import corner_weights, unevenness
from tfgans.latent.posterior import active_units, draw_latent, mean_and_log_variance
from tfgans.latent.priors import Normal, Prior, Uniform

__all__ = [
    "ClassDimensions",
    "CodeBank",
    "CodeLookup",
    "CodeSampler",
    "CodeVariances",
    "ConvexSampler",
    "KDESampler",
    "Neighbours",
    "Normal",
    "Prior",
    "Search",
    "Uniform",
    "active_units",
    "class_dimensions",
    "code_plane",
    "code_variances",
    "corner_weights",
    "draw_latent",
    "intrinsic_dimension",
    "mean_and_log_variance",
    "nearest_neighbours",
    "principal_directions",
    "search_latent",
    "unevenness",
]
