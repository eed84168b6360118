import numpy as np
import pytest

from tfgans import networks


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


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


def test_images_whose_size_is_no_power_of_two():
    generator = networks.dcgan_generator((27, 48, 3), 4, (4, 4, 4))
    assert generator(np.zeros((2, 4), "float32")).shape == (2, 27, 48, 3)
    with pytest.raises(ValueError, match="3 halvings need images of 8 pixels or more"):
        networks.dcgan_generator((4, 16, 3), 4, (4, 4, 4))


def test_codes_lie_where_the_prior_does(random):
    encoder = networks.dcgan_encoder((8, 8, 1), 4, (4, 4))
    codes = encoder(100 * random.normal(size=(9, 8, 8, 1)).astype("float32")).numpy()
    assert np.abs(codes).max() <= 1
