import pytest

from tfgans import recipes


def test_paper_is_the_text():
    recipe = recipes.get("cwgan/mnist", "paper")
    assert (recipe.learning_rate, recipe.beta_1, recipe.beta_2, recipe.n_critic) == (1e-4, 0.0, 0.9, 5)
    assert (recipe.latent_size, recipe.prior_mean, recipe.prior_std) == (100, -1.0, 1.0)
    assert recipe.ema_decay is None
    # 100 epochs of 60,000 images in batches of 64, five batches a step.
    assert recipe.steps == 100 * (60_000 // 64) // 5
    # The vanilla objective sees the same images, one batch a step.
    assert recipes.get("cgan/mnist", "paper").steps == 100 * (60_000 // 64)


def test_code_is_the_authors():
    recipe = recipes.get("cwgan/mnist", "code")
    assert (recipe.n_critic, recipe.n_generator) == (5, 2)
    assert (recipe.projection, recipe.output, recipe.batch_norm_scale) == ("batch_norm_relu", "batch_norm_relu", False)
    assert recipe.penalty == "height_axis"
    assert (recipe.unit_pixels, recipe.latent_sharing) == (True, "updates")
    assert recipes.get("cgan/mnist", "code").unit_pixels
    assert not recipes.get("cwgan/celeba", "code").unit_pixels
    vanilla = recipes.get("cgan/mnist", "code")
    assert (vanilla.patchwise, vanilla.learning_rate, vanilla.penalty) == (True, 1e-5, "none")
    assert (vanilla.steps, vanilla.n_critic, vanilla.n_generator) == (recipe.steps, 1, 2)


def test_the_authors_batch_normalisation_has_no_gamma():
    for name in recipes.names():
        if not isinstance(recipes.get(name), recipes.ConditionalRecipe):
            continue
        assert not recipes.get(name, "code").batch_norm_scale
        assert recipes.get(name, "paper").batch_norm_scale


@pytest.mark.parametrize("preset", ["paper", "code", "small"])
def test_vanilla_has_the_same_networks(preset):
    ours, theirs = (recipes.get(f"{system}/mnist", preset) for system in ("cwgan", "cgan"))
    for field in ("generator_widths", "discriminator_widths", "kernel_size", "projection", "output", "latent_size"):
        assert getattr(ours, field) == getattr(theirs, field)
    assert (theirs.n_critic, theirs.penalty) == (1, "none")
