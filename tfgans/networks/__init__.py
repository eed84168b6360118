"""Networks: functions that return plain Keras models."""

from tfgans.networks.began import began_decoder, began_encoder
from tfgans.networks.classifier import code_classifier, convolutional_classifier
from tfgans.networks.cnn import cnn_classifier, cnn_discriminator, cnn_encoder, cnn_generator
from tfgans.networks.conditional_dcgan import conditional_dcgan_discriminator, conditional_dcgan_generator
from tfgans.networks.dcgan import dcgan_discriminator, dcgan_encoder, dcgan_generator
from tfgans.networks.layers import MinibatchStandardDeviation
from tfgans.networks.mlp import mlp_classifier, mlp_discriminator, mlp_encoder, mlp_generator, relu_mlp
from tfgans.networks.vgg import small_vgg, vgg19

__all__ = [
    "MinibatchStandardDeviation",
    "began_decoder",
    "began_encoder",
    "cnn_classifier",
    "cnn_discriminator",
    "cnn_encoder",
    "cnn_generator",
    "code_classifier",
    "conditional_dcgan_discriminator",
    "conditional_dcgan_generator",
    "convolutional_classifier",
    "dcgan_discriminator",
    "dcgan_encoder",
    "dcgan_generator",
    "mlp_classifier",
    "mlp_discriminator",
    "mlp_encoder",
    "mlp_generator",
    "relu_mlp",
    "small_vgg",
    "vgg19",
]
