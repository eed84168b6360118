"""Rivals that the five systems are compared with."""

from tfgans.models.baselines.cvae_gan import CVAEGAN
from tfgans.models.baselines.md_gan import MDGAN
from tfgans.models.baselines.vae import VAE
from tfgans.models.baselines.veegan import VEEGAN

__all__ = ["CVAEGAN", "MDGAN", "VAE", "VEEGAN"]
