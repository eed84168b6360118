"""What a trained model answers: samples, codes and reconstructions, as arrays."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgans.faces import Face, row_seeds
from tfgans.latent import Prior
from tfgans.models._fit import first_output
from tfgans.models.discrimination import Discrimination
from tfgans.models.faces import encoder_faces, generator_faces, takes_condition
from tfgans.models.labels import Labels

# Rows that a face passes through a network at a time.
_CHUNK = 256


class AnsweringModel(keras.Model):
    """Base of the systems at inference. A face is a question, and a SavedModel serves the same graph functions.

    All faces take any number of rows n.
    """

    generator: keras.Model
    """G, from latents to samples."""

    averaged_generator: keras.Model | None
    """The generator with averaged weights; None if there is no average."""

    use_average: bool
    """Whether samples come from the averaged generator."""

    prior: Prior
    """Distribution of the latent vector z."""

    discrimination: Discrimination | None = None
    """The answers of the discriminator; None if there is no discriminator."""

    encoder: keras.Model | None = None
    """E, from samples to latents, or to means and logarithms of variances; None if there is none."""

    @property
    def labels(self) -> Labels | None:
        """The labels that the model learns from and may be asked for; None if it takes none."""
        return None

    def forward_all(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None = None, *, training: bool
    ) -> list[tf.Tensor]:
        """All outputs of a network, such as `[logits, *maps]`, in the type of the variables.

        Args:
            network: A network that takes x alone, or x and a condition.
            x: `[B, ...]`.
            label: Labels `[B, ...]` that the condition encodes, if the network takes one.
            training: Whether batch normalisation uses the statistics of the batch.
        """
        inputs = [x, self._condition(label)] if takes_condition(network) else x
        outputs = keras.tree.flatten(network(inputs, training=training))
        return [tf.cast(output, self.variable_dtype) for output in outputs]

    def forward(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None = None, *, training: bool
    ) -> tf.Tensor:
        """The first output of a network; arguments are those of `forward_all`."""
        return self.forward_all(network, x, label, training=training)[0]

    def _condition(self, label: tf.Tensor | None) -> tf.Tensor:
        if self.labels is None:
            raise ValueError(f"A {type(self).__name__} has no labels, but one of its networks takes a condition.")
        return self.labels.encode(label, self.variable_dtype)

    def faces(self) -> dict[str, Face]:
        """The questions that this model answers, by the name of the method that asks."""
        discriminator = [] if self.discrimination is None else self.discrimination.faces(self)
        encoder = [] if self.encoder is None else encoder_faces(self)
        return {face.name: face for face in (*generator_faces(self), *discriminator, *encoder)}

    @property
    def samples_by_label(self) -> bool:
        """Whether `sample` takes a label."""
        return takes_condition(self.generator)

    @property
    def sampler(self) -> keras.Model:
        """The generator of samples: the averaged one if there is one and `use_average` is set."""
        return self.averaged_generator if self.use_average else self.generator

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of a sample: (height, width, channels) of an image, (entries,) of a point."""
        return first_output(self.generator)

    @property
    def kind(self) -> str:
        """The kind of samples: `image` or `point`."""
        return "image" if len(self.sample_shape) == 3 else "point"

    def generate_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference, from latents `[n, N]` and labels to samples `[n, ...]`; images are clipped to [-1, 1]."""
        sample = self.unclipped_graph(latent, label)
        return tf.clip_by_value(sample, -1.0, 1.0) if self.kind == "image" else sample

    def unclipped_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference as the other players see it; a clipped pixel would have no gradient for a search."""
        return self.forward(self.sampler, latent, label, training=False)

    @property
    def sample_prior(self) -> Prior | None:
        """The distribution of the latents of samples: a sample is G of `sample_rows` of its seed; None if it is not."""
        return self.prior

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Samples from int64 seeds `[n]` and labels."""
        return self.generate_graph(self.prior.sample_rows(seed, dtype=self.variable_dtype), label)

    def encode_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """E(x) at inference, or its mean, from samples `[n, ...]` and labels to latents `[n, N]`."""
        code = self.forward(self.encoder, tf.cast(image, self.variable_dtype), label, training=False)
        return code[:, : self.prior.size]

    def sample(self, n: int, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws samples; the SavedModel draws the same ones of the same seed.

        Args:
            n: Number of samples.
            labels: Labels of a conditional model. Classes are integers [n] in 0 to K - 1, or their weights, floating
                [n, K], which may mix them. Attributes are floating [n, K]. One label serves all n rows.
            seed: Integer s for row seeds s, s + 1, ..., or n row seeds; `None` draws fresh ones.

        Returns:
            Samples: images [n, H, W, C] in [-1, 1], or points [n, D].

        Raises:
            ValueError: If labels are out of range or missing, a shape does not fit, or the model has no such face; in
                all faces.
        """
        return self.ask("sample", seed=row_seeds(n, seed), labels=labels)

    def sample_near(self, images: Any, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws one sample near each given sample [n, ...] (X-GAN, section 3.4).

        The anchor of a sample is the code of the bank that is nearest to the given sample's code. Labels and seeds are
        as in `sample`.
        """
        return self.ask("sample_near", images=images, seed=row_seeds(len(images), seed), labels=labels)

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray:
        """Generates samples [n, ...] of latents [n, N] and labels, as in `sample`."""
        return self.ask("generate", latent=latent, labels=labels)

    def discriminate(self, images: Any, latent: Any = None, labels: Any = None) -> np.ndarray:
        """Logits or energies [n] of samples.

        Args:
            images: Images [n, H, W, C] in [-1, 1], or points [n, D]; in all faces that take samples.
            latent: Latents [n, N], if the discriminator takes pairs.
            labels: As in `sample`, if the discriminator takes them.
        """
        return self.ask("discriminate", images=images, latent=latent, labels=labels)

    def examine(self, images: Any) -> np.ndarray:
        """Reconstructs samples [n, ...] by a discriminator that is an auto-encoder (AVAE, Fig. 4)."""
        return self.ask("examine", images=images)

    def encode(self, images: Any, labels: Any = None) -> np.ndarray:
        """Latents [n, N] of samples [n, ...], and of labels as in `sample`, if the encoder takes them."""
        return self.ask("encode", images=images, labels=labels)

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray:
        """G(E(x)) of samples [n, ...], and of labels as in `sample`, if the encoder or the generator takes them."""
        return self.ask("reconstruct", images=images, labels=labels)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Samples [n, ...] on straight lines between the latents of two samples each.

        Args:
            images_a: The samples at one end.
            images_b: The samples at the other end.
            weights: [n] in [0, 1]; 0 is the reconstruction of the first, 1 that of the second.
            labels: As in `reconstruct`, one for both ends.
        """
        return self.ask("interpolate", images_a=images_a, images_b=images_b, weights=weights, labels=labels)

    def traverse(self, images: Any, dimensions: Any, values: Any, labels: Any = None) -> np.ndarray:
        """Reconstructions [n, ...] of samples with one entry of their latents changed (BEGAN-CS, Fig. 9).

        Args:
            images: The samples.
            dimensions: Numbers of the entries, integers [n] in 0 to N - 1.
            values: New values of these entries, [n].
            labels: As in `reconstruct`.
        """
        return self.ask("traverse", images=images, dimensions=dimensions, values=values, labels=labels)

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Samples [n, ...] between four others each, such as over a grid between its corners (X-GAN, Fig. 5).

        Args:
            images: Four samples for each row, [n, 4, ...].
            weights: [n, 4], not negative, of sum 1, such as `tfgans.latent.corner_weights`.
            labels: As in `reconstruct`, one for all four.
        """
        return self.ask("morph", images=images, weights=weights, labels=labels)

    def ask(self, name: str, **arguments: Any) -> np.ndarray:
        """Asks a face by its name, as the methods above do; a model's own faces need no method.

        Args:
            name: A key of `faces`.
            **arguments: Values of its inputs, `[n, ...]`, under the names that the inputs have as arguments.

        Returns:
            The answers `[n, ...]`. They are computed for some rows at a time, so that any number fits into memory.
        """
        faces = self.faces()
        if name not in faces:
            raise ValueError(f"{type(self).__name__} has no face {name}; it has {', '.join(faces)}.")
        face = faces[name]
        face.check()
        arrays = face.arrays(arguments, type(self).__name__)
        # A graph of any number of rows is kept for the next call, one for each generator that may sample.
        # Labels may be classes or their weights.
        specs = tuple(tf.TensorSpec([None, *array.shape[1:]], array.dtype) for array in arrays)
        key = (name, self.use_average, specs)
        if key not in self._graphs:
            self._graphs[key] = tf.function(face.function).get_concrete_function(*specs)
        graph = self._graphs[key]
        starts = range(0, len(arrays[0]), _CHUNK)
        parts = [graph(*(tf.constant(array[start : start + _CHUNK]) for array in arrays)) for start in starts]
        return np.concatenate([part.numpy() for part in parts])

    @functools.cached_property
    def _graphs(self) -> dict[tuple[str, bool, tuple[tf.TensorSpec, ...]], Callable[..., tf.Tensor]]:
        return {}
