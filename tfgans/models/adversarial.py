"""The base of all adversarial systems: players, turns, noise, averaging, state and faces."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from tfgans.faces import Face, row_seeds
from tfgans.latent import Prior
from tfgans.models._fit import check_built
from tfgans.models.discrimination import Discrimination
from tfgans.models.faces import encoder_faces, generator_faces, takes_condition
from tfgans.models.labels import Labels

Batch = dict[str, tf.Tensor]
"""Tensors by name; the first axis is that of the rows."""

# Rows that a face pushes through a network at a time.
_CHUNK = 256


class AdversarialModel(keras.Model):
    """Base of the systems: it owns what they share, and no algorithm.

    A subclass names its `players` and stores one network a player under that name. For each of its `turns` it has a
    method `TURN_losses(batch, noise)`, and `draw_noise` gives the noise of a turn. Its `train_step`, beside its paper,
    calls `take_turn` for one turn after the other, and then `finish_step`. Each argument of its constructor is an
    attribute of the same name, so that `get_config` finds it.

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

    discrimination: Discrimination | None = None
    """The answers of the discriminator; None where there is no discriminator."""

    labels: Labels | None = None
    """The labels that the model learns from, and is asked for; None where it takes none."""

    encoder: keras.Model | None = None
    """E, from samples to latents, or to means and logarithms of variances; None where there is none."""

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

    @property
    def turns(self) -> Mapping[str, tuple[str, ...]]:
        """The turns of a step by name, and the players who move in each, all at once; by default one `joint` turn."""
        return {"joint": self.players}

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """The noise that the losses of a turn take, by name.

        Args:
            turn: One of `turns`.
            batch: The batch of the turn, as `batch_of` gives it.
            index: Number of the turn within the step, where there are several of its name.
        """
        raise NotImplementedError(f"{type(self).__name__} must define draw_noise.")

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        """What one batch holds: name, shape without the batch axis, and type of each field."""
        fields = {"image": tf.TensorSpec(self.sample_shape, tf.float32)}
        return fields if self.labels is None else {**fields, "label": self.labels.spec}

    # Training.

    def losses_of(self, turn: str, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The scalars of a turn by name, from its method `TURN_losses`.

        Args:
            turn: One of `turns`.
            batch: Tensors of `batch_fields`, `[B, ...]`; the image is in the type of the variables.
            noise: Tensors by name, such as `draw_noise` gives.

        Returns:
            Scalars, among which is `PLAYER_loss` for each player of the turn.

        Raises:
            ValueError: If there is no such turn.
        """
        if turn not in self.turns:
            raise ValueError(f"The turns of a {type(self).__name__} are {', '.join(self.turns)}; received {turn!r}.")
        return getattr(self, f"{turn}_losses")(batch, noise)

    def take_turn(self, turn: str, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """Computes the losses of a turn in one pass, and moves all of its players, each by its own loss.

        Args:
            turn: One of `turns`.
            batch: As of `losses_of`.
            noise: As of `losses_of`.

        Returns:
            The scalars of `losses_of`.
        """
        with contextlib.ExitStack() as stack:
            tapes = {player: stack.enter_context(tf.GradientTape()) for player in self.turns[turn]}
            losses = self.losses_of(turn, batch, noise)
        self.update({player: (tape, losses[f"{player}_loss"]) for player, tape in tapes.items()})
        return losses

    def batch_of(self, data: Batch, index: int = 0) -> Batch:
        """One batch `[B, ...]` of the `[B, updates, ...]` of a step, its image in the type of the variables."""
        batch = {name: values[:, index] for name, values in data.items()}
        return {**batch, "image": tf.cast(batch["image"], self.variable_dtype)}

    def with_condition(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None
    ) -> tf.Tensor | list[tf.Tensor]:
        """The inputs of a network: x `[B, ...]`, or both x and the condition of the label if it has two inputs."""
        return [x, self.labels.encode(label, self.variable_dtype)] if takes_condition(network) else x

    def forward(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None = None, *, training: bool
    ) -> tf.Tensor:
        """The output of a network for x `[B, ...]` and, if it takes a condition, a label; in the variables' type."""
        return tf.cast(network(self.with_condition(network, x, label), training=training), self.variable_dtype)

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
        batches = stacked.map(lambda batch: tf.nest.map_structure(swap, batch)).prefetch(2)
        return batches if self.labels is None else batches.map(self._with_valid_labels)

    def _with_valid_labels(self, batch: Batch) -> Batch:
        valid, message = tf.reduce_all(self.labels.is_valid(batch["label"])), f"Labels must {self.labels.meaning}."
        with tf.control_dependencies([tf.debugging.Assert(valid, [message])]):
            return {**batch, "label": tf.identity(batch["label"])}

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

    def update(self, turns: Mapping[str, tuple[tf.GradientTape, tf.Tensor]]) -> None:
        """One step of each named player's optimizer on its loss; all gradients are taken before anybody moves.

        The only home of scaling: Keras sums gradients over replicas, so each takes its share of the
        mean, and an optimizer with a loss scale applies it here, after the tape has closed.

        Args:
            turns: For each player, the tape of its loss, and the loss: a scalar mean over this replica's rows. Several
                tapes may have recorded one pass.
        """
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        steps = []
        for player, (tape, loss) in turns.items():
            optimizer, variables = self.optimizers[player], getattr(self, player).trainable_variables
            share = optimizer.scale_loss(tf.ones_like(loss) / replicas)
            steps.append((optimizer, tape.gradient(loss, variables, output_gradients=share), variables))
        for optimizer, gradients, variables in steps:
            optimizer.apply(gradients, variables)

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
        return self._as_logs(self.logged_means.result())

    # Keras 3.15 needs these two so that `fit` trains on several machines (keras #20585); a test says when it does not.

    def _maybe_symbolic_build(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, since a model is built when it is made; Keras's own fails on the batches of several machines."""

    def _as_logs(self, means: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Scalars that `train_step` returns: on several machines Keras averages them over an axis, which this adds."""
        if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
            return {name: mean[tf.newaxis] for name, mean in means.items()}
        return dict(means)

    def _average_generator(self) -> None:
        """Averages weights and copies moving statistics; young averages forget faster, as (1 + t)/(10 + t)."""
        step = tf.cast(self.step, self.variable_dtype)
        decay = tf.minimum(tf.constant(self.ema_decay, self.variable_dtype), (1 + step) / (10 + step))
        source, target = self.generator, self.averaged_generator
        for value, average in zip(source.trainable_variables, target.trainable_variables, strict=True):
            average.assign(decay * average + (1 - decay) * value)
        for value, average in zip(source.non_trainable_variables, target.non_trainable_variables, strict=True):
            average.assign(value)

    # Faces. The graph forms are those that a SavedModel serves.

    def faces(self) -> dict[str, Face]:
        """The questions that this model answers, by name; the method of that name asks one."""
        discriminator = [] if self.discrimination is None else self.discrimination.faces(self)
        encoder = [] if self.encoder is None else encoder_faces(self)
        return {face.name: face for face in (*generator_faces(self), *discriminator, *encoder)}

    @property
    def samples_by_label(self) -> bool:
        """Whether `sample` takes a label: samples are of the label that is asked for."""
        return takes_condition(self.generator)

    @property
    def sampler(self) -> keras.Model:
        """The generator that samples: the averaged one where there is one and `use_average` is set."""
        return self.averaged_generator if self.use_average else self.generator

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of a sample: (height, width, channels) of an image, (entries,) of a point."""
        return tuple(self.generator.output.shape[1:])

    @property
    def kind(self) -> str:
        """The kind of samples: `image` or `point`."""
        return "image" if len(self.sample_shape) == 3 else "point"

    def generate_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference: `[n, N]` and labels to images `[n, H, W, C]` in [-1, 1], or points `[n, D]`."""
        sample = self.forward(self.sampler, latent, label, training=False)
        return tf.clip_by_value(sample, -1.0, 1.0) if self.kind == "image" else sample

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Images or points from int64 seeds `[n]` and labels."""
        return self.generate_graph(self.prior.sample_rows(seed, dtype=self.variable_dtype), label)

    def encode_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """E(x) at inference, or its mean: images `[n, H, W, C]` in [-1, 1] or points `[n, D]` to latents `[n, N]`."""
        code = self.forward(self.encoder, tf.cast(image, self.variable_dtype), label, training=False)
        return code[:, : self.prior.size]

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
            ValueError: If labels are out of range or missing, or a shape does not fit. All faces raise it, also where
                the model has no such face.
        """
        return self._ask("sample", seed=row_seeds(n, seed), labels=labels)

    def sample_near(self, images: Any, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws around given images, whose place is the condition (X-GAN, section 3.4).

        The anchor of a sample is the code of the bank that is nearest to the image's code.

        Args:
            images: [n, H, W, C] in [-1, 1], or points [n, D].
            labels: As in `generate`.
            seed: As in `sample`.

        Returns:
            [n, H, W, C] in [-1, 1], or [n, D].
        """
        return self._ask("sample_near", images=images, seed=row_seeds(len(images), seed), labels=labels)

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray:
        """Images [n, H, W, C] in [-1, 1], or points [n, D], of latent vectors [n, N] and labels, as in `sample`."""
        return self._ask("generate", latent=latent, labels=labels)

    def discriminate(self, images: Any, latent: Any = None, labels: Any = None) -> np.ndarray:
        """Logits or energies [n] of images [n, H, W, C] in [-1, 1] or points [n, D].

        Args:
            images: The images or points.
            latent: Latent vectors [n, N], where the discriminator looks at pairs.
            labels: As in `sample`, where the discriminator takes them.
        """
        return self._ask("discriminate", images=images, latent=latent, labels=labels)

    def examine(self, images: Any) -> np.ndarray:
        """Reconstructions by a discriminator that is an auto-encoder, of images or points [n, ...] (AVAE, Fig. 4)."""
        return self._ask("examine", images=images)

    def encode(self, images: Any, labels: Any = None) -> np.ndarray:
        """Latent vectors [n, N] of images [n, H, W, C] in [-1, 1] or points [n, D], and labels where E takes them."""
        return self._ask("encode", images=images, labels=labels)

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray:
        """G(E(x)) of images [n, H, W, C] in [-1, 1] or points [n, D].

        Labels are as in `sample`, where the encoder or the generator takes them.
        """
        return self._ask("reconstruct", images=images, labels=labels)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Images between others: straight lines between their latents.

        Args:
            images_a: [n, H, W, C] in [-1, 1], or points [n, D].
            images_b: As many.
            weights: [n] in [0, 1]; 0 is the reconstruction of the first, 1 that of the second.
            labels: As in `reconstruct`, one for both images.

        Returns:
            [n, H, W, C], or [n, D].
        """
        return self._ask("interpolate", images_a=images_a, images_b=images_b, weights=weights, labels=labels)

    def traverse(self, images: Any, dimensions: Any, values: Any, labels: Any = None) -> np.ndarray:
        """Images with one entry of their latents changed (BEGAN-CS, Fig. 9).

        Args:
            images: [n, H, W, C] in [-1, 1], or points [n, D].
            dimensions: Integers [n] in 0 to N - 1, which entry.
            values: [n], the new value of that entry; the prior's range, or beyond.
            labels: As in `reconstruct`.

        Returns:
            [n, H, W, C], or [n, D].
        """
        return self._ask("traverse", images=images, dimensions=dimensions, values=values, labels=labels)

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Images between four others each, such as over a grid between its corners (X-GAN, Fig. 5).

        Args:
            images: [n, 4, H, W, C] in [-1, 1], or points [n, 4, D].
            weights: [n, 4], not negative, of sum 1, such as `tfgans.latent.corner_weights`.
            labels: As in `reconstruct`, one for all four images.

        Returns:
            [n, H, W, C], or [n, D].
        """
        return self._ask("morph", images=images, weights=weights, labels=labels)

    def _ask(self, name: str, **given: Any) -> np.ndarray:
        """The answer of a face, computed a slice of rows at a time, so that any number of rows fits into memory."""
        faces = self.faces()
        if name not in faces:
            raise ValueError(f"{type(self).__name__} has no face {name}; it has {', '.join(faces)}.")
        face = faces[name]
        arrays, function = face.arrays(given, type(self).__name__), self._graph(face)
        starts = range(0, len(arrays[0]), _CHUNK)
        parts = [function(*(tf.constant(array[start : start + _CHUNK]) for array in arrays)) for start in starts]
        return np.concatenate([part.numpy() for part in parts])

    def _graph(self, face: Face) -> Callable[..., tf.Tensor]:
        """A face as a graph, kept for the next call; traced again where `use_average` changes."""
        key = (face.name, self.use_average)
        if key not in self._graphs:
            self._graphs[key] = tf.function(face.function, reduce_retracing=True)
        return self._graphs[key]

    @functools.cached_property
    def _graphs(self) -> dict[tuple[str, bool], Callable[..., tf.Tensor]]:
        return {}

    # Keras configuration.

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, which are attributes of the same names."""
        names = constructor_arguments(type(self))
        return {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in names}

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


def constructor_arguments(cls: type[AdversarialModel]) -> list[str]:
    """Names of the arguments of a class; through `**kwargs`, it also takes the keywords of the class above."""
    names: dict[str, None] = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
        kinds = {inspect.Parameter.KEYWORD_ONLY} | (set() if names else {inspect.Parameter.POSITIONAL_OR_KEYWORD})
        names |= dict.fromkeys(parameter.name for parameter in parameters if parameter.kind in kinds)
        if all(parameter.kind != inspect.Parameter.VAR_KEYWORD for parameter in parameters):
            break
    return list(names)


def rows_of(batch: Batch) -> int | tf.Tensor:
    """The number of rows of a batch, a Python number where the graph knows it."""
    image = batch["image"]
    return image.shape[0] or tf.shape(image)[0]


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
