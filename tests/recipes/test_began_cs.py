import pytest

from tfgans import recipes


def test_weight_of_the_constraint_follows_the_norm():
    """Errors of images and of codes are .1 and .2 everywhere.

    With alpha, alpha L_c / L is what .1 makes of it in Euclidean norms: .1 * .2 sqrt(N) / (.1 sqrt(d)).
    """
    for name in recipes.names():
        if name.startswith("began_cs/") and name.split("/")[1] not in ("grid25", "ring8"):
            recipe = recipes.get(name)
            numbers = recipe.image_shape[0] * recipe.image_shape[1] * recipe.image_shape[2]
            assert (recipe.norm, recipe.constraint_norm) == ("l1_mean", "l1_mean")
            expected = 0.1 * 0.2 * recipe.latent_size**0.5 / (0.1 * numbers**0.5)
            assert recipe.constraint_weight * 0.2 / 0.1 == pytest.approx(expected, abs=1e-4), name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("networks=began", "Points take networks=mlp"),
        ("norm=l3", "norm takes one of"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("began_cs/grid25").override([change])


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("began_cs/grid25", ["filters=8"]),
        ("began_cs/mnist", ["activation=leaky_relu"]),
        ("began_cs/mnist", ["k_end=.5", "ratio=.7"]),
        ("began/mnist", ["constraint_weight=1"]),
        ("logan/ring8", ["head_width=8"]),
        ("vae/mnist", ["pixel_weight=1"]),
        ("vae/mnist", ["ratio=1"]),
    ],
)
def test_fields_that_mean_nothing_cannot_be_set(name, changes):
    field = changes[-1].split("=")[0]
    with pytest.raises(ValueError, match=f"{name} does not use {field} with its other fields; received {field}="):
        recipes.get(name).override(changes)


@pytest.mark.parametrize("change", ["objective=lol2", "penalty=interpolated", "n_critic=5", "reconstruction_weight=1"])
def test_veegan_has_no_other_losses(change):
    with pytest.raises(ValueError, match="VEEGAN has losses of its own"):
        recipes.get("veegan/grid25").override([change])
