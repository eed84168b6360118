"""Networks of fully connected layers, for toy worlds and tiny images."""

import math
from collections.abc import Sequence
from typing import Literal

import keras
from keras import layers

from tfgans.choices import Activation
from tfgans.networks.layers import leaky_relu, spectrally_normalised, with_vector

_SUSSILLO_ABBOTT_GAIN = 1.43

SampleShape = int | Sequence[int]
"""Entries D of a point, or (height, width, channels) of an image."""


def mlp_generator(
    sample_shape: SampleShape,
    latent_size: int,
    widths: Sequence[int] = (512, 512, 512),
    condition_size: int | None = None,
) -> keras.Model:
    """G(z): hidden layers of leaky ReLUs, and a linear layer (LOGAN, supplement 1.1), or a tanh for images.

    Args:
        sample_shape: Entries D of a point, or the shape of an image.
        latent_size: Entries N of z.
        widths: Units of the hidden layers.
        condition_size: Entries of a condition, which is appended to z, or `None`.

    Returns:
        Model from latents [B, N], or [latents, conditions [B, K]], to points [B, D] or images [B, H, W, C] in [-1, 1].
        It has 527,362 parameters with N = 1, D = 2 and the paper's widths.
    """
    inputs, x = with_vector(keras.Input((latent_size,), name="latent"), "condition", condition_size)
    shape = _shape(sample_shape)
    x = _hidden(x, widths)[-1]
    if len(shape) == 1:
        return keras.Model(inputs, layers.Dense(*shape)(x), name="generator")
    image = layers.Reshape(shape)(layers.Dense(math.prod(shape), "tanh")(x))
    return keras.Model(inputs, image, name="generator")


def mlp_encoder(
    sample_shape: SampleShape,
    latent_size: int,
    widths: Sequence[int] = (512, 512, 512),
    condition_size: int | None = None,
) -> keras.Model:
    """E(x), or E(x, y): the layers of `mlp_generator`, from points [B, D] or images [B, H, W, C] to latents [B, N]."""
    sample = keras.Input(_shape(sample_shape), name="image")
    inputs, x = with_vector(sample, "condition", condition_size)
    return keras.Model(inputs, layers.Dense(latent_size)(_hidden(x, widths)[-1]), name="encoder")


def mlp_discriminator(
    sample_shape: SampleShape,
    latent_size: int | None = None,
    widths: Sequence[int] = (512, 512, 512),
    spectral_norm: bool = False,
) -> keras.Model:
    """l(x), or l(x, z) if `latent_size` is given.

    Args:
        sample_shape: Entries D of a point, or the shape of an image.
        latent_size: Entries N of z, for a BiGAN.
        widths: Units of the hidden layers.
        spectral_norm: Whether all layers have spectral normalisation.

    Returns:
        Model from points [B, D] or images [B, H, W, C], or [these, latents [B, N]], to logits [B, 1].
    """
    inputs, x = with_vector(keras.Input(_shape(sample_shape), name="image"), "latent", latent_size)
    logits = spectrally_normalised(layers.Dense(1), spectral_norm)(_hidden(x, widths, spectral_norm)[-1])
    return keras.Model(inputs, layers.Flatten()(logits), name="discriminator")


def mlp_classifier(
    sample_shape: SampleShape, classes: int, widths: Sequence[int] = (128, 128), name: str = "classifier"
) -> keras.Model:
    """C(x) and its hidden layers.

    Args:
        sample_shape: Entries D of a point, or the shape of an image.
        classes: K; 1 for a discriminator.
        widths: Units of the hidden layers.
        name: Name of the model.

    Returns:
        Model from points [B, D] or images [B, H, W, C] to `[logits [B, K], *hidden]`, hidden layers [B, width].
    """
    sample = keras.Input(_shape(sample_shape), name="image")
    hidden = _hidden(layers.Flatten()(sample), widths)
    return keras.Model(sample, [layers.Dense(classes)(hidden[-1]), *hidden[1:]], name=name)


def relu_mlp(
    inputs: int,
    outputs: int,
    widths: Sequence[int] = (128, 128),
    name: Literal["encoder", "decoder", "generator"] = "encoder",
    *,
    activation: Activation = "relu",
    bias_range: float = 0.0,
) -> keras.Model:
    """Hidden layers of ReLUs with initial weights U(+-sqrt(9 / fan-in)), and a linear one (BEGAN-CS, section 4.6).

    The paper does not state its biases. Without any, an auto-encoder of such layers is homogeneous at the start: with a
    point it reconstructs the whole ray from the origin through it.

    Args:
        inputs: Entries of the input.
        outputs: Entries of the output.
        widths: Units of the hidden layers.
        name: Name of the model.
        activation: That of the hidden layers; `leaky_relu` has a slope of .2 below zero.
        bias_range: Initial biases of the hidden layers are drawn from U(-`bias_range`, `bias_range`).

    Returns:
        Model from [B, inputs] to [B, outputs].
    """
    x = first = keras.Input((inputs,), name="image" if name == "encoder" else "latent")
    biases = keras.initializers.RandomUniform(-bias_range, bias_range) if bias_range else "zeros"
    for width in widths:
        x = layers.Dense(width, activation, kernel_initializer=_uniform(), bias_initializer=biases)(x)
    return keras.Model(first, layers.Dense(outputs, kernel_initializer=_uniform())(x), name=name)


def _shape(sample_shape: SampleShape) -> tuple[int, ...]:
    return (sample_shape,) if isinstance(sample_shape, int) else tuple(sample_shape)


def _uniform() -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(3.0, "fan_in", "uniform")


def _hidden(x: keras.KerasTensor, widths: Sequence[int], spectral_norm: bool = False) -> list[keras.KerasTensor]:
    """The input and the layers after it, with initial weights U(+-1.43 sqrt(3 / fan-in)) (Sussillo and Abbott 2014)."""
    outputs = [x]
    for width in widths:
        initializer = keras.initializers.VarianceScaling(_SUSSILLO_ABBOTT_GAIN**2, "fan_in", "uniform")
        x = spectrally_normalised(layers.Dense(width, kernel_initializer=initializer), spectral_norm)(outputs[-1])
        outputs.append(leaky_relu(x))
    return outputs
