"""What all systems with an encoder share: from images to latents and back."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfgans.models.adversarial import AdversarialModel


class AutoencodingModel(AdversarialModel):
    """A system that finds the latent vector of an image, which its `encoder` gives."""

    def encode_graph(self, image: tf.Tensor) -> tf.Tensor:
        """E(x) at inference: images `[n, H, W, C]` in [-1, 1] or points `[n, D]` to latents `[n, N]`."""
        return tf.cast(self.encoder(tf.cast(image, self.variable_dtype), training=False), self.variable_dtype)

    def reconstruct_graph(self, image: tf.Tensor) -> tf.Tensor:
        """G(E(x)) at inference."""
        return self.generate_graph(self.encode_graph(image))

    def interpolate_graph(self, image_a: tf.Tensor, image_b: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """G((1 - w) E(a) + w E(b)) for weights w `[n]` in [0, 1]."""
        weight = tf.cast(weight, self.variable_dtype)[:, tf.newaxis]
        return self.generate_graph((1 - weight) * self.encode_graph(image_a) + weight * self.encode_graph(image_b))

    def traverse_graph(self, image: tf.Tensor, dimension: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
        """G of E(x) with entry `dimension` int32 `[n]` of each row put to `value` `[n]`."""
        latent = self.encode_graph(image)
        chosen = tf.one_hot(dimension, self.prior.size, dtype=latent.dtype)
        value = tf.cast(value, latent.dtype)[:, tf.newaxis]
        return self.generate_graph(tf.where(chosen > 0, value, latent))

    def encode(self, images: Any) -> np.ndarray:
        """Latent vectors [n, N] of images [n, H, W, C] in [-1, 1] or points [n, D]."""
        return self._in_chunks(self._graph(self.encode_graph), self._check_samples(images))

    def reconstruct(self, images: Any) -> np.ndarray:
        """What the generator makes of the latents of images [n, H, W, C] in [-1, 1] or points [n, D]."""
        return self._in_chunks(self._graph(self.reconstruct_graph), self._check_samples(images))

    def traverse(self, images: Any, dimensions: Any, values: Any) -> np.ndarray:
        """Images with one entry of their latents changed (BEGAN-CS, Fig. 9).

        Args:
            images: [n, H, W, C] in [-1, 1], or points [n, D].
            dimensions: Integers [n] in 0 to N - 1, which entry.
            values: [n], what it becomes; the prior's range, or beyond.

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
        return self._in_chunks(self._graph(self.traverse_graph), images, dimensions.astype(np.int32), values)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any) -> np.ndarray:
        """Images between others: straight lines between their latents.

        Args:
            images_a: [n, H, W, C] in [-1, 1], or points [n, D].
            images_b: As many.
            weights: [n] in [0, 1]; 0 is the reconstruction of the first, 1 that of the second.

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
        return self._in_chunks(self._graph(self.interpolate_graph), images_a, images_b, weights)
