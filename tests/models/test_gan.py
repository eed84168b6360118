import pytest

import tfgans
from tfgans import latent, networks


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match="latents of size 3"):
        tfgans.GAN(networks.mlp_generator(2, 2, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(3))
    with pytest.raises(ValueError, match="needs updates of both"):
        tfgans.GAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_discriminator(2, widths=(4,)),
            latent.Uniform(2),
            n_critic=0,
        )


def test_takes_no_labels():
    gan = tfgans.GAN(networks.mlp_generator(2, 2, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(2))
    assert gan.sample(3, seed=0).shape == (3, 2)
    with pytest.raises(ValueError, match="GAN takes no labels here; received 1"):
        gan.sample(3, labels=1)
