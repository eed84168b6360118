import pytest

import tfgans
from tfgans import latent, networks


@pytest.fixture
def model():
    """A conditional GAN of three classes that takes its steps without a graph."""
    gan = tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6)),
        latent.Normal(4),
    )
    gan.compile(run_eagerly=True)
    return gan
