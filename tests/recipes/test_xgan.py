import pytest

import tfgans
from tfgans import recipes
from tfgans.training import build


@pytest.mark.parametrize(
    ("changes", "system", "players"),
    [
        ([], "XGAN", ("encoder", "generator", "discriminator", "code_classifier")),
        (["latents=kde"], "XGAN", ("encoder", "generator", "discriminator", "code_classifier")),
        (["supervision=none"], "XGAN", ("encoder", "generator", "discriminator")),
        (["supervision=concatenated"], "XGAN", ("encoder", "generator", "discriminator")),
        (
            ["latents=normal", "supervision=concatenated"],
            "VariationalXGAN",
            ("encoder", "generator", "discriminator"),
        ),
        (
            ["latents=discriminated", "supervision=none"],
            "AdversarialXGAN",
            ("encoder", "generator", "discriminator", "code_discriminator"),
        ),
    ],
)
def test_ablations_are_fields(changes, system, players):
    recipe = recipes.get("xgan/digits").override([*changes, "widths=(6, 5)", "bank_size=30"])
    model = build(recipe)
    assert type(model) is getattr(tfgans, system)
    assert model.players == players
    assert (len(model.generator.inputs) == 2) == ("supervision=concatenated" in changes)
    if system == "XGAN":
        assert model.bank.count == 30
        assert model.bank.classes == (1 if "supervision=none" in changes else 10)
    assert bool(recipe.takes_labels) == model.samples_by_label


def test_flipped_images_have_no_code_in_the_bank():
    with pytest.raises(ValueError, match="The bank has one code for each image"):
        recipes.get("xgan/mnist").override(["flip=True"])
    assert recipes.get("xgan/mnist").override(["flip=True", "latents=normal", "supervision=none"]).flip


def test_an_unsupervised_xgan_needs_classes_for_its_image_classifier():
    recipe = recipes.get("xgan/digits").override(["supervision=none"])
    assert recipe.adapted("class", 3).condition_size == 3
    with pytest.raises(ValueError, match="xgan/digits takes classes; received data with conditioning 'none'"):
        recipe.adapted("none", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["combined=101"], r"combined=101 codes cannot be drawn from neighbours=10\."),
        (["latents=normal"], "supervision must be none or concatenated; received classes with latents=normal"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("xgan/digits").override(change)


@pytest.mark.parametrize(("name", "other"), [("xgan/digits", "MDGAN"), ("md_gan/digits", "XGAN")])
def test_a_recipe_is_of_its_own_system(name, other):
    with pytest.raises(ValueError, match=f"system.*{other}"):
        recipes.get(name).override([f"system={other}"])


def test_own_data_must_have_classes():
    assert recipes.get("xgan/digits").adapted("class", 7).condition_size == 7
    assert recipes.get("md_gan/digits").adapted("none", 0) == recipes.get("md_gan/digits")
    with pytest.raises(ValueError, match="takes classes; received data with conditioning 'attributes'"):
        recipes.get("cvae_gan/digits").adapted("attributes", 3)
