"""Adam for hand-written graphs."""

from collections.abc import Callable, Sequence


def adam(
    players: "Sequence[Sequence[tf.Variable]]",  # noqa: F821 - TensorFlow is imported late
    learning_rate: float,
    beta_1: float,
    beta_2: float,
) -> "Callable[[int, Sequence[tf.Tensor], tf.Tensor], None]":  # noqa: F821
    """A function of (number of a player, gradients, number of the step from 1 on) that moves a player's variables."""
    import tensorflow as tf

    states = [[(v, tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in player] for player in players]

    def move(player: int, gradients: Sequence[tf.Tensor], t: tf.Tensor) -> None:
        rate = learning_rate * tf.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        for (value, first, second), gradient in zip(states[player], gradients, strict=True):
            first.assign_add((1 - beta_1) * (gradient - first))
            second.assign_add((1 - beta_2) * (tf.square(gradient) - second))
            value.assign_sub(rate * first / (tf.sqrt(second) + 1e-7))

    return move
