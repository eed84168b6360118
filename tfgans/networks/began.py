"""Networks of BEGAN and BEGAN-CS: the discriminator's encoder and decoder, and a generator like the decoder."""

import functools
import math
from collections.abc import Sequence
from typing import Literal

import keras
from keras import layers

from tfgans.choices import check_choice
from tfgans.networks.layers import BatchNormalization, crop

Style = Literal["began", "cs"]
"""Layout of the networks. `began`: BEGAN (Berthelot et al. 2017, section 3.5). `cs`: the code of BEGAN-CS."""

_KERNEL = 3
_SMALLEST = 8


def began_encoder(
    image_shape: Sequence[int],
    latent_size: int,
    filters: int = 64,
    style: Style = "began",
    *,
    batch_norm: bool = False,
) -> keras.Model:
    """Enc(x): pairs of convolutions with ELUs and a linear code.

    Maps are halved between pairs, and get `filters` more channels in each pair.

    Trainable parameters of `began` with 3 channels and N = 64: 1,821,440 at 32 pixels, 3,448,256 at 64 and
    21,209,664 at 128 with 128 filters; of `cs` at 64 with 128 filters 16,113,216.

    Args:
        image_shape: (height, width, channels).
        latent_size: Entries N of the code.
        filters: n, channels of the first maps.
        style: In `began` the channels grow in the pair's first convolution, in `cs` in its second.
        batch_norm: Whether all convolutions are normalised; the papers' are not.

    Returns:
        Model from images [B, H, W, C] to codes [B, N].

    Raises:
        ValueError: If there is no such style.
    """
    check_choice("style", style, Style)
    convolution = functools.partial(_convolution, batch_norm=batch_norm)
    image = keras.Input(tuple(image_shape), name="image")
    x = convolution(image, filters)
    count = _pairs(image_shape)
    for pair in range(1, count + 1):
        last = pair == count
        after = pair if style == "began" or last else pair + 1
        x = convolution(convolution(x, pair * filters), after * filters)
        if not last:
            x = convolution(x, after * filters, strides=2)
    return keras.Model(image, layers.Dense(latent_size)(layers.Flatten()(x)), name="encoder")


def began_decoder(
    image_shape: Sequence[int],
    latent_size: int,
    filters: int = 64,
    style: Style = "began",
    name: Literal["decoder", "generator"] = "decoder",
    *,
    batch_norm: bool = False,
) -> keras.Model:
    """Dec(h) or G(z): pairs of convolutions with ELUs, between which maps are doubled, and a linear image.

    Trainable parameters of `began` with 3 channels and N = 64: 489,539 at 32 pixels, 563,395 at 64 and 2,011,779 at
    128 with 128 filters; of `cs` at 64 with 128 filters 2,258,051.

    Args:
        image_shape: (height, width, channels).
        latent_size: Entries N of the code.
        filters: n, channels of all maps.
        style: `cs` has a convolution of one pixel to 2 n channels before each doubling.
        name: Name of the model.
        batch_norm: Whether all convolutions but the last are normalised; the papers' are not.

    Returns:
        Model from codes [B, N] to images [B, H, W, C] that are not bounded.

    Raises:
        ValueError: If there is no such style.
    """
    check_choice("style", style, Style)
    convolution = functools.partial(_convolution, batch_norm=batch_norm)
    height, width, channels = image_shape
    count = _pairs(image_shape)
    rows, columns = (math.ceil(size / 2 ** (count - 1)) for size in (height, width))
    code = keras.Input((latent_size,), name="latent")
    x = layers.Reshape((rows, columns, filters))(layers.Dense(rows * columns * filters)(code))
    for pair in range(1, count + 1):
        x = convolution(convolution(x, filters), filters)
        if pair < count:
            x = convolution(x, 2 * filters, kernel=1) if style == "cs" else x
            x = layers.UpSampling2D(interpolation="nearest")(x)
    return keras.Model(code, layers.Conv2D(channels, _KERNEL, padding="same")(crop(x, image_shape)), name=name)


def _pairs(image_shape: Sequence[int]) -> int:
    """Number of pairs of convolutions, such that the smallest map is about 8 pixels wide."""
    return max(1, 1 + round(math.log2(min(image_shape[:2]) / _SMALLEST)))


def _convolution(
    x: keras.KerasTensor, filters: int, strides: int = 1, kernel: int = _KERNEL, *, batch_norm: bool
) -> keras.KerasTensor:
    if not batch_norm:
        return layers.Conv2D(filters, kernel, strides, "same", activation="elu")(x)
    x = layers.Conv2D(filters, kernel, strides, "same", use_bias=False)(x)
    return layers.Activation("elu")(BatchNormalization(momentum=0.9)(x))
