"""Layers and constants that several networks share."""

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import layers

LEAKY_SLOPE = 0.2


@keras.saving.register_keras_serializable("tfgans")
class BatchNormalization(layers.BatchNormalization):
    """Batch normalisation whose statistics span the replicas of whatever strategy it runs under."""

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        # Keras asks at construction; a model may be saved on one device and go on on several.
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
