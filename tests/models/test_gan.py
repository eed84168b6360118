import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, networks


@pytest.mark.parametrize(
    ("sharing", "different"), [("none", [0, 1, 2, 3]), ("updates", [0, 1, 2, 2]), ("players", [0, 1, 1, 1])]
)
def test_which_updates_have_one_latent(monkeypatch, sharing, different):
    """Two updates of the discriminator, then two of the generator: equal numbers are equal latents."""
    gan = tfgans.GAN(
        networks.mlp_generator(2, 3, (4,)),
        networks.mlp_discriminator(2, widths=(4,)),
        latent.Uniform(3),
        n_critic=2,
        n_generator=2,
        latent_sharing=sharing,
    )
    gan.compile(run_eagerly=True)
    seen = []
    losses_of = gan.losses_of

    def spy(turn, batch, noise):
        seen.append(noise["latent"].numpy())
        return losses_of(turn, batch, noise)

    monkeypatch.setattr(gan, "losses_of", spy)
    gan.train_step({"image": tf.zeros((5, 2, 2))})
    firsts = [next(i for i, other in enumerate(seen) if np.array_equal(z, other)) for z in seen]
    assert firsts == different
    assert tfgans.GAN.from_config(gan.get_config()).latent_sharing == sharing


def test_unknown_sharing():
    with pytest.raises(ValueError, match="latent_sharing must be one of none, updates, players; received 'all'"):
        tfgans.GAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_discriminator(2, widths=(4,)),
            latent.Uniform(2),
            latent_sharing="all",
        )


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match=r"The generator of a GAN must take \[\(3,\)\]"):
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
