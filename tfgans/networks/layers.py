"""Layers and helpers that several networks share."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import layers

_LEAKY_SLOPE = 0.2
_LEAST_VARIANCE = 1e-8


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


@keras.saving.register_keras_serializable("tfgans")
class MinibatchStandardDeviation(layers.Layer):
    """Appends to each sample how much those of its group differ, `[B, ..., C]` to `[B, ..., C + 1]`.

    The layer is that of Karras et al. (2018), section 3. The number is the mean, over all entries, of their standard
    deviations within a group of consecutive samples. A discriminator that sees it notices samples that are too alike.
    In inference mode every sample gets the moving average of that number over all passes, of real and of generated
    samples, so that an answer does not depend on the other samples of a request. Under mixed precision the statistics
    have the type of the variables. A gradient penalty sees the gradient of a sample through its whole group; Karras et
    al. use both together. Groups of 4 are those of their later code.

    Args:
        group_size: Samples of a group; it divides the batch.
        momentum: Decay of the moving average.
        **kwargs: Arguments of a Keras layer.
    """

    def __init__(self, group_size: int = 4, momentum: float = 0.99, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if group_size < 2 or not 0 <= momentum < 1:
            raise ValueError(f"Expected group_size >= 2 and 0 <= momentum < 1; received {group_size}, {momentum}.")
        self.group_size, self.momentum = group_size, momentum

    def build(self, input_shape: Sequence[int | None]) -> None:
        self._average = self.add_weight(
            name="average", shape=(), initializer="zeros", trainable=False, aggregation="mean", autocast=False
        )

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        shape = tf.shape(inputs)
        if training:
            groups = tf.reshape(inputs, [-1, self.group_size, math.prod(inputs.shape[1:])])
            groups = tf.cast(groups, self.variable_dtype)
            deviations = tf.reduce_mean(tf.sqrt(tf.math.reduce_variance(groups, axis=1) + _LEAST_VARIANCE), axis=-1)
            mean = tf.reduce_mean(deviations)
            self._average.assign(self.momentum * self._average + (1 - self.momentum) * mean)
            rows = tf.repeat(deviations, self.group_size)
        else:
            rows = tf.fill(shape[:1], tf.convert_to_tensor(self._average))
        rows = tf.reshape(tf.cast(rows, inputs.dtype), [-1] + [1] * (inputs.shape.rank - 1))
        return tf.concat([inputs, tf.broadcast_to(rows, [*tf.unstack(shape)[:-1], 1])], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "group_size": self.group_size, "momentum": self.momentum}


def spectrally_normalised(layer: layers.Layer, is_normalised: bool) -> layers.Layer:
    """Returns a layer with Keras's spectral normalisation (Miyato et al. 2018), if it is asked for.

    Keras divides the kernel itself by its largest singular value at each pass in training mode, in the turns of other
    players too. In the paper a gradient passes through that value; here it does not.
    """
    # In a lower precision Keras would round the kernel at each division, and lose the small steps of an optimizer.
    return layers.SpectralNormalization(layer, dtype=layer.variable_dtype) if is_normalised else layer


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
