"""Adversarial systems, one file each."""

from tfgans.models.adversarial import AdversarialModel
from tfgans.models.adversarial_vae import AdversarialVAE
from tfgans.models.baselines import CVAEGAN, MDGAN, VAE, VEEGAN
from tfgans.models.began import BEGAN
from tfgans.models.began_cs import BEGANCS
from tfgans.models.bigan import BiGAN
from tfgans.models.conditional_gan import ConditionalGAN
from tfgans.models.conditional_wgan_gp import ConditionalWGANGP
from tfgans.models.gan import GAN
from tfgans.models.logan import LOGAN
from tfgans.models.xgan import XGAN
from tfgans.models.xgan_priors import AdversarialXGAN, VariationalXGAN

__all__ = [
    "BEGAN",
    "BEGANCS",
    "CVAEGAN",
    "GAN",
    "LOGAN",
    "MDGAN",
    "VAE",
    "VEEGAN",
    "XGAN",
    "AdversarialModel",
    "AdversarialVAE",
    "AdversarialXGAN",
    "BiGAN",
    "ConditionalGAN",
    "ConditionalWGANGP",
    "VariationalXGAN",
]
