"""Recipes: every hyper-parameter of every run, one file a paper. Imports no TensorFlow."""

from tfgans.recipes import avae, began_cs, cwgan, logan, xgan
from tfgans.recipes.avae import VariationalRecipe
from tfgans.recipes.base import Precision, Recipe
from tfgans.recipes.began_cs import EquilibriumRecipe
from tfgans.recipes.cwgan import ConditionalRecipe
from tfgans.recipes.logan import UnconditionalRecipe
from tfgans.recipes.xgan import EncodedRecipe, XGANRecipe

__all__ = [
    "ConditionalRecipe",
    "EncodedRecipe",
    "EquilibriumRecipe",
    "Precision",
    "Recipe",
    "UnconditionalRecipe",
    "VariationalRecipe",
    "XGANRecipe",
    "from_dict",
    "get",
    "names",
    "presets",
]

_RECIPES: dict[str, dict[str, Recipe]] = {}
for _recipe in (*cwgan.RECIPES, *logan.RECIPES, *began_cs.RECIPES, *avae.RECIPES, *xgan.RECIPES):
    _RECIPES.setdefault(_recipe.name, {})[_recipe.preset] = _recipe


def names() -> list[str]:
    """Names of all recipes, `SYSTEM/DATA`."""
    return sorted(_RECIPES)


def presets(name: str) -> dict[str, Recipe]:
    """The presets of a recipe.

    Raises:
        ValueError: If there is no recipe of that name.
    """
    if name not in _RECIPES:
        raise ValueError(f"There is no recipe {name!r}; there are {', '.join(names())}.")
    return _RECIPES[name]


def get(name: str, preset: str = "small") -> Recipe:
    """A recipe by name and preset.

    Raises:
        ValueError: If there is no such recipe or preset.
    """
    choices = presets(name)
    if preset not in choices:
        raise ValueError(f"{name} has the presets {', '.join(choices)}; received {preset!r}.")
    return choices[preset]


def from_dict(fields: dict) -> Recipe:
    """The recipe that `Recipe.to_dict` wrote.

    Raises:
        ValueError: If the fields are not those of a recipe of this version.
    """
    recipe_type = type(get(fields.get("name", ""), fields.get("preset", "")))
    try:
        return recipe_type(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})
    except TypeError as error:
        raise ValueError(f"Not a recipe of this version of tfgans: {error}.") from error
