"""Convolutional networks of X-GAN: an encoder, a generator, a discriminator and a classifier of images.

Widths are the channels of the maps from the largest, at half the image's size, to the smallest. By default maps are
halved to about four pixels: (64, 128, 256, 512, 512) at 128 pixels, the first four of these at 64, and the first three
at 32 and 28. The paper states only six layers, batch normalisation and leaky ReLUs.
"""

import math
from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.dcgan import dcgan_generator
from tfgans.networks.layers import BatchNormalization, TileChannels, leaky_relu

_KERNEL = 4
_WIDTHS = (64, 128, 256, 512, 512)
_SMALLEST = 4


def cnn_encoder(
    image_shape: Sequence[int],
    latent_size: int,
    widths: Sequence[int] | None = None,
    condition_size: int | None = None,
) -> keras.Model:
    """E(x): one convolution of stride 2 for each width, the first not normalised, and a linear code.

    Codes are not bounded, since they follow no prior. At 128 pixels and N = 512: 11,147,584 trainable parameters.

    Args:
        image_shape: (height, width, channels).
        latent_size: Entries of the code.
        widths: Channels of the maps.
        condition_size: Entries of a condition, which is appended to every pixel, or `None`.

    Returns:
        Model from images [B, H, W, C], or [images, conditions [B, K]], to codes [B, N].
    """
    inputs = x = keras.Input(tuple(image_shape), name="image")
    if condition_size is not None:
        inputs = [x, keras.Input((condition_size,), name="condition")]
        x = TileChannels()(inputs)
    code = layers.Dense(latent_size)(layers.Flatten()(_maps(x, _widths(image_shape, widths))[-1]))
    return keras.Model(inputs, code, name="encoder")


def cnn_generator(
    image_shape: Sequence[int],
    latent_size: int,
    widths: Sequence[int] | None = None,
    condition_size: int | None = None,
) -> keras.Model:
    """G(z), or G(z, y): `dcgan_generator` with kernels of 4 and the default widths of this module.

    At 128 pixels and N = 512: 11,162,499 trainable parameters.
    """
    return dcgan_generator(
        image_shape, latent_size, _widths(image_shape, widths), _KERNEL, condition_size=condition_size
    )


def cnn_discriminator(image_shape: Sequence[int], widths: Sequence[int] | None = None) -> keras.Model:
    """D(x) and its maps: the convolutions of `cnn_encoder`, and one logit.

    At 128 pixels: 6,960,961 trainable parameters.

    Args:
        image_shape: (height, width, channels).
        widths: Channels of the maps.

    Returns:
        Model from images [B, H, W, C] to `[logit [B, 1], *maps]`, the maps from the largest to the smallest.
    """
    return _with_maps(image_shape, 1, widths, "discriminator")


def cnn_classifier(image_shape: Sequence[int], classes: int, widths: Sequence[int] | None = None) -> keras.Model:
    """C(x) and its maps: `cnn_discriminator` with a logit for each of K classes.

    Returns:
        Model from images [B, H, W, C] to `[logits [B, K], *maps]`.
    """
    return _with_maps(image_shape, classes, widths, "classifier")


def _with_maps(image_shape: Sequence[int], outputs: int, widths: Sequence[int] | None, name: str) -> keras.Model:
    image = keras.Input(tuple(image_shape), name="image")
    maps = _maps(image, _widths(image_shape, widths))
    return keras.Model(image, [layers.Dense(outputs)(layers.Flatten()(maps[-1])), *maps], name=name)


def _maps(x: keras.KerasTensor, widths: Sequence[int]) -> list[keras.KerasTensor]:
    """The map after each convolution of stride 2 and its leaky ReLU."""
    maps = []
    for depth, filters in enumerate(widths):
        x = layers.Conv2D(filters, _KERNEL, 2, "same", use_bias=depth == 0)(x)
        x = BatchNormalization(momentum=0.9)(x) if depth > 0 else x
        x = leaky_relu(x)
        maps.append(x)
    return maps


def _widths(image_shape: Sequence[int], widths: Sequence[int] | None) -> Sequence[int]:
    halvings = max(1, round(math.log2(min(image_shape[:2]) / _SMALLEST)))
    return widths or _WIDTHS[:halvings]
