import pytest

from tfgans import recipes
from tfgans.training import build


def test_paper_toys_are_the_paper():
    recipe = recipes.get("began_cs/grid25", "paper")
    assert (recipe.ratio, recipe.integral, recipe.constraint_weight) == (25, 1e-4, 0.1)
    assert (recipe.discriminator_learning_rate, recipe.generator_learning_rate) == (1e-4, 5e-4)
    assert (recipe.beta_1, recipe.beta_2, recipe.latent_size, recipe.widths) == (0.5, 0.999, 32, (128, 128))


def test_code_has_other_networks_and_norms():
    paper, code = (build(recipes.get("began_cs/celeba64", preset)) for preset in ("paper", "code"))
    assert [model.encoder.count_params() for model in (paper, code)] == [3_448_256, 16_113_216]
    assert [model.constraint_norm for model in (paper, code)] == ["l2_batch", "l1_mean"]
    assert [model.share_latent for model in (paper, code)] == [False, True]
    assert [model.recompute_errors for model in (paper, code)] == [False, True]
    assert not recipes.get("began_cs/celeba64").recompute_errors


def test_weight_of_the_constraint_follows_the_norm():
    """Errors of images and of codes that are .1 and .2 everywhere, and 16 numbers in a code.

    With alpha, alpha L_c / L is what .1 makes of it in Euclidean norms: .1 * .2 sqrt(16) / (.1 sqrt(d)).
    """
    for name in recipes.names():
        if name.startswith("began_cs/") and name.split("/")[1] not in ("grid25", "ring8"):
            recipe = recipes.get(name)
            numbers = recipe.image_shape[0] * recipe.image_shape[1] * recipe.image_shape[2]
            assert (recipe.norm, recipe.constraint_norm, recipe.latent_size) == ("l1_mean", "l1_mean", 16)
            expected = 0.1 * 0.2 * 4 / (0.1 * numbers**0.5)
            assert recipe.constraint_weight * 0.2 / 0.1 == pytest.approx(expected, abs=1e-4), name
    weights = [recipes.get(f"began_cs/{name}").constraint_weight for name in ("digits", "mnist", "celeba64")]
    assert weights == [0.05, 0.0143, 0.0036]


def test_rivals_differ_in_the_system_alone():
    ours, began, veegan = (recipes.get(f"{system}/grid25") for system in ("began_cs", "began", "veegan"))
    assert (began.system, began.constraint_weight) == ("BEGAN", 0)
    assert ours.to_dict() | {"name": 0, "system": 0, "constraint_weight": 0} == began.to_dict() | {
        "name": 0,
        "system": 0,
    }
    assert [recipe.latent_size for recipe in (ours, veegan)] == [2, 2]
    assert type(build(veegan)).__name__ == "VEEGAN"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("networks=began", "Points take networks=mlp"),
        ("widths=(8, 0)", "Sizes and numbers of updates must be at least 1"),
        ("norm=l3", "norm takes one of"),
        ("train_fraction=0", r"train_fraction must lie in \(0, 1\]"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("began_cs/grid25").override([change])


@pytest.mark.parametrize("change", ["objective=lol2", "penalty=interpolated", "n_critic=5", "reconstruction_weight=1"])
def test_veegan_has_no_other_losses(change):
    with pytest.raises(ValueError, match="VEEGAN has losses of its own"):
        recipes.get("veegan/grid25").override([change])
