import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans import networks
from tfgans.networks import layers


@pytest.mark.parametrize("name", ["BatchNormalization", "TileChannels"])
def test_layers_of_older_files_are_found_by_their_registered_names(name):
    """A `.keras` file names the module that a layer was in when it was written."""
    layer = getattr(layers, name)
    assert keras.saving.get_registered_name(layer) == f"tfgans>{name}"
    config = {
        "module": "tfgans.networks.dcgan",
        "class_name": name,
        "config": layer(name="old").get_config(),
        "registered_name": f"tfgans>{name}",
    }
    assert type(keras.saving.deserialize_keras_object(config)) is layer


def test_minibatch_standard_deviation_by_hand():
    """Groups of two points: deviations (1, 2) with the mean 1.5, and (0, 3) with the mean 1.5 as well, then 0."""
    layer = layers.MinibatchStandardDeviation(2, momentum=0.5)
    points = tf.constant([[0.0, 0.0], [2.0, 4.0], [5.0, -3.0], [5.0, 3.0], [1.0, 1.0], [1.0, 1.0]])
    found = layer(points, training=True)
    np.testing.assert_array_equal(found[:, :2], points)
    np.testing.assert_allclose(found[:, 2], [1.5, 1.5, 1.5, 1.5, 1e-4, 1e-4], rtol=1e-3)
    # The average begins at 0, and goes half of the way to the mean of the groups, 1.
    np.testing.assert_allclose(layer(points[:3])[:, 2], [0.5] * 3, rtol=1e-3)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_minibatch_standard_deviation_has_its_statistics_in_float32(precision):
    """Float16 has no 1e-8, so a constant feature would have no gradient; bfloat16 would stop the average early."""
    layer = layers.MinibatchStandardDeviation(2, dtype=precision)
    points = tf.constant([[1.0, 0.0], [1.0, 400.0]])
    with tf.GradientTape() as tape:
        tape.watch(points)
        found = layer(points, training=True)[:, 2]
    assert found.dtype == layer.compute_dtype
    np.testing.assert_allclose(tf.cast(found, tf.float32), [100.0, 100.0], rtol=4e-3)
    assert np.all(np.isfinite(tape.gradient(found, points)))
    for _ in range(600):
        layer(points, training=True)
    # 1 - .99^601 of 100.00005
    np.testing.assert_allclose(layer.weights[0], 99.7622, rtol=1e-5)


def test_minibatch_standard_deviation_of_images_is_one_map():
    layer = layers.MinibatchStandardDeviation(2)
    images = tf.reshape(tf.range(4.0 * 2 * 3 * 2), [4, 2, 3, 2])
    found = layer(images, training=True)
    assert found.shape == (4, 2, 3, 3)
    np.testing.assert_allclose(found[..., 2], np.full((4, 2, 3), 6.0))
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert (restored.group_size, restored.momentum) == (2, 0.99)


@pytest.mark.parametrize("arguments", [{"group_size": 1}, {"momentum": 1.0}, {"momentum": -0.1}])
def test_minibatch_standard_deviation_refuses(arguments):
    with pytest.raises(ValueError, match="Expected group_size >= 2 and 0 <= momentum < 1"):
        layers.MinibatchStandardDeviation(**arguments)


@pytest.mark.parametrize(
    "make",
    [
        lambda: networks.mlp_discriminator(2, widths=(6, 5), spectral_norm=True),
        lambda: networks.dcgan_discriminator((8, 8, 1), widths=(4, 6), head_width=5, spectral_norm=True),
    ],
    ids=["mlp", "dcgan"],
)
def test_spectral_normalisation_bounds_every_kernel(make):
    """After passes in training mode, the largest singular value of each kernel is 1."""
    network = make()
    sample = tf.random.stateless_normal([4, *network.inputs[0].shape[1:]], [0, 1])
    for _ in range(60):
        network(sample, training=True)
    kernels = [weight.numpy() for weight in network.trainable_weights if weight.name == "kernel"]
    assert len(kernels) == 3 if len(sample.shape) == 2 else 5
    for kernel in kernels:
        assert np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_spectral_normalisation_keeps_small_steps_in_mixed_precision(precision):
    """The kernel keeps a step of a hundred-thousandth of it, where bfloat16 would round it away."""
    layer = layers.spectrally_normalised(keras.layers.Dense(2, use_bias=False, dtype=precision), True)
    layer(tf.ones([1, 2]), training=True)
    kernel = layer.trainable_weights[0]
    # The norm of the first row is 1, and remains the largest.
    kernel.assign([[1.0, 0.0], [0.0, 0.5]])
    for _ in range(20):
        layer(tf.ones([1, 2]), training=True)
    kernel.assign_add([[0.0, 0.0], [0.0, 1e-5]])
    layer(tf.ones([1, 2]), training=True)
    np.testing.assert_allclose(kernel[1, 1] / kernel[0, 0], 0.50001, atol=2e-7)


def test_without_spectral_normalisation_networks_are_the_same():
    """Files of older networks have the layers of today's, in the same order."""
    names = [layer.name.rstrip("_0123456789") for layer in networks.mlp_discriminator(2, widths=(6, 5)).layers]
    assert names == ["image", "dense", "leaky_re_lu", "dense", "leaky_re_lu", "dense", "flatten"]
