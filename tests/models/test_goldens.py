"""The presets against an oracle in PyTorch that was written down apart from this code (goldens/oracle.py)."""

import dataclasses
import json
import pathlib
import runpy
import types

import numpy as np
import pytest
import tensorflow as tf

from tfgans import recipes, training

_GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
cases = types.SimpleNamespace(**runpy.run_path(_GOLDENS / "cases.py"))


def _golden(name):
    system = {"gan": "logan"}.get(name.split("/")[0], name.split("/")[0])
    return json.loads((_GOLDENS / f"{system}.json").read_text())[name]


def _model(name, networks):
    """The preset's model, small, with the weights of the case in the named networks."""
    ((preset, changes),) = [(preset, changes) for (case, preset), changes in cases.CASES.items() if case == name]
    model = training.build(dataclasses.replace(recipes.get(name, preset), precision=_precision(name), **changes))
    for network in networks:
        for index, variable in enumerate(getattr(model, network).weights):
            kind = variable.path.split("/")[-1]
            variable.assign(cases.weight(name, network, index, kind, tuple(variable.shape)))
    return model


def _precision(name):
    """VGG-19 twice is too much for double precision."""
    return "float32" if name.startswith("xgan") else "float64"


def _tensor(values, dtype=tf.float64):
    return tf.constant(values, dtype)


def _kept(values):
    return cases.gradients([value.numpy() for value in values])


def _seen(**values):
    return {name: cases.forward(value.numpy()) for name, value in values.items()}


def _scalars(losses, *names):
    return {name: float(losses[name]) for name in names}


def _gradients(model, compute, players=None):
    """The losses that `compute` gives, their tape, and the gradients of the players, by default of all."""
    with tf.GradientTape(persistent=True) as tape:
        losses = compute()
    variables = {player: getattr(model, player).trainable_variables for player in players or model.players}
    slopes = {player: tape.gradient(losses[f"{player}_loss"], values) for player, values in variables.items()}
    return losses, tape, {player: _kept(values) for player, values in slopes.items()}


def _changes(model, players, move):
    """How far `move` takes the weights of players, over their learning rates."""
    before = {player: [value.numpy() for value in getattr(model, player).trainable_variables] for player in players}
    move()
    changes = {}
    for player, values in before.items():
        rate = float(model.optimizers[player].learning_rate)
        after = [value.numpy() for value in getattr(model, player).trainable_variables]
        changes[player] = cases.gradients([(new - old) / rate for new, old in zip(after, values, strict=True)])
    return changes


def _step(model, image, latent, interpolation=None):
    """One `train_step` on a batch and noise; all players' changes over their learning rates."""

    def noise(draw, rows, use, index=0):
        drawn = draw(rows, tf.zeros(2, tf.int32), dtype=image.dtype)
        return interpolation if drawn.shape.rank == 1 else latent

    model.noise = noise
    return _changes(model, model.players, lambda: model.train_step({"image": image[:, tf.newaxis]}))


def _gan(name, latent, later_latent, condition=None):
    """A GAN with or without labels; both players' updates are of the same weights."""
    model = _model(name, ("generator", "discriminator"))
    image = _tensor(cases.uniform(name, "image", cases.ROWS, *model.sample_shape))
    share = _tensor(cases.shares(name, "share"))

    def compute():
        losses = model.discriminator_losses(image, condition, latent, share)
        return losses | model.generator_losses(condition, later_latent)

    losses, tape, slopes = _gradients(model, compute)

    def move():
        for player in model.players:
            model.update(player, tape, losses[f"{player}_loss"])

    generator_inputs = latent if condition is None else [latent, condition]
    found = {
        "forward": _seen(
            generated=model.generator(generator_inputs, training=True),
            real_logits=model.logits(image, condition, training=True),
        ),
        "losses": _scalars(losses, "discriminator_loss", "generator_loss", "generated_logit"),
        "gradients": slopes,
        "changes": _changes(model, model.players, move),
    }
    if model.penalty is not None:
        found["losses"]["weighted_penalty"] = model.penalty.weight * float(losses["gradient_penalty"])
    return found


def _cwgan(name):
    condition = {
        "cwgan/mnist": lambda: np.eye(10)[cases.classes(name, 10)],
        "cwgan/celeba": lambda: cases.uniform(name, "label", cases.ROWS, 9) > 0,
    }[name]()
    size = cases.CASES[name, "code"]["latent_size"]
    latents = (_tensor(-1 + cases.normal(name, use, cases.ROWS, size)) for use in ("latent", "later_latent"))
    return _gan(name, *latents, _tensor(condition))


def _gan_without_labels(name):
    latent = _tensor(cases.uniform(name, "latent", cases.ROWS, cases.CASES[name, "code"]["latent_size"]))
    return _gan(name, latent, latent)


def _logan(name):
    model = _model(name, ("generator", "encoder", "discriminator"))
    image = _tensor(cases.uniform(name, "image", cases.ROWS, *model.sample_shape))
    latent = _tensor(cases.uniform(name, "latent", cases.ROWS, model.prior.size))
    share = _tensor(cases.shares(name, "share"))
    losses, _, slopes = _gradients(
        model,
        lambda: (
            model.discriminator_losses(image, latent, share, share)
            | model.encoder_losses(image, latent)
            | model.generator_losses(image, latent)
        ),
    )
    code, generated = model.encoder(image, training=True), model.generator(latent, training=True)
    names = ("discriminator_loss", "encoder_loss", "generator_loss", "real_logit", "generated_logit")
    return {
        "forward": _seen(
            generated=generated,
            code=code,
            reconstructed=model.generator(code, training=True),
            real_logits=model.logits(image, code, training=True),
            generated_logits=model.logits(generated, latent, training=True),
        ),
        "losses": _scalars(losses, *names, "gradient_penalty"),
        "gradients": slopes,
        "changes": _step(model, image, latent, share),
    }


def _began_cs(name):
    model = _model(name, ("generator", "encoder", "decoder"))
    model.equilibrium.k.assign(cases.K)
    image = _tensor(cases.uniform(name, "image", cases.ROWS, *model.sample_shape))
    latent = _tensor(cases.uniform(name, "latent", cases.ROWS, model.prior.size))
    losses, _, slopes = _gradients(
        model, lambda: model.discriminator_losses(image, latent) | model.generator_losses(image, latent)
    )
    names = ("discriminator_loss", "generator_loss", "real_error", "generated_error", "constraint")
    return {
        "forward": _seen(
            generated=model.generator(latent, training=True),
            code=model.encoder(image, training=True),
            reconstructed=model.discriminator(image, training=True),
        ),
        "losses": _scalars(losses, *names),
        "gradients": slopes,
        "changes": _step(model, image, latent),
        "change_of_k": float(model.equilibrium.k) - cases.K,
    }


def _avae(name):
    model = _model(name, ("generator", "encoder", "discriminator_encoder", "discriminator_decoder"))
    model.equilibrium.k.assign(cases.K)
    image = _tensor(cases.uniform(name, "image", cases.ROWS, *model.sample_shape))
    noise, latent = (_tensor(cases.normal(name, use, cases.ROWS, model.prior.size)) for use in ("noise", "latent"))
    losses, _, slopes = _gradients(model, lambda: model.losses_of(image, noise, latent))
    mean, log_variance = model.posterior(image, training=True)
    forward = _seen(
        mean=mean,
        log_variance=log_variance,
        reconstructed=model.generator(mean + tf.exp(log_variance / 2) * noise, training=True),
        generated=model.generator(latent, training=True),
        examined=model.discriminator(image, training=True),
    )
    ks = []
    for factor in cases.FACTORS:
        model.controlled({**losses, "real_error": factor * losses["real_error"]})
        ks.append(float(model.equilibrium.k) - cases.K)
    players = (f"{player}_loss" for player in model.players)
    errors = ("reconstruction_error", "divergence", "real_error", "generated_error", "reconstructed_error")
    return {
        "forward": forward,
        "losses": _scalars(losses, *players, *errors, "similarity"),
        "gradients": slopes,
        "changes_of_k": ks,
    }


def _xgan(name):
    networks = ("generator", "encoder", "discriminator", "image_classifier", "code_classifier")
    model = _model(name, (*networks, "feature_discriminator"))
    image = _tensor(cases.uniform(name, "image", cases.ROWS, *model.sample_shape), tf.float32)
    label = _tensor(cases.classes(name, model.condition_size), tf.int32)
    latent = _tensor(cases.normal(name, "latent", cases.ROWS, model.prior.size), tf.float32)
    moved = ("encoder", "generator", "discriminator", "code_classifier")
    losses, _, slopes = _gradients(model, lambda: model.losses_of(image, label, latent), moved)
    players = (f"{player}_loss" for player in model.players)
    return {
        "losses": _scalars(losses, *players, "feature_error", "embedding_error", "generated_class_loss"),
        "forward": _seen(
            code=model.encoder(image, training=True),
            generated=model.generator(latent, training=True),
            real_logits=model.discriminator(image, training=True)[0],
            class_logits=model.image_classifier(image, training=False)[0],
        ),
        "gradients": slopes,
    }


_FOUND = {
    "cwgan/mnist": _cwgan,
    "cwgan/celeba": _cwgan,
    "logan/cifar10": _logan,
    "logan/ring8": _logan,
    "gan/cifar10": _gan_without_labels,
    "began_cs/celeba64": _began_cs,
    "avae/celeba64": _avae,
    "xgan/facescrub": _xgan,
}


_TOLERANCES = {"gradients": 1e-4}
_FLOORS = {"float32": 1e-6, "float64": 1e-9}


def _differences(found, golden, tolerance, floor, where=""):
    """Where the numbers of two trees differ by more than a share of the largest of their list, and by how much."""
    if isinstance(golden, dict):
        assert found.keys() == golden.keys(), where
        pairs = [(found[key], golden[key], _TOLERANCES.get(key, tolerance), key) for key in golden]
    elif isinstance(golden, list) and isinstance(golden[0], list):
        pairs = [(*pair, tolerance, key) for key, pair in enumerate(zip(found, golden, strict=True))]
    else:
        assert np.shape(found) == np.shape(golden), where
        distance, scale = np.max(np.abs(np.subtract(found, golden))), np.max(np.abs(golden))
        return [f"{where}: {distance:.2g} of {scale:.3g}"] if distance > tolerance * scale + floor else []
    return [line for *parts, key in pairs for line in _differences(*parts, floor, f"{where}/{key}")]


@pytest.mark.parametrize("name", _FOUND)
def test_preset_against_the_oracle(name):
    differences = _differences(_FOUND[name](name), _golden(name), 1e-5, _FLOORS[_precision(name)])
    assert not differences, "\n".join(differences)
