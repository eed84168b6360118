import dataclasses

import numpy as np
import pytest
from small_networks import trainable

import tfgans
from tfgans import losses, recipes, training
from tfgans.training import build


@pytest.mark.parametrize(
    ("name", "generator_count", "discriminator_count"),
    [
        ("cwgan/mnist", 5_009_281, 4_327_553),
        ("cwgan/celeba", 11_562_115, 4_329_153),
        ("cwgan/efigi", 11_521_155, 4_321_153),
    ],
)
def test_paper_recipes_are_the_paper(name, generator_count, discriminator_count):
    model = build(recipes.get(name, "paper"))
    assert isinstance(model, tfgans.ConditionalWGANGP)
    assert (trainable(model.generator), trainable(model.discriminator)) == (generator_count, discriminator_count)
    assert model.conditioning == ("class" if name == "cwgan/mnist" else "attributes")
    assert model.prior == tfgans.latent.Normal(100, mean=-1.0, std=1.0)
    assert model.averaged_generator is None
    for optimizer in model.optimizers.values():
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)


def test_code_recipe_has_the_authors_penalty():
    model = build(recipes.get("cwgan/digits", "code"))
    assert model.penalty == losses.HeightAxisGradientPenalty(weight=40.0, target=0.5)
    assert model.n_generator == 2


def test_vanilla_recipe():
    model = build(recipes.get("cgan/digits", "code"))
    assert type(model) is tfgans.ConditionalGAN
    assert model.objective == losses.Vanilla(patchwise=True)
    assert model.penalty is None


@pytest.mark.parametrize(
    ("name", "objective"),
    [
        ("v", losses.Vanilla()),
        ("w", losses.Wasserstein()),
        ("ls", losses.LeastSquares()),
        ("lol1", losses.LogitLoss(squared=False)),
        ("lol2", losses.LogitLoss(squared=True)),
        ("hinge", losses.Hinge()),
        ("rp", losses.Relativistic()),
    ],
)
def test_short_names_of_objectives(name, objective):
    assert build(recipes.get("gan/ring8").override([f"objective={name}"])).objective == objective


@pytest.mark.parametrize(
    ("name", "change", "penalty"),
    [
        ("gan/ring8", "penalty=interpolated", losses.InterpolatedGradientPenalty(3.0, power=2)),
        ("bigan/ring8", "penalty=interpolated", losses.InterpolatedGradientPenalty(3.0, power=2)),
        ("bigan/ring8", "penalty=pairwise", losses.PairwiseGradientPenalty(3.0, power=2)),
        ("bigan/ring8", "penalty=none", None),
    ],
)
def test_short_names_of_penalties(name, change, penalty):
    model = build(recipes.get(name).override([change, "penalty_weight=3", "penalty_power=2"]))
    assert model.penalty == penalty


def test_a_penalty_in_z_is_pairwise_whatever_that_in_x_is():
    changes = ["penalty=interpolated", "penalty_weight=3", "penalty_power=2"]
    for switch, penalty in (("True", losses.PairwiseGradientPenalty(3.0, power=2)), ("False", None)):
        recipe = recipes.get("bigan/ring8").override([*changes, f"latent_penalty={switch}"])
        assert build(recipe).latent_penalty == penalty


@pytest.mark.parametrize(("r1", "r2"), [(0.5, 2.0), (0.5, 0.0), (0.0, 2.0)])
def test_r1_is_the_weight_at_real_samples_and_r2_at_generated_ones(r1, r2):
    model = build(recipes.get("gan/ring8").override([f"r1={r1}", f"r2={r2}"]))
    assert model.zero_centered_penalty == losses.ZeroCenteredPenalty(r1=r1, r2=r2)


def test_the_penalty_of_an_equilibrium_is_one_sided():
    """It bounds the slopes of the energy, which may be less than 1."""
    penalties = [build(recipes.get("began/ring8").override([f"penalty_weight={weight}"])).penalty for weight in (2, 0)]
    assert penalties == [losses.InterpolatedGradientPenalty(2.0, one_sided=True), None]


def test_rates_fall_to_zero_with_the_run_however_many_updates_a_player_has():
    recipe = recipes.get("logan/ring8").override(["steps=100", "n_critic=5", "learning_rate=0.01"])
    model = build(recipe)
    for player, updates in (("discriminator", 500), ("encoder", 100), ("generator", 100)):
        rate = model.optimizers[player]._learning_rate
        assert float(rate(updates // 2)) == pytest.approx(0.005)
        assert float(rate(updates)) == 0


def test_rates_of_a_generator_that_moves_twice_fall_over_its_own_updates():
    model = build(recipes.get("gan/ring8").override(["steps=100", "n_generator=2", "learning_rate=0.01"]))
    for player, updates in (("discriminator", 100), ("generator", 200)):
        assert float(model.optimizers[player]._learning_rate(updates // 2)) == pytest.approx(0.005)


def test_weights_follow_the_seed():
    recipe = recipes.get("cwgan/digits")
    for first, second in zip(build(recipe).get_weights(), build(recipe).get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)
    kernels = [build(recipe.override([f"seed={seed}"])).generator.get_weights()[0] for seed in (0, 1)]
    assert np.any(kernels[0] != kernels[1])


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnknownRecipe(recipes.Recipe):
    image_shape: tuple[int, ...] = (2,)


def test_a_builder_is_registered_once_for_a_type():
    recipe = UnknownRecipe(
        name="a/b",
        preset="small",
        data="ring8",
        batch_size=1,
        steps=1,
        log_every=1,
        grid_every=1,
        checkpoint_every=1,
        score_samples=1,
    )
    with pytest.raises(ValueError, match="No builder is registered for a UnknownRecipe"):
        build(recipe)
    received = []
    training.register(UnknownRecipe, received.append)
    training.register(UnknownRecipe, received.append)
    build(recipe)
    assert received == [recipe]
    with pytest.raises(ValueError, match="UnknownRecipe has a builder already"):
        training.register(UnknownRecipe, print)
