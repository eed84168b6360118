"""One row for every public model: tiny networks, and what the checks need to know of it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

import tfgans
from tfgans import data, latent, networks

BATCH = 8


@dataclasses.dataclass(frozen=True)
class Row:
    """A public model.

    Attributes:
        public: The class.
        make: A new model, not compiled.
        arrays: Data to train on.
        losses: For each player, its loss as a function of (model, batch of numbers, noise).
    """

    public: type[tfgans.AdversarialModel]
    make: Callable[[], tfgans.AdversarialModel]
    arrays: Callable[[], dict[str, np.ndarray]]
    losses: dict[str, Callable[..., tf.Tensor]]

    @property
    def name(self) -> str:
        return self.public.__name__

    def batches(self, start: int = 0) -> tf.data.Dataset:
        return data.batches(self.arrays(), BATCH, start=start)


def _labelled_images():
    random = np.random.default_rng(0)
    image = random.uniform(-1, 1, size=(40, 8, 8, 1)).astype("float32")
    return {"image": image, "label": np.arange(40) % 3}


def _conditional(cls, discriminator_batch_norm, **arguments):
    return cls(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6), batch_norm=discriminator_batch_norm),
        latent.Normal(4, mean=-1.0),
        ema_decay=0.9,
        **arguments,
    )


def _conditional_noise(model):
    random = np.random.default_rng(1)
    dtype = model.variable_dtype
    return (
        tf.constant(random.normal(size=(BATCH, 4)), dtype),
        tf.constant(random.uniform(size=BATCH), dtype),
    )


def _discriminator_loss(model, batch):
    image, condition = tf.cast(batch["image"], model.variable_dtype), model.condition(batch["label"])
    return model.discriminator_losses(image, condition, *_conditional_noise(model))["discriminator_loss"]


def _generator_loss(model, batch):
    latent_vectors, _ = _conditional_noise(model)
    return model.generator_losses(model.condition(batch["label"]), latent_vectors)["generator_loss"]


_CONDITIONAL_LOSSES = {"discriminator": _discriminator_loss, "generator": _generator_loss}

TABLE = (
    Row(
        tfgans.ConditionalGAN,
        lambda: _conditional(tfgans.ConditionalGAN, discriminator_batch_norm=True),
        _labelled_images,
        _CONDITIONAL_LOSSES,
    ),
    Row(
        tfgans.ConditionalWGANGP,
        lambda: _conditional(tfgans.ConditionalWGANGP, discriminator_batch_norm=False, n_critic=2),
        _labelled_images,
        _CONDITIONAL_LOSSES,
    ),
)


def train(model, row, steps, start=0):
    """`steps` more steps through `fit`, with the batches that follow `start` steps."""
    model.fit(row.batches(start * model.updates_per_step), steps_per_epoch=steps, verbose=0)
    return model


def state(model):
    """Every number that training depends on, by name."""
    values = {f"{index} {weight.path}": weight.numpy() for index, weight in enumerate(model.weights)}
    for player, optimizer in model.optimizers.items():
        for index, variable in enumerate(optimizer.variables):
            values[f"{player} optimizer {index} {variable.path}"] = variable.numpy()
    return values


def assert_same_state(first, second):
    first, second = state(first), state(second)
    assert len(first) == len(second)
    for (name, ours), theirs in zip(first.items(), second.values(), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
