"""One row for every public model: tiny networks, and what the checks need to know of it."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

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
        variant: What tells this row from others of the same class.
    """

    public: type[tfgans.AdversarialModel]
    make: Callable[[], tfgans.AdversarialModel]
    arrays: Callable[[], dict[str, np.ndarray]]
    variant: str = ""

    @property
    def name(self) -> str:
        return self.variant + self.public.__name__

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


def _points():
    random = np.random.default_rng(0)
    return {"image": random.normal(size=(40, 2)).astype("float32")}


def images():
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


def _packed_gan():
    """Relativistic pairs of packs of two, with R1 and R2."""
    return tfgans.GAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_discriminator(4, widths=(5, 6)),
        latent.Uniform(3),
        losses.Relativistic(),
        zero_centered_penalty=losses.ZeroCenteredPenalty(1.0, 2.0),
        packing=2,
        ema_decay=0.9,
    )


def _spectral_gan():
    """A hinge and R1, and a discriminator whose layers have states of their own, which each pass moves."""
    return tfgans.GAN(
        networks.mlp_generator(2, 3, (6, 5)),
        keras.Sequential(
            [
                keras.Input((2,)),
                networks.MinibatchStandardDeviation(2),
                networks.mlp_discriminator(3, widths=(5, 6), spectral_norm=True),
            ],
            name="discriminator",
        ),
        latent.Uniform(3),
        losses.Hinge(),
        zero_centered_penalty=losses.ZeroCenteredPenalty(1.0),
        ema_decay=0.9,
    )


def _relativistic_bigan():
    return tfgans.BiGAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_encoder(2, 3, (5, 6)),
        networks.mlp_discriminator(2, 3, (6, 4)),
        latent.Uniform(3),
        losses.Relativistic(),
        zero_centered_penalty=losses.ZeroCenteredPenalty(1.0, 2.0),
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
        latent_penalty=losses.PairwiseGradientPenalty(),
        reconstruction_weight=0.1,
        n_critic=2,
        ema_decay=0.9,
    )


def logan(**arguments):
    return tfgans.LOGAN(
        networks.dcgan_generator((8, 8, 1), 4, (4,)),
        networks.dcgan_encoder((8, 8, 1), 4, (4,)),
        networks.dcgan_discriminator((8, 8, 1), 4, (4,), head_width=5),
        latent.Uniform(4),
        ema_decay=0.9,
        **arguments,
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
            code_classifier=networks.code_classifier(4, 3, 6),
            feature_discriminator=networks.cnn_discriminator((8, 8, 1), (4, 5)),
            ema_decay=0.9,
        )
    )


def _variational_xgan():
    """The generator is told the class, and C_emb looks at codes all the same."""
    return tfgans.VariationalXGAN(
        networks.mlp_generator((8, 8, 1), 4, (6,), condition_size=3),
        networks.mlp_encoder((8, 8, 1), 8, (6,)),
        networks.mlp_classifier((8, 8, 1), 1, (6,), "discriminator"),
        networks.mlp_classifier((8, 8, 1), 3, (6,)),
        latent.Normal(4),
        code_classifier=networks.code_classifier(4, 3, 6),
        feature_discriminator=networks.mlp_classifier((8, 8, 1), 1, (5,), "discriminator"),
        ema_decay=0.9,
    )


def _adversarial_xgan():
    return tfgans.AdversarialXGAN(
        networks.mlp_generator((8, 8, 1), 4, (6,)),
        networks.mlp_encoder((8, 8, 1), 4, (6,)),
        networks.mlp_classifier((8, 8, 1), 1, (6,), "discriminator"),
        networks.mlp_classifier((8, 8, 1), 3, (6,)),
        networks.code_classifier(4, 1, 6),
        latent.Normal(4),
        losses.Vanilla(),
        code_classifier=networks.code_classifier(4, 3, 5),
        feature_discriminator=networks.mlp_classifier((8, 8, 1), 1, (4,), "discriminator"),
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
        networks.mlp_generator((8, 8, 1), 4, (6,), condition_size=3),
        networks.mlp_encoder((8, 8, 1), 8, (6,), condition_size=3),
        networks.cnn_discriminator((8, 8, 1), (4, 6)),
        networks.mlp_classifier((8, 8, 1), 3, (6,)),
        latent.Normal(4),
        ema_decay=0.9,
    )


TABLE = (
    Row(tfgans.GAN, _gan, _points),
    Row(tfgans.GAN, _packed_gan, _points, "Packed"),
    Row(tfgans.GAN, _spectral_gan, _points, "Spectral"),
    Row(tfgans.BiGAN, _bigan, _points),
    Row(tfgans.BiGAN, _relativistic_bigan, _points, "Relativistic"),
    Row(tfgans.LOGAN, logan, images),
    Row(tfgans.VEEGAN, _veegan, _points),
    Row(tfgans.BEGAN, _began, _points),
    Row(tfgans.BEGANCS, _began_cs, images),
    Row(tfgans.VAE, _vae, _points),
    Row(tfgans.AdversarialVAE, _adversarial_vae, images),
    Row(tfgans.XGAN, _xgan, _indexed_images),
    Row(tfgans.VariationalXGAN, _variational_xgan, _labelled_images),
    Row(tfgans.AdversarialXGAN, _adversarial_xgan, _labelled_images),
    Row(tfgans.MDGAN, _md_gan, images),
    Row(tfgans.CVAEGAN, _cvae_gan, _labelled_images),
    Row(
        tfgans.ConditionalGAN,
        lambda: _conditional(
            tfgans.ConditionalGAN,
            discriminator_batch_norm=True,
            augmentation=tfgans.augmentation.DifferentiableAugmentation(),
        ),
        _labelled_images,
    ),
    Row(
        tfgans.ConditionalWGANGP,
        lambda: _conditional(tfgans.ConditionalWGANGP, discriminator_batch_norm=False, n_critic=2),
        _labelled_images,
    ),
)


# A pack, a controller and a bank.
TRACED = ("PackedGAN", "BEGAN", "XGAN")

# An export takes long, and the faces of these rows are those of others.
UNSERVED = ("GAN", "PackedGAN", "RelativisticBiGAN", "VEEGAN", "BEGANCS", "VAE", "AdversarialXGAN", "ConditionalWGANGP")


def settings(row, model):
    """Arguments of `compile` other than the defaults.

    Only some rows are traced, since a graph takes longer to make than a few steps do. In test_step.py all rows are.
    """
    return {
        "run_eagerly": row.name not in TRACED,
        "optimizers": {player: keras.optimizers.SGD(0.01, momentum=0.9) for player in model.players},
        "steps_per_execution": 2,
    }


def train(model, row, steps, start=0, callbacks=()):
    """`steps` more steps through `fit`, with the batches that follow `start` steps."""
    batches = row.batches(start * model.updates_per_step)
    model.fit(batches, steps_per_epoch=steps, verbose=0, callbacks=list(callbacks))
    return model


def variables(model):
    """Every variable that training depends on, by name."""
    named = {f"{index} {weight.path}": weight for index, weight in enumerate(model.weights)}
    for player, optimizer in model.optimizers.items():
        for index, variable in enumerate(optimizer.variables):
            named[f"{player} optimizer {index} {variable.path}"] = variable
    return named


def state(model):
    """Every number that training depends on, by name."""
    return {name: variable.numpy() for name, variable in variables(model).items()}


def restore(model, values):
    """Puts a state of the model back."""
    for name, variable in variables(model).items():
        variable.assign(values[name])


def assert_same(first, second):
    """Two states are equal to the last bit; the numbers in names may differ."""
    assert len(first) == len(second)
    for (name, ours), theirs in zip(first.items(), second.values(), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def assert_same_state(first, second):
    """Two models have the same state."""
    assert_same(state(first), state(second))


def optimized_graphs(function):
    """The graphs that TensorFlow runs in place of those that it traced."""
    context.enable_graph_collection()
    try:
        function()
        return [graph.post_optimization_graph for graph in context.export_run_metadata().function_graphs]
    finally:
        context.disable_graph_collection()
