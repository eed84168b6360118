"""Latent spaces: priors."""

from tfgans.latent.priors import Normal, Prior

__all__ = ["Normal", "Prior"]
