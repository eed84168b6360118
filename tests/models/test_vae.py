import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, networks


@pytest.fixture
def model(float64):
    """G(z) = 2 z; E(x) has mean x and log variance -2 in its only entry."""
    x, z = (keras.Input((1,), dtype="float64") for _ in range(2))
    encoder = keras.Model(x, keras.layers.Dense(2)(x))
    generator = keras.Model(z, keras.layers.Dense(1)(z))
    encoder.set_weights([np.array([[1.0, 0.0]]), np.array([0.0, -2.0])])
    generator.set_weights([np.array([[2.0]]), np.array([0.0])])
    return tfgans.VAE(generator, encoder, latent.Normal(1), kl_reduction="sum")


def test_loss_by_hand(model):
    """x = 1, noise .5: z = 1 + .5 / e, error 2 z - 1; divergence (1 + e^-2 - 1 + 2) / 2."""
    image, noise = tf.constant([[1.0]], tf.float64), tf.constant([[0.5]], tf.float64)
    found = model.joint_losses({"image": image}, {"posterior": noise})
    error, divergence = 2 * (1 + 0.5 * np.exp(-1)) - 1, 0.5 * (np.exp(-2) + 2)
    assert float(found["reconstruction_error"]) == pytest.approx(error)
    assert float(found["divergence"]) == pytest.approx(divergence)
    for name in ("loss", "encoder_loss", "generator_loss"):
        assert float(found[name]) == pytest.approx(error + divergence)


def test_faces_have_the_mean_and_no_discriminator(model):
    np.testing.assert_allclose(model.encode([[3.0]]), [[3.0]])
    np.testing.assert_allclose(model.reconstruct([[3.0]]), [[6.0]])
    assert "discriminate" not in model.faces()
    with pytest.raises(ValueError, match="VAE has no face discriminate; it has sample, generate, encode"):
        model.discriminate([[3.0]])


def test_refuses():
    nets = networks.relu_mlp(2, 3, (4,), "generator"), networks.relu_mlp(3, 4, (4,))
    with pytest.raises(ValueError, match="kl_reduction must be one of"):
        tfgans.VAE(*nets, latent.Normal(2), kl_reduction="batch")
    with pytest.raises(ValueError, match=r"The generator of a VAE must take \[\(3,\)\] .*; it takes \[\(2,\)\]"):
        tfgans.VAE(*nets, latent.Normal(3))
    with pytest.raises(ValueError, match=r"VAE needs a standard normal prior, Normal\(2\); received Normal\(.*mean=-1"):
        tfgans.VAE(*nets, latent.Normal(2, mean=-1.0))
