"""Execution of steps: devices, XLA, and the number of steps in one call of the graph."""

import math
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgans._profile import FIRST_CALL, STEPS, part, running, timed
from tfgans.data import reading_error
from tfgans.models import AdversarialModel

# With more, small steps are no faster, and the first call, which also compiles, lasts longer.
STEPS_A_CALL = 10
"""Most steps in one call of the graph."""


def strategy_of(name: str) -> tf.distribute.Strategy:
    """Makes a strategy by its name.

    Args:
        name: `default` takes all GPUs of this machine if it has several, else TensorFlow's default device. `mirrored`
            takes all devices of this machine. `multi_worker` takes the machines in TF_CONFIG, and must be made before
            TensorFlow does anything else.

    Raises:
        ValueError: If there is no such strategy, or `multi_worker` finds no TF_CONFIG.
    """
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    if name == "multi_worker":
        if not os.environ.get("TF_CONFIG"):
            raise ValueError("Training on several machines needs TF_CONFIG, which names them; see docs/scaling.md.")
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name != "default":
        raise ValueError(f"A strategy is default, mirrored or multi_worker; received {name!r}.")
    several = len(tf.config.list_logical_devices("GPU")) > 1
    return tf.distribute.MirroredStrategy() if several else tf.distribute.get_strategy()


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Returns whether this process writes the run's files. Of several machines, one does."""
    return strategy.extended.should_checkpoint


def compiles(xla: bool | None, strategy: tf.distribute.Strategy) -> bool:
    """Returns whether XLA compiles the steps of a run.

    Args:
        xla: Whether the user asks for it. None turns it off on CPUs, where it helps some systems and hurts others
            (docs/scaling.md), and on with one GPU, which was not measured.
        strategy: Strategy of the training.

    Raises:
        ValueError: If XLA is asked for on several replicas, which TensorFlow does not support.
    """
    replicas = strategy.num_replicas_in_sync
    if xla and replicas > 1:
        raise ValueError(
            f"TensorFlow cannot compile a step on {replicas} replicas with XLA; turn XLA off, or train on one device."
        )
    if xla is not None:
        return xla
    return replicas == 1 and bool(tf.config.list_logical_devices("GPU"))


def take_from_chief(model: AdversarialModel) -> None:
    """Copies the chief's state to all machines, since each has read or made its own."""
    strategy = model.distribute_strategy
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return
    variables = _state_of(model)

    @tf.function
    def of_chief() -> list[tf.Tensor]:
        context = tf.distribute.get_replica_context()
        first = context.replica_id_in_sync_group == 0
        return [context.all_reduce("sum", tf.where(first, v.value, tf.zeros_like(v.value))) for v in variables]

    for variable, value in zip(variables, strategy.run(of_chief), strict=True):
        variable.assign(strategy.experimental_local_results(value)[0])


def _state_of(model: AdversarialModel) -> list[keras.Variable]:
    """Returns all variables that a step changes and a later step reads."""
    return [*model.weights, *(v for optimizer in model.optimizers.values() for v in optimizer.variables)]


def reason_of(error: tf.errors.OpError) -> str:
    """Returns the first line of an error that says what failed; the lines before it say where."""
    where = ("Graph execution error", "Detected at node", "<stack traces", "The op is created at", "File ")
    lines = [line.strip() for line in error.message.splitlines()]
    return next((line for line in lines if line and not line.startswith(where)), type(error).__name__)


class Execution:
    """Sets how the steps of a model are executed.

    Args:
        model: The compiled model.
        xla: Whether XLA compiles its steps.
        on_trial: Whether steps that XLA cannot compile here are taken without it. Otherwise they are an error.
    """

    def __init__(self, model: AdversarialModel, xla: bool, on_trial: bool = False) -> None:
        self._model, self._on_trial = model, on_trial and xla
        self._functions: dict[int, Callable | None] = {}
        model.jit_compile = xla

    def divide(self, steps: int) -> None:
        """Sets how many of these steps a call of the graph takes. On several replicas TensorFlow supports only one."""
        replicas = self._model.distribute_strategy.num_replicas_in_sync
        at_once = 1 if replicas > 1 else math.gcd(STEPS_A_CALL, steps)
        if self._model.steps_per_execution != at_once:
            # `fit` would call the old function again, which takes the old number of steps.
            self._functions[self._model.steps_per_execution] = self._model.train_function
            self._model.steps_per_execution, self._model.train_function = at_once, self._functions.get(at_once)

    def make_function(self, batches: Callable[..., tf.data.Dataset]) -> None:
        """Makes the function that `fit` calls, unless there is one, and tries XLA if it is on trial.

        Args:
            batches: The batches of the training, of which a trial takes the first ones.
        """
        if self._model.train_function is None:
            self._make_function()
        if self._on_trial:
            self._on_trial = False
            with part("trial of XLA"):
                self._try_xla(batches)

    def _make_function(self) -> None:
        """Makes the function of `fit` anew. If there is a profile, it counts the calls."""
        self._model.make_train_function(force=True)
        function = self._model.train_function

        def call(iterator: Iterator) -> Any:
            # On a GPU a call returns before it has taken its steps.
            return tf.nest.map_structure(np.asarray, function(iterator))

        if running() is not None:
            self._model.train_function = timed(FIRST_CALL, call, then=STEPS)

    def _try_xla(self, batches: Callable[..., tf.data.Dataset]) -> None:
        """Takes one call of the graph, and turns XLA off if that fails. The model keeps the state of before."""
        model, state = self._model, [(variable, variable.numpy()) for variable in _state_of(self._model)]
        try:
            model.fit(batches, steps_per_epoch=model.steps_per_execution, verbose=0)
        except tf.errors.OpError as error:
            if reading_error(error):
                raise
            print(f"XLA cannot take the steps here, so the run goes on without it: {reason_of(error)}", file=sys.stderr)
            model.jit_compile = False
            self._functions.clear()
            self._make_function()
        finally:
            for variable, value in state:
                variable.assign(value)
