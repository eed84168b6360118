import itertools

import numpy as np
import pytest

from tfgans import data, recipes
from tfgans.training import build


@pytest.mark.parametrize("name", ["ring8", "grid25", "rings16", "swiss"])
def test_code_toys_are_the_script_of_the_authors(name):
    """lol1, one number for z, and worlds as they are; the paper's rows of Fig. 3 have two numbers and lol2."""
    paper, code = (recipes.get(f"logan/{name}", preset) for preset in ("paper", "code"))
    assert (code.objective, code.latent_size) == ("lol1", 1)
    world = data.toy_world(code.data)
    assert (world.scale, world.sigma) == (1, 0.01)
    assert (paper.objective, paper.latent_size, paper.data) == ("lol2", 2, name)


def test_grid_of_the_code():
    centers = data.toy_world(recipes.get("logan/grid25", "code").data).centers
    assert {tuple(center) for center in centers.tolist()} == {(x, y) for x in range(-2, 3) for y in range(-2, 3)}


def test_code_has_the_adam_of_tensorflow_1_and_the_others_that_of_keras():
    """Three papers have public code; it has their rivals too."""
    of_code = ("cwgan", "cgan", "logan", "bigan", "gan", "began_cs", "began", "veegan")
    for name in recipes.names():
        for preset, recipe in recipes.presets(name).items():
            if name.split("/")[0] in of_code:
                assert recipe.epsilon == (1e-8 if preset == "code" else 1e-7)
    for name in ("logan/digits", "gan/ring8", "veegan/ring8", "cgan/digits", "began/digits"):
        for optimizer in build(recipes.get(name, "code")).optimizers.values():
            assert optimizer.epsilon == 1e-8


def test_discriminator_of_the_code_at_128_pixels():
    """Without z: 4x4 kernels to 1,024 maps of 4x4, a spanning layer of 1,024, and a dense one."""
    for name in ("celeba128", "junction"):
        recipe = recipes.get(f"gan/{name}", "code")
        assert (recipe.discriminator_widths, recipe.head_width) == ((64, 128, 256, 512, 1024), 1024)
        assert recipes.get(f"gan/{name}", "paper").discriminator_widths is None
    model = build(recipes.get("gan/celeba128", "code"))
    channels = (3, 64, 128, 256, 512, 1024)
    count = sum(16 * a * b + b for a, b in itertools.pairwise(channels))
    count += 16 * 1024 * 1024 + 1024 + 1024 * 1024 + 1024 + 1024 + 1
    assert sum(int(np.prod(weight.shape)) for weight in model.discriminator.trainable_weights) == count
    generator = sum(int(np.prod(weight.shape)) for weight in model.generator.trainable_weights)
    assert generator == 8_016_771


def test_players_of_the_code_have_one_latent_with_an_encoder_or_without():
    assert recipes.get("gan/mnist", "code").latent_sharing == "players"
    assert build(recipes.get("gan/ring8", "code")).latent_sharing == "players"
    assert recipes.get("gan/mnist", "paper").latent_sharing == "none"
    with pytest.raises(
        ValueError, match="latent_sharing is of a GAN without an encoder; received it with system=BiGAN"
    ):
        recipes.get("bigan/mnist").override(["latent_sharing=players"])


@pytest.mark.parametrize("widths", ["()", "(8, 0)"])
def test_refuses_widths_of_nothing(widths):
    with pytest.raises(ValueError, match="Sizes and numbers of updates must be at least 1"):
        recipes.get("gan/mnist").override([f"discriminator_widths={widths}"])
