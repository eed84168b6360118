import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgans import networks


def maps(model):
    """Height, width and channels of each convolution's output."""
    return [tuple(layer.output.shape[1:]) for layer in model.layers if isinstance(layer, layers.Conv2D)]


@pytest.mark.parametrize(
    ("image_shape", "expected"),
    [
        ((8, 8, 1), [(8, 8, 32), (4, 4, 64), (4, 4, 128)]),
        ((28, 28, 1), [(28, 28, 32), (14, 14, 64), (7, 7, 128)]),
        ((32, 32, 3), [(32, 32, 32), (16, 16, 64), (8, 8, 128)]),
        ((64, 64, 3), [(32, 32, 32), (16, 16, 64), (8, 8, 128)]),
        ((128, 128, 3), [(64, 64, 32), (32, 32, 64), (16, 16, 128), (8, 8, 128)]),
        ((2, 5, 1), [(2, 5, 32), (2, 5, 64), (2, 5, 128)]),
    ],
)
def test_maps_are_halved_to_eight_pixels_or_fewer(image_shape, expected):
    model = networks.convolutional_classifier(image_shape, 10)
    assert maps(model) == expected
    assert model.input.shape == (None, *image_shape)
    assert model.output.shape == (None, 10)
    assert model.get_layer("features").output.shape == (None, 128)


def test_gives_probabilities(random):
    model = networks.convolutional_classifier((8, 8, 1), 3)
    probabilities = model(random.uniform(-1, 1, (5, 8, 8, 1)).astype("float32")).numpy()
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_is_the_same_each_time_and_draws_nothing_from_the_global_generator(random):
    images = tf.constant(random.uniform(-1, 1, (5, 8, 8, 1)), "float32")
    outputs, draws = [], []
    for seed in (0, 1):
        keras.utils.set_random_seed(seed)
        outputs.append(networks.convolutional_classifier((8, 8, 1), 3)(images, training=True).numpy())
        keras.utils.set_random_seed(5)
        networks.convolutional_classifier((8, 8, 1), 3)(images, training=True)
        draws.append(float(tf.random.uniform([])))
    keras.utils.set_random_seed(5)
    assert draws == [float(tf.random.uniform([]))] * 2
    np.testing.assert_array_equal(*outputs)


def test_convolutions_begin_with_weights_of_their_own():
    kernels = [
        layer.kernel for layer in networks.convolutional_classifier((64, 64, 3), 3).layers if hasattr(layer, "kernel")
    ]
    starts = {tuple(np.ravel(kernel)[:3] / np.std(kernel)) for kernel in kernels}
    assert len(starts) == len(kernels)


def test_code_classifier_has_two_layers(random):
    """512 x 512 + 512 + 512 x 530 + 530 numbers; leaky ReLUs of slope .2 between."""
    assert networks.code_classifier(512, 530).count_params() == 534_546
    model = networks.code_classifier(3, 4, 5)
    first, first_bias, last, last_bias = (weight + random.normal(size=weight.shape) for weight in model.get_weights())
    model.set_weights([first, first_bias, last, last_bias])
    codes = random.normal(size=(10, 3))
    hidden = codes @ first + first_bias
    expected = np.where(hidden > 0, hidden, 0.2 * hidden) @ last + last_bias
    np.testing.assert_allclose(model(codes), expected, rtol=1e-4, atol=1e-5)
