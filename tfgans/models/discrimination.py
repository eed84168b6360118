"""The answers of discriminators, as values. A model's `discrimination` makes its faces `discriminate` and `examine`."""

import abc
import dataclasses
from typing import TYPE_CHECKING

import keras
import tensorflow as tf

from tfgans.choices import Norm
from tfgans.faces import Face
from tfgans.losses import mean_over_patches, sample_errors
from tfgans.models.faces import make_face, takes_condition

if TYPE_CHECKING:
    from tfgans.models.adversarial import AdversarialModel


class Discrimination(abc.ABC):
    """The inputs and the answers of a discriminator."""

    @abc.abstractmethod
    def faces(self, model: "AdversarialModel") -> list[Face]:
        """The faces of a model's discriminator."""


@dataclasses.dataclass(frozen=True)
class Logit(Discrimination):
    """A logit of samples, which is high if they look real.

    The discriminator takes samples, and the condition of a label if it has a second input. Its first output is logits
    `[B, ...]`, and the answer is their mean over each sample. Further outputs are ignored.
    """

    def faces(self, model: "AdversarialModel") -> list[Face]:
        def logits(image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
            image = tf.cast(image, model.variable_dtype)
            return mean_over_patches(model.forward(model.discriminator, image, label, training=False))

        has_label = takes_condition(model.discriminator)
        return [make_face(model, "discriminate", logits, "logit", has_label=has_label, arguments=["images"])]


@dataclasses.dataclass(frozen=True)
class PairLogit(Discrimination):
    """A logit of pairs of a sample and a latent, which is high if they look real.

    Logits of patches `[B, ...]` are averaged for each pair.
    """

    def faces(self, model: "AdversarialModel") -> list[Face]:
        def logits(image: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
            pair = [tf.cast(image, model.variable_dtype), latent]
            return mean_over_patches(tf.cast(model.discriminator(pair, training=False), model.variable_dtype))

        return [make_face(model, "discriminate", logits, "logit", has_label=False)]


@dataclasses.dataclass(frozen=True)
class Energy(Discrimination):
    """The distance of samples from their reconstruction r(x) by an auto-encoder, which is low if they look real.

    Attributes:
        norm: The distance.
    """

    norm: Norm = "l1_mean"

    def faces(self, model: "AdversarialModel") -> list[Face]:
        def reconstructions(image: tf.Tensor) -> tf.Tensor:
            return model.forward(model.discriminator, tf.cast(image, model.variable_dtype), training=False)

        def energies(image: tf.Tensor) -> tf.Tensor:
            return sample_errors(tf.cast(image, model.variable_dtype), reconstructions(image), self.norm)

        return [
            make_face(model, "discriminate", energies, "energy", has_label=False, arguments=["images"]),
            make_face(model, "examine", reconstructions, model.kind, has_label=False),
        ]


def autoencoder(encoder: keras.Model, decoder: keras.Model, generator: keras.Model) -> keras.Model:
    """A discriminator r, from samples to samples, made of an encoder and a decoder.

    Raises:
        ValueError: If the decoder is the generator itself.
    """
    if decoder is generator:
        raise ValueError("The discriminator's decoder must be another network than the generator; received the same.")
    (image,) = encoder.inputs
    x = keras.Input(image.shape[1:], dtype=image.dtype, name="image")
    return keras.Model(x, decoder(encoder(x)), name="discriminator")
