"""Latents around codes of real data: convex combinations of neighbours (X-GAN, section 3.1), or kernels."""

import abc
import dataclasses
from typing import Literal, Protocol

import keras
import tensorflow as tf

from tfgans._serialization import Configurable
from tfgans.latent.priors import Normal, Prior, Uniform

Weights = Literal["halfnormal", "uniform", "dirichlet"]
"""How weights are drawn before they are divided by their sum: |N(0, 1)|, U(0, 1), or so that all are equally likely."""

_WEIGHTS = ("halfnormal", "uniform", "dirichlet")


class CodeLookup(Protocol):
    """The look-ups that a sampler makes among numbered codes; `CodeBank` has them."""

    def codes_of(self, index: tf.Tensor) -> tf.Tensor:
        """Codes by their numbers, `[..., N]` of `[...]`."""

    def neighbours_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Numbers of the neighbours of codes `[B]`, nearest first, int32 `[B, m]`, and how many there are, `[B]`."""

    def spread_of(self, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Standard deviations `[B, N]` of the codes of each anchor's class, and the number of these codes, `[B]`."""


class CodeSampler(Configurable, abc.ABC):
    """How latents are made of the codes of a bank.

    Noise is an argument: training draws it for a step, serving for each row by its seed, and both make the same of it.
    """

    @property
    def least_neighbours(self) -> int:
        """Neighbours of each code that the bank must find at least."""
        return 1

    @abc.abstractmethod
    def noise(self, m: int, size: int) -> Prior:
        """The distribution of the noise of one latent.

        Args:
            m: Neighbours in the bank's table.
            size: Entries N of a code.
        """

    @abc.abstractmethod
    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """A latent for each anchor.

        Args:
            bank: Where the codes are.
            index: Numbers of the anchors in the bank, `[B]`.
            noise: Draws of `noise`, `[B, ...]`, in the type of the codes.

        Returns:
            `[B, N]`.
        """


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class ConvexSampler(CodeSampler):
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

    @property
    def least_neighbours(self) -> int:
        return self.k

    def noise(self, m: int, size: int) -> Uniform:
        """Lots of the m neighbours, and the numbers that weights are made of."""
        return Uniform(m + min(self.k, m), 0.0, 1.0)

    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        neighbours, count = bank.neighbours_of(index)
        places, weights = self.pick(count, *tf.split(noise, [neighbours.shape[1], -1], axis=1))
        codes = bank.codes_of(tf.gather(neighbours, places, batch_dims=1))
        return tf.einsum("bk,bkn->bn", weights, codes)

    def pick(self, count: tf.Tensor, lots: tf.Tensor, draws: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Which neighbours, and their weights.

        Args:
            count: How many neighbours there are, int `[B]`, at least 1; places behind them are not picked. With fewer
                than k, all are combined.
            lots: Uniform in [0, 1), `[B, m]`; the k highest win.
            draws: The same, `[B, k]`, of which weights are made.

        Returns:
            Places int32 `[B, k]` in 0 to m - 1, and weights `[B, k]`, not negative, of sum 1; 0 where a place is
            behind the last neighbour.
        """
        there = tf.range(lots.shape[1])[tf.newaxis] < tf.cast(count, tf.int32)[:, tf.newaxis]
        lots, places = tf.math.top_k(tf.where(there, lots, tf.constant(-1.0, lots.dtype)), draws.shape[1])
        weights = tf.where(lots >= 0, self._weights(draws), tf.constant(0.0, draws.dtype))
        return places, weights / tf.reduce_sum(weights, axis=1, keepdims=True)

    def _weights(self, draws: tf.Tensor) -> tf.Tensor:
        """Positive weights, not yet divided by their sum, of numbers uniform in [0, 1)."""
        if self.weights == "halfnormal":
            # The inverse of the half-normal's distribution function, by the tail of the normal that keeps its digits.
            return 1e-12 - tf.math.ndtri((1 - draws) / 2)
        # Exponential variables over their sum are a flat Dirichlet's.
        return (1 - draws if self.weights == "uniform" else -tf.math.log1p(-draws)) + 1e-12


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class KDESampler(CodeSampler):
    """A kernel density estimate of codes: a code, and Gaussian noise with a bandwidth for each entry (ablation KDE).

    Args:
        factor: Multiple of Scott's bandwidth h_j = std_j n^(-1 / (N + 4)), of the n codes of the anchor's class; the
            paper states none.

    Raises:
        ValueError: If it is negative.
    """

    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.factor < 0:
            raise ValueError(f"factor must not be negative; received {self.factor}.")

    def noise(self, m: int, size: int) -> Normal:
        """Standard normal, as large as a code."""
        return Normal(size)

    def __call__(self, bank: CodeLookup, index: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        return bank.codes_of(index) + self.bandwidths(*bank.spread_of(index)) * noise

    def bandwidths(self, deviations: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """h of each entry, `[..., N]`, of the codes' standard deviations `[..., N]` and number `[...]`."""
        size = deviations.shape[-1]
        scott = tf.pow(tf.cast(count, deviations.dtype), -1.0 / (size + 4))
        return self.factor * deviations * scott[..., tf.newaxis]
