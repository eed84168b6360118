"""Layers and helpers that several networks share."""

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import layers

_LEAKY_SLOPE = 0.2


@keras.saving.register_keras_serializable("tfgans")
class BatchNormalization(layers.BatchNormalization):
    """Batch normalisation whose statistics span the replicas of the strategy that it runs under."""

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        # Keras sets this at construction, but a model may be saved on one device and loaded on several.
        self.synchronized = tf.distribute.get_strategy().num_replicas_in_sync > 1
        return super().call(inputs, training=training, mask=mask)


@keras.saving.register_keras_serializable("tfgans")
class TileChannels(layers.Layer):
    """Appends a vector to every pixel of an image: `[B, H, W, C]`, `[B, K]` to `[B, H, W, C + K]`."""

    def call(self, inputs: Sequence[tf.Tensor]) -> tf.Tensor:
        image, vector = inputs
        height, width = image.shape[1:3]
        tiled = tf.tile(vector[:, tf.newaxis, tf.newaxis, :], [1, height, width, 1])
        return tf.concat([image, tf.cast(tiled, image.dtype)], axis=-1)


def leaky_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """A leaky ReLU of slope .2."""
    return layers.LeakyReLU(negative_slope=_LEAKY_SLOPE)(x)


def with_vector(
    first: keras.KerasTensor, name: str, size: int | None
) -> tuple[keras.KerasTensor | list[keras.KerasTensor], keras.KerasTensor]:
    """Appends another input to the first one.

    Args:
        first: An input; images are flattened.
        name: Name of the other input.
        size: Entries of the other input, or None for no other.

    Returns:
        The inputs of a model, and their entries in one vector `[B, ...]`.
    """
    flat = first if len(first.shape) == 2 else layers.Flatten()(first)
    if size is None:
        return first, flat
    second = keras.Input((size,), name=name)
    return [first, second], layers.Concatenate()([flat, second])


def halved_size(image_shape: Sequence[int], halvings: int) -> tuple[int, int]:
    """Height and width of the smallest map, rounded up.

    Raises:
        ValueError: If the image has fewer pixels than halvings need.
    """
    factor = 2**halvings
    if min(image_shape[:2]) < factor:
        raise ValueError(f"{halvings} halvings need images of {factor} pixels or more; received {image_shape[:2]}.")
    return -(-image_shape[0] // factor), -(-image_shape[1] // factor)


def crop(x: keras.KerasTensor, image_shape: Sequence[int]) -> keras.KerasTensor:
    """Cuts a map at the bottom and on the right to the size of an image."""
    return layers.Cropping2D(((0, x.shape[1] - image_shape[0]), (0, x.shape[2] - image_shape[1])))(x)
