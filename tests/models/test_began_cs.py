import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import linear

import tfgans
from tfgans import data, latent, networks
from tfgans.equilibrium import Equilibrium


def model(**arguments):
    """From latents of two entries to points of three, all networks linear."""
    return tfgans.BEGANCS(
        linear(2, 3, "generator"), linear(3, 2, "encoder"), linear(2, 3, "decoder"), latent.Uniform(2), **arguments
    )


def matrices(gan):
    return [network.get_weights()[0] for network in (gan.generator, gan.encoder, gan.decoder)]


@pytest.fixture
def image(random):
    return tf.constant(random.normal(size=(5, 3)))


@pytest.fixture
def z(random):
    return tf.constant(random.uniform(-1, 1, size=(5, 2)))


def test_codes_that_are_the_latents_cost_nothing(float64, image, z):
    """Enc(G(z)) = z for each z: what is left of a safe norm is 1e-6."""
    gan = model()
    gan.encoder.set_weights([np.linalg.pinv(matrices(gan)[0])])
    losses = gan.discriminator_losses({"image": image}, {"latent": z})
    assert float(losses["constraint"]) == pytest.approx(1e-6, rel=1e-3)
    assert float(losses["generated_error"]) > 0.1
    assert float(losses["discriminator_loss"]) == pytest.approx(float(losses["real_error"]), rel=1e-6)


def test_constraint_by_hand(float64, image, z):
    """L(x) - k L(G(z)) + alpha ||z - Enc(G(z))||, each a mean of Euclidean norms."""
    gan = model(constraint_weight=0.3)
    gan.equilibrium.k.assign(0.25)
    losses = gan.discriminator_losses({"image": image}, {"latent": z})
    generator, encoder, decoder = matrices(gan)

    def error(points):
        return np.linalg.norm(points - points @ encoder @ decoder, axis=1).mean()

    real, generated = error(image.numpy()), error(z.numpy() @ generator)
    constraint = np.linalg.norm(z.numpy() - z.numpy() @ generator @ encoder, axis=1).mean()
    assert set(losses) == {"discriminator_loss", "real_error", "generated_error", "constraint"}
    assert float(losses["constraint"]) == pytest.approx(constraint, rel=1e-9)
    assert float(losses["discriminator_loss"]) == pytest.approx(real - 0.25 * generated + 0.3 * constraint, rel=1e-6)


@pytest.mark.parametrize(
    ("norm", "size"), [("l1_mean", 0.2), ("l2_sample", 0.2 * np.sqrt(2)), ("l2_batch", 0.2 * np.sqrt(2 / 5))]
)
def test_norm_of_the_codes_is_a_choice_of_its_own(float64, norm, size):
    """G(z) = (z, 0), Enc(x) = 1.2 (x_1, x_2) and z = 1: each entry is off by .2."""
    gan = model(constraint_norm=norm)
    gan.generator.set_weights([np.eye(2, 3)])
    gan.encoder.set_weights([1.2 * np.eye(3, 2)])
    found = gan.discriminator_losses({"image": tf.ones((5, 3), tf.float64)}, {"latent": tf.ones((5, 2), tf.float64)})
    assert float(found["constraint"]) == pytest.approx(size, rel=1e-9)
    assert gan.norm == "l2_sample"


@pytest.mark.parametrize("constraint_norm", ["l2_sample", "l1_mean"])
def test_constraint_reaches_the_encoder_alone(float64, image, z, constraint_norm):
    """A step of the discriminator with it and one without differ by alpha dL_c / dEnc, and in nothing else."""
    changes = []
    for weight in (0.0, 0.7):
        keras.utils.set_random_seed(0)
        gan = model(constraint_weight=weight, constraint_norm=constraint_norm)
        gan.compile({player: keras.optimizers.SGD(0.125) for player in gan.players})
        before = matrices(gan)
        with tf.GradientTape() as tape:
            loss = gan.discriminator_losses({"image": image}, {"latent": z})["discriminator_loss"]
        gan.update({"discriminator": (tape, loss)})
        changes.append([new - old for old, new in zip(before, matrices(gan), strict=True)])
    generator, encoder, _ = before
    points = z.numpy() @ generator
    rest = z.numpy() - points @ encoder
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    slope = np.sign(rest) / rest.size if constraint_norm == "l1_mean" else rest / lengths / len(rest)
    of_generator, of_encoder, of_decoder = (there - without for without, there in zip(*changes, strict=True))
    np.testing.assert_allclose(of_encoder, 0.125 * 0.7 * points.T @ slope, rtol=1e-8)
    assert np.abs(of_encoder).max() > 1e-3
    np.testing.assert_array_equal(of_generator, 0)
    np.testing.assert_array_equal(changes[1][0], 0)
    np.testing.assert_array_equal(of_decoder, 0)
    assert np.abs(changes[1][2]).max() > 1e-3


def test_constraint_has_no_slope_in_the_decoder(image, z):
    gan = model()
    with tf.GradientTape() as tape:
        given = {"image": tf.cast(image, tf.float32)}, {"latent": tf.cast(z, tf.float32)}
        constraint = gan.discriminator_losses(*given)["constraint"]
    slopes = tape.gradient(constraint, [*gan.decoder.trainable_variables, *gan.encoder.trainable_variables])
    assert slopes[0] is None
    assert np.abs(slopes[1]).max() > 1e-3


def batches():
    return data.batches({"image": np.random.default_rng(1).normal(size=(64, 2))}, 16)


def trained(cls, rates=None, steps=5, **arguments):
    """All weights of a model of ReLUs after some steps, by Adam or by plain descent at the rates that are given."""
    keras.utils.set_random_seed(0)
    gan = cls(
        networks.relu_mlp(3, 2, (6, 5), "generator"),
        networks.relu_mlp(2, 3, (5, 6), "encoder"),
        networks.relu_mlp(3, 2, (6, 5), "decoder"),
        latent.Uniform(3),
        Equilibrium(2.0, 0.05),
        norm="l2_sample",
        **arguments,
    )
    optimizers = rates and {player: keras.optimizers.SGD(rate) for player, rate in rates.items()}
    gan.compile(optimizers, run_eagerly=steps < 10)
    logs = gan.fit(batches(), steps_per_epoch=steps, verbose=0).history
    return gan, logs


def weights(network):
    return np.concatenate([weight.ravel() for weight in network.get_weights()])


@pytest.mark.run
def test_without_the_constraint_it_is_began_to_the_last_bit():
    """After some steps, in which k has left 0; and with it, it is not."""
    began, logs = trained(tfgans.BEGAN)
    plain, plain_logs = trained(tfgans.BEGANCS, constraint_weight=0.0)
    held, held_logs = trained(tfgans.BEGANCS, constraint_weight=0.1)
    assert 0 < float(began.equilibrium.k.numpy()) < 1
    assert plain_logs == logs
    assert set(held_logs) - set(logs) == {"constraint"}
    np.testing.assert_array_equal(weights(plain), weights(began))
    assert np.any(weights(held) != weights(began))


def test_neither_the_generator_nor_k_feels_the_constraint():
    """Where the discriminator rests, both are what they would be without it."""
    rates = {"discriminator": 0.0, "generator": 0.05}
    plain, _ = trained(tfgans.BEGANCS, rates, constraint_weight=0.0)
    held, _ = trained(tfgans.BEGANCS, rates, constraint_weight=10.0)
    keras.utils.set_random_seed(0)
    start = weights(networks.relu_mlp(3, 2, (6, 5), "generator"))
    np.testing.assert_array_equal(weights(held.generator), weights(plain.generator))
    assert np.any(weights(held.generator) != start)
    np.testing.assert_array_equal(held.equilibrium.k, plain.equilibrium.k)
    assert float(held.equilibrium.k.numpy()) > 0


@pytest.mark.run
def test_training_on_the_constraint_makes_the_encoder_an_inverse():
    """With the generator at rest, codes come close to the latents; without the constraint they stay away."""
    rates = {"discriminator": 0.05, "generator": 0.0}
    distances = []
    for weight in (0.0, 10.0):
        gan, _ = trained(tfgans.BEGANCS, rates, steps=300, constraint_weight=weight)
        z = gan.prior.sample(200, [0, 7])
        distances.append(float(tf.reduce_mean(tf.norm(z - gan.encoder(gan.generator(z)), axis=1))))
    assert distances[1] < 0.8 * distances[0]


def test_defaults_are_those_of_the_paper():
    gan = model()
    gan.compile()
    assert (gan.constraint_weight, gan.norm, gan.constraint_norm) == (0.1, "l2_sample", "l2_sample")
    assert (gan.equilibrium.ratio, gan.equilibrium.integral, gan.share_latent) == (0.5, 1e-3, False)
    for optimizer in gan.optimizers.values():
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.999)


def test_configuration_has_the_constraint():
    gan = model(constraint_weight=0.4, constraint_norm="l1_mean", norm="l2_batch", share_latent=True)
    copy = tfgans.BEGANCS.from_config(gan.get_config())
    assert (copy.constraint_weight, copy.constraint_norm, copy.norm) == (0.4, "l1_mean", "l2_batch")
    assert copy.share_latent


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"constraint_weight": -0.1}, r"constraint_weight must not be negative; received -0\.1"),
        ({"constraint_norm": "l3"}, "constraint_norm must be one of l1_mean, l2_sample, l2_batch; received 'l3'"),
        ({"norm": "l3"}, "norm must be one of l1_mean, l2_sample, l2_batch; received 'l3'"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        model(**arguments)


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match=r"The generator of a BEGANCS must take \[\(3,\)\]"):
        tfgans.BEGANCS(linear(2, 3, "generator"), linear(3, 2, "encoder"), linear(2, 3, "decoder"), latent.Uniform(3))
