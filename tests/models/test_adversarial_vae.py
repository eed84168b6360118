import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import line

import tfgans
from tfgans import latent, networks
from tfgans.equilibrium import Equilibrium, Margin


@pytest.fixture
def by_hand(float64):
    """Of x = 1: x_v = .7, and of z_g = .55: x_g = .55; A_e(u) = 4/3 u, r(u) - u = u / 3 - 2/15.

    So L_e = .3, L_s = .4, L_d = .2, L_g = .05 and L_v = .1.
    """

    def make(**options):
        return tfgans.AdversarialVAE(
            line(1.0, 0.0, "generator"),
            line([[0.0, 0.0]], [0.7, -80.0], "encoder"),
            line(4 / 3, 0.0, "encoder"),
            line(1.0, -2 / 15, "decoder"),
            latent.Normal(1),
            **options,
        )

    return make


@pytest.fixture
def numbers():
    """A batch and the noise of its turn."""
    image, noise, z = (tf.constant([[value]], tf.float64) for value in (1.0, 0.3, 0.55))
    return {"image": image}, {"posterior": noise, "latent": z}


def test_losses_by_hand(by_hand, numbers):
    model = by_hand()
    model.equilibrium.k.assign(0.1)
    found = {name: float(value) for name, value in model.joint_losses(*numbers).items()}
    divergence = 0.5 * (0.7**2 - 1 + 80)
    assert found == pytest.approx(
        {
            "reconstruction_error": 0.3,
            "similarity": 0.4,
            "real_error": 0.2,
            "generated_error": 0.05,
            "reconstructed_error": 0.1,
            "divergence": divergence,
            "active_units": 0,
            "encoder_loss": divergence + 0.07,
            "generator_loss": 0.15,
            "discriminator_loss": 0.192,
        }
    )


def test_a_margin_is_of_each_row(by_hand):
    """z_g of .55 and 2.8 have errors of .05 and .8, and both reconstructions one of .1: .08 and .83 beside 1 / 3."""
    model = by_hand(equilibrium=Margin(1 / 3))
    image, noise, z = (tf.constant(values, tf.float64) for values in ([[1.0]] * 2, [[0.3]] * 2, [[0.55], [2.8]]))
    found = model.joint_losses({"image": image}, {"posterior": noise, "latent": z})
    assert float(found["discriminator_loss"]) == pytest.approx(0.2 + (1 / 3 - 0.08) / 2)
    assert float(found["generated_error"]) == pytest.approx(0.425)


@pytest.mark.parametrize(("sign", "error"), [("corrected", 0.02), ("literal", 0.08)])
def test_both_signs_of_the_error(by_hand, numbers, sign, error):
    model = by_hand(equilibrium=Equilibrium(0.5, 1.0), error_sign=sign)
    found = model.update_balance(model.joint_losses(*numbers))
    assert float(found["error"]) == pytest.approx(error)
    assert float(found["k"]) == pytest.approx(error)
    assert float(found["convergence"]) == pytest.approx(0.2 + error)
    assert float(found["measured_ratio"]) == pytest.approx(0.4)


def test_a_perfect_discriminator_sees_no_errors(by_hand, numbers):
    model = by_hand()
    model.discriminator_decoder.set_weights([np.array([[0.75]]), np.array([0.0])])
    found = model.joint_losses(*numbers)
    for name in ("real_error", "generated_error", "reconstructed_error"):
        assert float(found[name]) == pytest.approx(0, abs=1e-12)


def test_a_certain_posterior_decodes_its_mean(by_hand, numbers):
    model, (batch, noise) = by_hand(), numbers
    for scale in (0.0, 1.0, 100.0):
        found = model.joint_losses(batch, {**noise, "posterior": scale * noise["posterior"]})
        assert float(found["reconstruction_error"]) == pytest.approx(0.3)
    np.testing.assert_allclose(model.encode([[1.0]]), [[0.7]])
    np.testing.assert_allclose(model.reconstruct([[1.0]]), [[0.7]])


def test_energy_is_the_error_of_the_discriminator(by_hand):
    np.testing.assert_allclose(by_hand().examine([[1.0], [0.7]]), [[1.2], [0.8]])
    np.testing.assert_allclose(by_hand().discriminate([[1.0], [0.7]]), [0.2, 0.1])


def test_everybody_moves_from_where_all_were(by_hand, numbers, monkeypatch):
    """One step of SGD equals each player's own gradient at the start, and k moves after the discriminator's loss."""
    start = by_hand()
    expected = {}
    for player in start.players:
        variables = getattr(start, player).trainable_variables
        with tf.GradientTape() as tape:
            loss = start.joint_losses(*numbers)[f"{player}_loss"]
        gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
        expected[player] = [v.numpy() - 0.1 * g.numpy() for v, g in zip(variables, gradients, strict=True)]
    model = by_hand(equilibrium=Equilibrium(0.5, 1.0))
    model.compile({player: keras.optimizers.SGD(0.1) for player in model.players}, run_eagerly=True)
    batch, noise = numbers
    monkeypatch.setattr(model, "draw_noise", lambda *_: noise)
    model.train_step({"image": batch["image"][:, tf.newaxis]})
    for player, weights in expected.items():
        for ours, theirs in zip(getattr(model, player).trainable_variables, weights, strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-6, atol=1e-9)
    assert float(model.equilibrium.k.numpy()) == pytest.approx(0.02)


def test_active_units_are_those_whose_mean_varies():
    means = np.zeros((4, 3), np.float32)
    means[:, 0], means[:, 1] = [0.3, -0.3, 0.3, -0.3], [0.09, -0.09, 0.09, -0.09]
    assert float(latent.active_units(tf.constant(means))) == 1


def test_default_controller_is_the_papers():
    model = tfgans.AdversarialVAE(
        networks.relu_mlp(2, 3, (4,), "generator"),
        networks.relu_mlp(3, 4, (4,), "encoder"),
        networks.relu_mlp(3, 5, (4,), "encoder"),
        networks.relu_mlp(5, 3, (4,), "decoder"),
        latent.Normal(2),
    )
    controller = model.equilibrium
    assert (controller.ratio, controller.integral, controller.proportional, controller.derivative) == (
        *(0.5, 1e-3),
        *(1e-5, 1e-5),
    )
    assert (model.reconstructed_weight, model.similarity_weight, model.pixel_weight) == (0.3, 0.1, 0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kl_reduction": "batch"}, "kl_reduction must be one of per_pixel, sum, mean"),
        ({"error_sign": "plus"}, "error_sign must be one of corrected, literal; received 'plus'"),
        ({"similarity_weight": -0.1}, "similarity_weight and pixel_weight must be at least 0; received .*, -0.1, "),
    ],
)
def test_refuses_choices_that_there_are_not(by_hand, options, message):
    with pytest.raises(ValueError, match=message):
        by_hand(**options)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (
            [(2, 3), (3, 2), (3, 5), (5, 3)],
            r"The encoder .* and give \(4,\) first; it takes \[\(3,\)\] and gives \(2,\)",
        ),
        ([(2, 3), (3, 4), (3, 5), (4, 3)], r"The discriminator_decoder .* must take \[\(5,\)\] and give \(3,\) first"),
        ([(3, 3), (3, 4), (3, 5), (5, 3)], r"The generator .* must take \[\(2,\)\] and give \(3,\) first"),
    ],
)
def test_refuses_networks_that_do_not_fit(sizes, message):
    nets = [networks.relu_mlp(*size, (4,)) for size in sizes]
    with pytest.raises(ValueError, match=message):
        tfgans.AdversarialVAE(*nets, latent.Normal(2))
