"""Adversarial systems, one file each."""

from tfgans.models.adversarial import AdversarialModel
from tfgans.models.conditional_gan import ConditionalGAN
from tfgans.models.conditional_wgan_gp import ConditionalWGANGP

__all__ = ["AdversarialModel", "ConditionalGAN", "ConditionalWGANGP"]
