"""Recipes of X-GAN (Blum, Brattoli and Ommer): `xgan/...`, and its rivals `md_gan/...` and `cvae_gan/...`.

`paper` follows the text of the paper, which has no public code; `small` takes minutes on two CPU cores, and `hour` at
most an hour on one.
papers/xgan/README.md lists the choices that the paper leaves open.
"""

import dataclasses
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import LabelKind, Weights
from tfgans.recipes.base import IMAGES, Recipe


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class EncodedRecipe(Recipe):
    """Fields of X-GAN and its rivals. All have an encoder, and the same layers.

    Attributes:
        latent_size: Entries N of a code.
        networks: `cnn`, convolutional, or `mlp`, fully connected, for images of a few pixels.
        widths: Channels of the maps from the largest to the smallest, or units of the hidden layers.
        condition_size: Number of classes of the data.
        learning_rate: Learning rate of Adam, for all players.
        beta_1: Decay of Adam's first moment.
    """

    image_shape: tuple[int, int, int]
    latent_size: int = 512
    networks: Literal["cnn", "mlp"] = "cnn"
    widths: tuple[int, ...]
    condition_size: int
    learning_rate: float = 1e-4
    beta_1: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("latent_size", "widths", "condition_size")
        self._check_positive("learning_rate")
        self._check_decays("beta_1")

    def adapted(self, conditioning: LabelKind, condition_size: int) -> "EncodedRecipe":
        if not self.learns_labels:
            return self
        if conditioning != "class":
            raise ValueError(f"{self.name} takes classes; received data with conditioning {conditioning!r}.")
        return replace(self, condition_size=condition_size)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class RivalRecipe(EncodedRecipe):
    """Rivals of X-GAN.

    Attributes:
        system: Mode-regularised GAN or CVAE-GAN.
    """

    system: Literal["MDGAN", "CVAEGAN"]

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        return () if self.system == "MDGAN" else ("class", self.condition_size)

    @property
    def has_encoder(self) -> bool:
        """False for CVAE-GAN, since its encoder takes a label beside the image."""
        return self.system == "MDGAN"


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class XGANRecipe(EncodedRecipe):
    """X-GAN and its ablations.

    Attributes:
        system: X-GAN.
        bank_size: Codes in the bank, one for each training image. A run sets it; a recipe has 0.
        neighbours: m, the neighbours among which codes are combined. None stands for twice the intrinsic dimension of
            the training images of a class, which a run computes.
        combined: k, codes in a combination.
        weights: Distribution of the weights of a combination.
        latents: Source of the latents: `convex` combinations of codes, `kde`, a kernel density estimate of codes,
            `normal`, a prior with a divergence of the codes from it, or `discriminated`, a prior with a discriminator
            of codes.
        supervision: `classes` as in the paper, `none`, or `concatenated`, labels beside the latent of the generator.
        adversarial_weight: lambda.
        generator_loss: `minimax` for log(1 - D), as printed, or `nonsaturating` for -log D.
        image_classifier: Network of C_img, which learns the data's classes before the run.
        classifier_steps: Steps of C_img's training.
        classifier_rate: Learning rate of C_img.
        least_accuracy: Least accuracy of C_img on the test split; a run with less does not begin.
        learned_features: Network whose maps are compared beside those of C_img: the discriminator, or a second one.
        refresh_every: Steps between two encodings of all images, a multiple of `log_every`.
    """

    system: Literal["XGAN"] = "XGAN"
    bank_size: int = 0
    neighbours: int | None = 100
    combined: int = 5
    weights: Weights = "halfnormal"
    latents: Literal["convex", "kde", "normal", "discriminated"] = "convex"
    supervision: Literal["classes", "none", "concatenated"] = "classes"
    adversarial_weight: float = 2.0
    generator_loss: Literal["minimax", "nonsaturating"] = "minimax"
    image_classifier: Literal["vgg19", "small_vgg"]
    classifier_steps: int
    classifier_rate: float
    least_accuracy: float
    learned_features: Literal["discriminator", "vgg19"]
    refresh_every: int

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("combined", "classifier_steps")
        self._check_weights("bank_size", "adversarial_weight", "least_accuracy")
        self._check_positive("classifier_rate")
        if self.neighbours is not None and self.combined > self.neighbours:
            raise ValueError(f"combined={self.combined} codes cannot be drawn from neighbours={self.neighbours}.")
        self._check_multiples("refresh_every")
        if self.has_bank and self.flip:
            raise ValueError("The bank has one code for each image, and not for its mirror image; received flip=True.")
        if not self.has_bank and self.supervision == "classes":
            raise ValueError(
                f"Latents of a prior have no class by their place: supervision must be none or concatenated; received "
                f"classes with latents={self.latents}."
            )

    @property
    def has_bank(self) -> bool:
        """Whether latents are combinations of the codes of real images."""
        return self.latents in ("convex", "kde")

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        return () if self.supervision == "none" else ("class", self.condition_size)

    @property
    def learns_labels(self) -> tuple[str, int]:
        """The image classifier learns the classes of the data with any supervision."""
        return "class", self.condition_size

    @property
    def has_encoder(self) -> bool:
        """False if the generator takes a label beside the code."""
        return self.supervision != "concatenated"


_PAPER = XGANRecipe(
    name="xgan/facescrub",
    preset="paper",
    data="face_scrub",
    image_shape=(128, 128, 3),
    widths=(64, 128, 256, 512, 512),
    condition_size=530,
    batch_size=80,
    steps=7_936,  # 16 epochs of 496 batches, if the 4,412 test images are a tenth
    log_every=16,
    grid_every=496,
    checkpoint_every=496,
    score_samples=10_000,
    score_metrics=("score", "d_star"),
    image_classifier="vgg19",
    classifier_steps=20_000,
    classifier_rate=1e-4,
    least_accuracy=0.8,
    learned_features="vgg19",
    refresh_every=496,
)

_SMALL = replace(
    _PAPER,
    preset="small",
    batch_size=32,
    steps=2_000,
    log_every=20,
    grid_every=200,
    checkpoint_every=400,
    score_samples=2_000,
    ema_decay=0.995,
    latent_size=32,
    widths=(16, 32, 64),
    learning_rate=5e-4,
    image_classifier="small_vgg",
    classifier_steps=600,
    classifier_rate=1e-3,
    learned_features="discriminator",
    refresh_every=400,
)


def _images(name: str, data: dict[str, Any], paper: dict[str, Any], small: dict[str, Any]) -> tuple[XGANRecipe, ...]:
    here = {"name": f"xgan/{name}", **data}
    return replace(_PAPER, **here, **paper), replace(_SMALL, **here, **small)


# For small images, the networks of the small preset at another width.
_SMALL_NETWORKS: dict[str, Any] = {"image_classifier": "small_vgg", "learned_features": "discriminator"}
_ON_MNIST: dict[str, Any] = {
    **_SMALL_NETWORKS,
    "widths": (64, 128, 256),
    "steps": 12_000,
    "log_every": 50,
    "grid_every": 750,
    "checkpoint_every": 750,
}

_XGAN = (
    *_images(
        "digits",
        {
            **IMAGES["digits"],
            "condition_size": 10,
            "least_accuracy": 0.95,
            "networks": "mlp",
            "widths": (128, 128),
            "latent_size": 16,
        },
        {
            **_SMALL_NETWORKS,
            "steps": 272,  # 16 epochs of 17 batches
            "log_every": 17,
            "grid_every": 136,
            "checkpoint_every": 136,
            "refresh_every": 17,
        },
        {
            "steps": 3_000,
            "log_every": 50,
            "grid_every": 500,
            "checkpoint_every": 500,
            "refresh_every": 50,
            # A class has about 143 images: a combination of five of 100 neighbours is nearly the mean of the class.
            "neighbours": 10,
            "combined": 3,
        },
    ),
    *_images(
        "mnist",
        {**IMAGES["mnist"], "condition_size": 10, "least_accuracy": 0.95},
        {**_ON_MNIST, "refresh_every": 750},
        {"checkpoint_every": 500, "refresh_every": 500},
    ),
    *_images(
        "flowers17",
        # The images come from the user: an .npz file, or a folder with a subfolder for each species.
        {"data": "folder:flowers", "condition_size": 17, "least_accuracy": 0.5},
        {
            "image_shape": (64, 64, 3),
            "widths": (64, 128, 256, 512),
            # 16 epochs of 1,088 images, which a folder of the 1,360 keeps for training.
            "steps": 208,
            "log_every": 8,
            "grid_every": 208,
            "checkpoint_every": 208,
            "refresh_every": 16,
        },
        {"image_shape": (32, 32, 3), "refresh_every": 100},
    ),
    *_images(
        "flowers102",
        {
            "data": "oxford_flowers102",
            # The split that tensorflow-datasets calls test is the larger one.
            "train_split": "test",
            "test_split": "train+validation",
            "condition_size": 102,
            "least_accuracy": 0.5,
        },
        {"steps": 1_216, "grid_every": 304, "checkpoint_every": 304, "refresh_every": 80},
        {"widths": (8, 16, 32, 64, 64), "refresh_every": 100},
    ),
    *_images("facescrub", {}, {}, {"widths": (8, 16, 32, 64, 64)}),
)

# Only the image classifier learns the thousand classes. The search for neighbours among all codes takes a minute.
_STACKED = _images(
    "stacked_mnist",
    {
        **IMAGES["stacked_mnist"],
        "condition_size": 1_000,
        "least_accuracy": 0.2,
        "supervision": "none",
        "refresh_every": 1_000,
    },
    _ON_MNIST,
    {"checkpoint_every": 500, "classifier_steps": 3_000},
)

_HOUR = replace(
    _SMALL,
    preset="hour",
    steps=6_000,
    grid_every=600,
    checkpoint_every=600,
    refresh_every=600,
    latent_size=64,
    widths=(24, 48, 96),
    least_accuracy=0.5,
    # A combination of many neighbours is nearly the mean of a class that has few images.
    neighbours=20,
    combined=3,
)

_HOURS = (
    replace(_HOUR, name="xgan/avatars", **IMAGES["avatars"] | {"data": "avatars_hair"}, condition_size=45),
    replace(_HOUR, name="xgan/fashion_mnist", **IMAGES["fashion_mnist"], condition_size=10, neighbours=100, combined=5),
    # A person has eight training images, so that each code has seven neighbours.
    replace(
        _HOUR,
        name="xgan/olivetti",
        data="npz:olivetti64.npz",
        image_shape=(32, 32, 1),
        condition_size=40,
        neighbours=7,
        score_samples=320,
    ),
    replace(_HOUR, name="xgan/flowers17", data="npz:flowers17_64.npz", image_shape=(32, 32, 3), condition_size=12),
)

_SHARED = tuple(field.name for field in dataclasses.fields(EncodedRecipe))
_PREFIXES = {"MDGAN": "md_gan/", "CVAEGAN": "cvae_gan/"}


def _rival(recipe: XGANRecipe, system: Literal["MDGAN", "CVAEGAN"], epochs: int, **adam: Any) -> RivalRecipe:
    """Returns a rival with the same networks.

    Args:
        recipe: X-GAN's recipe.
        system: The rival.
        epochs: Epochs of the rival in the paper, where X-GAN has 16. The presets small and hour have twice X-GAN's
            steps instead, which take about as many minutes.
        **adam: Settings of Adam in the code that the paper compared with.
    """
    fields = {name: getattr(recipe, name) for name in _SHARED}
    fields |= {"name": recipe.name.replace("xgan/", _PREFIXES[system]), "system": system}
    if recipe.preset in ("small", "hour"):
        return RivalRecipe(**{**fields, "steps": 2 * recipe.steps})
    return RivalRecipe(**{**fields, "steps": recipe.steps * epochs // 16, **adam})


RECIPES = (
    *_XGAN,
    *_STACKED,
    *_HOURS,
    *(_rival(recipe, "MDGAN", 100, learning_rate=1e-3, beta_1=0.9) for recipe in (*_XGAN, *_STACKED, *_HOURS)),
    *(_rival(recipe, "CVAEGAN", 50, learning_rate=2e-4) for recipe in (*_XGAN, *_HOURS)),
)
