import pytest

from tfgans import recipes
from tfgans.training import build


def test_paper_is_the_paper():
    recipe = recipes.get("avae/celeba64", "paper")
    assert (recipe.reconstructed_weight, recipe.similarity_weight, recipe.pixel_weight) == (0.3, 0.1, 0.1)
    assert (recipe.ratio, recipe.integral, recipe.proportional, recipe.derivative) == (0.5, 1e-3, 1e-5, 1e-5)
    assert (recipe.learning_rate, recipe.steps, recipe.latent_size) == (5e-5, 300_000, 64)
    model = build(recipe)
    assert model.discriminator.count_params() == 3_448_256 + 563_395
    assert model.generator.count_params() == 563_395


def test_the_plain_vae_differs_in_the_system_alone():
    ours, plain = (recipes.get(f"{system}/mnist").to_dict() | {"name": 0} for system in ("avae", "vae"))
    assert (ours.pop("system"), plain.pop("system")) == ("AdversarialVAE", "VAE")
    assert ours == plain


def test_refuses():
    with pytest.raises(ValueError, match="Sizes and numbers of updates must be at least 1"):
        recipes.get("avae/digits").override(["filters=0"])
