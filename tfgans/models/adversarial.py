"""What all adversarial systems share: players, updates, noise, averaging, state and faces."""

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from tfgans._seeds import row_seeds
from tfgans.latent import Prior
from tfgans.models._machines import TrainedOnMachines

Batch = dict[str, tf.Tensor]

# Rows that `sample`, `generate` and `discriminate` push through a network at a time.
_CHUNK = 256


class AdversarialModel(TrainedOnMachines):
    """Base of the systems: it owns what they share, and no algorithm.

    A subclass names its `players`, stores one network a player under that name, writes `train_step`
    beside its paper, and ends each player's turn with `update` and the step with `finish_step`.

    One `train_step` is one generator update with the discriminator updates that belong to it. It
    receives `[B, updates, ...]` batches; `fit` makes them from an ordinary dataset of batches.

    Args:
        networks: One built functional Keras model a player.
        prior: Distribution of the latent vector z.
        ema_decay: Decay of the exponential moving average of the generator's weights, in (0, 1), or
            `None` for no average. Samples come from the averaged generator where there is one.
        seed: Seed of all noise of training, which is a function of (seed, step, use).
        name: Name of the Keras model.

    Raises:
        ValueError: If a network is not a built functional model, or `ema_decay` lies outside (0, 1).
    """

    players: ClassVar[tuple[str, ...]] = ()
    """Players in the order of their optimizers; a player's variables are those of its network."""

    discriminator_output: ClassVar[str | None] = "logit"
    """What `discriminate` gives: a logit, high where a sample looks real, an energy, low there, or None."""

    def __init__(
        self,
        networks: Mapping[str, keras.Model],
        prior: Prior,
        *,
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        check_built(type(self).__name__, networks)
        for player in self.players:
            setattr(self, player, networks[player])
        if ema_decay is not None and not 0 < ema_decay < 1:
            raise ValueError(f"ema_decay must lie in (0, 1) or be None; received {ema_decay}.")
        self.prior = prior
        self.ema_decay = ema_decay
        self.seed = seed
        self.use_average = ema_decay is not None
        self.averaged_generator = _copy_network(self.generator) if ema_decay is not None else None
        self.step = self._counter("step", 0)
        self.nonfinite_step = self._counter("nonfinite_step", -1)
        self.built = True

    def _counter(self, name: str, start: int) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(),
            dtype="int64",
            initializer=lambda shape, dtype: tf.fill(shape, tf.constant(start, dtype)),
            trainable=False,
            aggregation="only_first_replica",
        )

    # What a system defines.

    @property
    def updates_per_step(self) -> int:
        """Batches that one step takes: the number of discriminator updates in it."""
        return 1

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars that `train_step` logs."""
        raise NotImplementedError(f"{type(self).__name__} must define log_names.")

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """The paper's optimizer for each player."""
        raise NotImplementedError(f"{type(self).__name__} must define default_optimizers.")

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        """What one batch holds: name, shape without the batch axis, and type of each field."""
        return {"image": tf.TensorSpec(self.sample_shape, tf.float32)}

    @property
    def network_names(self) -> tuple[str, ...]:
        """Networks that the constructor takes; a player may be made of several."""
        return self.players

    # Training.

    def compile(
        self,
        optimizers: Mapping[str, keras.optimizers.Optimizer] | None = None,
        *,
        jit_compile: bool = False,
        steps_per_execution: int = 1,
        run_eagerly: bool = False,
    ) -> None:
        """Sets the optimizers and builds them, so that a checkpoint can be read before the first step.

        Args:
            optimizers: An optimizer for each player; one that is not named gets the paper's.
            jit_compile: Whether XLA compiles the whole step.
            steps_per_execution: Steps in one call of the graph; callbacks act between calls.
            run_eagerly: Whether the step runs without a graph, to debug it.

        Raises:
            ValueError: If `optimizers` names somebody who is not a player, or if several replicas are asked
                for what TensorFlow cannot do on them.
        """
        unknown = set(optimizers or {}) - set(self.players)
        if unknown:
            raise ValueError(f"optimizers has {sorted(unknown)}; the players are {list(self.players)}.")
        replicas = self.distribute_strategy.num_replicas_in_sync
        if replicas > 1 and (jit_compile or steps_per_execution > 1):
            raise ValueError(
                f"TensorFlow neither compiles a step on {replicas} replicas with XLA nor takes several a call; "
                f"received jit_compile={jit_compile}, steps_per_execution={steps_per_execution}. Use the defaults."
            )
        _keep_order_of_updates()
        super().compile(
            optimizer=None,
            jit_compile=jit_compile,
            steps_per_execution=steps_per_execution,
            run_eagerly=run_eagerly,
        )
        chosen = {**self.default_optimizers(), **(optimizers or {})}
        self.optimizers = {player: _loss_scaled(chosen[player], getattr(self, player)) for player in self.players}
        for player in self.players:
            self.optimizers[player].build(getattr(self, player).trainable_variables)
        self.logged_means = _LoggedMeans(self.log_names)

    def get_compile_config(self) -> dict[str, Any] | None:
        if not self.compiled:
            return None
        return {
            "optimizers": {
                player: keras.saving.serialize_keras_object(optimizer) for player, optimizer in self.optimizers.items()
            },
            "jit_compile": self.jit_compile,
            "steps_per_execution": self.steps_per_execution,
            "run_eagerly": self.run_eagerly,
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [self.logged_means] if self.compiled else []

    def fit(self, x: tf.data.Dataset, **kwargs: Any) -> keras.callbacks.History:
        """Trains on a dataset of batches, as `keras.Model.fit`.

        Args:
            x: Dataset of batches of one fixed size, dicts such as `{"image": ..., "label": ...}` or tuples in
                that order: `image` floating [B, H, W, C] in [-1, 1], `label` integer [B] or floating [B, K].
            **kwargs: As for `keras.Model.fit`. One step takes `updates_per_step` batches; what is left
                over at the end of the dataset is dropped. There is no validation; callbacks that look for
                `model.optimizer`, as the learning-rate schedulers do, find none: give a schedule to the
                optimizers instead.

        Returns:
            The history of the means of each epoch.

        Raises:
            ValueError: If the dataset's elements are not what the networks take.
        """
        if not isinstance(x, tf.data.Dataset):
            raise ValueError(
                f"fit takes a tf.data.Dataset of batches; received {type(x).__name__}. "
                "tfgans.data.batches makes one from arrays."
            )
        if kwargs.get("validation_data") is not None:
            raise ValueError("An adversarial model has no validation loss; fit takes no validation_data.")
        return super().fit(self._step_batches(x), shuffle=False, **kwargs)

    def _step_batches(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        """Stacks the batches of one step on axis 1, so that axis 0 stays the batch that replicas share."""
        fields = self.batch_fields()

        def as_batch(*element: Any) -> Batch:
            values = element[0] if isinstance(element[0], Mapping) else dict(zip(fields, element, strict=False))
            return {name: values[name] for name in fields if name in values}

        dataset = dataset.map(as_batch)
        _check_batch(dataset.element_spec, fields)
        rows = next(iter(dataset.element_spec.values())).shape[0]
        if rows % self.distribute_strategy.num_replicas_in_sync:
            raise ValueError(
                f"Batches of {rows} cannot be shared by {self.distribute_strategy.num_replicas_in_sync} replicas."
            )
        if 0 <= dataset.cardinality() < self.updates_per_step:
            raise ValueError(
                f"One step takes {self.updates_per_step} batches; the dataset has {int(dataset.cardinality())}."
            )

        def swap(value: tf.Tensor) -> tf.Tensor:
            return tf.transpose(value, [1, 0, *range(2, value.shape.rank)])

        stacked = dataset.batch(self.updates_per_step, drop_remainder=True)
        return stacked.map(lambda batch: tf.nest.map_structure(swap, batch)).prefetch(2)

    def noise(self, draw: Callable[..., tf.Tensor], rows: int | tf.Tensor, use: int, index: int = 0) -> tf.Tensor:
        """This replica's rows of a draw for the global batch, a function of (seed, step, use, index).

        Args:
            draw: Called as `draw(rows, seed, dtype=...)`, such as `prior.sample`.
            rows: Number of rows on this replica.
            use: Constant that tells this draw from the other draws of a step.
            index: Number of the update within the step.

        Returns:
            Tensor `[rows, ...]`.
        """
        context = tf.distribute.get_replica_context()
        seed = tf.stack([tf.constant(self.seed, tf.int32), tf.cast(self.step, tf.int32)])
        for part in (use, index):
            seed = tf.random.experimental.stateless_fold_in(seed, part)
        replica = context.replica_id_in_sync_group
        everyone = draw(rows * context.num_replicas_in_sync, seed, dtype=self.variable_dtype)
        return everyone[replica * rows : (replica + 1) * rows]

    def update(self, player: str, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        """One step of `player`'s optimizer on `loss`; the other players' variables stay as they are.

        The only home of scaling: Keras sums gradients over replicas, so each takes its share of the
        mean, and an optimizer with a loss scale applies it here, after the tape has closed.

        Args:
            player: One of `players`.
            tape: Tape under which `loss` was computed.
            loss: Scalar mean over this replica's rows.
        """
        self.update_together({player: (tape, loss)})

    def update_together(self, turns: Mapping[str, tuple[tf.GradientTape, tf.Tensor]]) -> None:
        """As `update`, of several players, whose gradients are all taken before anybody moves.

        Args:
            turns: Tape and loss of each player; tapes may have recorded the same pass.
        """
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        steps = []
        for player, (tape, loss) in turns.items():
            optimizer, variables = self.optimizers[player], getattr(self, player).trainable_variables
            share = optimizer.scale_loss(tf.ones_like(loss) / replicas)
            steps.append((optimizer, tape.gradient(loss, variables, output_gradients=share), variables))
        for optimizer, gradients, variables in steps:
            optimizer.apply(gradients, variables)

    def update_by_one_pass(
        self, players: Sequence[str], compute: Callable[[], dict[str, tf.Tensor]]
    ) -> dict[str, tf.Tensor]:
        """Computes the losses of several players at once, under a tape for each, and moves all of them together.

        Args:
            players: Those who move.
            compute: The pass; gives scalars, among which is `PLAYER_loss` of each.

        Returns:
            What `compute` gave.
        """
        with contextlib.ExitStack() as stack:
            tapes = {player: stack.enter_context(tf.GradientTape()) for player in players}
            losses = compute()
        self.update_together({player: (tape, losses[f"{player}_loss"]) for player, tape in tapes.items()})
        return losses

    def finish_step(self, losses: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Closes a step: averages the generator, watches for NaN and Inf, counts, and logs.

        Args:
            losses: The step's named scalars, those of `log_names`.

        Returns:
            Means of the logged scalars since the epoch began.
        """
        if self.averaged_generator is not None:
            self._average_generator()
        # The mean over replicas is NaN or Inf where that of one of them is.
        values = tf.distribute.get_replica_context().all_reduce(
            "mean", tf.stack([losses[name] for name in self.log_names])
        )
        broken = ~tf.reduce_all(tf.math.is_finite(values))
        first = broken & (self.nonfinite_step < 0)
        self.nonfinite_step.assign(tf.where(first, tf.convert_to_tensor(self.step), self.nonfinite_step))
        self.step.assign_add(1)
        self.logged_means.update_state(values)
        return self.as_logs(self.logged_means.result())

    def _average_generator(self) -> None:
        """Averages weights and copies moving statistics; young averages forget faster, as (1 + t)/(10 + t)."""
        step = tf.cast(self.step, self.variable_dtype)
        decay = tf.minimum(tf.constant(self.ema_decay, self.variable_dtype), (1 + step) / (10 + step))
        source, target = self.generator, self.averaged_generator
        for value, average in zip(source.trainable_variables, target.trainable_variables, strict=True):
            average.assign(decay * average + (1 - decay) * value)
        for value, average in zip(source.non_trainable_variables, target.non_trainable_variables, strict=True):
            average.assign(value)

    # Conditioning. A model without it has no label, and every `condition` is None.

    def label_spec(self) -> tf.TensorSpec | None:
        """Shape without the batch axis, and type, of the labels that this model takes; None where it takes none."""
        return None

    def condition(self, label: tf.Tensor | None) -> tf.Tensor | None:
        """The label as the networks take it."""
        return None

    def is_valid_label(self, label: tf.Tensor) -> tf.Tensor:
        """bool [n]: whether a label means something."""
        raise NotImplementedError(f"{type(self).__name__} takes no labels.")

    def _check_labels(self, n: int, labels: Any) -> np.ndarray:
        """n labels as arrays that the networks take."""
        raise NotImplementedError(f"{type(self).__name__} takes no labels.")

    def _labels_for(self, inputs: Sequence[str], n: int, labels: Any) -> np.ndarray | None:
        """n labels for networks with such `inputs`, None where these take none."""
        if "label" in inputs:
            return self._check_labels(n, labels)
        if labels is not None:
            raise ValueError(f"{type(self).__name__} takes no labels here; received {labels!r}.")
        return None

    # What networks take beside samples or latents. Graph forms are given it; they leave out what is not in the list.

    @property
    def sample_inputs(self) -> tuple[str, ...]:
        """What `sample` takes beside seeds: `label`, or nothing."""
        return () if self.label_spec() is None else ("label",)

    @property
    def generator_inputs(self) -> tuple[str, ...]:
        """What `generate` takes beside latents: `label`, or nothing."""
        return self.sample_inputs

    @property
    def discriminator_inputs(self) -> tuple[str, ...]:
        """What `discriminate` takes beside samples: `label`, `latent`, or nothing."""
        return self.sample_inputs

    # Faces. The graph forms are what the SavedModel serves.

    @property
    def sampler(self) -> keras.Model:
        """The generator that samples: the averaged one where there is one and `use_average` is set."""
        return self.averaged_generator if self.use_average else self.generator

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of a sample: (height, width, channels) of an image, (entries,) of a point."""
        return tuple(self.generator.output.shape[1:])

    def generate_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference: `[n, N]` and labels to images `[n, H, W, C]` in [-1, 1], or points `[n, D]`."""
        condition = self.condition(label) if "label" in self.generator_inputs else None
        sample = self.sampler(with_condition(latent, condition), training=False)
        sample = tf.cast(sample, self.variable_dtype)
        return tf.clip_by_value(sample, -1.0, 1.0) if len(self.sample_shape) == 3 else sample

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Images or points from int64 seeds `[n]` and labels."""
        return self.generate_graph(self.prior.sample_rows(seed, dtype=self.variable_dtype), label)

    def sample(self, n: int, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws images or points; the same seed gives the same one here and in the SavedModel.

        Args:
            n: Number of samples.
            labels: Where the model is conditioned: integers [n] in 0 to K - 1, classes; or floating [n, K],
                attributes or weights of the classes, such as those between two. One label serves all n.
            seed: Integer s for row seeds s, s + 1, ..., or n row seeds; `None` draws fresh ones.

        Returns:
            Array [n, H, W, C] in [-1, 1], or [n, D].

        Raises:
            ValueError: If labels are out of range or missing, or a shape does not fit.
        """
        seeds = row_seeds(n, seed)
        return self._in_chunks(self._graph(self.sample_graph), seeds, self._labels_for(self.sample_inputs, n, labels))

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray:
        """Images [n, H, W, C] in [-1, 1], or points [n, D], of latent vectors [n, N] and labels, as in `sample`."""
        latent = self._check_latent(latent)
        labels = self._labels_for(self.generator_inputs, len(latent), labels)
        return self._in_chunks(self._graph(self.generate_graph), latent, labels)

    def _check_latent(self, latent: Any) -> np.ndarray:
        latent = np.asarray(latent, self.variable_dtype)
        if latent.ndim != 2 or latent.shape[1] != self.prior.size:
            raise ValueError(f"latent must have shape [n, {self.prior.size}]; received {latent.shape}.")
        return latent

    def _check_samples(self, samples: Any) -> np.ndarray:
        samples = np.asarray(samples, self.variable_dtype)
        if samples.shape[1:] != self.sample_shape:
            shape = ", ".join(map(str, self.sample_shape))
            raise ValueError(f"images must have shape [n, {shape}]; received {samples.shape}.")
        return samples

    def _in_chunks(self, function: Callable[..., tf.Tensor], *arrays: np.ndarray | None) -> np.ndarray:
        """Applies `function` to slices of rows, so that any number of rows fits into memory."""
        rows = len(arrays[0])
        parts = []
        for start in range(0, rows, _CHUNK):
            chunk = [None if array is None else tf.constant(array[start : start + _CHUNK]) for array in arrays]
            parts.append(function(*chunk).numpy())
        return np.concatenate(parts)

    def _graph(self, method: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
        """`method` as a graph, kept for the next call; traced again where `use_average` changes."""
        key = (method.__name__, self.use_average)
        if key not in self._graphs:
            self._graphs[key] = tf.function(method, reduce_retracing=True)
        return self._graphs[key]

    @functools.cached_property
    def _graphs(self) -> dict[tuple[str, bool], Callable[..., tf.Tensor]]:
        return {}

    # Keras configuration.

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {name: getattr(self, name) for name in self.network_names}
        config.update(prior=self.prior, ema_decay=self.ema_decay, seed=self.seed, name=self.name)
        return {key: keras.saving.serialize_keras_object(value) for key, value in config.items()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> "AdversarialModel":
        return cls(
            **{key: keras.saving.deserialize_keras_object(value, custom_objects) for key, value in config.items()}
        )


def _keep_order_of_updates() -> None:
    """Turns off an optimizer of graphs that loses the order of an update and a read.

    The dependency optimizer of TensorFlow 2.21 removes the edge from the update of a bias of the discriminator to its
    read in the next player's pass, in LOGAN and GAN. One step in some ten thousands then reads the old value.
    """
    tf.config.optimizer.set_experimental_options({"dependency_optimization": False})


class _LoggedMeans(keras.metrics.Metric):
    """Means of a step's scalars since the epoch began, as one vector: small steps feel a metric for each."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(name="logged_means")
        self._names = tuple(names)
        self._total = self.add_variable((len(names),), "zeros", name="total")
        self._count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: tf.Tensor) -> None:
        self._total.assign_add(tf.cast(values, self._total.dtype))
        self._count.assign_add(1)

    def result(self) -> dict[str, tf.Tensor]:
        means = tf.math.divide_no_nan(self._total.value, self._count.value)
        return dict(zip(self._names, tf.unstack(means), strict=True))


def _loss_scaled(optimizer: keras.optimizers.Optimizer, network: keras.Model) -> keras.optimizers.Optimizer:
    """The optimizer of a network; in float16 gradients would vanish without a scale, which adapts itself."""
    scaled = network.compute_dtype != "float16" or isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    return optimizer if scaled else keras.optimizers.LossScaleOptimizer(optimizer)


def check_built(owner: str, networks: Mapping[str, keras.Model]) -> None:
    """Raises ValueError where a network is no functional Keras model, built."""
    for name, network in networks.items():
        if not network.built or not getattr(network, "inputs", None):
            raise ValueError(f"The {name} of a {owner} must be a functional Keras model, built.")


def with_condition(first: tf.Tensor, condition: tf.Tensor | None) -> tf.Tensor | list[tf.Tensor]:
    """What a network takes: its first input alone, or beside a condition."""
    return first if condition is None else [first, condition]


def _copy_network(network: keras.Model) -> keras.Model:
    """A network of the same architecture with the same weights."""
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    copy.set_weights(network.get_weights())
    return copy


def _check_batch(spec: Any, fields: Mapping[str, tf.TensorSpec]) -> None:
    """Raises ValueError where a dataset's elements are not what the networks take."""
    wanted = ", ".join(f"{name} [B, {', '.join(map(str, field.shape))}]" for name, field in fields.items())
    for name, field in fields.items():
        if name not in spec:
            raise ValueError(f"The dataset's elements have no {name!r}; expected {wanted}.")
        shape, dtype = spec[name].shape, spec[name].dtype
        if shape.rank is None or shape[0] is None:
            raise ValueError(
                f"Batches of {name!r} have no fixed size (shape {shape}); use .batch(size, drop_remainder=True)."
            )
        if not shape[1:].is_compatible_with(field.shape) or dtype.is_integer != field.dtype.is_integer:
            raise ValueError(f"Batches of {name!r} are {dtype.name} {shape}; expected {wanted} as {field.dtype.name}.")
