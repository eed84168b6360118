"""The presets against an oracle in PyTorch that was written down apart from this code (goldens/oracle.py)."""

import dataclasses
import json
import pathlib
import runpy
import types

import numpy as np
import pytest
import tensorflow as tf

from tfgans import latent as latents
from tfgans import recipes, training

pytestmark = pytest.mark.conformance

_GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
cases = types.SimpleNamespace(**runpy.run_path(_GOLDENS / "cases.py"))


def _model(case, networks):
    """The preset's model, small, with the weights of the case in the named networks."""
    recipe = recipes.get(*case.split(":"))
    model = training.build(dataclasses.replace(recipe, precision="float64", **cases.CASES[case]))
    for network in networks:
        for index, variable in enumerate(getattr(model, network).weights):
            kind = variable.path.split("/")[-1]
            variable.assign(cases.weight(case, network, index, kind, tuple(variable.shape)))
    return model


def _tensor(values):
    return tf.constant(values, "float64")


def _image(case, model, batch=0):
    return _tensor(cases.uniform(case, f"image/{batch}", cases.ROWS, *model.sample_shape))


def _noise(case, model, use):
    """What the oracle has for a draw of noise, by the draw's name and number."""
    if use.split("/")[0].endswith("interpolation"):
        return _tensor(cases.shares(case, use))
    draw = cases.uniform if case.startswith(("logan", "gan", "began")) else cases.normal
    mean = -1 if case.startswith("cwgan") else 0
    return _tensor(mean + draw(case, use, cases.ROWS, model.prior.size))


def _seen(**values):
    return {name: cases.forward(value.numpy()) for name, value in values.items()}


def _scalars(losses, *names):
    return {name: float(losses[name]) for name in names}


def _gradients(model, compute, players=None):
    """The losses that `compute` gives, and the gradients of the players, by default of all."""
    with tf.GradientTape(persistent=True) as tape:
        losses = compute()
    variables = {player: getattr(model, player).trainable_variables for player in players or model.players}
    slopes = {player: tape.gradient(losses[f"{player}_loss"], values) for player, values in variables.items()}
    return losses, {player: cases.gradients([value.numpy() for value in slopes[player]]) for player in slopes}


def _step(case, model, **batches):
    """How far one `train_step` on batches and the oracle's noise takes all weights, over their learning rates."""
    model.noise = lambda draw, rows, use, index=0: _noise(case, model, f"{use.name.lower()}/{index}")
    before = {
        player: [value.numpy() for value in getattr(model, player).trainable_variables] for player in model.players
    }
    model.train_step({name: tf.stack(values, axis=1) for name, values in batches.items()})
    changes = {}
    for player, values in before.items():
        rate = float(model.optimizers[player].learning_rate)
        after = [value.numpy() for value in getattr(model, player).trainable_variables]
        changes[player] = cases.gradients([(new - old) / rate for new, old in zip(after, values, strict=True)])
    return changes


def _gan(case, labels=None, generator_latent="generator_latent/0"):
    """A GAN, whose labels are those of one batch after the other."""
    model = _model(case, ("generator", "discriminator"))
    images = [_image(case, model, batch) for batch in range(model.n_critic)]
    batch = {"image": images[0]} | ({} if labels is None else {"label": labels[0]})
    latent, share = (_noise(case, model, f"{use}/0") for use in ("discriminator_latent", "interpolation"))
    losses, slopes = _gradients(
        model,
        lambda: (
            model.discriminator_losses(batch, {"latent": latent, "interpolation": share})
            | model.generator_losses(batch, {"latent": _noise(case, model, generator_latent)})
        ),
    )
    found = {
        "forward": _seen(
            generated=model.forward(model.generator, latent, batch.get("label"), training=True),
            real_logits=model.logits(images[0], batch.get("label")),
        ),
        "losses": _scalars(losses, "discriminator_loss", "generator_loss", "generated_logit"),
        "gradients": slopes,
        "changes": _step(case, model, image=images, **({} if labels is None else {"label": labels})),
    }
    if model.penalty is not None:
        found["losses"]["weighted_penalty"] = model.penalty.weight * float(losses["gradient_penalty"])
    return found


def _cwgan(case):
    if case.startswith("cwgan/mnist"):
        return _gan(case, [tf.constant(cases.classes(case, f"label/{batch}", 10), tf.int32) for batch in range(5)])
    return _gan(case, [_tensor(cases.attributes(case, f"label/{batch}", 9)) for batch in range(5)])


def _gan_without_labels(case):
    return _gan(case, generator_latent="discriminator_latent/0")


def _logan(case):
    model = _model(case, ("generator", "encoder", "discriminator"))
    image, latent, share = (
        _image(case, model),
        *(_noise(case, model, f"{use}/0") for use in ("latent", "interpolation")),
    )
    losses, slopes = _gradients(
        model,
        lambda: (
            model.discriminator_losses({"image": image}, {"latent": latent, "interpolation": share})
            | model.generator_losses({"image": image}, {"latent": latent})
        ),
    )
    code, generated = model.encoder(image, training=True), model.generator(latent, training=True)
    names = ("discriminator_loss", "encoder_loss", "generator_loss", "real_logit", "generated_logit")
    return {
        "forward": _seen(
            generated=generated,
            code=code,
            reconstructed=model.generator(code, training=True),
            real_logits=model.logits(image, code),
            generated_logits=model.logits(generated, latent),
        ),
        "losses": _scalars(losses, *names, "gradient_penalty"),
        "gradients": slopes,
        "changes": _step(case, model, image=[image]),
    }


def _began_cs(case):
    model = _model(case, ("generator", "encoder", "decoder"))
    model.equilibrium.k.assign(cases.K)
    image = _image(case, model)
    latent, other = (_noise(case, model, f"{player}_latent/0") for player in ("discriminator", "generator"))
    losses, slopes = _gradients(
        model,
        lambda: (
            model.discriminator_losses({"image": image}, {"latent": latent})
            | model.generator_losses({"image": image}, {"latent": other})
        ),
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
        "changes": _step(case, model, image=[image]),
        "change_of_k": float(model.equilibrium.k) - cases.K,
    }


def _avae(case):
    model = _model(case, ("generator", "encoder", "discriminator_encoder", "discriminator_decoder"))
    model.equilibrium.k.assign(cases.K)
    image = _image(case, model)
    noise, latent = (_noise(case, model, f"{use}/0") for use in ("posterior", "latent"))
    losses, slopes = _gradients(
        model, lambda: model.joint_losses({"image": image}, {"posterior": noise, "latent": latent})
    )
    mean, log_variance = latents.mean_and_log_variance(model.encoder(image, training=True))
    forward = _seen(
        mean=mean,
        log_variance=log_variance,
        reconstructed=model.generator(mean + tf.exp(log_variance / 2) * noise, training=True),
        generated=model.generator(latent, training=True),
        examined=model.discriminator(image, training=True),
    )
    ks = []
    for factor in cases.FACTORS:
        model.update_balance({**losses, "real_error": factor * losses["real_error"]})
        ks.append(float(model.equilibrium.k) - cases.K)
    players = (f"{player}_loss" for player in model.players)
    errors = ("reconstruction_error", "divergence", "real_error", "generated_error", "reconstructed_error")
    return {
        "forward": forward,
        "losses": _scalars(losses, *players, *errors, "similarity"),
        "gradients": slopes,
        "changes_of_k": ks,
    }


def _xgan(case):
    players = ("encoder", "generator", "discriminator", "code_classifier")
    model = _model(case, (*players, "image_classifier", "feature_discriminator"))
    image, latent = _image(case, model), _noise(case, model, "latent/0")
    label = tf.constant(cases.classes(case, "label/0", model.labels.count), tf.int32)
    losses, slopes = _gradients(
        model, lambda: model.joint_losses({"image": image, "label": label}, {"latent": latent}), players
    )
    names = (*players, "feature_discriminator")
    return {
        "forward": _seen(
            code=model.encoder(image, training=True),
            generated=model.generator(latent, training=True),
            real_logits=model.discriminator(image, training=True)[0],
            class_logits=model.image_classifier(image, training=False)[0],
        ),
        "losses": _scalars(
            losses, *(f"{name}_loss" for name in names), "feature_error", "embedding_error", "generated_class_loss"
        ),
        "gradients": slopes,
    }


_SYSTEMS = {
    "cwgan": (_cwgan, "cwgan"),
    "logan": (_logan, "logan"),
    "gan": (_gan_without_labels, "logan"),
    "began_cs": (_began_cs, "began_cs"),
    "avae": (_avae, "avae"),
    "xgan": (_xgan, "xgan"),
}
"""What finds the numbers of a case, and the file of the oracle's."""

_TOLERANCES = {"gradients": 1e-4}
_FLOOR = 1e-9


def _differences(found, golden, tolerance=1e-5, where=""):
    """Where the numbers of two trees differ by more than a share of the largest of their list, and by how much."""
    if isinstance(golden, dict):
        assert found.keys() == golden.keys(), where
        parts = [(key, _TOLERANCES.get(key, tolerance)) for key in golden]
        return [line for key, share in parts for line in _differences(found[key], golden[key], share, f"{where}/{key}")]
    assert np.shape(found) == np.shape(golden), where
    distance, scale = np.max(np.abs(np.subtract(found, golden))), np.max(np.abs(golden))
    return [f"{where}: {distance:.2g} of {scale:.3g}"] if distance > tolerance * scale + _FLOOR else []


@pytest.mark.parametrize("case", cases.CASES)
def test_preset_against_the_oracle(case):
    find, system = _SYSTEMS[case.split("/")[0]]
    golden = json.loads((_GOLDENS / f"{system}.json").read_text())[case]
    found = {"draws": cases.draws(case), **find(case)}
    differences = _differences(found, golden)
    assert not differences, "\n".join(differences)
