"""Recipes of rivals that keep modes: `pacgan/...` (Lin et al. 2018) and `rpgan/...` (Huang et al. 2024, R3GAN).

Both are GANs without an encoder, with the networks of `gan/...`. PacGAN's preset `paper` has the data, the latents, the
batches, the optimizers, the updates and the length of the authors' code on ring8, grid25 and stacked MNIST. It does not
have PacGAN's networks. Their generator of points has batch normalisation. Their discriminator has maxout units on
points, and batch normalisation and a fourth map on images. The code also has images in [0, 1], where a tanh ends the
generator; 100,000 points that it draws once; and, on points, players that move at once. Here images lie in [-1, 1],
points are drawn afresh, and players take turns. R3GAN has the preset `small` alone.
"""

from dataclasses import replace
from typing import Any

from tfgans.recipes import logan
from tfgans.recipes.logan import UnconditionalRecipe

_DATA = ("ring8", "grid25", "digits", "mnist", "stacked_mnist")


def _pacgan(gan: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns PacGAN2, whose discriminator sees two samples at once."""
    return replace(gan, name=gan.name.replace("gan/", "pacgan/"), packing=2)


def _rpgan(gan: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns the relativistic GAN with R1 and R2, whose optimizers have no momentum, as R3GAN's have none."""
    # The modes of toy worlds are narrow, so that a discriminator needs steep slopes.
    weight = 0.01 if len(gan.image_shape) == 1 else 1.0
    name = gan.name.replace("gan/", "rpgan/")
    return replace(gan, name=name, objective="rp", r1=weight, r2=weight, beta_1=0.0, beta_2=0.99)


_POINTS: dict[str, Any] = {
    "prior": "normal",
    "batch_size": 200,  # a hundred packs of two
    "steps": 400_000,  # 400 epochs of 100,000 packs
    "widths": (400, 400, 400, 400),
    "discriminator_widths": (200, 200, 200),
    "beta_1": 0.8,
    "beta_2": 0.999,
    "epsilon": 1e-8,
}
_TRIPLES: dict[str, Any] = {
    "data": "stacked_mnist/pacgan",
    "latent_size": 100,
    "batch_size": 128,  # 64 packs of two
    "steps": 100_000,  # 50 epochs of 2,000 batches
    "score_samples": 26_000,
    "learning_rate": 2e-4,
    "beta_2": 0.999,
    "epsilon": 1e-8,
    # The code moves the generator twice, with the latents of the discriminator.
    "n_generator": 2,
    "latent_sharing": "players",
}
_PAPER = {"gan/ring8": _POINTS, "gan/grid25": _POINTS, "gan/stacked_mnist": _TRIPLES}


def _gans(preset: str) -> list[UnconditionalRecipe]:
    names = {f"gan/{data}" for data in _DATA}
    return [recipe for recipe in logan.RECIPES if recipe.preset == preset and recipe.name in names]


RECIPES = (
    *(_pacgan(replace(gan, **_PAPER[gan.name])) for gan in _gans("paper") if gan.name in _PAPER),
    *(make(gan) for make in (_pacgan, _rpgan) for gan in _gans("small")),
)
