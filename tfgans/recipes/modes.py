"""Recipes of rivals that keep modes: `pacgan/...` (Lin et al. 2018) and `rpgan/...` (Huang et al. 2024, R3GAN).

Both are GANs without an encoder, with the networks of `gan/...`. They have the preset `small` alone. It is not tuned.
"""

from dataclasses import replace

from tfgans.recipes import logan
from tfgans.recipes.logan import UnconditionalRecipe

_DATA = ("ring8", "grid25", "digits", "mnist", "stacked_mnist")


def _pacgan(gan: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns PacGAN2, whose discriminator sees two samples at once."""
    return replace(gan, name=gan.name.replace("gan/", "pacgan/"), packing=2)


def _rpgan(gan: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns the relativistic GAN with R1 and R2."""
    return replace(gan, name=gan.name.replace("gan/", "rpgan/"), objective="rp", r1=0.1, r2=0.1)


_GANS = [
    recipe for recipe in logan.RECIPES if recipe.preset == "small" and recipe.name in {f"gan/{data}" for data in _DATA}
]

RECIPES = tuple(make(gan) for make in (_pacgan, _rpgan) for gan in _GANS)
