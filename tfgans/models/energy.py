"""What systems share whose discriminator is an auto-encoder: what it reconstructs badly has a high energy."""

from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from tfgans.losses import Norm, sample_errors
from tfgans.models.adversarial import AdversarialModel


class EnergyModel(AdversarialModel):
    """A system whose discriminator r(x) = Dec(Enc(x)) gives energies. A subclass has `norm`."""

    discriminator_output: ClassVar[str] = "energy"

    norm: Norm = "l1_mean"
    """Distance of an image from its reconstruction."""

    def examine_graph(self, image: tf.Tensor) -> tf.Tensor:
        """r(x) at inference: what the discriminator makes of images `[n, H, W, C]` in [-1, 1] or points `[n, D]`."""
        return tf.cast(self.discriminator(tf.cast(image, self.variable_dtype), training=False), self.variable_dtype)

    def discriminate_graph(self, image: tf.Tensor) -> tf.Tensor:
        """Distance of each image from r(x) at inference, `[n, ...]` to energies `[n]`: low where it looks real."""
        return sample_errors(tf.cast(image, self.variable_dtype), self.examine_graph(image), self.norm)

    def examine(self, images: Any) -> np.ndarray:
        """What the discriminator makes of images [n, H, W, C] in [-1, 1] or points [n, D] (AVAE, Fig. 4)."""
        return self._in_chunks(self._graph(self.examine_graph), self._check_samples(images))

    def discriminate(self, images: Any) -> np.ndarray:
        """Energies [n] of images [n, H, W, C] in [-1, 1] or points [n, D]."""
        return self._in_chunks(self._graph(self.discriminate_graph), self._check_samples(images))


def autoencoder(encoder: keras.Model, decoder: keras.Model, generator: keras.Model) -> keras.Model:
    """r, from images to images, of its halves; `generator` is whose images they must take and give.

    Raises:
        ValueError: If they do not fit together, or the decoder is the generator itself.
    """
    image = tuple(generator.output.shape[1:])
    code = tuple(encoder.output.shape[1:])
    received = [tuple(t.shape[1:] for t in (*network.inputs, *network.outputs)) for network in (encoder, decoder)]
    if received != [(image, code), (code, image)] or generator is decoder:
        raise ValueError(
            f"The discriminator's encoder must take samples {image}, as of the generator, to codes, and its decoder, "
            f"another network than the generator, must take these back; they take and give {received}."
        )
    x = keras.Input(image, dtype=encoder.input.dtype, name="image")
    return keras.Model(x, decoder(encoder(x)), name="discriminator")
