import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import line

import tfgans
from tfgans import latent, networks


def by_hand(**options):
    """G(z) = 2 z (1, 1), E(x) = (x_1 + x_2) / 4 + .5, D(x) = x_1 - 1."""
    return tfgans.MDGAN(
        line([[2.0, 2.0]], [0.0, 0.0], "generator"),
        line([[0.25], [0.25]], [0.5], "encoder"),
        line([[1.0], [0.0]], [-1.0], "discriminator"),
        latent.Uniform(1),
        **options,
    )


IMAGE, Z = np.array([[1.0, 1.0]]), np.array([[0.75]])
BATCH, NOISE = {"image": tf.constant(IMAGE)}, {"latent": tf.constant(Z)}


def softplus(x):
    return np.log1p(np.exp(x))


def test_losses_by_hand(float64):
    """x = (1, 1) has the code 1 and comes back as (2, 2): an error of 2, and a logit of 1; G(z) = 1.5 has .5."""
    model = by_hand(reconstruction_weight=0.1, mode_weight=0.2)
    found = {name: float(value) for name, value in model.generator_losses(BATCH, NOISE).items()}
    regulariser = 0.1 * 2 + 0.2 * softplus(-1)
    assert found == pytest.approx(
        {
            "reconstruction_error": 2,
            "mode_loss": softplus(-1),
            "encoder_loss": regulariser,
            "generator_loss": softplus(-0.5) + regulariser,
        }
    )
    parts = model.discriminator_losses(BATCH, NOISE)
    assert float(parts["discriminator_loss"]) == pytest.approx(softplus(0) + softplus(0.5))
    assert (float(parts["real_logit"]), float(parts["generated_logit"])) == pytest.approx((0, 0.5))


def test_discriminator_moves_first(float64, monkeypatch):
    """The others descend what it has become."""
    model = by_hand()
    model.compile({player: keras.optimizers.SGD(0.5) for player in model.players}, run_eagerly=True)
    monkeypatch.setattr(model, "noise", lambda *_: tf.constant(Z))
    after = by_hand()
    with tf.GradientTape() as tape:
        loss = after.discriminator_losses(BATCH, NOISE)["discriminator_loss"]
    variables = after.discriminator.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(0.5 * gradient)
    expected = float(after.generator_losses(BATCH, NOISE)["generator_loss"])
    logs = model.train_step({"image": tf.constant(IMAGE)[:, tf.newaxis]})
    assert float(logs["generator_loss"]) == pytest.approx(expected)


def test_each_turn_has_fresh_noise_and_the_same_batch(float64, monkeypatch):
    model, seen = by_hand(), {}
    model.compile(run_eagerly=True)
    losses_of = model.losses_of

    def spy(turn, batch, noise):
        seen[turn] = batch["image"].numpy().tolist(), noise["latent"].numpy()
        return losses_of(turn, batch, noise)

    monkeypatch.setattr(model, "losses_of", spy)
    model.train_step({"image": tf.constant(IMAGE)[:, tf.newaxis]})
    (first, z), (second, other) = seen["discriminator"], seen["generator"]
    assert first == second == IMAGE.tolist()
    assert np.all(z != other)


def test_defaults_are_those_of_the_code(float64):
    model = by_hand()
    assert (model.reconstruction_weight, model.mode_weight) == (0.01, 0.01)
    assert float(model.default_optimizer().learning_rate.numpy()) == pytest.approx(1e-3)


def test_maps_behind_the_logit_are_not_used(random):
    model = tfgans.MDGAN(
        networks.mlp_generator((8, 8, 1), 3, (5,)),
        networks.mlp_encoder((8, 8, 1), 3, (5,)),
        networks.mlp_classifier((8, 8, 1), 1, (5,), "discriminator"),
        latent.Uniform(3),
    )
    assert model.discriminate(random.uniform(-1, 1, (4, 8, 8, 1))).shape == (4,)


def test_refuses(float64):
    with pytest.raises(ValueError, match="Weights must not be negative; received -1"):
        by_hand(reconstruction_weight=-1.0)
    nets = networks.mlp_generator(2, 3, (4,)), networks.mlp_encoder(2, 4, (4,))
    with pytest.raises(ValueError, match=r"The encoder of a MDGAN must take \[\(2,\)\] and give \(3,\) first"):
        tfgans.MDGAN(*nets, networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(3))
