"""The optimizers of a model's players."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import keras
import tensorflow as tf

Optimizers: TypeAlias = str | keras.optimizers.Optimizer | Mapping[str, str | keras.optimizers.Optimizer]
"""One optimizer for all players, or optimizers by player; each as a Keras optimizer or its name."""


def by_player(given: Optimizers | None, players: Sequence[str]) -> dict[str, keras.optimizers.Optimizer]:
    """Returns the optimizers of the players who are given one.

    Raises:
        ValueError: If it is no optimizer, names somebody else, or gives two players the same one.
    """
    if given is None:
        return {}
    if not isinstance(given, str | keras.optimizers.Optimizer | Mapping):
        raise ValueError(
            f"compile takes a Keras optimizer or its name, or a dict of them by player; received {given!r:.80}."
        )
    if not isinstance(given, Mapping):
        config = keras.optimizers.serialize(keras.optimizers.get(given))
        return {player: keras.optimizers.deserialize(config) for player in players}
    if unknown := set(given) - set(players):
        raise ValueError(f"optimizers has {sorted(unknown)}; the players are {list(players)}.")
    chosen = {player: keras.optimizers.get(optimizer) for player, optimizer in given.items()}
    if len({id(optimizer) for optimizer in chosen.values()}) < len(chosen):
        raise ValueError("An optimizer has the moments of one player; received the same optimizer for several.")
    return chosen


def loss_scaled(optimizer: keras.optimizers.Optimizer, network: keras.Model) -> keras.optimizers.Optimizer:
    """Returns the optimizer of a network; one of float16 scales its loss, or small gradients would vanish."""
    scaled = network.compute_dtype != "float16" or isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    return optimizer if scaled else keras.optimizers.LossScaleOptimizer(optimizer)


def keep_order_of_updates() -> None:
    """Turns off TensorFlow's dependency optimizer, which can lose the order of an update and a read.

    In LOGAN and GAN, that of TensorFlow 2.21 removes the edge from the update of a discriminator's bias to its read in
    the next player's pass. One step in some ten thousands then reads the old value.
    """
    tf.config.optimizer.set_experimental_options({"dependency_optimization": False})
