"""Latents around codes of real data: convex combinations of neighbours (X-GAN, section 3.1), or kernels."""

import abc
import dataclasses
from typing import Protocol, get_args

import keras
import tensorflow as tf

from tfgans._serialization import Configurable
from tfgans.choices import Weights
from tfgans.latent.priors import Normal, Prior, Uniform


class CodeLookup(Protocol):
    """The methods of a `CodeBank` that a sampler uses."""

    def codes_of(self, index: tf.Tensor) -> tf.Tensor:
        """The codes `[..., N]` of numbers `[...]`."""

    def neighbours_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Numbers of the neighbours of codes `[B]`, nearest first, int32 `[B, m]`, and their counts, `[B]`."""

    def spread_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Standard deviations `[B, N]` of the codes of each anchor's class, and the count of these codes, `[B]`."""


class CodeSampler(Configurable, abc.ABC):
    """A maker of latents from the codes of a bank.

    Noise is an argument, since training draws it for a step, and serving for each row by its seed.
    """

    @property
    def least_neighbours(self) -> int:
        """Neighbours of each code that the bank must find at least."""
        return 1

    @abc.abstractmethod
    def noise(self, m: int, size: int) -> Prior:
        """Distribution of the noise of one latent.

        Args:
            m: Neighbours of each code in the bank.
            size: Entries N of a code.
        """

    @abc.abstractmethod
    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """Makes a latent for each anchor.

        Args:
            bank: The codes.
            index: Numbers of the anchors in the bank, `[B]`.
            noise: Draws of `noise`, `[B, ...]`, in the type of the codes.

        Returns:
            `[B, N]`.
        """


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class ConvexSampler(CodeSampler):
    """CC_{k,m}: a random convex combination of k of an anchor's m nearest codes, drawn without replacement.

    Args:
        k: Codes in a combination.
        weights: Distribution of their weights. The paper says both normal and uniform, and takes absolute values, which
            only normal weights need.

    Raises:
        ValueError: If k is below 1, or the distribution is unknown.
    """

    k: int = 5
    weights: Weights = "halfnormal"

    def __post_init__(self) -> None:
        choices = get_args(Weights)
        if self.k < 1 or self.weights not in choices:
            raise ValueError(
                f"Expected k >= 1 and weights of {', '.join(choices)}; received {self.k} and {self.weights!r}."
            )

    @property
    def least_neighbours(self) -> int:
        return self.k

    def noise(self, m: int, size: int) -> Uniform:
        """Lots of the m neighbours, and the draws that weights are made of."""
        return Uniform(m + min(self.k, m), 0.0, 1.0)

    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        neighbours, count = bank.neighbours_of(index)
        places, weights = self.pick(count, *tf.split(noise, [neighbours.shape[1], -1], axis=1))
        codes = bank.codes_of(tf.gather(neighbours, places, batch_dims=1))
        return tf.einsum("bk,bkn->bn", weights, codes)

    def pick(self, count: tf.Tensor, lots: tf.Tensor, draws: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Picks neighbours, and their weights.

        Args:
            count: Number of neighbours, int `[B]`, at least 1. If it is below k, all of them are combined.
            lots: Uniform in [0, 1), `[B, m]`; the k highest win.
            draws: Uniform in [0, 1), `[B, k]`, of which weights are made.

        Returns:
            Places int32 `[B, k]` in 0 to m - 1, and weights `[B, k]`, not negative, of sum 1; places after the last
            neighbour have weight 0.
        """
        is_neighbour = tf.range(lots.shape[1])[tf.newaxis] < tf.cast(count, tf.int32)[:, tf.newaxis]
        lots, places = tf.math.top_k(tf.where(is_neighbour, lots, tf.constant(-1.0, lots.dtype)), draws.shape[1])
        weights = tf.where(lots >= 0, self._weights(draws), tf.constant(0.0, draws.dtype))
        return places, weights / tf.reduce_sum(weights, axis=1, keepdims=True)

    def _weights(self, draws: tf.Tensor) -> tf.Tensor:
        """Positive weights, not yet divided by their sum, of numbers uniform in [0, 1)."""
        if self.weights == "halfnormal":
            # The half-normal's inverse distribution function is written by the normal's tail, which keeps its digits.
            return 1e-12 - tf.math.ndtri((1 - draws) / 2)
        # Exponential variables over their sum have a flat Dirichlet distribution.
        return (1 - draws if self.weights == "uniform" else -tf.math.log1p(-draws)) + 1e-12


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class KDESampler(CodeSampler):
    """A kernel density estimate: a code plus Gaussian noise with a bandwidth for each entry (X-GAN's ablation KDE).

    Args:
        factor: Factor of Scott's bandwidth h_j = std_j n^(-1 / (N + 4)) of the n codes of the anchor's class; the
            paper states none.

    Raises:
        ValueError: If the factor is negative.
    """

    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.factor < 0:
            raise ValueError(f"factor must not be negative; received {self.factor}.")

    def noise(self, m: int, size: int) -> Normal:
        """Standard normal, of the size of a code."""
        return Normal(size)

    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        return bank.codes_of(index) + self.bandwidths(*bank.spread_of(index)) * noise

    def bandwidths(self, deviations: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """Bandwidths h, `[..., N]`, for the standard deviations `[..., N]` and counts `[...]` of codes."""
        size = deviations.shape[-1]
        scott = tf.pow(tf.cast(count, deviations.dtype), -1.0 / (size + 4))
        return self.factor * deviations * scott[..., tf.newaxis]
