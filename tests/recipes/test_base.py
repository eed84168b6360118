import dataclasses
import json
import re
from typing import Literal

import pytest

from tfgans import recipes
from tfgans.recipes.base import parse_value


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        ("3", int, 3),
        ("3", float, 3.0),
        ("1e-4", float, 1e-4),
        ("True", bool, True),
        ("text", str, "text"),
        ("3", str, "3"),
        ("None", float | None, None),
        ("None", str | None, None),
        ("None", str, "None"),
        ("runs/a", str | None, "runs/a"),
        (".5", float | None, 0.5),
        ("a", Literal["a", "b"], "a"),
        ("(8, 4)", tuple[int, ...], (8, 4)),
        ("[8]", tuple[int, ...], (8,)),
        ("8,8,1", tuple[int, int, int], (8, 8, 1)),
    ],
)
def test_parses(text, hint, value):
    parsed = parse_value("field", text, hint)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3.5", int),
        ("True", int),
        ("1", bool),
        ("many", int),
        ("many", float | None),
        ("c", Literal["a", "b"]),
        ("(8, 'x')", tuple[int, ...]),
        ("(8, 8)", tuple[int, int, int]),
        ("8", tuple[int, ...]),
    ],
)
def test_refuses_a_value_of_another_type(text, hint):
    with pytest.raises(ValueError, match="takes"):
        parse_value("field", text, hint)


def test_override_changes_what_is_named_only():
    recipe = recipes.get("cwgan/digits")
    changed = recipe.override(["batch_size=32", "generator_widths=(16, 8)", "ema_decay=None"])
    assert changed == dataclasses.replace(recipe, batch_size=32, generator_widths=(16, 8), ema_decay=None)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("batch_size", "name=value"),
        ("batchsize=3", "no field 'batchsize'"),
        ("name=x", "no field 'name'"),
        ("batch_size=0", "at least 1"),
        ("seed=-1", "seed"),
        ("grid_every=75", "multiple of log_every"),
        ("score_samples=19", "at least 2 for each of 10 classes"),
        ("generator_widths=()", "at least 1"),
        ("latent_size=0", "at least 1"),
        ("penalty=none", "needs a gradient penalty"),
        ("n_critic=2.5", "n_critic takes int"),
        ("n_critic={[]}", "n_critic takes int"),
        ("augmentation=color", "augmentation takes a tuple .*, whose entries are one of color, translation, cutout;"),
    ],
)
def test_override_refuses(assignment, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("cwgan/digits").override([assignment])


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_survives_json(name):
    for recipe in recipes.presets(name).values():
        assert recipes.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


# A recipe.json that version 0.1.0 wrote: it has no `format`, and not the fields that came later.
WRITTEN_BY_0_1_0 = """{"name": "began_cs/ring8", "preset": "small", "data": "ring8", "train_split": "train",
"test_split": "test", "train_fraction": 1.0, "batch_size": 128, "steps": 15000, "seed": 3, "init_from": null,
"precision": "float32", "ema_decay": 0.999, "log_every": 100, "steps_per_execution": 50, "grid_every": 1000,
"checkpoint_every": 1000, "score_samples": 2500, "score_every": null, "score_metrics": ["modes"],
"score_extractor": "classifier", "system": "BEGANCS", "image_shape": [2], "latent_size": 2, "networks": "mlp",
"filters": 64, "widths": [128, 128], "norm": "l2_sample", "constraint_norm": "l2_sample", "constraint_weight": 1.0,
"share_latent": false, "ratio": 1.5, "balance_rate": 0.01, "proportional": 0.0, "derivative": 0.0,
"similarity_weight": 0.0, "discriminator_learning_rate": 0.001, "generator_learning_rate": 0.0002, "beta_1": 0.5,
"beta_2": 0.999, "decay": "cosine"}"""


def test_a_recipe_of_the_first_format_means_what_it_meant():
    """Keras's epsilon, and k by the errors before the updates, whatever a preset says today."""
    fields = json.loads(WRITTEN_BY_0_1_0)
    for preset in ("small", "code"):
        recipe = recipes.from_dict({**fields, "preset": preset})
        assert (recipe.epsilon, recipe.recompute_errors) == (1e-7, False)
        assert (recipe.seed, recipe.widths, recipe.ratio, recipe.integral) == (3, (128, 128), 1.5, 0.01)


def test_fields_of_format_1_that_have_another_name():
    fields = recipes.get("xgan/digits").to_dict()
    fields["classes"] = fields.pop("condition_size") - 3
    assert recipes.from_dict({**fields, "format": 1}).condition_size == 7
    with pytest.raises(ValueError, match=r"unknown fields \['classes'\]"):
        recipes.from_dict(fields)


def test_a_field_that_format_6_no_longer_has():
    recipe = recipes.get("logan/ring8")
    fields = {**recipe.to_dict(), "steps_per_execution": 50}
    assert recipes.from_dict({**fields, "format": 5}) == recipe
    with pytest.raises(ValueError, match=r"unknown fields \['steps_per_execution'\]"):
        recipes.from_dict(fields)


@pytest.mark.parametrize("field", sorted(recipes.get("cwgan/digits").to_dict().keys() - {"format"}))
def test_a_missing_field_is_not_made_up(field):
    fields = recipes.get("cwgan/digits").to_dict()
    fields.pop(field)
    with pytest.raises(ValueError, match=rf"missing fields \['{field}'\]|name, preset and other fields"):
        recipes.from_dict(fields)


def test_refuses_fields_and_formats_of_another_version():
    fields = recipes.get("cwgan/digits").to_dict()
    with pytest.raises(ValueError, match=r"unknown fields \['new_field'\]"):
        recipes.from_dict({**fields, "new_field": 1})
    for version in (7, -1, "1", None, True):
        with pytest.raises(ValueError, match="reads recipes of format 0 to 6"):
            recipes.from_dict({**fields, "format": version})


_NEW_IN_4 = ("augmentation",)
_NEW_IN_3 = ("flip", "packing", "r1", "r2", "spectral_norm", *_NEW_IN_4)


@pytest.mark.parametrize(("version", "new"), [(2, _NEW_IN_3), (3, _NEW_IN_4)])
def test_a_recipe_of_an_earlier_format_has_nothing_that_is_new_since(version, new):
    recipe = recipes.get("gan/digits")
    earlier = {name: value for name, value in recipe.to_dict().items() if name not in new}
    assert recipes.from_dict({**earlier, "format": version}) == recipe


ONE_OF_EACH_TYPE = ("cwgan/digits", "logan/digits", "began_cs/digits", "avae/digits", "cvae_gan/digits", "xgan/digits")


@pytest.mark.parametrize("name", ONE_OF_EACH_TYPE)
def test_a_value_that_was_edited_is_refused_in_one_line(name):
    """Each field with values of other types; none of them is a traceback, and none is taken for another."""
    fields, refusals = recipes.get(name).to_dict(), []
    for field in fields.keys() - {"format"}:
        for value in ("?", [], {}, [None], ["x", 1], 0.5, -1.5, float("nan"), float("inf"), True, None):
            try:
                recipe = recipes.from_dict({**fields, field: value})
            except ValueError as error:
                refusals.append(str(error))
                continue
            assert type(value) is not bool or isinstance(fields[field], bool), field
            assert recipe.to_dict()[field] == value
    assert len(refusals) > 5 * len(fields)
    assert not [refusal for refusal in refusals if "\n" in refusal]


@pytest.mark.parametrize(
    ("name", "assignment"),
    [
        ("cwgan/digits", "learning_rate=0.0"),
        ("cwgan/digits", "beta_2=1.0"),
        ("cwgan/digits", "epsilon=0.0"),
        ("cwgan/digits", "ema_decay=1.0"),
        ("cwgan/digits", "penalty_weight=-1.0"),
        ("logan/digits", "beta_1=-0.1"),
        ("logan/digits", "penalty_power=3"),
        ("began_cs/digits", "generator_learning_rate=-0.001"),
        ("began_cs/digits", "ratio=-0.5"),
        ("avae/digits", "pixel_weight=-0.1"),
        ("avae/digits", "filters=0"),
        ("began_cs/grid25", "widths=(8, 0)"),
        ("began_cs/grid25", "train_fraction=0.0"),
        ("gan/mnist", "discriminator_widths=()"),
        ("gan/mnist", "discriminator_widths=(8, 0)"),
        ("xgan/digits", "condition_size=0"),
        ("xgan/digits", "refresh_every=7"),
        ("xgan/digits", "classifier_rate=0.0"),
        ("xgan/digits", "adversarial_weight=-2.0"),
    ],
)
def test_a_number_out_of_range_is_refused(name, assignment):
    field, _, value = assignment.partition("=")
    with pytest.raises(ValueError, match=rf"^{field} must .*; received {re.escape(value)}\.$"):
        recipes.get(name).override([assignment])


def test_unknown_names():
    with pytest.raises(
        ValueError, match=r"There is no recipe 'cwgan/nothing'\. There are cwgan/avatars, cwgan/celeba, "
    ):
        recipes.get("cwgan/nothing")
    with pytest.raises(ValueError, match=r"There are paper, code, small\."):
        recipes.get("cwgan/digits", "large")


def test_a_name_and_a_preset_have_one_recipe():
    recipe = recipes.get("cwgan/digits")
    recipes.register(recipe)
    with pytest.raises(ValueError, match="another recipe cwgan/digits with the preset small"):
        recipes.register(recipe.override(["batch_size=3"]))
    assert recipes.get("cwgan/digits") == recipe
