"""Convolutional networks of LOGAN: generator, encoder, and discriminator of pairs (supplement 1.1, and its code).

Widths are the channels of the maps from the largest, at half the image's size, to the smallest. The
paper's are (64, 128, 256) at 32 pixels and (64, 128, 256, 512, 512) at 128.
"""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.layers import BatchNormalization, crop, halved_size, leaky_relu, spectrally_normalised, with_vector

_KERNEL = 4


def dcgan_generator(
    image_shape: Sequence[int],
    latent_size: int,
    widths: Sequence[int] = (64, 128, 256),
    kernel_size: int = _KERNEL,
    condition_size: int | None = None,
) -> keras.Model:
    """G(z): a projection, then one transposed convolution of stride 2 for each width, the last not normalised.

    At 32 pixels and |z| = 128: 1,191,299 trainable parameters; at 128 pixels 8,016,771.

    Args:
        image_shape: (height, width, channels). The last map is cut if a size is no multiple of 2^len(widths).
        latent_size: Entries N of z.
        widths: Channels of the maps.
        kernel_size: Edge of all kernels.
        condition_size: Entries of a condition, which is appended to z, or `None`.

    Returns:
        Model from latents [B, N], or [latents, conditions [B, K]], to images [B, H, W, C] in [-1, 1].
    """
    rows, columns = halved_size(image_shape, len(widths))
    inputs, x = with_vector(keras.Input((latent_size,), name="latent"), "condition", condition_size)
    # The vector is normalised before it becomes a map, so that every place has its own statistics.
    x = _normalised(layers.Dense(rows * columns * widths[-1], use_bias=False)(x))
    x = layers.Reshape((rows, columns, widths[-1]))(x)
    for filters in reversed(widths[:-1]):
        x = _normalised(layers.Conv2DTranspose(filters, kernel_size, 2, "same", use_bias=False)(x))
    x = layers.Conv2DTranspose(image_shape[2], kernel_size, 2, "same", activation="tanh")(x)
    return keras.Model(inputs, crop(x, image_shape), name="generator")


def dcgan_encoder(
    image_shape: Sequence[int], latent_size: int, widths: Sequence[int] = (64, 128, 256), kernel_size: int = _KERNEL
) -> keras.Model:
    """E(x): one normalised convolution of stride 2 for each width, and a projection to (-1, 1).

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
    spectral_norm: bool = False,
) -> keras.Model:
    """l(x), or l(x, z): convolutions of stride 2, one that spans the last map, and two dense layers.

    There is no batch normalisation. A leaky ReLU follows each layer but the last, as in the authors' code.

    At 32 pixels 3,167,425 parameters with |z| = 128, and 1,773,761 without z at `head_width` 256; at 128 pixels
    with |z| = 128, 11,557,057.

    Args:
        image_shape: (height, width, channels).
        latent_size: Entries N of z, for a BiGAN.
        widths: Channels of the maps.
        kernel_size: Edge of all kernels but the spanning one.
        head_width: Channels of the spanning convolution.
        spectral_norm: Whether all layers have spectral normalisation.

    Returns:
        Model from images [B, H, W, C], or [images, latents [B, N]], to logits [B, 1].
    """

    def normalised(layer: layers.Layer) -> layers.Layer:
        return spectrally_normalised(layer, spectral_norm)

    image = x = keras.Input(tuple(image_shape), name="image")
    for filters in widths:
        x = leaky_relu(normalised(layers.Conv2D(filters, kernel_size, 2, "same"))(x))
    spanning = normalised(layers.Conv2D(head_width, x.shape[1:3], padding="valid"))(x)
    # Without this activation, the convolution and the next layer would be one linear map.
    x = layers.Flatten()(leaky_relu(spanning))
    inputs = image
    if latent_size is not None:
        inputs = [image, keras.Input((latent_size,), name="latent")]
        x = layers.Concatenate()([x, inputs[1]])
    x = leaky_relu(normalised(layers.Dense(x.shape[-1]))(x))
    return keras.Model(inputs, normalised(layers.Dense(1))(x), name="discriminator")


def _normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    return leaky_relu(BatchNormalization(momentum=0.9)(x))
