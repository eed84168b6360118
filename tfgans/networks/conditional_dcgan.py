"""Convolutional generators and discriminators of the DCGAN family, conditioned on a vector.

The condition y, a one-hot class or attributes, is appended to z in the generator and to every pixel in the
discriminator (cWGAN section IV-A and its appendix).
"""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.choices import Output, Projection, check_choice
from tfgans.networks.layers import BatchNormalization, TileChannels, crop, halved_size, leaky_relu


def _convolution_kernel() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def conditional_dcgan_generator(
    image_shape: Sequence[int],
    latent_size: int,
    condition_size: int,
    widths: Sequence[int] = (512, 256, 128),
    *,
    kernel_size: int = 5,
    projection: Projection = "linear",
    output: Output = "tanh",
    batch_norm_scale: bool = True,
) -> keras.Model:
    """G(z, y): a projection to a small map, then one transposed convolution of stride 2 for each width.

    With `widths=(512, 256, 128)` this is the MNIST generator of cWGAN (28x28x1, 5,009,281 trainable
    parameters at |z| = 100, |y| = 10). With `(512, 512, 256, 128)` it is the generator of CelebA and EFIGI.

    Args:
        image_shape: (height, width, channels) of the result. The last map is cut if it is larger, as in the authors'
            code for MNIST (32 to 28).
        latent_size: Number of entries of z.
        condition_size: Number of entries of y.
        widths: Channels of the projection, then of every hidden transposed convolution.
        kernel_size: Edge of all kernels.
        projection: Layers after the projection.
        output: Layers after the last convolution.
        batch_norm_scale: Whether batch normalisation has a factor gamma; the authors' code has none.

    Returns:
        Model from `[latent [B, N], condition [B, K]]` to images `[B, H, W, C]`.

    Raises:
        ValueError: If the image is too small for so many widths, or `projection` or `output` is unknown.
    """
    rows, columns = halved_size(image_shape, len(widths))
    check_choice("projection", projection, Projection)
    check_choice("output", output, Output)

    def batch_norm_relu(x: keras.KerasTensor) -> keras.KerasTensor:
        return layers.ReLU()(BatchNormalization(momentum=0.9, scale=batch_norm_scale)(x))

    def up(x: keras.KerasTensor, filters: int, use_bias: bool) -> keras.KerasTensor:
        return layers.Conv2DTranspose(
            filters, kernel_size, 2, "same", use_bias=use_bias, kernel_initializer=_convolution_kernel()
        )(x)

    latent = keras.Input((latent_size,), name="latent")
    condition = keras.Input((condition_size,), name="condition")
    x = layers.Concatenate()([latent, condition])
    x = layers.Dense(rows * columns * widths[0])(x)
    x = layers.Reshape((rows, columns, widths[0]))(x)
    if projection == "batch_norm_relu":
        x = batch_norm_relu(x)
    for filters in widths[1:]:
        x = batch_norm_relu(up(x, filters, use_bias=False))
    if output == "tanh":
        x = layers.Activation("tanh")(up(x, image_shape[2], use_bias=True))
    else:
        x = layers.Rescaling(2.0, offset=-1.0)(batch_norm_relu(up(x, image_shape[2], use_bias=False)))
    return keras.Model([latent, condition], crop(x, image_shape), name="generator")


def conditional_dcgan_discriminator(
    image_shape: Sequence[int],
    condition_size: int,
    widths: Sequence[int] = (64, 128, 256, 512),
    *,
    kernel_size: int = 5,
    batch_norm: bool = False,
    batch_norm_scale: bool = True,
    unit_pixels: bool = False,
) -> keras.Model:
    """f(x, y): one convolution of stride 2 for each width, then a 4x4 convolution that scores patches.

    With the default widths this is the critic of cWGAN: 28x28x1 images give a 2x2 map of scores
    (4,327,553 parameters), and 64x64x3 images give a 4x4 map.

    Args:
        image_shape: (height, width, channels) of the images.
        condition_size: Number of entries of y.
        widths: Channels of the convolutions.
        kernel_size: Edge of all kernels but the last.
        batch_norm: Whether all convolutions but the first are normalised, as in the authors' code for the vanilla
            objective. A gradient penalty allows none, since it needs independent samples.
        batch_norm_scale: Whether batch normalisation has a factor gamma.
        unit_pixels: Whether images are brought from [-1, 1] to [0, 1] first, as in the authors' MNIST code, so that
            convolutions pad with the background instead of grey.

    Returns:
        Model from `[image [B, H, W, C], condition [B, K]]` to logits `[B, h, w, 1]`, one a patch.
    """
    image = keras.Input(tuple(image_shape), name="image")
    condition = keras.Input((condition_size,), name="condition")
    x = layers.Rescaling(0.5, offset=0.5)(image) if unit_pixels else image
    x = TileChannels()([x, condition])
    for depth, filters in enumerate(widths):
        normalised = batch_norm and depth > 0
        x = layers.Conv2D(
            filters, kernel_size, 2, "same", use_bias=not normalised, kernel_initializer=_convolution_kernel()
        )(x)
        if normalised:
            x = BatchNormalization(momentum=0.9, scale=batch_norm_scale)(x)
        x = leaky_relu(x)
    x = layers.Conv2D(1, 4, 1, "same", kernel_initializer=_convolution_kernel())(x)
    return keras.Model([image, condition], x, name="discriminator")
