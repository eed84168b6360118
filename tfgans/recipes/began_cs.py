"""Recipes of BEGAN-CS (Chang et al.): `began_cs/...`, and its rivals `began/...` and `veegan/...`.

`paper` follows the text of the paper, `code` the authors' public code where it differs, `small` takes minutes on two
CPU cores, and `hour` at most an hour on one. papers/began_cs/README.md lists the choices that the paper leaves open.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import Activation, Decay, Norm
from tfgans.recipes.base import IMAGES, Recipe
from tfgans.recipes.logan import UnconditionalRecipe


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class EquilibriumRecipe(Recipe):
    """An auto-encoder as discriminator, in balance with a generator, on images or on points of a toy world.

    Attributes:
        system: `BEGANCS` has the constraint of codes, `BEGAN` does not.
        latent_size: Entries of z, which is uniform on (-1, 1), and of the code.
        networks: `mlp` for points; for images `began`, the layout of BEGAN, or `cs`, that of BEGAN-CS's code.
        filters: n, channels of the first maps.
        batch_norm: Whether the convolutions have batch normalisation; the papers' have none.
        widths: Units of the hidden layers of `mlp`.
        generator_widths: Those of the generator; None for `widths`.
        bias_range: Initial biases of the hidden layers of `mlp` are uniform on (-`bias_range`, `bias_range`).
        activation: Activation of `mlp`.
        norm: The distance L, one of `choices.Norm`.
        constraint_norm: The distance of codes.
        constraint_weight: Factor alpha of the constraint.
        share_latent: Whether both players share one z.
        recompute_errors: Whether k follows the errors after both players' updates.
        ratio: gamma, the diversity ratio.
        integral: Gain lambda_k of the controller.
        proportional: Gain lambda_2 of AVAE's controller.
        derivative: Gain lambda_3 of AVAE's controller.
        k_start: k before the first step.
        k_limit: The largest k that the controller sets.
        k_end: k at the end of the run, to which it moves on a straight line from `k_start`; None for the controller.
        penalty_weight: Factor of a one-sided gradient penalty of the energy; 0 for none.
        similarity_weight: Factor of AVAE's learned similarity.
        discriminator_learning_rate: Learning rate of the discriminator's Adam.
        generator_learning_rate: Learning rate of the generator's Adam.
        beta_1: Decay of Adam's first moment.
        beta_2: Decay of Adam's second moment.
        epsilon: Number that Adam adds to the root of the second moment; it is 1e-8 in TensorFlow 1.
        decay: `none` for constant learning rates, `cosine` for rates that fall to 0 over the run.
    """

    system: Literal["BEGAN", "BEGANCS"]
    latent_size: int = 64
    networks: Literal["mlp", "began", "cs"]
    filters: int = 64
    batch_norm: bool = False
    widths: tuple[int, ...] = (128, 128)
    generator_widths: tuple[int, ...] | None = None
    bias_range: float = 0.0
    activation: Activation = "relu"
    norm: Norm
    constraint_norm: Norm
    constraint_weight: float = 0.1
    share_latent: bool = False
    recompute_errors: bool = False
    ratio: float = 0.5
    integral: float = 1e-3
    proportional: float = 0.0
    derivative: float = 0.0
    k_start: float = 0.0
    k_limit: float = 1.0
    k_end: float | None = None
    penalty_weight: float = 0.0
    similarity_weight: float = 0.0
    discriminator_learning_rate: float = 1e-4
    generator_learning_rate: float = 1e-4
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    decay: Decay = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("latent_size", "filters", "widths", "generator_widths")
        self._check_weights("constraint_weight", "ratio", "integral", "similarity_weight", "penalty_weight")
        self._check_weights("bias_range")
        self._check(lambda value: 0 <= value <= 1, "lie in [0, 1]", "k_start", "k_limit", "k_end")
        self._check_positive("discriminator_learning_rate", "generator_learning_rate", "epsilon")
        self._check_decays("beta_1", "beta_2")
        if (len(self.image_shape) == 1) != (self.networks == "mlp"):
            raise ValueError(
                f"Points take networks=mlp, images began or cs; received {self.networks} and {self.image_shape}."
            )

    @property
    def has_schedule(self) -> bool:
        return self.decay == "cosine" or self.k_end is not None

    @property
    def unused_fields(self) -> frozenset[str]:
        convolutions, layers = {"filters", "batch_norm"}, {"widths", "generator_widths", "bias_range", "activation"}
        controller = {"ratio", "integral", "proportional", "derivative", "k_limit"}
        constraint = {"constraint_weight", "constraint_norm"}
        return frozenset().union(
            convolutions if self.networks == "mlp" else layers,
            () if self.k_end is None else controller,
            constraint if self.system == "BEGAN" else (),
        )

    @property
    def has_encoder(self) -> bool:
        return True


_TOY_PAPER = EquilibriumRecipe(
    name="began_cs/grid25",
    preset="paper",
    system="BEGANCS",
    data="grid25",
    image_shape=(2,),
    batch_size=256,  # the paper states neither this nor the length of the run
    steps=15_000,
    log_every=100,
    grid_every=1_000,
    checkpoint_every=1_000,
    score_samples=2_500,
    score_metrics=("modes",),
    latent_size=32,
    networks="mlp",
    norm="l2_sample",
    constraint_norm="l2_sample",
    ratio=25.0,  # as printed, though a diversity ratio lies in 0 to 1
    integral=1e-4,
    discriminator_learning_rate=1e-4,
    generator_learning_rate=5e-4,
    beta_1=0.5,
)

# The printed setting diverges. Among the settings tried, this one keeps most modes with sharp samples.
_TOY_SMALL = replace(
    _TOY_PAPER,
    preset="small",
    batch_size=128,
    ema_decay=0.999,
    latent_size=2,
    ratio=1.5,
    integral=1e-2,
    constraint_weight=1.0,
    discriminator_learning_rate=1e-3,
    generator_learning_rate=2e-4,
    decay="cosine",
)

# k bounds the coverage, so it is large from the start. Networks without biases would see rays in place of points.
_TOY_HOUR = replace(
    _TOY_PAPER,
    preset="hour",
    batch_size=128,
    steps=20_000,
    ema_decay=0.999,
    latent_size=2,
    widths=(256, 256),
    generator_widths=(256, 256, 256),
    activation="leaky_relu",
    bias_range=1.0,
    constraint_weight=1.0,
    k_start=0.8,
    k_end=0.3,
    penalty_weight=1.0,
    discriminator_learning_rate=1e-3,
    generator_learning_rate=1e-3,
    beta_2=0.9,
    decay="cosine",
)

_IMAGES_PAPER = replace(
    _TOY_PAPER,
    name="began_cs/celeba64",
    data="celeb_a_crop_64",
    image_shape=(64, 64, 3),
    batch_size=64,
    steps=762_900,  # 300 epochs of 2,543 batches, as the code trains
    score_samples=10_000,
    score_metrics=("score", "frechet"),
    latent_size=64,
    networks="began",
    # `l2_sample` is sqrt(B) times as large, and would need a lambda_k that is smaller by this factor.
    norm="l2_batch",
    constraint_norm="l2_batch",
    ratio=0.5,
    integral=1e-3,
    generator_learning_rate=1e-4,
    beta_1=0.9,
)

# Adam's epsilon is that of TensorFlow 1.
_CODE: dict[str, Any] = {"preset": "code", "recompute_errors": True, "share_latent": True, "epsilon": 1e-8}
_IMAGES_CODE: dict[str, Any] = {**_CODE, "networks": "cs", "filters": 128, "constraint_norm": "l1_mean"}

_IMAGES_SMALL = replace(
    _IMAGES_PAPER,
    preset="small",
    batch_size=16,
    steps=3_000,
    log_every=20,
    grid_every=300,
    checkpoint_every=300,
    score_samples=2_000,
    latent_size=16,
    filters=8,
    norm="l1_mean",
    constraint_norm="l1_mean",
    # At .5 all digits become ones, since the errors of ones are half as large as the others.
    ratio=1.0,
    integral=1e-2,
    discriminator_learning_rate=1e-3,
    generator_learning_rate=1e-3,
)

_FACES: dict[str, Any] = {
    "preset": "hour",
    "score_metrics": ("frechet",),
    "score_extractor": "pixels",
    "filters": 16,
    "ratio": 0.5,
    "discriminator_learning_rate": 4e-4,
    "generator_learning_rate": 4e-4,
}


def mean_constraint_weight(image_shape: Sequence[int], latent_size: int) -> float:
    """Returns the alpha for `l1_mean` that weighs the constraint as the paper's alpha, .1, does for `l2_sample`.

    A Euclidean norm is sqrt(n) times the root mean square of its n entries, and a mean absolute error does not grow
    with n. So alpha L_c / L stays the same if alpha is sqrt(latent_size / numbers in an image) times as large.
    """
    return round(0.1 * math.sqrt(latent_size / math.prod(image_shape)), 4)


def _toy(name: str) -> tuple[EquilibriumRecipe, ...]:
    here: dict[str, Any] = {"name": f"began_cs/{name}", "data": name}
    paper = replace(_TOY_PAPER, **here)
    # The public code has no toy worlds; only its step differs.
    return paper, replace(paper, **_CODE), replace(_TOY_SMALL, **here), replace(_TOY_HOUR, **here)


CELEBA: dict[str, dict[str, Any]] = {
    "celeba64": {"data": "celeb_a_crop_64", "image_shape": (64, 64, 3)},
    "celeba128": {"data": "celeb_a_crop_128", "image_shape": (128, 128, 3)},
}
"""CelebA as BEGAN-CS cuts it, as fields of a recipe."""


def _images(name: str, **paper: Any) -> tuple[EquilibriumRecipe, ...]:
    here = {"name": f"began_cs/{name}", **(IMAGES | CELEBA)[name]}
    whole = replace(_IMAGES_PAPER, **here, **paper)
    small = replace(_IMAGES_SMALL, **here)
    weight = mean_constraint_weight(small.image_shape, small.latent_size)
    return whole, replace(whole, **_IMAGES_CODE), replace(small, constraint_weight=weight)


def _faces(name: str, **fields: Any) -> tuple[EquilibriumRecipe, ...]:
    recipe = replace(_IMAGES_SMALL, name=f"began_cs/{name}", **IMAGES[name], **_FACES, **fields)
    weight = mean_constraint_weight(recipe.image_shape, recipe.latent_size)
    return (replace(recipe, constraint_weight=weight),)


_BEGAN_CS = (
    _toy("grid25"),
    _toy("ring8"),
    _images("digits", steps=6_600),  # 300 epochs of 22 batches
    _images("mnist", steps=281_100),  # 300 epochs of 937 batches
    _images("stacked_mnist", steps=281_100),
    _images("cifar10", steps=234_300),  # 300 epochs of 781 batches
    _images("celeba64"),
    # An epoch has 6,782 batches of 24.
    _images("celeba128", batch_size=24, steps=2_034_600, filters=128),
    _faces("portraits", latent_size=64, steps=12_000, grid_every=1_200, checkpoint_every=1_200),
    _faces("portraits16", latent_size=32, steps=60_000, grid_every=3_000, checkpoint_every=3_000),
    _faces("avatars", latent_size=64, steps=24_000, grid_every=2_400, checkpoint_every=600),
    _faces("cifar10", latent_size=64, steps=6_000, grid_every=600, checkpoint_every=600),
)


def _began(recipe: EquilibriumRecipe) -> EquilibriumRecipe:
    """Returns the recipe without the constraint."""
    name = recipe.name.replace("began_cs/", "began/")
    return replace(recipe, name=name, system="BEGAN", constraint_weight=0.0)


def _veegan(recipe: EquilibriumRecipe) -> UnconditionalRecipe:
    """Returns VEEGAN on the same toy world, with as many samples."""
    shared = {field.name: getattr(recipe, field.name) for field in dataclasses.fields(Recipe) if field.name != "name"}
    return UnconditionalRecipe(
        **shared,
        name=recipe.name.replace("began_cs/", "veegan/"),
        system="VEEGAN",
        objective="lol1",  # VEEGAN's discriminator, and the generator's term of the ratio, are those of lol1
        latent_size=recipe.latent_size,
        networks="mlp",
        widths=recipe.widths,
        penalty="none",
        learning_rate=1e-3,
        decay=recipe.decay,
        beta_2=0.999,
        epsilon=recipe.epsilon,
    )


_ALL = tuple(recipe for presets in _BEGAN_CS for recipe in presets)
_TOYS = tuple(recipe for recipe in _ALL if recipe.networks == "mlp" and recipe.preset != "hour")

RECIPES = (*_ALL, *(_began(recipe) for recipe in _ALL), *(_veegan(recipe) for recipe in _TOYS))
