import dataclasses
import json
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
        ("score_samples=19", "at least two for each of 10 classes"),
        ("generator_widths=()", "at least 1"),
        ("latent_size=0", "at least 1"),
        ("penalty=none", "needs a gradient penalty"),
        ("n_critic=2.5", "n_critic takes int"),
    ],
)
def test_override_refuses(assignment, message):
    with pytest.raises(ValueError, match=message):
        recipes.get("cwgan/digits").override([assignment])


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_survives_json(name):
    for recipe in recipes.presets(name).values():
        assert recipes.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_refuses_fields_of_another_version():
    fields = recipes.get("cwgan/digits").to_dict()
    with pytest.raises(ValueError, match="version"):
        recipes.from_dict({**fields, "new_field": 1})


def test_unknown_names():
    with pytest.raises(ValueError, match=r"there are avae/celeba128, .*, cwgan/sprites, .*, veegan/ring8"):
        recipes.get("cwgan/nothing")
    with pytest.raises(ValueError, match="has the presets paper, code, small"):
        recipes.get("cwgan/digits", "large")


def test_presets_are_the_text_the_authors_code_where_there_is_some_and_minutes():
    """The adversarial VAE and X-GAN have no public code."""
    assert {"cgan/digits", "cwgan/mnist", "logan/ring8", "began_cs/grid25", "avae/digits"} <= set(recipes.names())
    for name in recipes.names():
        code = () if name.split("/")[0] in ("avae", "vae", "xgan", "md_gan", "cvae_gan") else ("code",)
        assert list(recipes.presets(name)) == ["paper", *code, "small"]
        assert all(recipe.preset == preset for preset, recipe in recipes.presets(name).items())
