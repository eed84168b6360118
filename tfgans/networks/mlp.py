"""Networks of fully connected layers, for toy worlds."""

from collections.abc import Sequence

import keras
from keras import layers

from tfgans.networks.dcgan import LEAKY_SLOPE

_SUSSILLO_ABBOTT_GAIN = 1.43


def mlp_generator(point_size: int, latent_size: int, widths: Sequence[int] = (512, 512, 512)) -> keras.Model:
    """G(z): hidden layers of leaky ReLUs and a linear one (LOGAN, supplement 1.1).

    Args:
        point_size: Entries D of a point.
        latent_size: Entries N of z.
        widths: Units of the hidden layers.

    Returns:
        Model from latents [B, N] to points [B, D]; 527,362 parameters from 1 to 2 at the paper's widths.
    """
    latent = keras.Input((latent_size,), name="latent")
    return keras.Model(latent, _layers(latent, widths, point_size), name="generator")


def mlp_encoder(point_size: int, latent_size: int, widths: Sequence[int] = (512, 512, 512)) -> keras.Model:
    """E(x): as `mlp_generator`, from points [B, D] to latents [B, N]."""
    point = keras.Input((point_size,), name="image")
    return keras.Model(point, _layers(point, widths, latent_size), name="encoder")


def mlp_discriminator(
    point_size: int, latent_size: int | None = None, widths: Sequence[int] = (512, 512, 512)
) -> keras.Model:
    """l(x), or l(x, z) where `latent_size` is given.

    Args:
        point_size: Entries D of a point.
        latent_size: Entries N of z, for a BiGAN.
        widths: Units of the hidden layers.

    Returns:
        Model from points [B, D], or [points, latents [B, N]], to logits [B].
    """
    point = keras.Input((point_size,), name="image")
    if latent_size is None:
        inputs, x = point, point
    else:
        inputs = [point, keras.Input((latent_size,), name="latent")]
        x = layers.Concatenate()(inputs)
    return keras.Model(inputs, layers.Flatten()(_layers(x, widths, 1)), name="discriminator")


def _layers(x: keras.KerasTensor, widths: Sequence[int], outputs: int) -> keras.KerasTensor:
    """Hidden layers with initial weights U(+-1.43 sqrt(3 / fan-in)) (Sussillo and Abbott 2014), and a linear one."""
    for width in widths:
        initializer = keras.initializers.VarianceScaling(_SUSSILLO_ABBOTT_GAIN**2, "fan_in", "uniform")
        x = layers.Dense(width, kernel_initializer=initializer)(x)
        x = layers.LeakyReLU(negative_slope=LEAKY_SLOPE)(x)
    return layers.Dense(outputs)(x)
