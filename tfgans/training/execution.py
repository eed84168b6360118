"""How steps are executed: on which devices, and whether XLA compiles them."""

import os
import sys

import tensorflow as tf

from tfgans.models import AdversarialModel


def strategy_of(name: str) -> tf.distribute.Strategy:
    """A strategy by its name.

    Args:
        name: `default` for all GPUs of this machine where there are several, else TensorFlow's own; `mirrored` for all
            devices of this machine; `multi_worker` for the machines that TF_CONFIG names, before TensorFlow has done
            anything else.

    Raises:
        ValueError: If the name is another, or there is no TF_CONFIG for several machines.
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
    """Whether this process writes; of several machines, one does."""
    return strategy.extended.should_checkpoint


def compiles(xla: bool | None, strategy: tf.distribute.Strategy) -> bool:
    """Whether XLA compiles the steps of a run.

    Args:
        xla: Whether it is asked for. None is off on CPUs, where it helps some systems and hurts others
            (docs/scaling.md), and on with one GPU, which is not measured.
        strategy: Where the run trains.

    Raises:
        ValueError: If it is asked for on several replicas, which TensorFlow cannot.
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
    """Gives all machines the state that the chief has, which each has read or made for itself."""
    strategy = model.distribute_strategy
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return
    variables = [*model.weights, *(v for optimizer in model.optimizers.values() for v in optimizer.variables)]

    @tf.function
    def of_chief() -> list[tf.Tensor]:
        context = tf.distribute.get_replica_context()
        first = context.replica_id_in_sync_group == 0
        return [context.all_reduce("sum", tf.where(first, v.value, tf.zeros_like(v.value))) for v in variables]

    for variable, value in zip(variables, strategy.run(of_chief), strict=True):
        variable.assign(strategy.experimental_local_results(value)[0])


class Execution:
    """How the steps of a model are executed; of what cannot be, it says so once.

    Args:
        model: The model, compiled.
        xla: Whether XLA compiles its steps.
    """

    def __init__(self, model: AdversarialModel, xla: bool) -> None:
        self._model, self._said = model, False
        self._replicas = model.distribute_strategy.num_replicas_in_sync
        model.jit_compile = xla

    def take_at_once(self, steps: int) -> None:
        """Sets how many steps one call of the graph takes; it is one on several replicas, where TensorFlow fails."""
        if steps > 1 and self._replicas > 1:
            if not self._said:
                print(f"On {self._replicas} replicas a call of the graph takes one step, not {steps}.", file=sys.stderr)
            self._said, steps = True, 1
        if self._model.steps_per_execution != steps:
            # The function of the old number must not be called again.
            self._model.steps_per_execution, self._model.train_function = steps, None
