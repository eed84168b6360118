import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, losses, networks


def attributes_model():
    return tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 2, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 2, widths=(4, 6)),
        latent.Normal(4),
        conditioning="attributes",
    )


def own_networks():
    """Dense networks of a user's own, with a logit a sample instead of patches."""
    z, y = keras.Input((4,)), keras.Input((3,))
    image = keras.layers.Dense(12, "tanh")(keras.layers.Concatenate()([z, y]))
    generator = keras.Model([z, y], keras.layers.Reshape((2, 2, 3))(image))
    x = keras.Input((2, 2, 3))
    flat = keras.layers.Concatenate()([keras.layers.Flatten()(x), y])
    discriminator = keras.Model([x, y], keras.layers.Flatten()(keras.layers.Dense(1)(flat)))
    return generator, discriminator


def fixed_networks(logit_of_mean=1.0):
    """f(x, y) is a multiple of the mean pixel, G(z, y) has the constant value tanh(0) = 0."""
    z, y = keras.Input((4,)), keras.Input((3,))
    image = keras.layers.Dense(4, "tanh", kernel_initializer="zeros")(keras.layers.Concatenate()([z, y]))
    generator = keras.Model([z, y], keras.layers.Reshape((2, 2, 1))(image))
    x = keras.Input((2, 2, 1))
    flat = keras.layers.Concatenate()([keras.layers.Flatten()(x), y])
    weights = keras.initializers.Constant(np.array([[logit_of_mean / 4]] * 4 + [[0.0]] * 3))
    discriminator = keras.Model([x, y], keras.layers.Dense(1, kernel_initializer=weights)(flat))
    return generator, discriminator


@pytest.mark.parametrize("cls", [tfgans.ConditionalGAN, tfgans.ConditionalWGANGP])
def test_own_networks_train_and_sample(cls, random):
    gan = cls(*own_networks(), latent.Normal(4), ema_decay=0.9)
    gan.compile(run_eagerly=True)
    data = {"image": random.uniform(-1, 1, (40, 2, 2, 3)), "label": np.arange(40) % 3}
    history = gan.fit(tfgans.data.batches(data, 8), steps_per_epoch=2, verbose=0).history
    assert all(np.isfinite(values).all() for values in history.values())
    assert gan.sample(2, labels=[0, 2], seed=0).shape == (2, 2, 2, 3)


def test_vanilla_losses_by_hand():
    """f(x) = 3 on x = 1 and f(G) = 0: softplus(-3) + softplus(0), and softplus(0) for G."""
    gan = tfgans.ConditionalGAN(*fixed_networks(3.0), latent.Normal(4))
    batch = {"image": tf.ones([2, 2, 2, 1]), "label": tf.constant([0, 1])}
    noise = {"latent": tf.ones([2, 4]), "interpolation": tf.fill([2], 0.5)}
    parts = gan.discriminator_losses(batch, noise)
    assert float(parts["discriminator_loss"]) == pytest.approx(0.048587 + 0.693147, abs=1e-5)
    assert float(parts["real_logit"]) == pytest.approx(3.0)
    assert float(parts["generated_logit"]) == pytest.approx(0.0)
    assert float(gan.generator_losses(batch, noise)["generator_loss"]) == pytest.approx(0.693147, abs=1e-6)


def test_wasserstein_losses_and_penalty_by_hand():
    """f is 3 times the mean of 4 pixels: its gradient is .75 each, so of norm 1.5, and the penalty .25."""
    gan = tfgans.ConditionalWGANGP(*fixed_networks(3.0), latent.Normal(4))
    batch = {"image": tf.ones([2, 2, 2, 1]), "label": tf.constant([0, 1])}
    noise = {"latent": tf.ones([2, 4]), "interpolation": tf.fill([2], 0.5)}
    parts = gan.discriminator_losses(batch, noise)
    assert float(parts["gradient_norm"]) == pytest.approx(1.5, abs=1e-6)
    assert float(parts["gradient_penalty"]) == pytest.approx(0.25, abs=1e-6)
    assert float(parts["discriminator_loss"]) == pytest.approx(0 - 3 + 10 * 0.25, abs=1e-5)
    assert float(gan.generator_losses(batch, noise)["generator_loss"]) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("n_critic", "n_generator"), [(5, 1), (5, 2), (1, 1)])
def test_updates_of_each_player(n_critic, n_generator, random):
    gan = tfgans.ConditionalWGANGP(*own_networks(), latent.Normal(4), n_critic=n_critic, n_generator=n_generator)
    gan.compile(run_eagerly=True)
    data = {"image": random.uniform(-1, 1, (40, 2, 2, 3)), "label": np.arange(40) % 3}
    gan.fit(tfgans.data.batches(data, 8), steps_per_epoch=2, verbose=0)
    assert int(gan.optimizers["discriminator"].iterations.numpy()) == 2 * n_critic
    assert int(gan.optimizers["generator"].iterations.numpy()) == 2 * n_generator


def test_attributes_are_fed_as_they_are(random):
    gan = attributes_model()
    gan.compile(run_eagerly=True)
    data = {"image": random.uniform(-1, 1, (16, 8, 8, 1)), "label": random.uniform(size=(16, 2))}
    gan.fit(tfgans.data.batches(data, 8), steps_per_epoch=1, verbose=0)
    np.testing.assert_allclose(gan.labels.encode(tf.constant([[0.25, 1.0]]), "float32"), [[0.25, 1.0]])
    images = gan.sample(3, labels=[0.5, 0.1], seed=0)
    np.testing.assert_array_equal(images, gan.sample(3, labels=[[0.5, 0.1]] * 3, seed=0))
    assert np.any(images != gan.sample(3, labels=[0.9, 0.1], seed=0))


@pytest.mark.run
def test_attributes_in_a_saved_model(tmp_path):
    gan = attributes_model()
    gan.compile()
    sample = tf.saved_model.load(str(tfgans.serving.export(gan, tmp_path / "model"))).signatures["sample"]
    labels = tf.constant([[0.2, 0.8], [float("nan"), 0.0]])
    images = sample(seed=tf.constant([3, 4], tf.int64), label=labels)["image"].numpy()
    np.testing.assert_allclose(images[0], gan.sample(1, labels=[0.2, 0.8], seed=3)[0], atol=1e-5)
    assert np.all(images[1] == np.float32(tfgans.serving.NOTHING))


def test_classes_are_fed_as_one_hot():
    gan = tfgans.ConditionalGAN(*own_networks(), latent.Normal(4))
    np.testing.assert_array_equal(gan.labels.encode(tf.constant([2, 0]), "float32"), [[0, 0, 1], [1, 0, 0]])


def test_a_class_is_its_one_hot_vector_and_classes_mix():
    gan = tfgans.ConditionalGAN(*own_networks(), latent.Normal(4))
    z = np.ones((2, 4))
    np.testing.assert_allclose(gan.generate(z, [2, 0]), gan.generate(z, [[0.0, 0, 1], [1, 0, 0]]), atol=1e-6)
    assert np.any(gan.generate(z, [0.5, 0.5, 0.0]) != gan.generate(z, 0))


@pytest.mark.parametrize("label", [3, -1])
def test_training_refuses_a_class_out_of_range(label):
    gan = tfgans.ConditionalGAN(*own_networks(), latent.Normal(4))
    gan.compile()
    data = {"image": np.zeros((8, 2, 2, 3), "float32"), "label": np.full(8, label)}
    with pytest.raises(ValueError, match="Labels must lie in 0 to 2"):
        gan.fit(tfgans.data.batches(data, 8), steps_per_epoch=1, verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 57], r"lie in 0 to 2, .*; received \[57\]"),
        ([0, -7], r"lie in 0 to 2, .*; received \[-7\]"),
        ([0, 2**32], "lie in 0 to 2"),
        ([0.5, 1.0], r"integers \[n\] or floating \[n, 3\], n = 2; received \(2,\)"),
        ([0, 1, 2], r"received \(3,\)"),
        ([[0.5, np.nan, 0.0]] * 2, "be finite"),
    ],
)
def test_sample_refuses_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        tfgans.ConditionalGAN(*own_networks(), latent.Normal(4)).sample(2, labels=labels)


def test_faces_refuse_shapes():
    gan = tfgans.ConditionalGAN(*own_networks(), latent.Normal(4))
    with pytest.raises(ValueError, match=r"\[n, 4\]"):
        gan.generate(np.zeros((2, 5)), labels=0)
    with pytest.raises(ValueError, match=r"\[n, 2, 2, 3\]"):
        gan.discriminate(np.zeros((2, 2, 2, 1)), labels=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prior": latent.Normal(5)}, r"The generator .* must take \[\(5,\), \(3,\)\] .*; it takes \[\(4,\), \(3,\)\]"),
        ({"conditioning": "text"}, "conditioning must be one of class, attributes; received 'text'"),
        ({"packing": 2}, "pairs of a sample and its label, and cannot be packed; received packing=2"),
        ({"n_critic": 0}, "n_critic=0"),
        ({"n_generator": 0}, "n_generator=0"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        tfgans.ConditionalGAN(*own_networks(), **{"prior": latent.Normal(4), **arguments})


def test_refuses_networks_that_do_not_fit_together():
    generator, discriminator = own_networks()
    other = networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4,))
    with pytest.raises(ValueError, match=r"The discriminator of a ConditionalGAN must take \[\(2, 2, 3\), \(3,\)\]; "):
        tfgans.ConditionalGAN(generator, other, latent.Normal(4))
    with pytest.raises(ValueError, match=r"The generator .* must take \[\(4,\), \(4,\)\]"):
        tfgans.ConditionalGAN(
            keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), discriminator, latent.Normal(4)
        )


def test_discriminate_is_the_mean_over_patches(random):
    gan = tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6)),
        latent.Normal(4),
        losses.Vanilla(patchwise=True),
    )
    images = random.uniform(-1, 1, (2, 8, 8, 1)).astype("float32")
    patches = gan.discriminator([tf.constant(images), tf.one_hot([1, 2], 3)]).numpy()
    assert patches.shape == (2, 2, 2, 1)
    np.testing.assert_allclose(gan.discriminate(images, labels=[1, 2]), patches.mean((1, 2, 3)), rtol=1e-5)
