"""Networks: functions that return plain Keras models."""

from tfgans.networks.classifier import convolutional_classifier
from tfgans.networks.dcgan import conditional_dcgan_discriminator, conditional_dcgan_generator

__all__ = ["conditional_dcgan_discriminator", "conditional_dcgan_generator", "convolutional_classifier"]
