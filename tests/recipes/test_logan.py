import itertools

import numpy as np
import pytest

from tfgans import networks, recipes


def test_discriminator_of_the_code_at_128_pixels():
    """Without z: 4x4 kernels to 1,024 maps of 4x4, a spanning layer of 1,024, and a dense one."""
    recipe = recipes.get("gan/celeba128", "code")
    discriminator = networks.dcgan_discriminator(
        recipe.image_shape, None, recipe.discriminator_widths, head_width=recipe.head_width
    )
    channels = (3, 64, 128, 256, 512, 1024)
    count = sum(16 * a * b + b for a, b in itertools.pairwise(channels))
    count += 16 * 1024 * 1024 + 1024 + 1024 * 1024 + 1024 + 1024 + 1
    assert sum(int(np.prod(weight.shape)) for weight in discriminator.trainable_weights) == count


@pytest.mark.parametrize("preset", ["small", "hour"])
@pytest.mark.parametrize("data", ["mnist", "cifar10"])
def test_discriminators_with_and_without_a_latent_are_alike_in_size(preset, data):
    """Otherwise a comparison of systems with and without an encoder would be one of discriminators."""
    sizes = {}
    for name in ("gan", "bigan"):
        recipe = recipes.get(f"{name}/{data}", preset)
        latent_size = recipe.latent_size if recipe.has_encoder else None
        network = networks.dcgan_discriminator(
            recipe.image_shape, latent_size, recipe.widths, head_width=recipe.head_width
        )
        sizes[name] = network.count_params()
    assert 0.8 < sizes["gan"] / sizes["bigan"] < 1


@pytest.mark.parametrize("change", ["latent_sharing=players", "n_generator=2"])
def test_only_players_without_an_encoder_choose_their_latents_and_their_updates(change):
    with pytest.raises(ValueError, match=r"latent_sharing and n_generator need a GAN .*; received system=BiGAN"):
        recipes.get("bigan/mnist").override([change])


def test_points_of_the_code_have_two_latent_numbers_without_an_encoder_and_one_with_it():
    sizes = [recipes.get(f"{name}/ring8", "code").latent_size for name in ("gan", "bigan", "logan")]
    assert sizes == [2, 1, 1]


def test_pacgan_moves_its_generator_twice_on_stacked_mnist():
    """As the authors' code does there, with the latents of the discriminator; on points each player moves once."""
    recipe = recipes.get("pacgan/stacked_mnist", "paper")
    assert (recipe.n_generator, recipe.latent_sharing) == (2, "players")
    assert recipes.get("pacgan/grid25", "paper").n_generator == 1


def test_only_players_without_an_encoder_are_packed():
    assert recipes.get("pacgan/ring8").packing == 2
    with pytest.raises(
        ValueError, match=r"discriminator of a LOGAN sees pairs .* cannot be packed; received packing=2"
    ):
        recipes.get("logan/mnist").override(["packing=2"])
    with pytest.raises(ValueError, match="batch_size must be a multiple of packing=3; received batch_size=64"):
        recipes.get("gan/mnist").override(["packing=3"])


def test_logan_without_a_penalty_is_a_bigan():
    """LOGAN would take its own penalty where it gets none, so that the recipe would not say what the model does."""
    assert recipes.get("logan/junction", "code").system == "BiGAN"
    with pytest.raises(ValueError, match="LOGAN has a gradient penalty; take a bigan recipe"):
        recipes.get("logan/ring8").override(["penalty=none"])
