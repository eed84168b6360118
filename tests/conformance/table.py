"""One row for every public model: tiny networks, and what the checks need to know of it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

import tfgans
from tfgans import data, latent, losses, networks

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


def _noise(model):
    random = np.random.default_rng(1)
    dtype = model.variable_dtype
    return (
        tf.constant(random.normal(size=(BATCH, model.prior.size)), dtype),
        tf.constant(random.uniform(size=BATCH), dtype),
    )


def _discriminator_loss(model, batch):
    image, condition = tf.cast(batch["image"], model.variable_dtype), model.condition(batch["label"])
    return model.discriminator_losses(image, condition, *_noise(model))["discriminator_loss"]


def _generator_loss(model, batch):
    latent_vectors, _ = _noise(model)
    return model.generator_losses(model.condition(batch["label"]), latent_vectors)["generator_loss"]


_CONDITIONAL_LOSSES = {"discriminator": _discriminator_loss, "generator": _generator_loss}


def _points():
    random = np.random.default_rng(0)
    return {"image": random.normal(size=(40, 2)).astype("float32")}


def _images():
    return {"image": _labelled_images()["image"]}


def _gan():
    return tfgans.GAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_discriminator(2, widths=(5, 6)),
        latent.Uniform(3),
        losses.LogitLoss(squared=False),
        losses.InterpolatedGradientPenalty(0.1, power=1),
        ema_decay=0.9,
    )


def _bigan():
    return tfgans.BiGAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_encoder(2, 3, (5, 6)),
        networks.mlp_discriminator(2, 3, (6, 4)),
        latent.Uniform(3),
        losses.Wasserstein(),
        losses.PairwiseGradientPenalty(1.0, power=2),
        losses.PairwiseGradientPenalty(),
        reconstruction_weight=0.1,
        n_critic=2,
        ema_decay=0.9,
    )


def _logan():
    return tfgans.LOGAN(
        networks.dcgan_generator((8, 8, 1), 4, (4, 6)),
        networks.dcgan_encoder((8, 8, 1), 4, (4, 6)),
        networks.dcgan_discriminator((8, 8, 1), 4, (4, 6), head_width=5),
        latent.Uniform(4),
        ema_decay=0.9,
    )


def _veegan():
    return tfgans.VEEGAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_encoder(2, 3, (5, 6)),
        networks.mlp_discriminator(2, 3, (6, 4)),
        latent.Uniform(3),
        ema_decay=0.9,
    )


def _began():
    return tfgans.BEGAN(
        networks.relu_mlp(3, 2, (6, 5), "generator"),
        networks.relu_mlp(2, 3, (5, 6), "encoder"),
        networks.relu_mlp(3, 2, (6, 5), "decoder"),
        latent.Uniform(3),
        tfgans.equilibrium.Equilibrium(0.7, 0.5, 0.2, 0.1),
        norm="l2_batch",
        similarity_weight=0.3,
        ema_decay=0.9,
    )


def _began_cs():
    return tfgans.BEGANCS(
        networks.began_decoder((8, 8, 1), 4, 3, name="generator"),
        networks.began_encoder((8, 8, 1), 4, 3),
        networks.began_decoder((8, 8, 1), 4, 3),
        latent.Uniform(4),
        tfgans.equilibrium.Equilibrium(0.7, 0.5),
        share_latent=True,
        ema_decay=0.9,
    )


def _vae():
    return tfgans.VAE(
        networks.relu_mlp(3, 2, (6, 5), "generator"),
        networks.relu_mlp(2, 6, (5, 6), "encoder"),
        latent.Normal(3),
        ema_decay=0.9,
    )


def _adversarial_vae():
    return tfgans.AdversarialVAE(
        networks.began_decoder((8, 8, 1), 4, 3, name="generator"),
        networks.began_encoder((8, 8, 1), 8, 3),
        networks.began_encoder((8, 8, 1), 4, 3),
        networks.began_decoder((8, 8, 1), 4, 3),
        latent.Normal(4),
        tfgans.equilibrium.Equilibrium(0.7, 0.5, 0.2, 0.1),
        ema_decay=0.9,
    )


def _indexed_images():
    arrays = _labelled_images()
    return {**arrays, "index": np.arange(len(arrays["image"]))}


def _filled(model):
    arrays = _labelled_images()
    model.fill_bank(arrays["image"], arrays["label"])
    return model


def _xgan():
    """With its five players, and normalisation in all networks."""
    return _filled(
        tfgans.XGAN(
            networks.cnn_generator((8, 8, 1), 4, (4, 6)),
            networks.cnn_encoder((8, 8, 1), 4, (4, 6)),
            networks.cnn_discriminator((8, 8, 1), (4, 6)),
            networks.cnn_classifier((8, 8, 1), 3, (4, 6)),
            latent.CodeBank(40, 4, latent.ConvexSampler(3), neighbours=6, classes=3),
            networks.code_classifier(4, 3, 6),
            networks.cnn_discriminator((8, 8, 1), (4, 5)),
            ema_decay=0.9,
        )
    )


def _variational_xgan():
    """The generator is told the class, and C_emb looks at codes all the same."""
    return tfgans.VariationalXGAN(
        networks.cnn_generator((8, 8, 1), 4, (4, 6), condition_size=3),
        networks.cnn_encoder((8, 8, 1), 8, (4, 6)),
        networks.cnn_discriminator((8, 8, 1), (4, 6)),
        networks.small_vgg((8, 8, 1), 3, (4, 5)),
        latent.Normal(4),
        networks.code_classifier(4, 3, 6),
        networks.cnn_discriminator((8, 8, 1), (4, 5)),
        ema_decay=0.9,
    )


def _adversarial_xgan():
    return tfgans.AdversarialXGAN(
        networks.mlp_generator((8, 8, 1), 4, (6, 5)),
        networks.mlp_encoder((8, 8, 1), 4, (5, 6)),
        networks.mlp_classifier((8, 8, 1), 1, (6, 5), "discriminator"),
        networks.mlp_classifier((8, 8, 1), 3, (6, 5)),
        networks.code_classifier(4, 1, 6),
        latent.Normal(4),
        networks.code_classifier(4, 3, 5),
        networks.mlp_classifier((8, 8, 1), 1, (4,), "discriminator"),
        objective=losses.Vanilla(),
        ema_decay=0.9,
    )


def _md_gan():
    """Normalised first, a generator would take the encoder's last bias out, and leave its gradient to rounding."""
    return tfgans.MDGAN(
        networks.mlp_generator((8, 8, 1), 4, (6, 5)),
        networks.cnn_encoder((8, 8, 1), 4, (4, 6)),
        networks.cnn_discriminator((8, 8, 1), (4, 6)),
        latent.Uniform(4),
        ema_decay=0.9,
    )


def _cvae_gan():
    return tfgans.CVAEGAN(
        networks.cnn_generator((8, 8, 1), 4, (4, 6), condition_size=3),
        networks.cnn_encoder((8, 8, 1), 8, (4, 6), condition_size=3),
        networks.cnn_discriminator((8, 8, 1), (4, 6)),
        networks.cnn_classifier((8, 8, 1), 3, (4, 6)),
        latent.Normal(4),
        ema_decay=0.9,
    )


def _unconditional_discriminator_loss(model, batch):
    image = tf.cast(batch["image"], model.variable_dtype)
    latent_vectors, weights = _noise(model)
    more = () if isinstance(model, tfgans.GAN) else (weights,)
    first = (image, None) if isinstance(model, tfgans.GAN) else (image,)
    return model.discriminator_losses(*first, latent_vectors, weights, *more)["discriminator_loss"]


def _unconditional_generator_loss(model, batch):
    first = None if isinstance(model, tfgans.GAN) else tf.cast(batch["image"], model.variable_dtype)
    return model.generator_losses(first, _noise(model)[0])["generator_loss"]


def _encoder_loss(model, batch):
    return model.encoder_losses(tf.cast(batch["image"], model.variable_dtype), _noise(model)[0])["encoder_loss"]


def _energy_discriminator_loss(model, batch):
    image = tf.cast(batch["image"], model.variable_dtype)
    return model.discriminator_losses(image, _noise(model)[0])["discriminator_loss"]


def _energy_generator_loss(model, batch):
    image = tf.cast(batch["image"], model.variable_dtype)
    return model.generator_losses(image, _noise(model)[0])["generator_loss"]


def _shared_loss(name):
    """A loss of a pass that the players share."""

    def loss(model, batch):
        image, (latent_vectors, _) = tf.cast(batch["image"], model.variable_dtype), _noise(model)
        more = (latent_vectors[::-1],) if isinstance(model, tfgans.AdversarialVAE) else ()
        return model.losses_of(image, latent_vectors, *more)[name]

    return loss


def _labelled_loss(name):
    """A loss of a pass that the players share, of a model that learns from labels."""

    def loss(model, batch):
        image, (latent_vectors, _) = tf.cast(batch["image"], model.variable_dtype), _noise(model)
        return model.losses_of(image, batch["label"], latent_vectors, latent_vectors[::-1])[name]

    return loss


def _md_gan_loss(player):
    def loss(model, batch):
        image, (latent_vectors, _) = tf.cast(batch["image"], model.variable_dtype), _noise(model)
        losses_of = model.discriminator_losses if player == "discriminator" else model.generator_losses
        return losses_of(image, latent_vectors)[f"{player}_loss"]

    return loss


def _labelled_losses(cls):
    return {player: _labelled_loss(f"{player}_loss") for player in cls.players}


_ENERGY_LOSSES = {"discriminator": _energy_discriminator_loss, "generator": _energy_generator_loss}
_UNCONDITIONAL_LOSSES = {
    "discriminator": _unconditional_discriminator_loss,
    "generator": _unconditional_generator_loss,
}
_BIDIRECTIONAL_LOSSES = {**_UNCONDITIONAL_LOSSES, "encoder": _encoder_loss}

TABLE = (
    Row(tfgans.GAN, _gan, _points, _UNCONDITIONAL_LOSSES),
    Row(tfgans.BiGAN, _bigan, _points, _BIDIRECTIONAL_LOSSES),
    Row(tfgans.LOGAN, _logan, _images, _BIDIRECTIONAL_LOSSES),
    Row(tfgans.VEEGAN, _veegan, _points, _BIDIRECTIONAL_LOSSES),
    Row(tfgans.BEGAN, _began, _points, _ENERGY_LOSSES),
    Row(tfgans.BEGANCS, _began_cs, _images, _ENERGY_LOSSES),
    Row(tfgans.VAE, _vae, _points, {player: _shared_loss("loss") for player in tfgans.VAE.players}),
    Row(
        tfgans.AdversarialVAE,
        _adversarial_vae,
        _images,
        {player: _shared_loss(f"{player}_loss") for player in tfgans.AdversarialVAE.players},
    ),
    Row(tfgans.XGAN, _xgan, _indexed_images, _labelled_losses(tfgans.XGAN)),
    Row(tfgans.VariationalXGAN, _variational_xgan, _labelled_images, _labelled_losses(tfgans.VariationalXGAN)),
    Row(tfgans.AdversarialXGAN, _adversarial_xgan, _labelled_images, _labelled_losses(tfgans.AdversarialXGAN)),
    Row(tfgans.MDGAN, _md_gan, _images, {player: _md_gan_loss(player) for player in tfgans.MDGAN.players}),
    Row(tfgans.CVAEGAN, _cvae_gan, _labelled_images, _labelled_losses(tfgans.CVAEGAN)),
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


def train(model, row, steps, start=0, callbacks=()):
    """`steps` more steps through `fit`, with the batches that follow `start` steps."""
    batches = row.batches(start * model.updates_per_step)
    model.fit(batches, steps_per_epoch=steps, verbose=0, callbacks=list(callbacks))
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
