"""Recipes of LOGAN (Sharma and Namboodiri): `logan/...`, and its rivals `bigan/...` and `gan/...`.

`paper` follows the text of the paper and its supplement, `code` the authors' public code where it differs, and
`small` takes minutes on two CPU cores, and `hour` at most an hour on one. papers/logan/README.md lists the choices that
the paper leaves open.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import Decay
from tfgans.recipes.base import IMAGES, Recipe


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class UnconditionalRecipe(Recipe):
    """A GAN without labels, with or without an encoder, on images or on points of a toy world.

    Attributes:
        system: `GAN` has no encoder. `BiGAN`, `LOGAN` and `VEEGAN` have one. VEEGAN has an objective of its own and
            no penalty.
        objective: Losses of the players, in the paper's short names; `hinge`; or `rp`, relativistic pairs.
        latent_size: Entries of z.
        prior: `uniform` on (-1, 1), or standard `normal`.
        networks: `mlp` for points, `dcgan` for images.
        widths: Units of the hidden layers, or channels of the maps from the largest to the smallest.
        discriminator_widths: Widths of the discriminator; None for `widths`.
        head_width: Channels at the end of the convolutional discriminator.
        penalty: Gradient penalty in x: `pairwise`, between an image and its reconstruction; `interpolated`, at a random
            place between a real and a generated image, or, with an encoder, an image and its reconstruction; or `none`.
        penalty_weight: Factor lambda of the penalty.
        penalty_power: 1 for the norm, as in the text, 2 for its square.
        r1: Factor of the zero-centred penalty on real samples.
        r2: Factor of the zero-centred penalty on generated samples.
        packing: Samples that the discriminator of a GAN sees at once, as PacGAN's does.
        spectral_norm: Whether the discriminator has spectral normalisation.
        latent_penalty: Whether there is a pair-wise penalty in z, for priors that are not uniform.
        reconstruction_weight: Factor of direct reconstruction.
        learning_rate: Learning rate of Adam, for all players.
        decay: `none` for a constant learning rate, `cosine` for one that falls to 0 over the run.
        beta_1: Decay of Adam's first moment.
        beta_2: Decay of Adam's second moment.
        epsilon: Number that Adam adds to the root of the second moment; it is 1e-8 in TensorFlow 1.
        n_critic: Discriminator updates in a step.
        n_generator: Generator updates in a step of a GAN without an encoder.
        latent_sharing: Whether the players of a GAN without an encoder share one z, as those of a BiGAN always do.
    """

    system: Literal["GAN", "BiGAN", "LOGAN", "VEEGAN"]
    objective: Literal["v", "w", "ls", "lol1", "lol2", "hinge", "rp"]
    latent_size: int
    prior: Literal["uniform", "normal"] = "uniform"
    networks: Literal["mlp", "dcgan"]
    widths: tuple[int, ...]
    discriminator_widths: tuple[int, ...] | None = None
    head_width: int = 512
    penalty: Literal["pairwise", "interpolated", "none"]
    penalty_weight: float = 0.1
    penalty_power: int = 1
    r1: float = 0.0
    r2: float = 0.0
    packing: int = 1
    spectral_norm: bool = False
    latent_penalty: bool = False
    reconstruction_weight: float = 0.0
    learning_rate: float = 1e-4
    decay: Decay = "none"
    beta_1: float = 0.5
    beta_2: float = 0.9
    epsilon: float = 1e-7
    n_critic: int = 1
    n_generator: int = 1
    latent_sharing: Literal["none", "players"] = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("latent_size", "head_width", "widths", "discriminator_widths")
        self._check_sizes("n_critic", "n_generator", "packing")
        self._check_weights("penalty_weight", "r1", "r2", "reconstruction_weight")
        self._check_positive("learning_rate", "epsilon")
        self._check_decays("beta_1", "beta_2")
        self._check(lambda value: value in (1, 2), "be 1 or 2", "penalty_power")
        if self.system == "GAN" and (self.penalty == "pairwise" or self.latent_penalty or self.reconstruction_weight):
            raise ValueError("A GAN without an encoder has no pairs: pairwise and latent penalties need a BiGAN.")
        if self.system == "LOGAN" and self.penalty == "none":
            raise ValueError("LOGAN has a gradient penalty; take a bigan recipe for none. Received penalty='none'.")
        if self.system != "GAN" and self.packing != 1:
            raise ValueError(
                f"The discriminator of a {self.system} sees pairs of a sample and a latent, and cannot be packed; "
                f"received packing={self.packing}."
            )
        if self.batch_size % self.packing:
            raise ValueError(
                f"batch_size must be a multiple of packing={self.packing}; received batch_size={self.batch_size}."
            )
        if self.system != "GAN" and (self.latent_sharing, self.n_generator) != ("none", 1):
            raise ValueError(
                f"latent_sharing and n_generator need a GAN without an encoder; received system={self.system}."
            )
        if (len(self.image_shape) == 1) != (self.networks == "mlp"):
            raise ValueError(
                f"Points take networks=mlp, images dcgan; received {self.networks} and {self.image_shape}."
            )
        penalties = (self.penalty, self.r1, self.r2, self.latent_penalty)
        given = (self.objective, *penalties, self.n_critic, self.reconstruction_weight)
        if self.system == "VEEGAN" and given != ("lol1", "none", 0, 0, False, 1, 0):
            raise ValueError(
                "VEEGAN has losses of its own: objective=lol1, penalty=none, r1=0, r2=0, no latent_penalty, n_critic=1 "
                f"and no reconstruction_weight; received {given}."
            )

    @property
    def has_schedule(self) -> bool:
        return self.decay == "cosine"

    @property
    def has_encoder(self) -> bool:
        return self.system != "GAN"

    @property
    def unused_fields(self) -> frozenset[str]:
        return frozenset({"head_width"} if self.networks == "mlp" else ())


_TOY_PAPER = UnconditionalRecipe(
    name="logan/ring8",
    preset="paper",
    system="LOGAN",
    objective="lol2",
    data="ring8",
    image_shape=(2,),
    batch_size=256,  # from the code; the paper states none
    steps=40_000,
    log_every=100,
    grid_every=2_000,
    checkpoint_every=2_000,
    score_samples=2_500,
    score_metrics=("modes",),
    latent_size=2,  # as in Fig. 3; Fig. 4 has 1
    networks="mlp",
    widths=(512, 512, 512),
    penalty="pairwise",
)

_TOY_SMALL = replace(
    _TOY_PAPER,
    preset="small",
    objective="lol1",  # lol2 diverges at this learning rate
    batch_size=128,
    steps=20_000,
    ema_decay=0.999,
    widths=(256, 256, 256),
    learning_rate=1e-3,
    decay="cosine",
)

_IMAGES_PAPER = replace(
    _TOY_PAPER,
    name="logan/cifar10",
    data="cifar10",
    image_shape=(32, 32, 3),
    batch_size=64,
    steps=199_936,  # 256 epochs of 781 batches
    score_samples=10_000,
    score_metrics=("score", "frechet"),
    latent_size=128,
    networks="dcgan",
    widths=(64, 128, 256),
    penalty_weight=1.0,
)

_IMAGES_SMALL = replace(
    _IMAGES_PAPER,
    preset="small",
    steps=4_000,
    log_every=20,
    grid_every=400,
    checkpoint_every=400,
    score_samples=2_000,
    ema_decay=0.995,
    latent_size=32,
    widths=(16, 32, 64),
    head_width=64,
    learning_rate=5e-4,
    decay="cosine",
)

_IMAGES_HOUR = replace(
    _IMAGES_SMALL,
    preset="hour",
    steps=8_000,
    grid_every=800,
    checkpoint_every=800,
    score_samples=10_000,
    latent_size=64,
    widths=(24, 48, 96),
    head_width=96,
)

_CODE: dict[str, Any] = {"preset": "code", "epsilon": 1e-8}  # of Adam in TensorFlow 1

_NONE: Mapping[str, Any] = {}


def _toy(name: str, **small: Any) -> tuple[UnconditionalRecipe, ...]:
    here: dict[str, Any] = {"name": f"logan/{name}", "data": name}
    paper = replace(_TOY_PAPER, **here)
    # The script of the public code has one number for z, and worlds that are not scaled.
    world = name if name == "rings16" else f"logan_{name}"
    code = replace(paper, **_CODE, data=world, objective="lol1", latent_size=1)
    return paper, code, replace(_TOY_SMALL, **here, **small)


def _hour(name: str, data: Mapping[str, Any], **changes: Any) -> tuple[UnconditionalRecipe, ...]:
    return (replace(_IMAGES_HOUR, name=f"logan/{name}", **data, **changes),)


def _images(
    name: str,
    data: Mapping[str, Any],
    paper: Mapping[str, Any] = _NONE,
    code: Mapping[str, Any] = _NONE,
    small: Mapping[str, Any] = _NONE,
) -> tuple[UnconditionalRecipe, ...]:
    here = {"name": f"logan/{name}", **data}
    whole = replace(_IMAGES_PAPER, **here, **paper)
    return (
        whole,
        replace(whole, **_CODE, steps=whole.steps * 160 // 256, **code),
        replace(_IMAGES_SMALL, **here, **small),
    )


_LOGAN = (
    _toy("ring8", steps=18_000),
    _toy("grid25", steps=40_000),
    _toy("rings16"),
    _toy("swiss"),
    _images(
        "digits",
        {**IMAGES["digits"], "log_every": 50, "grid_every": 500, "checkpoint_every": 500},
        {"steps": 5_632, "widths": (64, 128)},  # 256 epochs of 22 batches
        small={"widths": (32, 64), "latent_size": 16},
    ),
    _images("mnist", IMAGES["mnist"], {"steps": 239_872}),  # 256 epochs of 937 batches
    _images("stacked_mnist", IMAGES["stacked_mnist"], {"steps": 239_872}),
    _images("cifar10", IMAGES["cifar10"], code={"objective": "lol1"}),
    _images(
        "celeba128",
        {"data": "celeb_a_128", "image_shape": (128, 128, 3)},
        {"steps": 651_008, "widths": (64, 128, 256, 512, 512)},  # 256 epochs of 2,543 batches
        small={"widths": (8, 16, 32, 64, 64)},
    ),
    _images(
        "junction",
        # Frames of a static camera come from the user: a folder of them, or an .npz file with `frames`.
        {"data": "folder:frames"},
        {"image_shape": (128, 128, 3), "steps": 51_200, "widths": (64, 128, 256, 512, 512)},
        {"system": "BiGAN", "objective": "v", "penalty": "none"},
        {"image_shape": (27, 48, 3)},
    ),
    # Tables 1 to 3 have eight rows each, with several seeds.
    _hour("mnist", IMAGES["mnist"], steps=4_000, widths=(16, 32, 64), head_width=64),
    _hour("cifar10", IMAGES["cifar10"], steps=4_000),
    # Faces have no classes, so pixels are compared.
    _hour("portraits", IMAGES["portraits"], score_samples=2_000, score_metrics=("frechet",), score_extractor="pixels"),
    _hour("junction", {"data": "folder:frames", "image_shape": (27, 48, 3)}, score_samples=2_000, widths=(16, 32, 64)),
)


def _bigan(recipe: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns the same networks with the vanilla objective and no penalty."""
    name = recipe.name.replace("logan/", "bigan/")
    return replace(recipe, name=name, system="BiGAN", objective="v", penalty="none")


def _gan(recipe: UnconditionalRecipe) -> UnconditionalRecipe:
    """Returns the vanilla objective without an encoder."""
    name = recipe.name.replace("logan/", "gan/")
    # DCGAN's head is as wide as its last map. If a penalty is chosen, it is the squared one of Gulrajani et al. (2017).
    gan = replace(_bigan(recipe), name=name, system="GAN", head_width=recipe.widths[-1], penalty_power=2)
    if recipe.preset != "code":
        return gan
    gan = replace(gan, latent_sharing="players")
    if recipe.networks == "mlp":
        # Its script for points has two numbers where that with an encoder has one.
        return replace(gan, latent_size=2)
    if recipe.image_shape[0] != 128:
        return gan
    return replace(gan, discriminator_widths=(64, 128, 256, 512, 1024), head_width=1024)


RECIPES = tuple(recipe for presets in _LOGAN for logan in presets for recipe in (logan, _bigan(logan), _gan(logan)))
