"""Networks: functions that return plain Keras models."""

from tfgans.networks.began import began_decoder, began_encoder, relu_mlp
from tfgans.networks.bigan import dcgan_discriminator, dcgan_encoder, dcgan_generator
from tfgans.networks.classifier import convolutional_classifier
from tfgans.networks.dcgan import conditional_dcgan_discriminator, conditional_dcgan_generator
from tfgans.networks.mlp import mlp_discriminator, mlp_encoder, mlp_generator

__all__ = [
    "began_decoder",
    "began_encoder",
    "conditional_dcgan_discriminator",
    "conditional_dcgan_generator",
    "convolutional_classifier",
    "dcgan_discriminator",
    "dcgan_encoder",
    "dcgan_generator",
    "mlp_discriminator",
    "mlp_encoder",
    "mlp_generator",
    "relu_mlp",
]
