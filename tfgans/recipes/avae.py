"""Recipes of the adversarial VAE (Khan, Hayat and Barnes): `avae/...`, and the plain `vae/...` with its networks.

`paper` follows the text of the paper, which has no public code; `small` takes minutes on two CPU cores, and `hour` at
most an hour on one. papers/avae/README.md lists the choices that the paper leaves open.
"""

import dataclasses
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import ErrorSign, KLReduction
from tfgans.recipes.base import IMAGES, Recipe
from tfgans.recipes.began_cs import CELEBA


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class VariationalRecipe(Recipe):
    """A variational auto-encoder on images, alone or with an auto-encoder as discriminator.

    Attributes:
        system: `AdversarialVAE` has the discriminator, `VAE` does not.
        latent_size: Entries N of z, which is standard normal, and of the discriminator's code.
        filters: n, channels of the first maps.
        reconstructed_weight: alpha.
        similarity_weight: beta.
        pixel_weight: gamma.
        kl_reduction: Divisor of the divergence, one of `choices.KLReduction`.
        error_sign: Sign of the reconstructions in the controller's error.
        ratio: eta.
        integral: Gain lambda_1 of the controller.
        proportional: Gain lambda_2.
        derivative: Gain lambda_3.
        learning_rate: Learning rate of Adam, for all players.
    """

    system: Literal["AdversarialVAE", "VAE"]
    image_shape: tuple[int, int, int]
    latent_size: int = 64
    filters: int = 64
    reconstructed_weight: float = 0.3
    similarity_weight: float = 0.1
    pixel_weight: float = 0.1
    kl_reduction: KLReduction = "per_pixel"
    error_sign: ErrorSign = "corrected"
    ratio: float = 0.5
    integral: float = 1e-3
    proportional: float = 1e-5
    derivative: float = 1e-5
    learning_rate: float = 5e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("latent_size", "filters")
        self._check_weights("reconstructed_weight", "similarity_weight", "pixel_weight", "ratio", "integral")
        self._check_positive("learning_rate")

    @property
    def unused_fields(self) -> frozenset[str]:
        of_the_discriminator = {"reconstructed_weight", "similarity_weight", "pixel_weight"}
        controller = {"error_sign", "ratio", "integral", "proportional", "derivative"}
        return frozenset(of_the_discriminator | controller) if self.system == "VAE" else frozenset()

    @property
    def has_encoder(self) -> bool:
        return True


_PAPER = VariationalRecipe(
    name="avae/celeba64",
    preset="paper",
    system="AdversarialVAE",
    data="celeb_a_crop_64",
    image_shape=(64, 64, 3),
    batch_size=16,  # BEGAN's; the paper states none
    steps=300_000,
    log_every=100,
    grid_every=1_000,
    checkpoint_every=1_000,
    score_samples=10_000,
)

_SMALL = replace(
    _PAPER,
    preset="small",
    steps=3_000,
    log_every=20,
    grid_every=300,
    checkpoint_every=300,
    score_samples=2_000,
    latent_size=16,
    filters=8,
    learning_rate=1e-3,
    # At .5 the images of digits become empty, since empty images have small errors, and codes lose their meaning.
    ratio=1.0,
    integral=1e-2,
    proportional=1e-4,
    derivative=1e-4,
)

_HOUR = replace(
    _SMALL,
    preset="hour",
    steps=6_000,
    grid_every=600,
    checkpoint_every=600,
    score_metrics=("frechet",),
    score_extractor="pixels",
    latent_size=64,
    filters=16,
    learning_rate=4e-4,
)


def _hour(name: str) -> VariationalRecipe:
    return replace(_HOUR, name=f"avae/{name}", **IMAGES[name])


def _images(name: str, **paper: Any) -> tuple[VariationalRecipe, ...]:
    here = {"name": f"avae/{name}", **(IMAGES | CELEBA)[name]}
    return replace(_PAPER, **here, **paper), replace(_SMALL, **here)


_AVAE = (
    *_images("digits"),
    *_images("mnist"),
    *_images("stacked_mnist"),
    *_images("cifar10"),
    *_images("celeba64"),
    *_images("celeba128", filters=128),
    *map(_hour, ("cifar10", "portraits", "avatars")),
)

RECIPES = (
    *_AVAE,
    *(replace(recipe, name=recipe.name.replace("avae/", "vae/"), system="VAE") for recipe in _AVAE),
)
