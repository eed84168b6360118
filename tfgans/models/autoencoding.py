"""What all systems with an encoder share: from images to latents and back."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfgans.models.adversarial import AdversarialModel, with_condition

# How far four weights of a corner may miss a sum of 1.
_WEIGHT_TOLERANCE = 1e-4


class AutoencodingModel(AdversarialModel):
    """A system that finds the latent vector of an image, which its `encoder` gives."""

    @property
    def encoder_inputs(self) -> tuple[str, ...]:
        """What `encode` takes beside samples: `label`, or nothing."""
        return ()

    @property
    def reconstructor_inputs(self) -> tuple[str, ...]:
        """What `reconstruct` and its kin take beside samples: what the encoder or the generator takes."""
        return tuple(dict.fromkeys((*self.encoder_inputs, *self.generator_inputs)))

    def encoder_condition(self, label: tf.Tensor | None) -> tf.Tensor | None:
        """The label as the encoder takes it; None where it takes none."""
        return self.condition(label) if "label" in self.encoder_inputs else None

    def encode_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """E(x) at inference: images `[n, H, W, C]` in [-1, 1] or points `[n, D]` to latents `[n, N]`."""
        inputs = with_condition(tf.cast(image, self.variable_dtype), self.encoder_condition(label))
        return tf.cast(self.encoder(inputs, training=False), self.variable_dtype)

    def reconstruct_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(E(x)) at inference."""
        return self.generate_graph(self.encode_graph(image, label), label)

    def interpolate_graph(
        self, image_a: tf.Tensor, image_b: tf.Tensor, weight: tf.Tensor, label: tf.Tensor | None = None
    ) -> tf.Tensor:
        """G((1 - w) E(a) + w E(b)) for weights w `[n]` in [0, 1]."""
        weight = tf.cast(weight, self.variable_dtype)[:, tf.newaxis]
        first, second = (self.encode_graph(image, label) for image in (image_a, image_b))
        return self.generate_graph((1 - weight) * first + weight * second, label)

    def morph_graph(self, images: tf.Tensor, weights: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G of the weighted codes of four images each: `[n, 4, ...]` and weights `[n, 4]` of sum 1 to `[n, ...]`."""
        each = None if label is None else tf.repeat(label, 4, axis=0)
        codes = self.encode_graph(tf.reshape(images, [-1, *self.sample_shape]), each)
        codes = tf.reshape(codes, [-1, 4, self.prior.size])
        return self.generate_graph(tf.einsum("nc,ncd->nd", tf.cast(weights, codes.dtype), codes), label)

    def traverse_graph(
        self, image: tf.Tensor, dimension: tf.Tensor, value: tf.Tensor, label: tf.Tensor | None = None
    ) -> tf.Tensor:
        """G of E(x) with entry `dimension` int32 `[n]` of each row put to `value` `[n]`."""
        latent = self.encode_graph(image, label)
        chosen = tf.one_hot(dimension, self.prior.size, dtype=latent.dtype)
        value = tf.cast(value, latent.dtype)[:, tf.newaxis]
        return self.generate_graph(tf.where(chosen > 0, value, latent), label)

    def encode(self, images: Any, labels: Any = None) -> np.ndarray:
        """Latent vectors [n, N] of images [n, H, W, C] in [-1, 1] or points [n, D], and labels where E takes them."""
        images = self._check_samples(images)
        labels = self._labels_for(self.encoder_inputs, len(images), labels)
        return self._in_chunks(self._graph(self.encode_graph), images, labels)

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray:
        """What the generator makes of the latents of images [n, H, W, C] in [-1, 1] or points [n, D].

        Labels are as in `sample`, where the encoder or the generator takes them.
        """
        images = self._check_samples(images)
        labels = self._labels_for(self.reconstructor_inputs, len(images), labels)
        return self._in_chunks(self._graph(self.reconstruct_graph), images, labels)

    def traverse(self, images: Any, dimensions: Any, values: Any, labels: Any = None) -> np.ndarray:
        """Images with one entry of their latents changed (BEGAN-CS, Fig. 9).

        Args:
            images: [n, H, W, C] in [-1, 1], or points [n, D].
            dimensions: Integers [n] in 0 to N - 1, which entry.
            values: [n], what it becomes; the prior's range, or beyond.
            labels: As in `reconstruct`.

        Returns:
            [n, H, W, C], or [n, D].

        Raises:
            ValueError: If a shape does not fit, or there is no such entry.
        """
        images, dimensions = self._check_samples(images), np.asarray(dimensions)
        values = np.asarray(values, self.variable_dtype)
        if not np.issubdtype(dimensions.dtype, np.integer) or not dimensions.shape == values.shape == (len(images),):
            raise ValueError(
                f"Expected n images, n integers and n values; received {len(images)}, {dimensions.dtype} "
                f"{dimensions.shape} and {values.shape}."
            )
        if dimensions.min(initial=0) < 0 or dimensions.max(initial=0) >= self.prior.size:
            raise ValueError(
                f"Latents have entries 0 to {self.prior.size - 1}; received {dimensions.min()} to {dimensions.max()}."
            )
        labels = self._labels_for(self.reconstructor_inputs, len(images), labels)
        return self._in_chunks(self._graph(self.traverse_graph), images, dimensions.astype(np.int32), values, labels)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Images between others: straight lines between their latents.

        Args:
            images_a: [n, H, W, C] in [-1, 1], or points [n, D].
            images_b: As many.
            weights: [n] in [0, 1]; 0 is the reconstruction of the first, 1 that of the second.
            labels: As in `reconstruct`, one for both images.

        Returns:
            [n, H, W, C], or [n, D].

        Raises:
            ValueError: If a shape does not fit, or a weight is out of range.
        """
        images_a, images_b = self._check_samples(images_a), self._check_samples(images_b)
        weights = np.asarray(weights, self.variable_dtype)
        if not (len(images_a) == len(images_b) == len(weights)) or weights.ndim != 1:
            raise ValueError(
                f"Expected n images, n others and n weights; received {len(images_a)}, {len(images_b)} and weights "
                f"{weights.shape}."
            )
        if not np.all((weights >= 0) & (weights <= 1)):
            raise ValueError(f"weights must lie in [0, 1]; received {weights.min()} to {weights.max()}.")
        labels = self._labels_for(self.reconstructor_inputs, len(images_a), labels)
        return self._in_chunks(self._graph(self.interpolate_graph), images_a, images_b, weights, labels)

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Images between four others each, such as over a grid between its corners (X-GAN, Fig. 5).

        Args:
            images: [n, 4, H, W, C] in [-1, 1], or points [n, 4, D].
            weights: [n, 4], not negative, of sum 1, such as `tfgans.latent.corner_weights`.
            labels: As in `reconstruct`, one for all four images.

        Returns:
            [n, H, W, C], or [n, D].

        Raises:
            ValueError: If a shape does not fit, or weights are not convex.
        """
        images, weights = np.asarray(images, self.variable_dtype), np.asarray(weights, self.variable_dtype)
        if images.shape[1:] != (4, *self.sample_shape) or weights.shape != (len(images), 4):
            shape = ", ".join(map(str, self.sample_shape))
            raise ValueError(
                f"Expected images [n, 4, {shape}] and weights [n, 4]; received {images.shape} and {weights.shape}."
            )
        if not np.all(is_convex(weights)):
            raise ValueError(
                f"weights must not be negative, and have sum 1; received {weights.min()} to {weights.max()}, sums "
                f"{weights.sum(axis=1).min()} to {weights.sum(axis=1).max()}."
            )
        labels = self._labels_for(self.reconstructor_inputs, len(images), labels)
        return self._in_chunks(self._graph(self.morph_graph), images, weights, labels)


def is_convex(weights: tf.Tensor) -> tf.Tensor:
    """bool `[n]`: whether weights `[n, m]` are not negative and sum to 1."""
    sums = tf.reduce_sum(weights, axis=1)
    return tf.reduce_all(weights >= 0, axis=1) & (tf.abs(sums - 1) <= _WEIGHT_TOLERANCE)
