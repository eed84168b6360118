"""Convolutional networks of LOGAN, with an encoder and a discriminator of pairs (supplement 1.1, and its code).

Widths are the channels of the maps from the largest, at half the image's size, to the smallest. The
paper's are (64, 128, 256) at 32 pixels and (64, 128, 256, 512, 512) at 128.
"""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.layers import LEAKY_SLOPE, BatchNormalization

_KERNEL = 4


def dcgan_generator(
    image_shape: Sequence[int],
    latent_size: int,
    widths: Sequence[int] = (64, 128, 256),
    kernel_size: int = _KERNEL,
    condition_size: int | None = None,
) -> keras.Model:
    """G(z): a projection, then one transposed convolution of stride 2 a width, batch normalised but for the last.

    At 32 pixels and |z| = 128: 1,191,299 trainable parameters; at 128 pixels 8,016,771.

    Args:
        image_shape: (height, width, channels); sizes are multiples of 2^len(widths), or the last map is cut.
        latent_size: Entries N of z.
        widths: Channels of the maps.
        kernel_size: Edge of all kernels.
        condition_size: Entries of a condition, which is put behind z, or `None`.

    Returns:
        Model from latents [B, N], or [latents, conditions [B, K]], to images [B, H, W, C] in [-1, 1].
    """
    height, width, channels = image_shape
    rows, columns = _smallest(image_shape, widths)
    inputs = x = keras.Input((latent_size,), name="latent")
    if condition_size is not None:
        inputs = [x, keras.Input((condition_size,), name="condition")]
        x = layers.Concatenate()(inputs)
    # Normalised before it is a map, so that every place has statistics of its own.
    x = _normalised(layers.Dense(rows * columns * widths[-1], use_bias=False)(x))
    x = layers.Reshape((rows, columns, widths[-1]))(x)
    for filters in reversed(widths[:-1]):
        x = _normalised(layers.Conv2DTranspose(filters, kernel_size, 2, "same", use_bias=False)(x))
    x = layers.Conv2DTranspose(channels, kernel_size, 2, "same", activation="tanh")(x)
    factor = 2 ** len(widths)
    x = layers.Cropping2D(((0, rows * factor - height), (0, columns * factor - width)))(x)
    return keras.Model(inputs, x, name="generator")


def dcgan_encoder(
    image_shape: Sequence[int], latent_size: int, widths: Sequence[int] = (64, 128, 256), kernel_size: int = _KERNEL
) -> keras.Model:
    """E(x): one convolution of stride 2 a width, batch normalised, and a projection in (-1, 1).

    At 32 pixels and |z| = 128: 1,183,744 trainable parameters; at 128 pixels 8,001,536.

    Returns:
        Model from images [B, H, W, C] to latents [B, N] in (-1, 1).
    """
    image = x = keras.Input(tuple(image_shape), name="image")
    for filters in widths:
        x = _normalised(layers.Conv2D(filters, kernel_size, 2, "same", use_bias=False)(x))
    latent = layers.Dense(latent_size, "tanh")(layers.Flatten()(x))
    return keras.Model(image, latent, name="encoder")


def dcgan_discriminator(
    image_shape: Sequence[int],
    latent_size: int | None = None,
    widths: Sequence[int] = (64, 128, 256),
    kernel_size: int = _KERNEL,
    head_width: int = 512,
) -> keras.Model:
    """l(x), or l(x, z): convolutions of stride 2, one that spans the last map, and two layers; no normalisation.

    A leaky ReLU follows each layer but the last, as in the authors' code.

    At 32 pixels 3,167,425 parameters with |z| = 128, and 1,773,761 without z at `head_width` 256; at 128 pixels
    with |z| = 128, 11,557,057.

    Args:
        image_shape: (height, width, channels).
        latent_size: Entries N of z, for a BiGAN.
        widths: Channels of the maps.
        kernel_size: Edge of all kernels but the spanning one.
        head_width: Channels of the spanning convolution.

    Returns:
        Model from images [B, H, W, C], or [images, latents [B, N]], to logits [B].
    """
    image = x = keras.Input(tuple(image_shape), name="image")
    for filters in widths:
        x = layers.LeakyReLU(negative_slope=LEAKY_SLOPE)(layers.Conv2D(filters, kernel_size, 2, "same")(x))
    spanning = layers.Conv2D(head_width, x.shape[1:3], padding="valid")(x)
    # Without it, this convolution and the layer behind it would be one linear map.
    x = layers.Flatten()(layers.LeakyReLU(negative_slope=LEAKY_SLOPE)(spanning))
    inputs = image
    if latent_size is not None:
        inputs = [image, keras.Input((latent_size,), name="latent")]
        x = layers.Concatenate()([x, inputs[1]])
    x = layers.LeakyReLU(negative_slope=LEAKY_SLOPE)(layers.Dense(x.shape[-1])(x))
    return keras.Model(inputs, layers.Dense(1)(x), name="discriminator")


def _normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.LeakyReLU(negative_slope=LEAKY_SLOPE)(BatchNormalization(momentum=0.9)(x))


def _smallest(image_shape: Sequence[int], widths: Sequence[int]) -> tuple[int, int]:
    factor = 2 ** len(widths)
    if min(image_shape[:2]) < factor:
        raise ValueError(f"{len(widths)} halvings need images of {factor} pixels or more; received {image_shape[:2]}.")
    return -(-image_shape[0] // factor), -(-image_shape[1] // factor)
