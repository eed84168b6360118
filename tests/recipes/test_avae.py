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


def test_every_field_of_a_recipe_reaches_the_model():
    base = recipes.get("avae/digits").override(["filters=2"])
    changes = {
        "seed=1": lambda m: m.generator.get_weights()[0][0, 0],
        "latent_size=5": lambda m: (m.prior.size, m.discriminator_encoder.output.shape[1]),
        "filters=3": lambda m: m.encoder.count_params(),
        "reconstructed_weight=.2": lambda m: m.reconstructed_weight,
        "similarity_weight=.2": lambda m: m.similarity_weight,
        "pixel_weight=.2": lambda m: m.pixel_weight,
        "kl_reduction=sum": lambda m: m.kl_reduction,
        "error_sign=literal": lambda m: m.error_sign,
        "ratio=.2": lambda m: m.equilibrium.ratio,
        "integral=.2": lambda m: m.equilibrium.integral,
        "proportional=.2": lambda m: m.equilibrium.proportional,
        "derivative=.2": lambda m: m.equilibrium.derivative,
        "learning_rate=1": lambda m: float(m.optimizers["encoder"].learning_rate),
        "ema_decay=.3": lambda m: m.ema_decay,
        "system=VAE": type,
    }
    plain = build(base)
    for change, look in changes.items():
        assert look(build(base.override([change]))) != look(plain), change


def test_the_plain_vae_has_the_same_networks():
    ours, plain = (build(recipes.get(f"{system}/mnist")) for system in ("avae", "vae"))
    assert [m.generator.count_params() for m in (ours, plain)] == [plain.generator.count_params()] * 2
    assert ours.encoder.count_params() == plain.encoder.count_params()


def test_refuses():
    with pytest.raises(ValueError, match="Sizes and numbers of updates must be at least 1"):
        recipes.get("avae/digits").override(["filters=0"])
