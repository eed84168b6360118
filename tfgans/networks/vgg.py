"""VGG-19 with the maps by which Chen and Koltun (2017) compare images, and a smaller network of its kind."""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.layers import halved_size

_MAPS = ("block1_conv2", "block2_conv2", "block3_conv2", "block4_conv2", "block5_conv2")
_LEAST_PIXELS = 32


def vgg19(image_shape: Sequence[int], classes: int) -> keras.Model:
    """VGG-19 (Simonyan and Zisserman 2014) with fresh weights.

    At 224 pixels and 1,000 classes: 143,667,240 parameters; at 32 and 10 classes 38,947,914.

    Args:
        image_shape: (height, width, channels), 32 pixels or more: maps are halved five times.
        classes: K; 1 for a discriminator.

    Returns:
        Model from images [B, H, W, C] to `[logits [B, K], *maps]`, with the map of the second convolution of each of
        the five blocks.

    Raises:
        ValueError: If images are smaller.
    """
    if min(image_shape[:2]) < _LEAST_PIXELS:
        raise ValueError(
            f"VGG-19 needs images of {_LEAST_PIXELS}x{_LEAST_PIXELS} pixels or more; received "
            f"{image_shape[0]}x{image_shape[1]}. small_vgg takes smaller images."
        )
    base = keras.applications.VGG19(
        weights=None, input_shape=tuple(image_shape), classes=classes, classifier_activation=None
    )
    maps = [base.get_layer(name).output for name in _MAPS]
    return keras.Model(base.input, [base.output, *maps], name="vgg19")


def small_vgg(image_shape: Sequence[int], classes: int, widths: Sequence[int] = (16, 32, 64)) -> keras.Model:
    """A small VGG: a pair of convolutions and a halving for each width, one hidden layer, and logits.

    At 32 pixels, 3 channels and 10 classes: 138,330 parameters.

    Args:
        image_shape: (height, width, channels).
        classes: K; 1 for a discriminator.
        widths: Channels of each pair; the hidden layer has as many units as the last.

    Returns:
        Model from images [B, H, W, C] to `[logits [B, K], *maps]`, with the map of each pair's second convolution.

    Raises:
        ValueError: If images are too small for so many halvings.
    """
    halved_size(image_shape, len(widths))
    image = x = keras.Input(tuple(image_shape), name="image")
    maps = []
    for filters in widths:
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        maps.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(widths[-1], "relu")(layers.Flatten()(x))
    return keras.Model(image, [layers.Dense(classes)(x), *maps], name="small_vgg")
