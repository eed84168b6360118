"""The classifier of images whose features scores use, and the classifier of codes of X-GAN."""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.layers import leaky_relu

_WIDTHS = (32, 64, 128)
_FEATURES = 128
_DROPOUT = 0.3
_LEAST_PIXELS = 4
_MOST_PIXELS = 8
_MOST_FULL_PIXELS = 32


def convolutional_classifier(image_shape: Sequence[int], classes: int) -> keras.Model:
    """A classifier: convolutions down to eight pixels or fewer, a layer of 128 features, and a softmax.

    Initial weights and dropout have seeds of their own, so that the network is the same each time and draws nothing
    from TensorFlow's global generator.

    Args:
        image_shape: (height, width, channels), values in [-1, 1].
        classes: Number of classes K.

    Returns:
        Model from images [n, H, W, C] to probabilities [n, K]; its layer `features` has 128 outputs.
    """
    image = x = keras.Input(image_shape)
    side, stage = min(image_shape[:2]), 0
    while stage < len(_WIDTHS) or side > _MOST_PIXELS:
        # The first map of a large image is halved too, since it would cost more than all others.
        strides = 2 if side > (_LEAST_PIXELS if stage > 0 else _MOST_FULL_PIXELS) else 1
        initializer = keras.initializers.HeNormal(seed=stage)
        width = _WIDTHS[min(stage, len(_WIDTHS) - 1)]
        x = layers.Conv2D(width, 3, strides, "same", use_bias=False, kernel_initializer=initializer)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        side, stage = -(-side // strides), stage + 1
    x = layers.Flatten()(x)
    x = layers.Dense(_FEATURES, "relu", kernel_initializer=keras.initializers.HeNormal(seed=stage), name="features")(x)
    probabilities = layers.Dense(classes, "softmax", kernel_initializer=keras.initializers.GlorotUniform(seed=stage))(
        layers.Dropout(_DROPOUT, seed=stage)(x)
    )
    return keras.Model(image, probabilities, name="classifier")


def code_classifier(latent_size: int, classes: int, width: int = 512) -> keras.Model:
    """C_emb: two dense layers. With N = 512 and 530 classes: 534,546 parameters.

    Args:
        latent_size: Entries N of a code.
        classes: K; 1 for a discriminator of codes.
        width: Units of the hidden layer.

    Returns:
        Model from codes [B, N] to logits [B, K].
    """
    code = keras.Input((latent_size,), name="latent")
    x = leaky_relu(layers.Dense(width)(code))
    return keras.Model(code, layers.Dense(classes)(x), name="code_classifier")
