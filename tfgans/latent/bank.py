"""The codes of a training set, between which latents are drawn (X-GAN, Algorithm 1, lines 2 to 4)."""

import itertools
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgans.latent.convex import CodeSampler, ConvexSampler
from tfgans.latent.neighbours import nearest_neighbours
from tfgans.latent.priors import Prior, Uniform

# Distinguishes the draw of an anchor from the draw of the noise with the same seed.
_ANCHOR = 1


@keras.saving.register_keras_serializable("tfgans")
class CodeBank(keras.layers.Layer):
    """Codes of n images, the neighbours of each code, and a sampler that makes latents of them.

    `fill` stores all codes and finds the neighbours of each within its class. `keep` updates the codes of a batch
    between two fillings. The table of neighbours has the numbers of codes, so that combinations use the newest codes,
    although they may no longer be the nearest. The table is state like the codes: a resumed run could not make the
    same table from updated codes.

    All state is in variables, which checkpoints store and all replicas share.

    Args:
        count: n, codes in the bank.
        size: N, entries of a code.
        sampler: Maker of latents; `ConvexSampler()` by default.
        neighbours: m, neighbours of each code; 100 in the paper (section 4.1). In a class with fewer other codes, each
            code has all of them.
        classes: K; neighbours are of the same class.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If there are fewer than two codes, a number is below 1, or the sampler combines more than m
            neighbours.

    Example:

    >>> bank = tfgans.latent.CodeBank(30, 4, tfgans.latent.ConvexSampler(k=2), neighbours=5, classes=3)
    >>> bank.fill(np.random.default_rng(0).normal(size=(30, 4)), np.arange(30) % 3)
    >>> bank.sample_rows([7, 8], label=[0, 2]).shape
    TensorShape([2, 4])
    """

    def __init__(
        self,
        count: int,
        size: int,
        sampler: CodeSampler | None = None,
        *,
        neighbours: int = 100,
        classes: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if count < 2 or min(size, neighbours, classes) < 1:
            raise ValueError(
                f"Expected count >= 2 and size, neighbours, classes >= 1; received count={count}, size={size}, "
                f"neighbours={neighbours}, classes={classes}."
            )
        self.sampler = sampler or ConvexSampler()
        if self.sampler.least_neighbours > neighbours:
            raise ValueError(
                f"A sampler of {self.sampler.least_neighbours} neighbours cannot draw them from {neighbours}."
            )
        self.count, self.size, self.neighbours, self.classes = count, size, neighbours, classes
        width = min(neighbours, count - 1)
        self.codes = self._state("codes", (count, size))
        self.labels = self._state("labels", (count,), "int32")
        self._table = self._state("table", (count, width), "int32")
        self._neighbour_counts = self._state("found", (count,), "int32")
        self._order = self._state("order", (count,), "int32")
        self._starts = self._state("starts", (classes + 1,), "int32")
        self._means = self._state("means", (classes, size))
        self._deviations = self._state("deviations", (classes, size))
        self._filled = self._state("filled", (), "int32")
        self.built = True

    def _state(self, name: str, shape: tuple[int, ...], dtype: str | None = None) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
        )

    @property
    def is_filled(self) -> bool:
        """Whether the bank has codes."""
        return bool(self._filled.numpy())

    @property
    def noise(self) -> Prior:
        """Distribution of the noise of one latent."""
        return self.sampler.noise(self._table.shape[1], self.size)

    # Writing.

    def fill(self, codes: Any, labels: Any = None) -> None:
        """Stores all codes, and finds the neighbours of each.

        Args:
            codes: [n, N].
            labels: Integers [n] in 0 to K - 1; not needed if K is 1.

        Raises:
            ValueError: If a shape does not fit, codes are not finite, labels are out of range or missing, or a class
                has fewer than two codes.
        """
        codes, labels = np.asarray(codes), self._checked_labels(labels)
        if codes.shape != (self.count, self.size) or not np.all(np.isfinite(codes)):
            raise ValueError(
                f"Expected finite codes [{self.count}, {self.size}]; received {codes.shape}, "
                f"{np.count_nonzero(~np.isfinite(codes))} numbers not finite."
            )
        sizes = np.bincount(labels, minlength=self.classes)
        if sizes.min() < 2:
            raise ValueError(f"A class needs two codes or more; received {dict(enumerate(sizes.tolist()))}.")
        width = self._table.shape[1]
        if self.neighbours > sizes.max() - 1:
            warnings.warn(
                f"No class has {self.neighbours} other codes; codes have {sizes.max() - 1} neighbours at most.",
                stacklevel=2,
            )
        nearest = nearest_neighbours(codes, width, labels)
        order = np.argsort(labels, kind="stable")
        starts = np.concatenate([[0], np.cumsum(sizes)])
        groups = [codes[order[first:last]].astype(np.float64) for first, last in itertools.pairwise(starts)]
        self.codes.assign(codes)
        self.labels.assign(labels)
        self._table.assign(nearest.index)
        self._neighbour_counts.assign(nearest.count)
        self._order.assign(order)
        self._starts.assign(starts)
        self._means.assign(np.stack([group.mean(axis=0) for group in groups]))
        self._deviations.assign(np.stack([group.std(axis=0) for group in groups]))
        self._filled.assign(1)

    def _checked_labels(self, labels: Any) -> np.ndarray:
        if labels is None and self.classes > 1:
            raise ValueError(f"A bank of {self.classes} classes needs labels.")
        labels = np.zeros(self.count, np.int32) if labels is None else np.asarray(labels)
        if labels.shape != (self.count,) or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(f"Expected integers [{self.count}] as labels; received {labels.dtype} {labels.shape}.")
        if labels.min() < 0 or labels.max() >= self.classes:
            raise ValueError(f"Labels must lie in 0 to {self.classes - 1}; received {labels.min()} to {labels.max()}.")
        return labels.astype(np.int32)

    def keep(self, index: tf.Tensor, codes: tf.Tensor) -> None:
        """Updates codes, on each replica those of all replicas; the table stays as it is.

        Args:
            index: Numbers of the codes, integers `[B]` in 0 to n - 1.
            codes: `[B, N]`.
        """
        index, codes = tf.distribute.get_replica_context().all_gather([index, codes], axis=0)
        self.codes.value.scatter_update(tf.IndexedSlices(tf.cast(codes, self.codes.dtype), index))

    # Reading, by a sampler.

    def codes_of(self, index: tf.Tensor) -> tf.Tensor:
        """The codes `[..., N]` of numbers `[...]`."""
        return tf.gather(self.codes.value, index)

    def neighbours_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Numbers of the neighbours of codes `[B]`, nearest first, int32 `[B, m]`, and their counts, `[B]`."""
        return tf.gather(self._table.value, index), tf.gather(self._neighbour_counts.value, index)

    def spread_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Standard deviations `[B, N]` of the codes of each anchor's class at the filling, and their count, `[B]`."""
        label = tf.gather(self.labels.value, index)
        return tf.gather(self._deviations.value, label), self._range_of(label)[1]

    def distance_from_class(self, index: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
        """Mean squared distance, a scalar, of latents `[B, N]` from their anchors' class means at the filling."""
        means = tf.gather(self._means.value, tf.gather(self.labels.value, index))
        return tf.reduce_mean(tf.reduce_sum(tf.square(latent - tf.cast(means, latent.dtype)), axis=1))

    # Drawing.

    def combine(self, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """Makes latents around codes.

        Args:
            index: Numbers of the anchors, integers `[B]`.
            noise: Draws of `noise`, `[B, ...]`.

        Returns:
            `[B, N]`.
        """
        return self.sampler(self, index, tf.cast(noise, self.codes.dtype))

    def anchors(self, uniform: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Picks codes with equal probabilities.

        Args:
            uniform: Numbers in [0, 1), `[n]`.
            label: Classes of the codes, integers `[n]`, clipped to the range; None for all classes.

        Returns:
            Numbers of the codes, int32 `[n]`.
        """
        first, size = tf.zeros_like(uniform, tf.int32), tf.fill(tf.shape(uniform), self.count)
        if label is not None:
            first, size = self._range_of(tf.clip_by_value(tf.cast(label, tf.int32), 0, self.classes - 1))
        place = tf.cast(uniform * tf.cast(size, uniform.dtype), tf.int32)
        # A number just below 1 may be rounded up to 1.
        return tf.gather(self._order.value, first + tf.minimum(place, size - 1))

    def nearest(self, code: tf.Tensor) -> tf.Tensor:
        """Numbers, int32 `[n]`, of the codes in the bank that are nearest to given codes `[n, N]`."""
        bank = tf.cast(self.codes.value, code.dtype)
        squares = tf.reduce_sum(tf.square(bank), axis=1) - 2 * tf.matmul(code, bank, transpose_b=True)
        return tf.argmin(squares, axis=1, output_type=tf.int32)

    def _range_of(self, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The first places of classes `[B]` in the order of codes, and the counts of their codes."""
        first = tf.gather(self._starts.value, label)
        return first, tf.gather(self._starts.value, label + 1) - first

    def sample_rows(
        self, seeds: tf.Tensor, label: tf.Tensor | None = None, dtype: tf.DType | str = "float32"
    ) -> tf.Tensor:
        """Draws one latent per seed; a row depends on its own seed and label, and on nothing else.

        Args:
            seeds: int64 `[n]`.
            label: Classes of the anchors, integers `[n]`; None for all classes.
            dtype: Floating type of the result.

        Returns:
            `[n, N]`.
        """
        uniform = Uniform(1, 0.0, 1.0).sample_rows(seeds, self.codes.dtype, use=_ANCHOR)[:, 0]
        noise = self.noise.sample_rows(seeds, self.codes.dtype)
        return tf.cast(self.combine(self.anchors(uniform, label), noise), dtype)

    def get_config(self) -> dict[str, Any]:
        numbers = {name: getattr(self, name) for name in ("count", "size", "neighbours", "classes")}
        return {**super().get_config(), **numbers, "sampler": keras.saving.serialize_keras_object(self.sampler)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "CodeBank":
        return cls(**{**config, "sampler": keras.saving.deserialize_keras_object(config["sampler"])})
