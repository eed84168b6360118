import numpy as np
import pytest
from small_networks import trainable

from tfgans import networks


@pytest.mark.parametrize(
    ("pixels", "widths", "counts"),
    [
        (32, (64, 128, 256), (1_191_299, 1_183_744, 3_167_425)),
        (128, (64, 128, 256, 512, 512), (8_016_771, 8_001_536, 11_557_057)),
    ],
)
def test_counts_of_the_paper(pixels, widths, counts):
    shape = (pixels, pixels, 3)
    found = (
        networks.dcgan_generator(shape, 128, widths),
        networks.dcgan_encoder(shape, 128, widths),
        networks.dcgan_discriminator(shape, 128, widths),
    )
    assert tuple(trainable(network) for network in found) == counts
    assert found[0].output.shape == (None, *shape)
    assert found[1].output.shape == (None, 128)
    assert found[2].output.shape == (None, 1)


def test_count_of_the_form_without_encoder():
    assert trainable(networks.dcgan_discriminator((32, 32, 3), head_width=256)) == 1_773_761


@pytest.mark.parametrize("latent_size", [None, 3])
def test_discriminator_against_numpy(random, latent_size):
    """All units of the spanning layer are below 0, where a linear one and a leaky one part."""

    def leaky(x):
        return np.where(x > 0, x, 0.2 * x)

    discriminator = networks.dcgan_discriminator((4, 4, 1), latent_size, widths=(), head_width=5)
    inside = 5 + (latent_size or 0)
    shapes = [(4, 4, 1, 5), (5,), (inside, inside), (inside,), (inside, 1), (1,)]
    weights = [random.normal(size=shape) for shape in shapes]
    weights[1] -= 30
    discriminator.set_weights(weights)
    image, latent = random.normal(size=(6, 4, 4, 1)), random.normal(size=(6, latent_size or 0))
    spanning = image.reshape(6, -1) @ weights[0].reshape(16, 5) + weights[1]
    assert spanning.max() < 0
    hidden = leaky(np.concatenate([leaky(spanning), latent], axis=1) @ weights[2] + weights[3])
    expected = hidden @ weights[4] + weights[5]
    found = discriminator(image if latent_size is None else [image, latent]).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_images_whose_size_is_no_power_of_two():
    generator = networks.dcgan_generator((27, 48, 3), 4, (4, 4, 4))
    assert generator(np.zeros((2, 4), "float32")).shape == (2, 27, 48, 3)
    with pytest.raises(ValueError, match="3 halvings need images of 8 pixels or more"):
        networks.dcgan_generator((4, 16, 3), 4, (4, 4, 4))


def test_codes_lie_where_the_prior_does(random):
    encoder = networks.dcgan_encoder((8, 8, 1), 4, (4, 4))
    codes = encoder(100 * random.normal(size=(9, 8, 8, 1)).astype("float32")).numpy()
    assert np.abs(codes).max() <= 1
