import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, losses, networks


def linear_model():
    """G(z) = (2 z, -z), F(x) = x_1 - x_2, l(x, z) = x_1 + z; then F(G(z)) = 3 z."""
    inputs = {name: keras.Input((size,)) for name, size in (("image", 2), ("latent", 1))}
    pair = keras.layers.Concatenate()(list(inputs.values()))
    gan = tfgans.VEEGAN(
        keras.Model(inputs["latent"], keras.layers.Dense(2, use_bias=False)(inputs["latent"])),
        keras.Model(inputs["image"], keras.layers.Dense(1, use_bias=False)(inputs["image"])),
        keras.Model(list(inputs.values()), keras.layers.Dense(1, use_bias=False)(pair)),
        latent.Uniform(1),
    )
    gan.generator.set_weights([np.array([[2.0, -1.0]])])
    gan.encoder.set_weights([np.array([[1.0], [-1.0]])])
    gan.discriminator.set_weights([np.array([[1.0], [0.0], [1.0]])])
    return gan


def model(size=2, **arguments):
    return tfgans.VEEGAN(
        networks.mlp_generator(2, size, (8,)),
        networks.mlp_encoder(2, size, (8,)),
        networks.mlp_discriminator(2, size, (8,)),
        latent.Uniform(size),
        **arguments,
    )


# r = 2 x_1 - x_2 is 1 and -2, q = 3 z is 3 and -1.5, and z - F(G(z)) = -2 z is -2 and 1.
IMAGE, Z = tf.constant([[1.0, 1.0], [0.0, 2.0]]), tf.constant([[1.0], [-0.5]])
WEIGHTS = tf.constant([0.5, 0.5])
BATCH, NOISE = {"image": IMAGE}, {"latent": Z}


def test_loss_of_the_discriminator_by_hand():
    """(log(1 + 1/e) + log(1 + e^2)) / 2 + (log(1 + e^3) + log(1 + e^-1.5)) / 2; with the signs swapped, 1.5951."""
    found = linear_model().discriminator_losses(BATCH, NOISE)
    assert float(found["discriminator_loss"]) == pytest.approx(2.8450952, rel=1e-6)
    assert float(found["real_logit"]) == pytest.approx(-0.5)
    assert float(found["generated_logit"]) == pytest.approx(0.75)


def test_discriminator_is_that_of_a_classifier_whose_logit_is_minus_t(random):
    """-E log s(T(z, G(z))) - E log(1 - s(T(x, F(x)))) with T = -l."""
    gan = model()
    image, z = (tf.constant(random.normal(size=(16, 2)), tf.float32) for _ in range(2))
    generated_t = -np.asarray(gan.discriminator([gan.generator(z), z]), np.float64)
    real_t = -np.asarray(gan.discriminator([image, gan.encoder(image)]), np.float64)

    def logistic(t):
        return 1 / (1 + np.exp(-t))

    expected = -np.log(logistic(generated_t)).mean() - np.log(1 - logistic(real_t)).mean()
    found = gan.discriminator_losses({"image": image}, {"latent": z})
    assert float(found["discriminator_loss"]) == pytest.approx(expected, rel=1e-5)


def test_loss_of_the_encoder_by_hand():
    """E (z - 3 z)^2 = (4 + 1) / 2."""
    assert float(linear_model().generator_losses(BATCH, NOISE)["encoder_loss"]) == pytest.approx(2.5)


def test_loss_of_the_generator_by_hand():
    """-E q is -.75, and what is lost of z 2.5; with the sign of q swapped it would be 3.25."""
    assert float(linear_model().generator_losses(BATCH, NOISE)["generator_loss"]) == pytest.approx(1.75)


def test_what_is_lost_of_z_is_summed_over_its_entries(random):
    """With F = 0 it is E ||z||^2."""
    gan = model(size=3)
    for variable in gan.encoder.variables:
        variable.assign(tf.zeros_like(variable))
    z = tf.constant(random.normal(size=(16, 3)), tf.float32)
    expected = np.square(z.numpy()).sum(1).mean()
    assert float(gan.generator_losses({}, {"latent": z})["encoder_loss"]) == pytest.approx(expected, rel=1e-5)


def slopes(gan, player):
    with tf.GradientTape() as tape:
        loss = gan.generator_losses(BATCH, NOISE)[f"{player}_loss"]
    return tape.gradient(loss, getattr(gan, player).trainable_variables)


def test_the_encoder_does_not_see_the_discriminator():
    """Of F = (a, b), F(G(z)) = (2 a - b) z: E 2 (2 a - b - 1) z^2 (2, -1), with E z^2 = .625, whatever l is."""
    gan = linear_model()
    for weights in ([[1.0], [0.0], [1.0]], [[-5.0], [2.0], [3.0]]):
        gan.discriminator.set_weights([np.array(weights)])
        np.testing.assert_allclose(slopes(gan, "encoder")[0], [[5.0], [-2.5]], rtol=1e-6)


def test_the_generator_raises_the_logit_and_keeps_z():
    """Of G = (a, b), -q adds -(E z, 0) = -(.25, 0), and (z - (a - b) z)^2 adds 2 (a - b - 1) E z^2 (1, -1)."""
    np.testing.assert_allclose(slopes(linear_model(), "generator")[0], [[-0.25 + 2.5, -2.5]], rtol=1e-6)


def test_a_whole_step_by_hand():
    """Plain descent at .1: the discriminator first, then the others on the new one, both from where they were."""
    gan = linear_model()
    gan.compile({player: keras.optimizers.SGD(0.1) for player in gan.players}, run_eagerly=True)
    gan.noise = lambda draw, rows, use, index=0: Z if use == 0 else WEIGHTS
    gan.train_step({"image": IMAGE[:, tf.newaxis]})
    # Pairs (x, F(x)) are (1, 1, 0) and (0, 2, -2), pairs (G(z), z) are (2, -1, 1) and (-1, .5, -.5).
    real, generated = np.array([[1.0, 1, 0], [0, 2, -2]]), np.array([[2.0, -1, 1], [-1, 0.5, -0.5]])
    weights = np.array([1.0, 0, 1])
    down = -(real / (1 + np.exp(real @ weights))[:, np.newaxis]).mean(0)
    up = (generated / (1 + np.exp(-generated @ weights))[:, np.newaxis]).mean(0)
    weights = weights - 0.1 * (down + up)
    np.testing.assert_allclose(gan.discriminator.get_weights()[0][:, 0], weights, rtol=1e-5)
    np.testing.assert_allclose(gan.encoder.get_weights()[0], [[1 - 0.5], [-1 + 0.25]], rtol=1e-5)
    expected = [2 - 0.1 * (2.5 - 0.25 * weights[0]), -1 - 0.1 * (-2.5 - 0.25 * weights[1])]
    np.testing.assert_allclose(gan.generator.get_weights()[0][0], expected, rtol=1e-5)


def test_defaults_are_those_of_the_authors():
    gan = model()
    gan.compile()
    assert gan.objective == losses.LogitLoss(squared=False)
    assert (gan.penalty, gan.latent_penalty, gan.reconstruction_weight, gan.n_critic) == (None, None, 0, 1)
    for optimizer in gan.optimizers.values():
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(1e-3)
        assert optimizer.beta_1 == 0.5


def test_configuration_makes_the_same_model(random):
    gan = model(ema_decay=0.9, seed=3, name="rival")
    copy = tfgans.VEEGAN.from_config(gan.get_config())
    assert (copy.ema_decay, copy.seed, copy.name, copy.prior) == (0.9, 3, "rival", gan.prior)
    copy.set_weights(gan.get_weights())
    points = random.normal(size=(5, 2))
    np.testing.assert_array_equal(copy.reconstruct(points), gan.reconstruct(points))


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match=r"The encoder of a VEEGAN must take \[\(2,\)\] and give \(2,\) first"):
        tfgans.VEEGAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_encoder(2, 3, (4,)),
            networks.mlp_discriminator(2, 2, (4,)),
            latent.Uniform(2),
        )
