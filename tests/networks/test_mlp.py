import numpy as np
import pytest
from small_networks import trainable

from tfgans import networks


def test_counts_of_the_paper():
    assert trainable(networks.mlp_generator(2, 1)) == 527_362
    assert trainable(networks.mlp_generator(2, 2)) == 527_874
    assert trainable(networks.mlp_encoder(2, 1)) == 527_361
    assert trainable(networks.mlp_discriminator(2, 1)) == 527_873
    assert trainable(networks.mlp_discriminator(2)) == 527_361


def test_initial_weights():
    """U(+-1.43 sqrt(3 / n)) with n the fan-in, whose variance is 1.43^2 / n."""
    kernel = networks.mlp_generator(2, 2).layers[3].get_weights()[0]
    assert kernel.shape == (512, 512)
    assert np.abs(kernel).max() == pytest.approx(1.43 * np.sqrt(3 / 512), rel=1e-3)
    assert kernel.var() == pytest.approx(1.43**2 / 512, rel=0.02)


def test_logits_are_one_a_row(random):
    discriminator = networks.mlp_discriminator(2, 3, widths=(4,))
    assert discriminator([random.normal(size=(5, 2)), random.normal(size=(5, 3))]).shape == (5, 1)


def test_multilayer_perceptrons_of_tiny_images(random):
    """8 x 8 pixels: 64 numbers in and out, and images within [-1, 1]."""
    generator = networks.mlp_generator((8, 8, 1), 16, (128, 128))
    assert generator.count_params() == (16 * 128 + 128) + (128 * 128 + 128) + (128 * 64 + 64)
    images = generator(10 * random.normal(size=(5, 16))).numpy()
    assert images.shape == (5, 8, 8, 1)
    assert 0.9 < np.abs(images).max() <= 1
    encoder = networks.mlp_encoder((8, 8, 1), 16, (128, 128))
    assert encoder.count_params() == (64 * 128 + 128) + (128 * 128 + 128) + (128 * 16 + 16)
    assert networks.mlp_discriminator((8, 8, 1), widths=(6,))(images).shape == (5, 1)


def test_multilayer_classifier_gives_its_hidden_layers(random):
    model = networks.mlp_classifier((8, 8, 1), 10, (7, 5))
    image = random.normal(size=(3, 8, 8, 1))
    logits, first, second = model(image)
    assert (logits.shape, first.shape, second.shape) == ((3, 10), (3, 7), (3, 5))
    kernel, bias = model.get_weights()[-2:]
    np.testing.assert_allclose(second @ kernel + bias, logits, rtol=1e-5, atol=1e-6)
    assert networks.mlp_classifier(2, 1, (4,), "discriminator").name == "discriminator"


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_initial_weights_of_the_multilayer_perceptron(layer):
    """U(+-sqrt(9 / n)) with n the fan-in, whose variance is 3 / n; the output too."""
    kernel, bias = networks.relu_mlp(32, 300, (256, 512)).get_weights()[2 * layer : 2 * layer + 2]
    inputs = (32, 256, 512)[layer]
    assert kernel.shape == (inputs, (256, 512, 300)[layer])
    assert np.abs(kernel).max() <= np.sqrt(9 / inputs)
    assert np.abs(kernel).max() == pytest.approx(np.sqrt(9 / inputs), rel=1e-2)
    assert kernel.var() == pytest.approx(3 / inputs, rel=0.03)
    assert kernel.mean() == pytest.approx(0, abs=0.05 * np.sqrt(3 / inputs))
    np.testing.assert_array_equal(bias, 0)


def test_multilayer_perceptron_by_hand(random):
    """Two hidden layers of 128 ReLUs, and a linear output."""
    model = networks.relu_mlp(3, 2)
    first, first_bias, second, second_bias, last, last_bias = (
        weight + random.normal(size=weight.shape) for weight in model.get_weights()
    )
    model.set_weights([first, first_bias, second, second_bias, last, last_bias])
    assert (first.shape, second.shape, last.shape) == ((3, 128), (128, 128), (128, 2))
    points = random.normal(size=(50, 3))
    hidden = np.maximum(np.maximum(points @ first + first_bias, 0) @ second + second_bias, 0)
    expected = hidden @ last + last_bias
    assert expected.min() < 0
    np.testing.assert_allclose(model(points), expected, rtol=1e-4, atol=1e-3)


def test_random_biases_and_a_leaky_slope(random):
    """Without biases the layers are homogeneous; with U(-1, 1) they are not, and values below zero keep a fifth."""
    model = networks.relu_mlp(2, 3, (500,), activation="leaky_relu", bias_range=1.0)
    kernel, bias, last, last_bias = model.get_weights()
    assert np.abs(bias).max() == pytest.approx(1, abs=0.02)
    assert bias.var() == pytest.approx(1 / 3, rel=0.15)
    np.testing.assert_array_equal(last_bias, 0)
    points = random.normal(size=(5, 2))
    hidden = points @ kernel + bias
    np.testing.assert_allclose(model(points), np.where(hidden > 0, hidden, hidden / 5) @ last, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["encoder", "decoder", "generator"])
def test_names_say_what_a_network_is_for(name):
    assert networks.relu_mlp(2, 3, (4,), name).name == name
