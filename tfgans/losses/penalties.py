"""Gradient penalties on a discriminator."""

import abc
import dataclasses
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from tfgans._serialization import Configurable
from tfgans.losses.adversarial import mean_over_patches

Discriminator = Callable[[tf.Tensor], tf.Tensor]


def safe_norm(values: tf.Tensor, axis: Sequence[int]) -> tf.Tensor:
    """Euclidean norm over `axis`, with finite first and second derivatives at zero, where it is 1e-6 instead of 0."""
    return tf.sqrt(tf.reduce_sum(tf.square(values), axis=axis) + 1e-12)


def interpolated_gradient(score: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Gradient of `score` at points between real and generated samples (cWGAN Eq. 5).

    Args:
        score: Maps samples `[B, ...]` to scores `[B]` or `[B, ...]`, whose sum is differentiated.
        real: Samples x, `[B, ...]`.
        generated: Samples G(z), `[B, ...]`.
        weights: epsilon in [0, 1], `[B]`: x_hat = epsilon x + (1 - epsilon) G(z).

    Returns:
        Gradient with respect to x_hat, `[B, ...]`.
    """
    weights = tf.reshape(weights, [-1] + [1] * (real.shape.rank - 1))
    interpolated = weights * real + (1 - weights) * generated
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(interpolated)
        scores = score(interpolated)
    return tape.gradient(scores, interpolated)


def _gradient_of_mean(
    discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """The gradient of the mean over the patches of each sample."""
    return interpolated_gradient(lambda x: mean_over_patches(discriminator(x)), real, generated, weights)


def gradient_penalty(norms: tf.Tensor, target: float = 1.0, power: int = 2) -> tf.Tensor:
    """E |norm - target|^power, a scalar (cWGAN Eq. 5 with power 2)."""
    distance = norms - target
    return tf.reduce_mean(tf.square(distance) if power == 2 else tf.abs(distance))


@dataclasses.dataclass(frozen=True)
class GradientPenalty(Configurable, abc.ABC):
    """A penalty on the discriminator's gradient between real and generated samples.

    A penalty is called with the discriminator as a function of samples, the real and the generated
    samples `[B, ...]`, and weights `[B]`, uniform in [0, 1]. It returns the scalars `gradient_penalty`,
    not yet multiplied by `weight`, and `gradient_norm`, the mean of `norms`.

    Args:
        weight: Factor lambda of the penalty in the discriminator's loss.
        target: Norm at which the penalty is zero.
        power: Power of the distance to the target, 1 or 2.

    Raises:
        ValueError: If `power` is another.
    """

    weight: float = 10.0
    target: float = 1.0
    power: int = 2

    def __post_init__(self) -> None:
        if self.power not in (1, 2):
            raise ValueError(f"power must be 1 or 2; received {self.power}.")

    @abc.abstractmethod
    def norms(
        self, discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
    ) -> tf.Tensor:
        """The norms that the penalty draws to the target, of any shape."""

    def __call__(
        self, discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        norms = self.norms(discriminator, real, generated, weights)
        return {
            "gradient_penalty": gradient_penalty(norms, self.target, self.power),
            "gradient_norm": tf.reduce_mean(norms),
        }


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class InterpolatedGradientPenalty(GradientPenalty):
    """E (||gradient of f at x_hat||_2 - target)^2 with the norm over a whole sample (cWGAN Eq. 5).

    f is the mean over the patches of a sample. Each pair of samples has its own place x_hat between them.
    """

    def norms(
        self, discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
    ) -> tf.Tensor:
        gradient = _gradient_of_mean(discriminator, real, generated, weights)
        return safe_norm(gradient, axis=list(range(1, gradient.shape.rank)))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class HeightAxisGradientPenalty(GradientPenalty):
    """The penalty of cWGAN's public code, for studies of its difference from the paper.

    It differs from Eq. 5 in three ways: one epsilon serves the whole batch, the gradient is that of the
    sum over patches, and the norm is over the image height only, so that every column and channel has
    its own norm.
    """

    def norms(
        self, discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
    ) -> tf.Tensor:
        gradient = interpolated_gradient(discriminator, real, generated, tf.ones_like(weights) * weights[0])
        return safe_norm(gradient, axis=[1])


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class PairwiseGradientPenalty(GradientPenalty):
    """E ||gradient of l at x_tilde - u|| with u = (x - x_hat) / ||x - x_hat|| (LOGAN section 3.2).

    Its pairs are a real sample x and its reconstruction x_hat = G(E(x)). The logit must rise with a slope of 1 from
    the reconstruction to x, so that size and direction of its gradient are fixed. The paper's main text takes the norm,
    and its supplement the square (`power=2`).
    """

    weight: float = 0.1
    target: float = 0.0
    power: int = 1

    def norms(
        self, discriminator: Discriminator, real: tf.Tensor, generated: tf.Tensor, weights: tf.Tensor
    ) -> tf.Tensor:
        gradient = _gradient_of_mean(discriminator, real, generated, weights)
        axes = list(range(1, gradient.shape.rank))
        difference = real - generated
        lengths = tf.reshape(safe_norm(difference, axes), [-1] + [1] * len(axes))
        return safe_norm(gradient - difference / lengths, axes)
