"""Latents as convex combinations of neighbouring codes of real data (X-GAN, section 3.1)."""

import dataclasses
from typing import Literal

import keras
import tensorflow as tf

from tfgans._serialization import Configurable

Weights = Literal["halfnormal", "uniform", "dirichlet"]
"""How weights are drawn before they are divided by their sum: |N(0, 1)|, U(0, 1), or so that all are equally likely."""

_WEIGHTS = ("halfnormal", "uniform", "dirichlet")


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class ConvexSampler(Configurable):
    """CC_{k,m}: of the m nearest codes of an anchor, k drawn without replacement, in a random convex combination.

    Args:
        k: Codes in a combination.
        weights: How they are weighed; the paper says both normal and uniform, and takes absolute values, which only
            normal ones need.

    Raises:
        ValueError: If k is below 1, or there is no such weighing.
    """

    k: int = 5
    weights: Weights = "halfnormal"

    def __post_init__(self) -> None:
        if self.k < 1 or self.weights not in _WEIGHTS:
            raise ValueError(
                f"Expected k >= 1 and weights of {', '.join(_WEIGHTS)}; received {self.k} and {self.weights!r}."
            )

    def __call__(self, neighbours: tf.Tensor, count: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A combination for each anchor.

        Args:
            neighbours: Codes of its m nearest neighbours, `[B, m, N]`.
            count: How many of them there are, int `[B]`, at least 1; the others are not looked at. With fewer than
                k, all are combined.
            seed: Integers `[2]`, which the draw is a function of.

        Returns:
            `[B, N]`.
        """
        shape, dtype = tf.shape(neighbours)[:2], neighbours.dtype
        picks, draws = tf.unstack(tf.random.split(seed))
        k = min(self.k, neighbours.shape[1])
        there = tf.range(shape[1])[tf.newaxis] < tf.cast(count, tf.int32)[:, tf.newaxis]
        lots = tf.where(there, tf.random.stateless_uniform(shape, picks, dtype=dtype), tf.constant(-1.0, dtype))
        lots, chosen = tf.math.top_k(lots, k)
        weights = tf.where(lots >= 0, self._draw([shape[0], k], draws, dtype), tf.constant(0.0, dtype))
        weights /= tf.reduce_sum(weights, axis=1, keepdims=True)
        return tf.einsum("bk,bkn->bn", weights, tf.gather(neighbours, chosen, batch_dims=1))

    def _draw(self, shape: list[tf.Tensor | int], seed: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
        """Positive weights, not yet divided by their sum."""
        if self.weights == "halfnormal":
            return tf.abs(tf.random.stateless_normal(shape, seed, dtype=dtype)) + 1e-12
        uniform = 1 - tf.random.stateless_uniform(shape, seed, dtype=dtype)
        # Exponential variables over their sum are a flat Dirichlet's.
        return (uniform if self.weights == "uniform" else -tf.math.log(uniform)) + 1e-12


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class KDESampler(Configurable):
    """A kernel density estimate of codes: a code, and Gaussian noise with a bandwidth for each entry (ablation KDE).

    Args:
        factor: Multiple of Scott's bandwidth h_j = std_j n^(-1 / (N + 4)); the paper states none.

    Raises:
        ValueError: If it is negative.
    """

    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.factor < 0:
            raise ValueError(f"factor must not be negative; received {self.factor}.")

    def bandwidths(self, deviations: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """h of each entry, `[..., N]`, of the codes' standard deviations `[..., N]` and number `[...]`."""
        size = deviations.shape[-1]
        scott = tf.pow(tf.cast(count, deviations.dtype), -1.0 / (size + 4))
        return self.factor * deviations * scott[..., tf.newaxis]

    def __call__(self, anchors: tf.Tensor, bandwidths: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Codes `[B, N]` with noise of bandwidths `[B, N]`; a function of the seed, integers `[2]`."""
        return anchors + bandwidths * tf.random.stateless_normal(tf.shape(anchors), seed, dtype=anchors.dtype)
