"""Adversarial objectives: the losses of discriminators, generators and encoders, as functions of logits.

Logits are `[B]`, or `[B, ...]` if the discriminator scores patches. Losses are scalars.
"""

import abc
import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Self

import keras
import tensorflow as tf

from tfgans._serialization import Configurable


def mean_over_patches(logits: tf.Tensor) -> tf.Tensor:
    """The logit of each sample: the mean over all axes but the first, `[B, ...]` to `[B]`."""
    return tf.reduce_mean(logits, axis=list(range(1, logits.shape.rank)))


def wasserstein_discriminator_loss(real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
    """E f(G(z)) - E f(x), the critic's part of cWGAN Eq. 5 without the penalty."""
    return tf.reduce_mean(generated_logits) - tf.reduce_mean(real_logits)


def wasserstein_generator_loss(generated_logits: tf.Tensor) -> tf.Tensor:
    """-E f(G(z)), the generator's part of cWGAN Eq. 4."""
    return -tf.reduce_mean(generated_logits)


def vanilla_discriminator_loss(real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
    """-E log s(l(x)) - E log(1 - s(l(G(z)))), cWGAN Eqs. 1 and 2; s is the logistic function."""
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(generated_logits))


def nonsaturating_generator_loss(generated_logits: tf.Tensor) -> tf.Tensor:
    """-E log s(l(G(z))), which cWGAN section II-E prefers to log(1 - s)."""
    return tf.reduce_mean(tf.nn.softplus(-generated_logits))


def minimax_generator_loss(generated_logits: tf.Tensor) -> tf.Tensor:
    """E log(1 - s(l(G(z)))), which saturates if the discriminator is sure (X-GAN, Algorithm 1, line 11)."""
    return -tf.reduce_mean(tf.nn.softplus(generated_logits))


LossFunction = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, ...]]
"""A function of real and generated logits, `[B, ...]` each, to the losses of discriminator, generator and perhaps
encoder, scalars."""


class Objective(Configurable, abc.ABC):
    """The losses of the players. The logits of real samples, and of pairs (x, E(x)), are to be high.

    A class of your own defines the two losses, and needs no decorator. The arguments of its constructor, if it has any,
    are attributes of the same names, so that it is saved with a model. To load such a model, give
    `keras.saving.load_model` your class: `custom_objects={"MarginLoss": MarginLoss}`.

    Example:

    >>> class MarginLoss(tfgans.losses.Objective):
    ...     def __init__(self, margin=1.0):
    ...         self.margin = margin
    ...     def discriminator_loss(self, real_logits, generated_logits):
    ...         worst = tf.nn.relu(self.margin - real_logits) + tf.nn.relu(self.margin + generated_logits)
    ...         return tf.reduce_mean(worst)
    ...     def generator_loss(self, generated_logits):
    ...         return -tf.reduce_mean(generated_logits)
    >>> float(MarginLoss(2.0).discriminator_loss(tf.constant([1.0]), tf.constant([-5.0])))
    1.0
    """

    is_relativistic: ClassVar[bool] = False
    """Whether the loss of the generator, or of the encoder, compares its logits with those of the other samples."""

    @abc.abstractmethod
    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        """The discriminator's loss, a scalar, of logits `[B, ...]`."""

    @abc.abstractmethod
    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        """The generator's loss, a scalar, of logits `[B, ...]`; only a relativistic one needs the real logits."""

    def encoder_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor | None = None) -> tf.Tensor:
        """The loss of a BiGAN's encoder, a scalar, of the logits of (x, E(x)) and of (G(z), z), `[B, ...]`.

        By default it is the generator's loss of these logits with their signs exchanged, since the encoder makes
        (x, E(x)) look generated, as in LOGAN's code. A GAN does not use it.
        """
        others = () if generated_logits is None else (-generated_logits,)
        return self.generator_loss(-real_logits, *others)


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Wasserstein(Objective):
    """The Wasserstein objective (cWGAN Eq. 5 in the standard sign): the critic is high on real samples.

    Example:

    >>> objective = tfgans.losses.Wasserstein()
    >>> float(objective.discriminator_loss(tf.constant([1.0]), tf.constant([3.0])))
    2.0
    """

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return wasserstein_discriminator_loss(real_logits, generated_logits)

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return wasserstein_generator_loss(generated_logits)


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Vanilla(Objective):
    """The original objective with the non-saturating generator loss (cWGAN Eqs. 1 and 2).

    Args:
        patchwise: If the discriminator scores patches, `True` takes the mean of the patches' losses, as the authors'
            code does, and `False` takes the loss of the mean logit, as their text says (section IV-C).
    """

    patchwise: bool = False

    def _reduce(self, logits: tf.Tensor) -> tf.Tensor:
        return logits if self.patchwise else mean_over_patches(logits)

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return vanilla_discriminator_loss(self._reduce(real_logits), self._reduce(generated_logits))

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return nonsaturating_generator_loss(self._reduce(generated_logits))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Minimax(Vanilla):
    """The original minimax objective, whose generator descends E log(1 - s(l(G(z)))), as in X-GAN's Algorithm 1."""

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return minimax_generator_loss(self._reduce(generated_logits))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class LeastSquares(Objective):
    """Squared distances of logits from 1 and 0 (Mao et al. 2017), as in LOGAN's code."""

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.square(1 - real_logits)) + tf.reduce_mean(tf.square(generated_logits))

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return tf.reduce_mean(tf.square(1 - generated_logits))

    def encoder_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor | None = None) -> tf.Tensor:
        return tf.reduce_mean(tf.square(real_logits))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class LogitLoss(Wasserstein):
    """LOGAN's objective: the discriminator is a classifier, and the other players follow its logits (section 3.1).

    Args:
        squared: `False` is lol1, whose discriminator descends the vanilla loss; `True` is lol2, whose
            discriminator descends E (1 - s(l(x)))^2 + E s(l(G(z)))^2.
    """

    squared: bool = True

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        real_logits, generated_logits = mean_over_patches(real_logits), mean_over_patches(generated_logits)
        if not self.squared:
            return vanilla_discriminator_loss(real_logits, generated_logits)
        # 1 - s(l) is written as s(-l), which keeps its digits if s(l) rounds to 1.
        return tf.reduce_mean(tf.square(tf.sigmoid(-real_logits))) + tf.reduce_mean(
            tf.square(tf.sigmoid(generated_logits))
        )


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Hinge(Wasserstein):
    """The hinge loss, E max(0, 1 - l(x)) + E max(0, 1 + l(G(z))) for the discriminator (Lim and Ye 2017)."""

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.nn.relu(1 - real_logits)) + tf.reduce_mean(tf.nn.relu(1 + generated_logits))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Relativistic(Objective):
    """The relativistic pairing loss of RpGAN (Jolicoeur-Martineau 2018; R3GAN, Huang et al. 2024, Eq. 2).

    Row i of real samples and row i of generated ones are a pair. The discriminator descends
    E softplus(-(l(x) - l(G(z)))), and the generator the same with the signs of the logits exchanged. A generator that
    drops modes cannot escape: each real sample is compared with a generated one.

    Example:

    >>> objective = tfgans.losses.Relativistic()
    >>> float(objective.discriminator_loss(tf.constant([5.0, -2.0]), tf.constant([5.0, -2.0])))
    0.6931471824645996
    """

    is_relativistic = True

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return _relativistic_loss(real_logits, generated_logits)

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return _relativistic_loss(generated_logits, real_logits)

    def encoder_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor | None = None) -> tf.Tensor:
        """E softplus(-(l(G(z), z) - l(x, E(x)))), which the generator of a BiGAN descends too."""
        return _relativistic_loss(generated_logits, real_logits)


def _relativistic_loss(higher: tf.Tensor, lower: tf.Tensor | None) -> tf.Tensor:
    if lower is None:
        raise ValueError("A relativistic loss compares the logits of real and of generated samples; received one kind.")
    return tf.reduce_mean(tf.nn.softplus(mean_over_patches(lower) - mean_over_patches(higher)))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class FunctionObjective(Objective):
    """The objective of one function, which gives all losses.

    Models make it of a function that they are given as their objective. Files have its name, so `load_model` needs the
    function in `custom_objects`. A function of two losses gives the encoder of a BiGAN the generator's loss of logits
    with their signs exchanged. Where that asks for other values, as with the 1 and 0 of least squares, the function has
    the encoder's loss as a third one. The generator may use the logits of real samples, so that each of its updates
    asks the discriminator about these too; a class can do without.

    Args:
        function: From real and generated logits, `[B, ...]` each, to the losses of discriminator, generator and, if it
            gives three, encoder.

    Raises:
        ValueError: If the function does not give two or three scalars.

    Example:

    >>> def least_squares(real_logits, generated_logits):
    ...     real, fake = tf.reduce_mean(real_logits), tf.reduce_mean(generated_logits)
    ...     return (real - 1) ** 2 + fake**2, (fake - 1) ** 2
    >>> objective = tfgans.losses.FunctionObjective(least_squares)
    >>> float(objective.generator_loss(tf.constant([3.0]), tf.constant([0.0])))
    4.0
    """

    function: LossFunction

    is_relativistic = True

    def __post_init__(self) -> None:
        expected = (
            "a function of (real_logits, generated_logits) gives the losses of discriminator, generator and perhaps "
            "encoder"
        )
        try:
            losses = self.function(tf.zeros([4]), tf.zeros([4]))
        except TypeError as error:
            raise ValueError(f"As an objective, {expected}; received {self.function!r:.80}: {error}.") from error
        shapes = [getattr(loss, "shape", None) for loss in losses] if isinstance(losses, tuple | list) else []
        if shapes not in ([(), ()], [(), (), ()]):
            raise ValueError(
                f"As an objective, {expected}, which are scalars; {self.function!r:.80} gave {losses!r:.80}."
            )

    def discriminator_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor) -> tf.Tensor:
        return self.function(real_logits, generated_logits)[0]

    def generator_loss(self, generated_logits: tf.Tensor, real_logits: tf.Tensor | None = None) -> tf.Tensor:
        return self.function(real_logits, generated_logits)[1]

    def encoder_loss(self, real_logits: tf.Tensor, generated_logits: tf.Tensor | None = None) -> tf.Tensor:
        losses = self.function(real_logits, generated_logits)
        return losses[2] if len(losses) == 3 else super().encoder_loss(real_logits, generated_logits)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(keras.saving.deserialize_keras_object(config["function"]))


def as_objective(objective: Objective | LossFunction) -> Objective:
    """Returns an objective, made of a function if it is one.

    Raises:
        ValueError: If it is a class and not an object of it, or a function that does not give two or three losses.
    """
    if isinstance(objective, type):
        raise ValueError(f"An objective is an object; received the class {objective.__name__}, without ().")
    return objective if isinstance(objective, Objective) else FunctionObjective(objective)
