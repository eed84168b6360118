"""A sixth model, added as docs/adding_a_model.md says, passes the checks of all models with one row of the table."""

import doctest
import inspect
import pathlib
import re

import numpy as np
import pytest
import sixth_model
import tensorflow as tf
import test_step
import test_stored
from short_runs import quick_runs
from sixth_model import RelativisticGAN
from table import Row

import tfgans
from tfgans import latent, networks, recipes, training

ROOT = pathlib.Path(__file__).parents[2]


def points():
    return {"image": np.random.default_rng(0).normal(size=(40, 2)).astype("float32")}


ROW = Row(
    RelativisticGAN,
    lambda: RelativisticGAN(
        networks.mlp_generator(2, 3, (6, 5)),
        networks.mlp_discriminator(2, widths=(5, 6)),
        latent.Uniform(3),
        ema_decay=0.9,
    ),
    points,
)

# The quick ones.
CHECKS = [
    test_step.test_graph_equals_eager,
    test_step.test_a_step_changes_a_network_by_its_own_player_only,
    test_step.test_every_variable_of_a_player_gets_a_gradient,
    test_step.test_losses_are_scalars_that_the_log_names,
    test_step.test_step_counts_generator_updates,
    test_step.test_averaged_generator_follows_by_hand,
    test_stored.test_a_run_resumed_from_a_checkpoint_equals_one_that_never_stopped,
    test_stored.test_keras_file_restores_model_optimizers_and_settings,
    test_stored.test_signatures_equal_the_model,
    test_stored.test_a_row_depends_on_itself_alone,
]


@pytest.fixture(scope="module")
def row():
    return ROW


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("test_"))
def test_the_sixth_model_passes(check, request):
    check(**{name: request.getfixturevalue(name) for name in inspect.signature(check).parameters})


@pytest.fixture
def registered(monkeypatch):
    """The recipes of the sixth model are registered for one test, since other tests list all recipes."""
    monkeypatch.setattr(recipes, "_RECIPES", dict(recipes._RECIPES))
    for recipe in sixth_model.RECIPES:
        recipes.register(recipe)


def test_its_recipe_runs_resumes_and_is_scored(registered, tmp_path):
    for steps in (2, 3):
        changes = [f"steps={steps}", "log_every=1", "grid_every=1", "checkpoint_every=1", "score_samples=100"]
        recipe = recipes.get("relativistic/ring8").override(changes)
        with quick_runs():
            result = training.run(recipe, tmp_path, progress=False)
        assert int(result.model.step.numpy()) == steps
    assert {score["metric"] for score in result.scores} >= {"modes/points", "reverse_kl/points"}
    assert training.load(tmp_path).sample(5, seed=0).shape == (5, 2)


def test_losses_by_hand():
    """d = 0 where nothing tells samples apart: both descend ln 2."""
    model = ROW.make()
    model.discriminator.set_weights([np.zeros_like(weight) for weight in model.discriminator.get_weights()])
    batch, noise = {"image": tf.zeros((4, 2))}, {"latent": tf.zeros((4, 3))}
    losses = model.losses_of("joint", batch, noise)
    assert all(float(value) == pytest.approx(np.log(2)) for value in losses.values())


def test_its_own_face_compares_two_samples():
    model, (first, second) = ROW.make(), np.split(points()["image"][:6], 2)
    expected = model.discriminate(first) - model.discriminate(second)
    np.testing.assert_allclose(model.ask("compare", images_a=first, images_b=second), expected, atol=1e-6)
    with pytest.raises(ValueError, match="has no face compared; it has sample, generate, discriminate, compare"):
        model.ask("compared", images_a=first, images_b=second)


def test_its_example_runs():
    assert doctest.testmod(sixth_model, extraglobs={"tfgans": tfgans}) == (0, 2)


def test_the_checklist_names_what_there_is():
    text = (ROOT / "docs" / "adding_a_model.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:tfgans|tests|docs|scripts)/[\w/]+\.(?:py|md))`", text)
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).is_file() and "NAME" not in path] == []
