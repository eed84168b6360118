import keras
import numpy as np
import pytest
from small_networks import trainable

from tfgans import networks
from tfgans.networks.layers import TileChannels


@pytest.mark.parametrize(
    ("image_shape", "condition_size", "generator_widths", "generator_count", "discriminator_count", "patches"),
    [
        ((28, 28, 1), 10, (512, 256, 128), 5_009_281, 4_327_553, (2, 2, 1)),  # MNIST
        ((64, 64, 3), 9, (512, 512, 256, 128), 11_562_115, 4_329_153, (4, 4, 1)),  # CelebA
        ((64, 64, 3), 4, (512, 512, 256, 128), 11_521_155, 4_321_153, (4, 4, 1)),  # EFIGI
    ],
)
def test_counts_and_shapes_of_the_paper(
    image_shape, condition_size, generator_widths, generator_count, discriminator_count, patches
):
    generator = networks.conditional_dcgan_generator(image_shape, 100, condition_size, generator_widths)
    discriminator = networks.conditional_dcgan_discriminator(image_shape, condition_size)
    assert trainable(generator) == generator_count
    assert trainable(discriminator) == discriminator_count
    assert generator.output.shape == (None, *image_shape)
    assert discriminator.output.shape == (None, *patches)


def test_tiles_every_entry_over_all_pixels(random):
    image, vector = random.normal(size=(2, 3, 4, 1)), random.normal(size=(2, 5))
    tiled = TileChannels()([image.astype("float32"), vector.astype("float32")]).numpy()
    assert tiled.shape == (2, 3, 4, 6)
    np.testing.assert_allclose(tiled[..., :1], image, rtol=1e-6)
    np.testing.assert_allclose(tiled[..., 1:], np.broadcast_to(vector[:, None, None], (2, 3, 4, 5)), rtol=1e-6)


def test_initial_weights():
    generator = networks.conditional_dcgan_generator((28, 28, 1), 100, 10)
    convolution = next(layer for layer in generator.layers if isinstance(layer, keras.layers.Conv2DTranspose))
    assert np.std(convolution.kernel) == pytest.approx(0.02, rel=0.01)
    dense = next(layer for layer in generator.layers if isinstance(layer, keras.layers.Dense))
    assert np.abs(dense.kernel).max() == pytest.approx(np.sqrt(6 / (110 + 8192)), rel=0.01)
    kernels = [layer.kernel for layer in generator.layers if hasattr(layer, "kernel")]
    assert not np.allclose(np.ravel(kernels[1])[:100], np.ravel(kernels[2])[:100])


@pytest.mark.parametrize("output", ["tanh", "batch_norm_relu"])
def test_range_of_the_output(random, output):
    generator = networks.conditional_dcgan_generator((8, 8, 1), 4, 2, (8, 4), output=output)
    latent = 10 * random.normal(size=(64, 4))
    images = generator([latent, np.eye(2)[np.arange(64) % 2]], training=True).numpy()
    assert images.min() >= -1
    # Batch normalisation and ReLU leave half the pixels dark, and nothing above bounds the others.
    assert images.max() <= 1 if output == "tanh" else np.mean(images == -1) > 0.3


def test_without_gamma_as_the_authors_code():
    generator = networks.conditional_dcgan_generator(
        (8, 8, 1), 4, 2, (8, 4), projection="batch_norm_relu", batch_norm_scale=False
    )
    normalisations = [layer for layer in generator.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert [layer.gamma for layer in normalisations] == [None, None]


def test_padding_is_the_background_of_unit_pixels(random):
    """The same weights say of images in [-1, 1] what they say of these in [0, 1]; -1 is what is padded with."""
    plain = networks.conditional_dcgan_discriminator((8, 8, 1), 2, (4, 8))
    unit = networks.conditional_dcgan_discriminator((8, 8, 1), 2, (4, 8), unit_pixels=True)
    unit.set_weights(plain.get_weights())
    images, conditions = random.uniform(-1, 1, size=(5, 8, 8, 1)), np.zeros((5, 2))
    images[0] = -1
    scores = unit([images, conditions]).numpy()
    np.testing.assert_allclose(scores, plain([(images + 1) / 2, conditions]).numpy(), atol=1e-6)
    np.testing.assert_array_equal(scores[0], 0)
    assert np.abs(plain([images, conditions]).numpy()[0]).max() > 1e-4


def test_batch_norm_in_the_discriminator_spares_the_first_convolution():
    discriminator = networks.conditional_dcgan_discriminator((8, 8, 1), 2, (4, 8, 8), batch_norm=True)
    kinds = [type(layer).__name__ for layer in discriminator.layers if layer.weights]
    assert kinds == ["Conv2D", "Conv2D", "BatchNormalization", "Conv2D", "BatchNormalization", "Conv2D"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image_shape": (4, 4, 1), "widths": (8, 8, 8)}, "3 halvings need images of 8 pixels or more"),
        ({"image_shape": (8, 8, 1), "projection": "relu"}, "projection"),
        ({"image_shape": (8, 8, 1), "output": "sigmoid"}, "output"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        networks.conditional_dcgan_generator(latent_size=4, condition_size=2, **arguments)
