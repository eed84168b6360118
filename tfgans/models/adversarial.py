"""The base of all adversarial systems: players, turns, noise, the averaged generator, and faces."""

import contextlib
import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypedDict

import keras
import numpy as np
import tensorflow as tf

from tfgans.augmentation import DifferentiableAugmentation
from tfgans.faces import Face, row_seeds
from tfgans.latent import Prior
from tfgans.models._fit import check_built, check_types, constructor_parameters, first_output
from tfgans.models._optimizers import Optimizers, by_player, keep_order_of_updates, loss_scaled
from tfgans.models.batches import Batch, batches_of_arrays, rows_of, step_batches, value_error
from tfgans.models.discrimination import Discrimination
from tfgans.models.faces import encoder_faces, generator_faces, takes_condition
from tfgans.models.labels import Labels

# Rows of a batch of arrays, as in Keras.
_BATCH_SIZE = 32
# Rows that a face passes through a network at a time.
_CHUNK = 256
# The first of the uses of noise that augmentations have, above all that a system draws itself.
_AUGMENTATION_USE = 100


class Shared(TypedDict, total=False):
    """The keywords of `AdversarialModel`, which every model takes."""

    augmentation: DifferentiableAugmentation | None
    ema_decay: float | None
    seed: int
    name: str | None


class AdversarialModel(keras.Model):
    """Base of the systems. It owns what all of them share, and no algorithm.

    A subclass names its `players` and stores one network for each player under the player's name. For each of its
    `turns` it has a method `TURN_losses(batch, noise)`, and its `draw_noise` adds the noise of a turn. Unless all
    players move in one turn, its `train_step` calls `take_turn` for one turn after the other, in the order of the
    paper's algorithm, and then `finish_step`. Each argument of its constructor is an attribute of the same name, so
    that `get_config` finds it.

    One `train_step` is one generator update with the discriminator updates that belong to it. It
    receives `[B, updates, ...]` batches; `fit` makes them from an ordinary dataset of batches.

    All models speak of these tensors. Samples are images `[B, H, W, C]` in [-1, 1], or points `[B, D]`. Latents z and
    codes are `[B, N]`, where N is the size of the prior. Conditions are `[B, K]`. Networks are functional or Sequential
    Keras models, and a network that takes two tensors takes them as a list, so that it is functional. Each constructor
    raises ValueError if an argument has another type, its networks and its prior do not fit together, or a number or a
    choice is out of range.

    Args:
        networks: One network for each player.
        prior: Distribution of the latent vector z.
        augmentation: T, the random changes of all images that the discriminator sees, or `None`. It needs images.
        ema_decay: Decay of the exponential moving average of the generator's weights, in (0, 1), or
            `None` for no average. Samples come from the averaged generator if there is one.
        seed: Seed of all noise of training, which is a function of (seed, step, use).
        name: Name of the Keras model.

    Raises:
        ValueError: If a network is not a model whose shapes are known, `ema_decay` lies outside (0, 1), `seed` lies
            outside 0 to 2^31 - 1, or there is no discriminator of images whose `augmentation` this could be.
    """

    players: tuple[str, ...] = ()
    """Players in the order of their optimizers; a player's variables are those of its network."""

    discrimination: Discrimination | None = None
    """The answers of the discriminator; None if there is no discriminator."""

    encoder: keras.Model | None = None
    """E, from samples to latents, or to means and logarithms of variances; None if there is none."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        check_types(cls, args, kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(
        self,
        networks: Mapping[str, keras.Model],
        prior: Prior,
        *,
        augmentation: DifferentiableAugmentation | None = None,
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
        if not 0 <= seed < 2**31:
            raise ValueError(f"seed must lie in 0 to 2^31 - 1; received {seed}.")
        if augmentation is not None and (self.kind != "image" or "discriminator" not in self.players):
            raise ValueError(
                f"An augmentation changes the images that a discriminator sees; this {type(self).__name__} makes "
                f"samples of shape {self.sample_shape}, and its players are {', '.join(self.players)}."
            )
        self.augmentation = augmentation
        self.prior = prior
        self.ema_decay = ema_decay
        self.seed = seed
        self.use_average = ema_decay is not None
        self.averaged_generator = None
        if ema_decay is not None:
            self.averaged_generator = _copy_network(self.generator, "averaged_generator")
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

    def __repr__(self) -> str:
        if not self.built:
            return super().__repr__()
        networks = ", ".join(f"{player} {getattr(self, player).count_params():,}" for player in self.players)
        kinds = {"class": "classes", "attributes": "attributes"}
        labels = "no labels" if self.labels is None else f"{self.labels.count} {kinds[self.labels.conditioning]}"
        shape = " x ".join(map(str, self.sample_shape))
        return f"<{type(self).__name__}: {self.kind}s {shape}, {self.prior!r}, {labels}; parameters: {networks}>"

    def summary(self, *args: Any, **kwargs: Any) -> None:
        """Prints the table of `keras.Model.summary`, and below it which network has which part in the model."""
        super().summary(*args, **kwargs)
        show = kwargs.get("print_fn") or print
        averaged = ("averaged_generator",) if self.averaged_generator is not None else ()
        for part in (*self.players, *averaged):
            network = getattr(self, part)
            inputs, outputs = (
                ", ".join(str(list(tensor.shape[1:])) for tensor in tensors)
                for tensors in (network.inputs, network.outputs)
            )
            show(f"{part}: the network {network.name!r}, from {inputs} to {outputs}")

    # A system defines these.

    @property
    def labels(self) -> Labels | None:
        """The labels that the model learns from and may be asked for; None if it takes none."""
        return None

    @property
    def updates_per_step(self) -> int:
        """Batches of one step: the number of its discriminator updates."""
        return 1

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of the scalars that `train_step` logs."""
        raise NotImplementedError(f"{type(self).__name__} must define log_names.")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """The paper's optimizer, of which each player gets a copy."""
        raise NotImplementedError(f"{type(self).__name__} must define default_optimizer.")

    @property
    def turns(self) -> Mapping[str, tuple[str, ...]]:
        """Turns of a step by name, each with the players who move in it at once; by default one turn, `joint`."""
        return {"joint": self.players}

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Draws the noise that the losses of a turn take, by name.

        A system adds its own to that of this method: the numbers of the augmentation, if there is one.

        Args:
            turn: One of `turns`.
            batch: The batch of the turn, as `batch_of` gives it.
            index: Number of the turn within the step, if it is taken several times.
        """
        if self.augmentation is None:
            return {}
        first = _AUGMENTATION_USE + 2 * list(self.turns).index(turn)
        return {
            f"{of}_augmentation": self.noise(self.augmentation.draw, rows_of(batch), first + number, index)
            for number, of in enumerate(("real", "generated"))
        }

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        """Fields of a batch by name: shape without the batch axis, and type."""
        fields = {"image": tf.TensorSpec(self.sample_shape, tf.float32)}
        return fields if self.labels is None else {**fields, "label": self.labels.spec}

    # Training.

    def losses_of(self, turn: str, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """Computes the scalars of a turn, by its method `TURN_losses`.

        Args:
            turn: One of `turns`.
            batch: Tensors of `batch_fields`, `[B, ...]`; the image is in the type of the variables.
            noise: Tensors by name, such as `draw_noise` gives.

        Returns:
            Scalars by name, among them `PLAYER_loss` for each player of the turn.

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

    def augmented(self, image: tf.Tensor, noise: Batch, of: str) -> tf.Tensor:
        """T(x), which the discriminator sees instead of samples x; without an augmentation, the samples.

        Args:
            image: Samples `[B, ...]`.
            noise: The noise of the turn.
            of: Whose numbers to take, `real` or `generated`. Samples that are compared have the same ones.
        """
        return image if self.augmentation is None else self.augmentation(image, noise[f"{of}_augmentation"])

    def batch_of(self, data: Batch, index: int = 0) -> Batch:
        """Takes one batch `[B, ...]` of the `[B, updates, ...]` of a step; its image gets the type of the variables."""
        batch = {name: values[:, index] for name, values in data.items()}
        return {**batch, "image": tf.cast(batch["image"], self.variable_dtype)}

    def forward_all(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None = None, *, training: bool
    ) -> list[tf.Tensor]:
        """All outputs of a network, such as `[logits, *maps]`, in the type of the variables.

        Args:
            network: A network that takes x alone, or x and a condition.
            x: `[B, ...]`.
            label: Labels `[B, ...]` that the condition encodes, if the network takes one.
            training: Whether batch normalisation uses the statistics of the batch.
        """
        inputs = [x, self._condition(label)] if takes_condition(network) else x
        outputs = keras.tree.flatten(network(inputs, training=training))
        return [tf.cast(output, self.variable_dtype) for output in outputs]

    def forward(
        self, network: keras.Model, x: tf.Tensor, label: tf.Tensor | None = None, *, training: bool
    ) -> tf.Tensor:
        """The first output of a network; arguments are those of `forward_all`."""
        return self.forward_all(network, x, label, training=training)[0]

    def _condition(self, label: tf.Tensor | None) -> tf.Tensor:
        if self.labels is None:
            raise ValueError(f"A {type(self).__name__} has no labels, but one of its networks takes a condition.")
        return self.labels.encode(label, self.variable_dtype)

    def compile(
        self,
        optimizers: Optimizers | None = None,
        *,
        optimizer: Optimizers | None = None,
        jit_compile: bool = False,
        steps_per_execution: int = 1,
        run_eagerly: bool = False,
    ) -> None:
        """Sets the optimizers and builds them, so that a checkpoint can be read before the first step.

        Args:
            optimizers: Optimizers by player, of which a player that is not named gets the paper's; or one for all
                players, of which each gets a copy. An optimizer is a Keras optimizer or its name, such as `"adam"`.
            optimizer: The same under Keras's name of it.
            jit_compile: Whether XLA compiles the whole step.
            steps_per_execution: Steps in one call of the graph; callbacks act between calls.
            run_eagerly: Whether the step runs without a graph, to debug it.

        Raises:
            ValueError: If `optimizers` names somebody who is not a player, gives two players the same optimizer or is
                no optimizer, both names are given, or several replicas are to use XLA or to take several steps a call,
                which TensorFlow cannot do.
        """
        if optimizers is not None and optimizer is not None:
            raise ValueError("optimizer and optimizers are two names of one argument; received both.")
        given = by_player(optimizers if optimizer is None else optimizer, self.players)
        replicas = self.distribute_strategy.num_replicas_in_sync
        if replicas > 1 and (jit_compile or steps_per_execution > 1):
            raise ValueError(
                f"TensorFlow neither compiles a step on {replicas} replicas with XLA nor takes several a call; "
                f"received jit_compile={jit_compile}, steps_per_execution={steps_per_execution}. Use the defaults."
            )
        keep_order_of_updates()
        super().compile(
            optimizer=None,
            jit_compile=jit_compile,
            steps_per_execution=steps_per_execution,
            run_eagerly=run_eagerly,
        )
        chosen = {**by_player(self.default_optimizer(), self.players), **given}
        self.optimizers = {player: loss_scaled(chosen[player], getattr(self, player)) for player in self.players}
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

    def fit(self, x: Any, y: Any = None, batch_size: int | None = None, **kwargs: Any) -> keras.callbacks.History:
        """Trains on arrays or on a dataset of batches, as `keras.Model.fit`.

        Args:
            x: Dataset of batches, dicts such as `{"image": ..., "label": ...}` or tuples in that order: `image`
                floating [B, H, W, C] in [-1, 1], `label` integer [B] or floating [B, K]. A last batch of fewer rows is
                left out. Several machines divide each batch of a dataset after all of them have read it. A function,
                called as `x(machine=(number, count))`, returns batches of this machine's rows alone, as `data.batches`
                does. Or arrays, which are shuffled in each epoch: the images [n, H, W, C], floating in [-1, 1] or
                uint8 in [0, 255], or a dict of arrays with the same names.
            y: Labels [n, ...] of the images, if `x` is an array.
            batch_size: Rows in a batch of arrays; 32 by default. The batches of a dataset have their own.
            **kwargs: As for `keras.Model.fit`, without validation and `shuffle`. One step takes `updates_per_step`
                batches; batches that are left over at the end of the dataset are dropped. `model.optimizer` is None,
                so that Keras's learning-rate schedulers do not work: give a schedule to the optimizers instead.

        Returns:
            The history of the means of each epoch.

        Raises:
            ValueError: If the data do not fit the networks, images lie outside [-1, 1], or a label means nothing.
        """
        if kwargs.get("validation_data") is not None:
            raise ValueError("An adversarial model has no validation loss; fit takes no validation_data.")
        if "shuffle" in kwargs:
            raise ValueError("Arrays are shuffled in each epoch, and a dataset has its own order; received shuffle.")
        replicas = self.distribute_strategy.num_replicas_in_sync
        if isinstance(x, tf.data.Dataset) or callable(x):
            if y is not None or batch_size is not None:
                raise ValueError("The batches of a dataset have their own labels and sizes; received y or batch_size.")
        else:
            batch_size = _BATCH_SIZE if batch_size is None else batch_size
            x = batches_of_arrays(x, y, self.batch_fields(), batch_size, self.seed)
            x = x.repeat() if kwargs.get("steps_per_epoch") else x
        batches = self._step_batches(x, replicas) if isinstance(x, tf.data.Dataset) else self._by_machine(x, replicas)
        try:
            with warnings.catch_warnings():
                if kwargs.get("steps_per_epoch") is None:
                    # Keras warns at the end of the first epoch of a dataset whose length it does not know.
                    warnings.filterwarnings("ignore", "Your input ran out of data")
                return super().fit(batches, shuffle=False, **kwargs)
        except tf.errors.InvalidArgumentError as error:
            raise value_error(error) or error from None

    def _by_machine(self, batches: Callable[..., tf.data.Dataset], replicas: int) -> tf.distribute.DistributedDataset:
        """The batches of each step, of which this machine reads its own rows only."""

        def on_machine(context: tf.distribute.InputContext) -> tf.data.Dataset:
            machines = context.num_input_pipelines
            own = self._step_batches(batches(machine=(context.input_pipeline_id, machines)), replicas // machines)
            rows = next(iter(own.element_spec.values())).shape[0]
            return own.rebatch(rows * machines // replicas) if replicas > machines else own

        return self.distribute_strategy.distribute_datasets_from_function(on_machine)

    def _step_batches(self, dataset: tf.data.Dataset, replicas: int) -> tf.data.Dataset:
        """The batches `[B, updates, ...]` of each step, which replicas share."""
        return step_batches(dataset, self.batch_fields(), self.labels, updates=self.updates_per_step, replicas=replicas)

    def noise(self, draw: Callable[..., tf.Tensor], rows: int | tf.Tensor, use: int, index: int = 0) -> tf.Tensor:
        """Draws noise for the global batch, and returns this replica's rows: a function of (seed, step, use, index).

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
        global_rows = draw(rows * context.num_replicas_in_sync, seed, dtype=self.variable_dtype)
        return global_rows[replica * rows : (replica + 1) * rows]

    def update(self, losses: Mapping[str, tuple[tf.GradientTape, tf.Tensor]]) -> None:
        """Takes one step of each named player's optimizer on its loss; all gradients come before anybody moves.

        All scaling is here. Keras sums gradients over replicas, so each replica scales its gradients by its share of
        the mean. An optimizer with a loss scale applies it here, after the tape has closed.

        Args:
            losses: For each player, the tape of its loss, and the loss: a scalar mean over this replica's rows. Several
                tapes may have recorded one pass.
        """
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        steps = []
        for player, (tape, loss) in losses.items():
            optimizer, variables = self.optimizers[player], getattr(self, player).trainable_variables
            share = optimizer.scale_loss(tf.ones_like(loss) / replicas)
            steps.append((optimizer, tape.gradient(loss, variables, output_gradients=share), variables))
        for optimizer, gradients, variables in steps:
            optimizer.apply(gradients, variables)

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        """Takes the turn `joint`. A system whose players take turns has a step of its own.

        Args:
            data: Tensors `[B, updates, ...]`.

        Returns:
            Means of the logged scalars since the epoch began.
        """
        batch = self.batch_of(data)
        return self.finish_step(self.take_turn("joint", batch, self.draw_noise("joint", batch)))

    def finish_step(self, losses: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Ends a step: averages the generator, looks for NaN and Inf, counts the step, and logs.

        Args:
            losses: Scalars by name, among them those of `log_names`.

        Returns:
            Means of the logged scalars since the epoch began.
        """
        self._average_generator()
        # A mean over replicas is NaN or Inf if the value of one replica is.
        values = tf.distribute.get_replica_context().all_reduce(
            "mean", tf.stack([losses[name] for name in self.log_names])
        )
        broken = ~tf.reduce_all(tf.math.is_finite(values))
        first = broken & (self.nonfinite_step < 0)
        self.nonfinite_step.assign(tf.where(first, tf.convert_to_tensor(self.step), self.nonfinite_step))
        self.step.assign_add(1)
        self.logged_means.update_state(values)
        return self._as_logs(self.logged_means.result())

    # Keras 3.15 needs these two so that `fit` trains on several machines (keras #20585). A test fails once it does not.

    def _maybe_symbolic_build(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing, since a new model is built; Keras's own method fails on the batches of several machines."""

    def _as_logs(self, means: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """The scalars that `train_step` returns; on several machines, with the axis over which Keras averages them."""
        if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
            return {name: mean[tf.newaxis] for name, mean in means.items()}
        return dict(means)

    def _average_generator(self) -> None:
        """Averages weights and copies moving statistics; at step t the decay is at most (1 + t) / (10 + t)."""
        source, target = self.generator, self.averaged_generator
        if target is None:
            return
        step = tf.cast(self.step, self.variable_dtype)
        decay = tf.minimum(tf.constant(self.ema_decay, self.variable_dtype), (1 + step) / (10 + step))
        for value, average in zip(source.trainable_variables, target.trainable_variables, strict=True):
            average.assign(decay * average + (1 - decay) * value)
        for value, average in zip(source.non_trainable_variables, target.non_trainable_variables, strict=True):
            average.assign(value)

    # Faces. A SavedModel serves their graph functions.

    def faces(self) -> dict[str, Face]:
        """The questions that this model answers, by the name of the method that asks."""
        discriminator = [] if self.discrimination is None else self.discrimination.faces(self)
        encoder = [] if self.encoder is None else encoder_faces(self)
        return {face.name: face for face in (*generator_faces(self), *discriminator, *encoder)}

    @property
    def samples_by_label(self) -> bool:
        """Whether `sample` takes a label."""
        return takes_condition(self.generator)

    @property
    def sampler(self) -> keras.Model:
        """The generator of samples: the averaged one if there is one and `use_average` is set."""
        return self.averaged_generator if self.use_average else self.generator

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of a sample: (height, width, channels) of an image, (entries,) of a point."""
        return first_output(self.generator)

    @property
    def kind(self) -> str:
        """The kind of samples: `image` or `point`."""
        return "image" if len(self.sample_shape) == 3 else "point"

    def generate_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference, from latents `[n, N]` and labels to samples `[n, ...]`; images are clipped to [-1, 1]."""
        sample = self.unclipped_graph(latent, label)
        return tf.clip_by_value(sample, -1.0, 1.0) if self.kind == "image" else sample

    def unclipped_graph(self, latent: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """G(z) at inference as the other players see it; a clipped pixel would have no gradient for a search."""
        return self.forward(self.sampler, latent, label, training=False)

    @property
    def sample_prior(self) -> Prior | None:
        """The distribution of the latents of samples: a sample is G of `sample_rows` of its seed; None if it is not."""
        return self.prior

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Samples from int64 seeds `[n]` and labels."""
        return self.generate_graph(self.prior.sample_rows(seed, dtype=self.variable_dtype), label)

    def encode_graph(self, image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """E(x) at inference, or its mean, from samples `[n, ...]` and labels to latents `[n, N]`."""
        code = self.forward(self.encoder, tf.cast(image, self.variable_dtype), label, training=False)
        return code[:, : self.prior.size]

    def sample(self, n: int, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws samples; the SavedModel draws the same ones of the same seed.

        Args:
            n: Number of samples.
            labels: Labels of a conditional model. Classes are integers [n] in 0 to K - 1, or their weights, floating
                [n, K], which may mix them. Attributes are floating [n, K]. One label serves all n rows.
            seed: Integer s for row seeds s, s + 1, ..., or n row seeds; `None` draws fresh ones.

        Returns:
            Samples: images [n, H, W, C] in [-1, 1], or points [n, D].

        Raises:
            ValueError: If labels are out of range or missing, a shape does not fit, or the model has no such face; in
                all faces.
        """
        return self.ask("sample", seed=row_seeds(n, seed), labels=labels)

    def sample_near(self, images: Any, labels: Any = None, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Draws one sample near each given sample [n, ...] (X-GAN, section 3.4).

        The anchor of a sample is the code of the bank that is nearest to the given sample's code. Labels and seeds are
        as in `sample`.
        """
        return self.ask("sample_near", images=images, seed=row_seeds(len(images), seed), labels=labels)

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray:
        """Generates samples [n, ...] of latents [n, N] and labels, as in `sample`."""
        return self.ask("generate", latent=latent, labels=labels)

    def discriminate(self, images: Any, latent: Any = None, labels: Any = None) -> np.ndarray:
        """Logits or energies [n] of samples.

        Args:
            images: Images [n, H, W, C] in [-1, 1], or points [n, D]; in all faces that take samples.
            latent: Latents [n, N], if the discriminator takes pairs.
            labels: As in `sample`, if the discriminator takes them.
        """
        return self.ask("discriminate", images=images, latent=latent, labels=labels)

    def examine(self, images: Any) -> np.ndarray:
        """Reconstructs samples [n, ...] by a discriminator that is an auto-encoder (AVAE, Fig. 4)."""
        return self.ask("examine", images=images)

    def encode(self, images: Any, labels: Any = None) -> np.ndarray:
        """Latents [n, N] of samples [n, ...], and of labels as in `sample`, if the encoder takes them."""
        return self.ask("encode", images=images, labels=labels)

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray:
        """G(E(x)) of samples [n, ...], and of labels as in `sample`, if the encoder or the generator takes them."""
        return self.ask("reconstruct", images=images, labels=labels)

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Samples [n, ...] on straight lines between the latents of two samples each.

        Args:
            images_a: The samples at one end.
            images_b: The samples at the other end.
            weights: [n] in [0, 1]; 0 is the reconstruction of the first, 1 that of the second.
            labels: As in `reconstruct`, one for both ends.
        """
        return self.ask("interpolate", images_a=images_a, images_b=images_b, weights=weights, labels=labels)

    def traverse(self, images: Any, dimensions: Any, values: Any, labels: Any = None) -> np.ndarray:
        """Reconstructions [n, ...] of samples with one entry of their latents changed (BEGAN-CS, Fig. 9).

        Args:
            images: The samples.
            dimensions: Numbers of the entries, integers [n] in 0 to N - 1.
            values: New values of these entries, [n].
            labels: As in `reconstruct`.
        """
        return self.ask("traverse", images=images, dimensions=dimensions, values=values, labels=labels)

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray:
        """Samples [n, ...] between four others each, such as over a grid between its corners (X-GAN, Fig. 5).

        Args:
            images: Four samples for each row, [n, 4, ...].
            weights: [n, 4], not negative, of sum 1, such as `tfgans.latent.corner_weights`.
            labels: As in `reconstruct`, one for all four.
        """
        return self.ask("morph", images=images, weights=weights, labels=labels)

    def ask(self, name: str, **arguments: Any) -> np.ndarray:
        """Asks a face by its name, as the methods above do; a model's own faces need no method.

        Args:
            name: A key of `faces`.
            **arguments: Values of its inputs, `[n, ...]`, under the names that the inputs have as arguments.

        Returns:
            The answers `[n, ...]`. They are computed for some rows at a time, so that any number fits into memory.
        """
        faces = self.faces()
        if name not in faces:
            raise ValueError(f"{type(self).__name__} has no face {name}; it has {', '.join(faces)}.")
        face = faces[name]
        face.check()
        arrays = face.arrays(arguments, type(self).__name__)
        # A graph of any number of rows is kept for the next call, one for each generator that may sample.
        # Labels may be classes or their weights.
        specs = tuple(tf.TensorSpec([None, *array.shape[1:]], array.dtype) for array in arrays)
        key = (name, self.use_average, specs)
        if key not in self._graphs:
            self._graphs[key] = tf.function(face.function).get_concrete_function(*specs)
        graph = self._graphs[key]
        starts = range(0, len(arrays[0]), _CHUNK)
        parts = [graph(*(tf.constant(array[start : start + _CHUNK]) for array in arrays)) for start in starts]
        return np.concatenate([part.numpy() for part in parts])

    @functools.cached_property
    def _graphs(self) -> dict[tuple[str, bool, tuple[tf.TensorSpec, ...]], Callable[..., tf.Tensor]]:
        return {}

    # Keras configuration.

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, which are attributes of the same names."""
        names = constructor_parameters(type(self))
        return {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        return cls(
            **{key: keras.saving.deserialize_keras_object(value, custom_objects) for key, value in config.items()}
        )


class _LoggedMeans(keras.metrics.Metric):
    """Means of a step's scalars since the epoch began. They are one vector, since many metrics slow small steps."""

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


def _copy_network(network: keras.Model, name: str) -> keras.Model:
    """A network of the same architecture with the same weights, under another name."""
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    copy.name = name
    copy.set_weights(network.get_weights())
    return copy
