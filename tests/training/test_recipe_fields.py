"""No field of a recipe is dead: each changes the model that is built, or a module of the run reads it."""

import dataclasses
import importlib
import inspect
import json
import types

import keras
import numpy as np
import pytest

from tfgans import data, networks, recipes, training
from tfgans.training import loop

# Fields that concern the run and not its model, and the module of `tfgans` that reads them.
READ_BY_THE_RUN = {
    "name": "training.runs",
    "preset": "recipes",
    "data": "training.loading",
    "train_split": "training.loading",
    "test_split": "training.loading",
    "train_fraction": "training.runs",
    "flip": "training.loop",
    "batch_size": "training.loop",
    "steps": "training.loop",
    "init_from": "training.runs",
    "log_every": "training.loop",
    "grid_every": "training.watching",
    "checkpoint_every": "training.loop",
    "score_samples": "training.runs",
    "score_every": "training.watching",
    "score_metrics": "training.watching",
    "score_extractor": "training.watching",
    "refresh_every": "training.watching",
    "classifier_steps": "training.preparation",
    "classifier_rate": "training.preparation",
    "least_accuracy": "training.preparation",
}

# Another value for each field that all recipes have, and that concerns the model.
OF_ALL = {"seed": "1", "augmentation": "('color',)", "precision": "mixed_bfloat16", "ema_decay": "0.5"}
OF_ADAM = {"beta_1": "0.3", "beta_2": "0.3", "epsilon": "0.3"}


@dataclasses.dataclass(frozen=True)
class Case:
    """A small recipe of a type, and other values of its fields.

    Attributes:
        name: The recipe.
        base: What makes it small, and fields take effect.
        changes: Another value of each field.
    """

    name: str
    base: tuple[str, ...]
    changes: dict[str, str]


SMALL_CONDITIONAL = ("generator_widths=(8, 4)", "discriminator_widths=(4, 8)")

CASES = [
    Case(
        "cwgan/digits",
        SMALL_CONDITIONAL,
        {
            **OF_ALL,
            **OF_ADAM,
            "system": "ConditionalGAN",
            "image_shape": "(9, 8, 1)",
            "conditioning": "attributes",
            "condition_size": "5",
            "latent_size": "5",
            "prior_mean": "2",
            "prior_std": "2",
            "generator_widths": "(8, 6)",
            "discriminator_widths": "(4, 6)",
            "kernel_size": "3",
            "projection": "linear",
            "output": "batch_norm_relu",
            "batch_norm_scale": "False",
            "discriminator_batch_norm": "True",
            "unit_pixels": "True",
            "penalty": "height_axis",
            "penalty_weight": "1",
            "penalty_target": "2",
            "learning_rate": "1",
            "n_critic": "2",
            "n_generator": "3",
            "latent_sharing": "updates",
        },
    ),
    Case(
        "cgan/digits",
        ("generator_widths=(8, 4)", "discriminator_widths=(4, 8)", "patchwise=False"),
        {"patchwise": "True"},
    ),
    Case(
        "logan/digits",
        ("widths=(3,)", "head_width=5", "latent_size=3"),
        {
            **OF_ALL,
            **OF_ADAM,
            "system": "BiGAN",
            "objective": "w",
            "image_shape": "(9, 8, 1)",
            "latent_size": "4",
            "prior": "normal",
            "widths": "(4,)",
            "discriminator_widths": "(5,)",
            "head_width": "6",
            "penalty": "interpolated",
            "penalty_weight": "2",
            "penalty_power": "2",
            "latent_penalty": "True",
            "reconstruction_weight": "0.5",
            "learning_rate": "1",
            "decay": "none",
            "n_critic": "2",
        },
    ),
    Case(
        "gan/digits",
        ("widths=(3,)", "head_width=5"),
        {
            "latent_sharing": "players",
            "n_generator": "2",
            "packing": "2",
            "r1": "0.5",
            "r2": "0.5",
            "spectral_norm": "True",
        },
    ),
    Case(
        "began_cs/digits",
        ("filters=2", "latent_size=3"),
        {
            **OF_ALL,
            **OF_ADAM,
            "system": "BEGAN",
            "image_shape": "(9, 8, 1)",
            "latent_size": "4",
            "filters": "3",
            "norm": "l2_sample",
            "constraint_norm": "l2_sample",
            "constraint_weight": "2",
            "share_latent": "True",
            "recompute_errors": "True",
            "batch_norm": "True",
            "k_start": "0.5",
            "k_limit": "0.5",
            "k_end": "0.5",
            "penalty_weight": "2",
            "ratio": "2",
            "integral": "2",
            "proportional": "2",
            "derivative": "2",
            "similarity_weight": "2",
            "discriminator_learning_rate": "1",
            "generator_learning_rate": "1",
            "decay": "cosine",
        },
    ),
    Case("began_cs/digits", ("filters=2", "image_shape=(16, 16, 1)"), {"networks": "cs"}),
    Case(
        "began_cs/ring8",
        ("widths=(4,)",),
        {"widths": "(5,)", "generator_widths": "(6, 6)", "activation": "leaky_relu", "bias_range": "1"},
    ),
    Case(
        "avae/digits",
        ("filters=2", "latent_size=3"),
        {
            **OF_ALL,
            "system": "VAE",
            "image_shape": "(9, 8, 1)",
            "latent_size": "4",
            "filters": "3",
            "reconstructed_weight": "2",
            "similarity_weight": "2",
            "pixel_weight": "2",
            "kl_reduction": "sum",
            "error_sign": "literal",
            "ratio": "2",
            "integral": "2",
            "proportional": "2",
            "derivative": "2",
            "learning_rate": "1",
        },
    ),
    Case(
        "cvae_gan/digits",
        ("widths=(4,)", "latent_size=3"),
        {
            **OF_ALL,
            "system": "MDGAN",
            "image_shape": "(9, 8, 1)",
            "latent_size": "4",
            "networks": "cnn",
            "widths": "(6,)",
            "condition_size": "5",
            "learning_rate": "1",
            "beta_1": "0.3",
        },
    ),
    Case(
        "xgan/digits",
        ("widths=(4,)", "latent_size=3", "bank_size=40", "neighbours=4", "combined=2"),
        {
            **OF_ALL,
            "image_shape": "(9, 8, 1)",
            "latent_size": "4",
            "networks": "cnn",
            "widths": "(6,)",
            "condition_size": "5",
            "learning_rate": "1",
            "beta_1": "0.3",
            "bank_size": "50",
            "neighbours": "5",
            "combined": "3",
            "weights": "uniform",
            "latents": "kde",
            "supervision": "none",
            "adversarial_weight": "3",
            "generator_loss": "nonsaturating",
            "image_classifier": "vgg19",
            "learned_features": "vgg19",
        },
    ),
]
# Fields that have one value only beside the others: X-GAN is one system, and points take another network than images.
DECIDED_BY_OTHERS = {(recipes.XGANRecipe, "system"), (recipes.UnconditionalRecipe, "networks")}


@pytest.fixture(autouse=True)
def _small_models(monkeypatch):
    """VGG-19 has 39 million weights, and needs 32 pixels. Settings of optimizers need no moments."""
    monkeypatch.setattr(networks, "vgg19", lambda shape, classes: networks.small_vgg(shape, classes, (2,)))
    monkeypatch.setattr(keras.optimizers.Adam, "build", lambda *_: None)


def described(recipe):
    """The settings of the model of a recipe: its networks, objects, numbers, and optimizers."""
    # Layers are numbered anew.
    keras.utils.clear_session(free_memory=False)
    model = training.build(recipe)
    settings = [type(model).__name__, model.get_config(), model.get_compile_config()]
    return json.dumps(settings, default=str, sort_keys=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_field_changes_the_model(case):
    base = recipes.get(case.name).override(["ema_decay=None", *case.base])
    before = described(base)
    # It is not the making alone that differs.
    assert described(base) == before
    for field, value in case.changes.items():
        assert described(base.override([f"{field}={value}"])) != before, field


def test_no_field_is_left_out():
    types = {type(recipes.get(name)) for name in recipes.names()}
    changed = {recipe_type: set(READ_BY_THE_RUN) for recipe_type in types}
    for case in CASES:
        changed[type(recipes.get(case.name))] |= case.changes.keys()
    for recipe_type, name in DECIDED_BY_OTHERS:
        changed[recipe_type].add(name)
    for recipe_type, names in changed.items():
        fields = {field.name for field in dataclasses.fields(recipe_type)}
        assert fields - names == set(), recipe_type


@pytest.mark.parametrize(("field", "module"), READ_BY_THE_RUN.items())
def test_the_run_reads_what_the_model_does_not(field, module):
    source = inspect.getsource(importlib.import_module(f"tfgans.{module}"))
    assert f"recipe.{field}" in source


def first_batch(recipe, images, step=0):
    """The images of the first batch that a model at a step, with two batches a step, trains on."""
    seen = []

    class Model:
        def __init__(self):
            self.step = types.SimpleNamespace(numpy=lambda: step)
            self.updates_per_step, self.stop_training = 2, True

        def fit(self, batches, **_):
            seen.append(next(iter(batches()))["image"].numpy())

    execution = types.SimpleNamespace(divide=lambda steps: None, make_function=lambda batches: None)
    loop.train(Model(), recipe, images, execution, [])
    return seen[0]


def test_training_mirrors_images_where_the_recipe_says_so(random):
    """About half of them, and none without `flip`."""
    images = data.from_arrays(random.integers(0, 256, (40, 4, 4, 1), np.uint8))
    recipe = recipes.get("gan/digits").override(["batch_size=20"])
    plain, turned = (first_batch(recipe.override([f"flip={flip}"]), images) for flip in (False, True))
    mirrored = [not np.array_equal(*rows) for rows in zip(plain, turned, strict=True)]
    assert 4 <= sum(mirrored) <= 16
    np.testing.assert_array_equal(plain[mirrored][:, :, ::-1], turned[mirrored])


def test_training_goes_on_with_the_batches_of_its_seed_and_its_step(random):
    """Step 3 of a model with two batches a step begins with batch 6."""
    images = data.from_arrays(random.integers(0, 256, (40, 4, 4, 1), np.uint8))
    recipe = recipes.get("gan/digits").override(["batch_size=5", "seed=7"])
    expected = next(iter(images.batches(5, seed=7, start=6)))["image"].numpy()
    np.testing.assert_array_equal(first_batch(recipe, images, step=3), expected)
