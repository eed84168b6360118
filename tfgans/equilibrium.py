"""The balance between a generator and an auto-encoder that discriminates."""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from tfgans._serialization import Configurable

# 1 / k is infinite where k is 0, and a log takes finite numbers.
_LARGEST_BOUND = 1_000.0


class Balance(keras.layers.Layer):
    """Base of what weighs the errors of generated samples by a factor k, a variable.

    The discriminator descends L(x) - k L(G(z)). Raising the error of an image pays for it only where the share of
    the image among the samples, q, is above its share p in the data over k. So training asks for q <= p / k alone, and
    a generator satisfies that if it covers a share k of the data: k bounds the coverage that training enforces. The log
    has 1 / k as `allowed_density`: how often, times its share in the data, a mode may be generated.

    Args:
        k_start: k before the first step.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(self, k_start: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.k_start = k_start
        self.k = self._state("k", k_start)

    def _state(self, name: str, start: float = 0.0) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(),
            initializer=keras.initializers.Constant(start),
            trainable=False,
            aggregation="only_first_replica",
        )

    def _move(self, k: tf.Tensor) -> dict[str, tf.Tensor]:
        """Sets k, and returns it with its bound for the log."""
        self.k.assign(k)
        return {"k": k, "allowed_density": 1 / tf.maximum(k, 1 / _LARGEST_BOUND)}

    def discriminator_loss(self, real_error: tf.Tensor, generated_errors: tf.Tensor) -> tf.Tensor:
        """L(x) - k L(G(z)), with the k of the last step.

        Args:
            real_error: L(x), a scalar.
            generated_errors: Errors of the generated samples, `[B]`, or their mean L(G(z)).
        """
        return real_error - tf.cast(self.k, real_error.dtype) * tf.reduce_mean(generated_errors)


@keras.saving.register_keras_serializable("tfgans")
class Equilibrium(Balance):
    """A controller that keeps the balance by a factor k, in velocity form (AVAE, section 3.4).

    With e_t = ratio L(x) - L(G(z)), each step moves k by

        integral e_t + proportional (e_t - e_{t-1}) + derivative (e_t - 2 e_{t-1} + e_{t-2})

    and clips it to [0, `k_limit`]. BEGAN's controller is the integral alone (BEGAN, section 3.4). k and the last two
    errors are variables, which checkpoints store and all replicas share.

    Args:
        ratio: gamma, or eta: the target of the diversity ratio L(G(z)) / L(x).
        integral: Gain lambda_k, or lambda_1, of the error.
        proportional: Gain lambda_2 of the error's change.
        derivative: Gain lambda_3 of the change of that change.
        k_start: k before the first step.
        k_limit: The largest k.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If `ratio` or `integral` is negative, or not 0 <= `k_start` <= `k_limit` <= 1.
    """

    def __init__(
        self,
        ratio: float = 0.5,
        integral: float = 1e-3,
        proportional: float = 0.0,
        derivative: float = 0.0,
        *,
        k_start: float = 0.0,
        k_limit: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(k_start, **kwargs)
        if ratio < 0 or integral < 0:
            raise ValueError(f"Expected ratio >= 0 and integral >= 0; received {ratio} and {integral}.")
        if not 0 <= k_start <= k_limit <= 1:
            raise ValueError(f"Expected 0 <= k_start <= k_limit <= 1; received {k_start} and {k_limit}.")
        self.ratio, self.integral, self.proportional, self.derivative = ratio, integral, proportional, derivative
        self.k_limit = k_limit
        self._last, self._before_last = self._state("last"), self._state("before_last")
        self.built = True

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars of `update`."""
        return ("k", "allowed_density", "error", "convergence")

    def update(self, real_error: tf.Tensor, generated_error: tf.Tensor) -> dict[str, tf.Tensor]:
        """Moves k, once a step.

        Args:
            real_error: L(x), a scalar, the mean over this replica's rows.
            generated_error: L(G(z)), a scalar; in AVAE a weighted sum of two errors.

        Returns:
            Scalars: the new `k`, `allowed_density` 1 / k, `error` e_t, and `convergence`, the measure
            M = L(x) + |e_t|.
        """
        context = tf.distribute.get_replica_context()
        real_error, generated_error = context.all_reduce("mean", [real_error, generated_error])
        error = self.ratio * real_error - generated_error
        last, before_last = self._last.value, self._before_last.value
        change = (
            self.integral * error
            + self.proportional * (error - last)
            + self.derivative * (error - 2 * last + before_last)
        )
        k = tf.clip_by_value(self.k.value + change, 0.0, self.k_limit)
        self._before_last.assign(last)
        self._last.assign(error)
        return {**self._move(k), "error": error, "convergence": real_error + tf.abs(error)}

    def get_config(self) -> dict[str, Any]:
        names = ("ratio", "integral", "proportional", "derivative", "k_start", "k_limit")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tfgans")
class Schedule(Balance):
    """k moves from one value to another on a straight line, whatever the errors are; or it is held.

    Args:
        k_start: k before the first step.
        k_end: k after `steps` steps, and from then on.
        steps: Length of the line.
        **kwargs: As of `keras.layers.Layer`.

    Raises:
        ValueError: If a k lies outside [0, 1], or `steps` is below 1.
    """

    def __init__(self, k_start: float, k_end: float, steps: int, **kwargs: Any) -> None:
        super().__init__(k_start, **kwargs)
        if not (0 <= k_start <= 1 and 0 <= k_end <= 1) or steps < 1:
            raise ValueError(f"Expected k_start and k_end in [0, 1], steps >= 1; received {k_start}, {k_end}, {steps}.")
        self.k_end, self.steps = k_end, steps
        self._step = self._state("step")
        self.built = True

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars of `update`."""
        return ("k", "allowed_density")

    def update(self, real_error: tf.Tensor, generated_error: tf.Tensor) -> dict[str, tf.Tensor]:
        """Moves k, once a step; arguments as of `Equilibrium`.

        Returns:
            Scalars: the new `k`, and `allowed_density` 1 / k.
        """
        step = self._step.value + 1
        self._step.assign(step)
        return self._move(self.k_start + (self.k_end - self.k_start) * tf.minimum(step / self.steps, 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "k_start": self.k_start, "k_end": self.k_end, "steps": self.steps}


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Margin(Configurable):
    """EBGAN's margin (Zhao et al. 2016, Eq. 1), which takes the place of a controller and has no state.

    Args:
        margin: m, the error above which a generated image adds nothing to the discriminator's loss.

    Raises:
        ValueError: If the margin is not positive.
    """

    margin: float

    def __post_init__(self) -> None:
        if not self.margin > 0:
            raise ValueError(f"margin must be positive; received {self.margin}.")

    @property
    def log_names(self) -> tuple[str, ...]:
        """No names, since `update` returns nothing."""
        return ()

    def discriminator_loss(self, real_error: tf.Tensor, generated_errors: tf.Tensor) -> tf.Tensor:
        """L(x) + the mean of max(0, m - error) over the generated samples; arguments as of `Equilibrium`."""
        return real_error + tf.reduce_mean(tf.nn.relu(self.margin - generated_errors))

    def update(self, real_error: tf.Tensor, generated_error: tf.Tensor) -> dict[str, tf.Tensor]:
        """Does nothing, since a margin has no state."""
        return {}
