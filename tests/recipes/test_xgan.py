import pytest

import tfgans
from tfgans import recipes
from tfgans.training import build


def test_paper_is_the_paper():
    recipe = recipes.get("xgan/facescrub", "paper")
    assert (recipe.latent_size, recipe.batch_size, recipe.adversarial_weight, recipe.learning_rate) == (
        512,
        80,
        2,
        1e-4,
    )
    assert (recipe.neighbours, recipe.combined, recipe.generator_loss) == (100, 5, "minimax")
    assert (recipe.image_classifier, recipe.learned_features, len(recipe.widths)) == ("vgg19", "vgg19", 5)
    assert recipe.condition_size == 530
    assert recipe.steps == 16 * recipe.refresh_every


def test_rivals_have_the_same_layers_and_train_longer():
    ours = recipes.get("xgan/facescrub", "paper")
    for name, epochs, rate in (("md_gan", 100, 1e-3), ("cvae_gan", 50, 2e-4)):
        rival = recipes.get(f"{name}/facescrub", "paper")
        assert (rival.widths, rival.latent_size, rival.batch_size) == (ours.widths, ours.latent_size, ours.batch_size)
        assert (rival.steps, rival.learning_rate) == (ours.steps * epochs // 16, rate)
        small, our_small = (recipes.get(f"{system}/mnist") for system in (name, "xgan"))
        assert (small.steps, small.learning_rate) == (2 * our_small.steps, our_small.learning_rate)


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["combined=101"], r"combined=101 codes cannot be drawn from neighbours=10\."),
        (["refresh_every=7"], "refresh_every must be a multiple of log_every=50; received 7"),
        (["latents=normal"], "supervision is none or concatenated"),
        (["condition_size=0"], "must be at least 1"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("xgan/digits").override(change)


def test_own_data_must_have_classes():
    assert recipes.get("xgan/digits").adapted("class", 7).condition_size == 7
    assert recipes.get("md_gan/digits").adapted("none", 0) == recipes.get("md_gan/digits")
    with pytest.raises(ValueError, match="takes classes; the data have conditioning 'attributes'"):
        recipes.get("cvae_gan/digits").adapted("attributes", 3)
