"""The recipes of rivals that keep modes: what they change in the GANs of the same data."""

import pytest

from tfgans import recipes


def changes(name, preset):
    """The fields in which a recipe differs from `gan/...` with the same preset, beside the name."""
    recipe, gan = recipes.get(name, preset), recipes.get(f"gan/{name.split('/')[1]}", preset)
    return {field: value for field, value in vars(recipe).items() if value != vars(gan)[field] and field != "name"}


@pytest.mark.parametrize(
    ("data", "weight"), [("ring8", 0.01), ("grid25", 0.01), ("digits", 1.0), ("mnist", 1.0), ("stacked_mnist", 1.0)]
)
def test_rpgan_has_relativistic_pairs_and_both_penalties_and_no_momentum(data, weight):
    """R3GAN's Adam has the betas 0 and .99. Toy worlds need steep slopes, and so a small weight."""
    adam = {"beta_1": 0.0, "beta_2": 0.99}
    assert changes(f"rpgan/{data}", "small") == {"objective": "rp", "r1": weight, "r2": weight, **adam}


@pytest.mark.parametrize("data", ["ring8", "grid25", "digits", "mnist", "stacked_mnist"])
def test_small_pacgan_differs_from_the_gan_by_its_packs_alone(data):
    assert changes(f"pacgan/{data}", "small") == {"packing": 2}


@pytest.mark.parametrize(
    ("name", "examples", "epochs", "packs"),
    [
        ("pacgan/ring8", 100_000, 400, 100),
        ("pacgan/grid25", 100_000, 400, 100),
        ("pacgan/stacked_mnist", 128_000, 50, 64),
    ],
)
def test_pacgan_of_the_paper_takes_the_epochs_of_its_code_in_packs_of_two(name, examples, epochs, packs):
    recipe = recipes.get(name, "paper")
    assert (recipe.packing, recipe.batch_size) == (2, 2 * packs)
    assert recipe.steps == epochs * examples // packs
