"""Recipes: every hyper-parameter of every run, one file a paper. This package imports no TensorFlow."""

import dataclasses
import os
import pathlib
import typing
from typing import Any

from tfgans._files import read_json
from tfgans.choices import suggestion
from tfgans.recipes import avae, base, began_cs, beyond, cwgan, logan, xgan
from tfgans.recipes.avae import VariationalRecipe
from tfgans.recipes.base import FORMAT, Precision, Recipe
from tfgans.recipes.began_cs import EquilibriumRecipe
from tfgans.recipes.cwgan import ConditionalRecipe
from tfgans.recipes.durations import MEASURED, minutes
from tfgans.recipes.logan import UnconditionalRecipe
from tfgans.recipes.xgan import RivalRecipe, XGANRecipe

__all__ = [
    "MEASURED",
    "ConditionalRecipe",
    "EquilibriumRecipe",
    "Precision",
    "Recipe",
    "RivalRecipe",
    "UnconditionalRecipe",
    "VariationalRecipe",
    "XGANRecipe",
    "from_dict",
    "get",
    "minutes",
    "names",
    "of_run",
    "presets",
    "register",
]

# Fields that are new in a format, with the values that runs of earlier formats used.
_ADDED: dict[int, dict[str, Any]] = {
    1: {
        "discriminator_widths": None,
        "epsilon": 1e-7,
        "latent_sharing": "none",
        "recompute_errors": False,
        "unit_pixels": False,
    },
    3: {"flip": False, "packing": 1, "r1": 0.0, "r2": 0.0, "spectral_norm": False},
    4: {"augmentation": []},
    5: {
        "batch_norm": False,
        "generator_widths": None,
        "activation": "relu",
        "bias_range": 0.0,
        "k_start": 0.0,
        "k_limit": 1.0,
        "k_end": None,
        "penalty_weight": 0.0,
    },
}

# Fields of format 1 that have another name in format 2.
_RENAMED_IN_2 = {"balance_rate": "integral", "classes": "condition_size"}

# A field of the formats before 6, which did not change the weights of a run.
_REMOVED_IN_6 = "steps_per_execution"

RECIPE_FILE = "recipe.json"
"""Name of the file in which a run has its recipe."""

_RECIPES: dict[str, dict[str, Recipe]] = {}


def register(recipe: Recipe) -> None:
    """Registers a recipe for `get`, `from_dict` and the commands, under its name and preset.

    Raises:
        ValueError: If another recipe has this name and preset.
    """
    if _RECIPES.setdefault(recipe.name, {}).setdefault(recipe.preset, recipe) != recipe:
        raise ValueError(f"There is another recipe {recipe.name} with the preset {recipe.preset}.")


for _module in (cwgan, logan, beyond, began_cs, avae, xgan):
    for _recipe in _module.RECIPES:
        register(_recipe)


def names() -> list[str]:
    """Returns the names of all recipes, `SYSTEM/DATA`, sorted."""
    return sorted(_RECIPES)


def presets(name: str) -> dict[str, Recipe]:
    """Returns the presets of a recipe by their names.

    Raises:
        ValueError: If there is no recipe of this name.
    """
    if name not in _RECIPES:
        system, _, _ = name.partition("/")
        of_system = [other for other in names() if other.startswith(f"{system}/")]
        systems = dict.fromkeys(other.partition("/")[0] for other in names())
        others = f"There are {', '.join(of_system)}." if of_system else f"The systems are {', '.join(systems)}."
        raise ValueError(f"There is no recipe {name!r}. {suggestion(name, names(), others)}")
    return _RECIPES[name]


def get(name: str, preset: str | None = None) -> Recipe:
    """Returns a recipe by name and preset, by default `small`, or `hour` if the recipe has no other.

    Raises:
        ValueError: If there is no such recipe or preset.
    """
    choices = presets(name)
    preset = preset or ("small" if "small" in choices else "hour")
    if preset not in choices:
        raise ValueError(f"{name} has no preset {preset!r}. {suggestion(preset, choices)}")
    return choices[preset]


def from_dict(fields: dict[str, Any]) -> Recipe:
    """Returns the recipe that `Recipe.to_dict` made, in this version of tfgans or an earlier one.

    Raises:
        ValueError: If the fields are no recipe of a known format, or a value has another type or is out of range.
    """
    if not isinstance(fields, dict) or not all(isinstance(fields.get(name), str) for name in ("name", "preset")):
        raise ValueError(f"A recipe is an object with name, preset and other fields; received {fields!s:.80}.")
    version = fields.get("format", 0)
    if type(version) is not int or not 0 <= version <= FORMAT:
        raise ValueError(f"This version of tfgans reads recipes of format 0 to {FORMAT}; received {version!r}.")
    hints = typing.get_type_hints(type(get(fields["name"], fields["preset"])))
    renamed = _RENAMED_IN_2 if version < 2 else {}
    given = {renamed.get(name, name): value for name, value in fields.items() if name != "format"}
    for since, added in _ADDED.items():
        if version < since:
            given = {name: value for name, value in added.items() if name in hints} | given
    if version < 6:
        given.pop(_REMOVED_IN_6, None)
    if given.keys() != hints.keys():
        unknown, missing = sorted(given.keys() - hints.keys()), sorted(hints.keys() - given.keys())
        raise ValueError(f"Not a recipe of format {version}: unknown fields {unknown}, missing fields {missing}.")
    values = {name: base.check_value(name, value, hints[name]) for name, value in given.items()}
    return dataclasses.replace(get(fields["name"], fields["preset"]), **values)


def of_run(workdir: str | os.PathLike) -> Recipe:
    """Reads the recipe of a run.

    Args:
        workdir: Folder of the run.

    Raises:
        FileNotFoundError: If this is not the folder of a run.
        ValueError: If this version of tfgans cannot read the recipe.
    """
    path = pathlib.Path(workdir, RECIPE_FILE)
    if not path.is_file():
        raise FileNotFoundError(f"{workdir} is not the folder of a run: it has no {RECIPE_FILE}.")
    return from_dict(read_json(path))
