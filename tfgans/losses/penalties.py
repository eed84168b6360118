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


def gradient_penalty(norms: tf.Tensor, target: float = 1.0, power: int = 2, one_sided: bool = False) -> tf.Tensor:
    """E |norm - target|^power, a scalar (cWGAN Eq. 5 with power 2); one-sided, norms below the target are free.

    Raises:
        ValueError: If `power` is neither 1 nor 2.
    """
    _check_power(power)
    distance = norms - target
    if one_sided:
        distance = tf.nn.relu(distance)
    return tf.reduce_mean(tf.square(distance) if power == 2 else tf.abs(distance))


def _check_power(power: int) -> None:
    if power not in (1, 2):
        raise ValueError(f"power must be 1 or 2; received {power}.")


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
        one_sided: Whether norms below the target are free (Gulrajani et al. 2017, section 4).

    Raises:
        ValueError: If `power` is another, or `weight` is below 0.
    """

    weight: float = 10.0
    target: float = 1.0
    power: int = 2
    one_sided: bool = False

    def __post_init__(self) -> None:
        _check_power(self.power)
        if self.weight < 0:
            raise ValueError(f"weight must be at least 0; received {self.weight}.")

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars that a call returns."""
        return ("gradient_penalty", "gradient_norm")

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
            "gradient_penalty": gradient_penalty(norms, self.target, self.power, self.one_sided),
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

    It differs from Eq. 5 in three ways: one epsilon serves the whole batch (of a replica, if there are
    several), the gradient is that of the sum over patches, and the norm is over the image height only, so
    that every column and channel has its own norm.
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


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class ZeroCenteredPenalty(Configurable):
    """R1 and R2: squared gradients of the logits at real and at generated samples (Mescheder et al. 2018, Eqs. 9, 10).

    The discriminator's loss gets r1 / 2 E ||grad l(x)||^2 + r2 / 2 E ||grad l(G(z))||^2. Both together, with a
    relativistic objective, make R3GAN converge (Huang et al. 2024, section 2.2). Gradients are with respect to what the
    discriminator sees: a pack of samples, or samples after an augmentation. R3GAN's code takes them before it.

    Args:
        r1: Factor gamma of R1; 0 for none.
        r2: Factor gamma of R2; 0 for none.

    Raises:
        ValueError: If a factor is negative, or both are 0.
    """

    r1: float = 1.0
    r2: float = 0.0

    def __post_init__(self) -> None:
        if min(self.r1, self.r2) < 0 or not self.r1 + self.r2:
            raise ValueError(f"Expected r1 >= 0 and r2 >= 0, one of them positive; received {self.r1}, {self.r2}.")

    def __call__(
        self,
        discriminator: Callable[..., tf.Tensor],
        real: Sequence[tf.Tensor],
        generated: Sequence[tf.Tensor],
    ) -> dict[str, tf.Tensor]:
        """Returns the scalars `r1` and `r2`, means of squared norms without the factors, and `zero_centered_penalty`.

        Args:
            discriminator: Takes the inputs of the discriminator, `[B, ...]` each, and returns logits `[B, ...]`.
            real: Its inputs for real samples. Gradients are taken with respect to all of them.
            generated: Its inputs for generated samples.
        """
        inputs = {"r1": real, "r2": generated}
        norms = {name: tf.reduce_mean(squared_gradient_norms(discriminator, inputs[name])) for name in self._factors}
        penalty = tf.add_n([self._factors[name] / 2 * norm for name, norm in norms.items()])
        return {**norms, "zero_centered_penalty": penalty}

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars that a call returns."""
        return (*self._factors, "zero_centered_penalty")

    @property
    def _factors(self) -> dict[str, float]:
        return {name: factor for name, factor in dataclasses.asdict(self).items() if factor}


def squared_gradient_norms(discriminator: Callable[..., tf.Tensor], inputs: Sequence[tf.Tensor]) -> tf.Tensor:
    """||grad l||^2 of each row, `[B]`, over all inputs; l is the mean over the patches of a sample."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(list(inputs))
        logits = mean_over_patches(discriminator(*inputs))
    gradients = tape.gradient(logits, list(inputs))
    flat = [tf.reshape(gradient, [tf.shape(gradient)[0], -1]) for gradient in gradients]
    return tf.reduce_sum(tf.square(tf.concat(flat, axis=1)), axis=1)
