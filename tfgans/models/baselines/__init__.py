"""Rivals that X-GAN is compared with."""

from tfgans.models.baselines.cvae_gan import CVAEGAN
from tfgans.models.baselines.md_gan import MDGAN

__all__ = ["CVAEGAN", "MDGAN"]
