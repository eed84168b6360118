"""Recipes of X-GAN (Blum, Brattoli and Ommer): `xgan/...`, and its rivals `md_gan/...` and `cvae_gan/...`.

`paper` is the text of the paper, which no public code goes with; `small` takes minutes on two CPU cores.
papers/xgan/README.md says what was left open and how it was chosen.
"""

import dataclasses
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import Conditioning
from tfgans.recipes.base import Recipe


@dataclasses.dataclass(frozen=True, kw_only=True)
class EncodedRecipe(Recipe):
    """X-GAN or a rival of it, which all have an encoder, with the same layers.

    Attributes:
        system: X-GAN, mode-regularised GAN or CVAE-GAN.
        image_shape: (height, width, channels).
        latent_size: Entries N of a code.
        networks: Convolutional, or fully connected for images of a few pixels.
        widths: Channels of the maps from the largest to the smallest, or units of the hidden layers.
        condition_size: Number of classes of the data.
        learning_rate: Learning rate of Adam, for all players.
        beta_1: Decay of Adam's first moment.
    """

    system: Literal["XGAN", "MDGAN", "CVAEGAN"]
    image_shape: tuple[int, int, int]
    latent_size: int = 512
    networks: Literal["cnn", "mlp"] = "cnn"
    widths: tuple[int, ...]
    condition_size: int
    learning_rate: float = 1e-4
    beta_1: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_sizes("image_shape", "latent_size", "widths", "condition_size")
        self._check_positive("learning_rate")
        self._check_decays("beta_1")

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        return () if self.system == "MDGAN" else ("class", self.condition_size)

    @property
    def has_encoder(self) -> bool:
        """False of CVAE-GAN, whose encoder takes a label beside the image."""
        return self.system != "CVAEGAN"

    def adapted(self, conditioning: Conditioning | Literal["none"], condition_size: int) -> "EncodedRecipe":
        if not self.takes_labels:
            return self
        if conditioning != "class":
            raise ValueError(f"{self.name} takes classes; the data have conditioning {conditioning!r}.")
        return replace(self, condition_size=condition_size)


@dataclasses.dataclass(frozen=True, kw_only=True)
class XGANRecipe(EncodedRecipe):
    """X-GAN and its ablations.

    Attributes:
        bank_size: Codes in the bank, one an image of the training set, whose number a run puts here; 0 before.
        neighbours: m, among which codes are combined; None for twice the intrinsic dimension of the training images
            of a class, which a run puts here.
        combined: k, codes in a combination.
        weights: Distribution of the weights of a combination.
        latents: Source of the latents: `convex` combinations, a kernel density estimate `kde`, a `normal` prior with
            its divergence, or one that a discriminator of codes holds, `discriminated`.
        supervision: `classes` as in the paper, `none`, or `concatenated` to the latent of the generator.
        adversarial_weight: lambda.
        generator_loss: Whether the generator's own loss is log(1 - D), as printed, or does not saturate.
        image_classifier: C_img, which learns the data's classes before the run.
        classifier_steps: Steps of its training.
        classifier_rate: Its learning rate.
        least_accuracy: Accuracy of C_img on the test split, below which no run begins.
        learned_features: Maps that are compared beside those of C_img: of the discriminator, or of a second one.
        refresh_every: Steps between two encodings of all images, a multiple of `log_every`.
    """

    bank_size: int = 0
    neighbours: int | None = 100
    combined: int = 5
    weights: Literal["halfnormal", "uniform", "dirichlet"] = "halfnormal"
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
        if self.refresh_every < 1 or self.refresh_every % self.log_every:
            raise ValueError(
                f"refresh_every must be a multiple of log_every={self.log_every}; received {self.refresh_every}."
            )
        if not self.has_bank and self.supervision == "classes":
            raise ValueError(
                f"Latents of a prior have no class by their place: with latents={self.latents}, supervision is none or "
                "concatenated."
            )

    @property
    def has_bank(self) -> bool:
        """Whether latents are made of the codes of real images."""
        return self.latents in ("convex", "kde")

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        return () if self.supervision == "none" else super().takes_labels

    @property
    def has_encoder(self) -> bool:
        """False where the generator takes a label beside the code."""
        return self.supervision != "concatenated"


_PAPER = XGANRecipe(
    name="xgan/facescrub",
    preset="paper",
    system="XGAN",
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


def _images(name: str, paper: dict[str, Any], small: dict[str, Any]) -> tuple[XGANRecipe, ...]:
    return replace(_PAPER, name=f"xgan/{name}", **paper), replace(_SMALL, name=f"xgan/{name}", **{**paper, **small})


_DIGITS: dict[str, Any] = {"data": "digits", "image_shape": (8, 8, 1), "condition_size": 10, "least_accuracy": 0.95}
_MNIST: dict[str, Any] = {"data": "mnist", "image_shape": (28, 28, 1), "condition_size": 10, "least_accuracy": 0.95}
_ON_MNIST: dict[str, Any] = {
    "widths": (64, 128, 256),
    "image_classifier": "small_vgg",
    "learned_features": "discriminator",
    "steps": 12_000,
    "log_every": 50,
    "grid_every": 750,
    "checkpoint_every": 750,
    "refresh_every": 750,
}
_ON_MNIST_SMALL: dict[str, Any] = {
    "widths": (16, 32, 64),
    "steps": 2_000,
    "log_every": 20,
    "grid_every": 200,
    "checkpoint_every": 500,
    "refresh_every": 500,
}
# Flowers come from the user: an .npz, or a folder a species.
_FLOWERS17: dict[str, Any] = {"data": "folder:flowers", "image_shape": (64, 64, 3), "condition_size": 17}
# The split that tensorflow-datasets calls test is the larger part.
_FLOWERS102: dict[str, Any] = {
    "data": "oxford_flowers102",
    "train_split": "test",
    "test_split": "train+validation",
    "condition_size": 102,
}

_XGAN = (
    *_images(
        "digits",
        {**_DIGITS, "networks": "mlp", "widths": (128, 128), "latent_size": 16, "image_classifier": "small_vgg"}
        | {"learned_features": "discriminator", "steps": 352, "grid_every": 176, "checkpoint_every": 176}
        | {"refresh_every": 16},
        {"steps": 3_000, "log_every": 50, "grid_every": 500, "checkpoint_every": 500, "refresh_every": 50}
        # A class has 143 images or so: of 100 neighbours, a combination of five is little but the mean of the class.
        | {"neighbours": 10, "combined": 3},
    ),
    *_images("mnist", {**_MNIST, **_ON_MNIST}, _ON_MNIST_SMALL),
    *_images(
        "flowers17",
        {**_FLOWERS17, "widths": (64, 128, 256, 512), "steps": 240, "grid_every": 240, "checkpoint_every": 240}
        | {"log_every": 8, "refresh_every": 16, "least_accuracy": 0.5},
        {"image_shape": (32, 32, 3), "steps": 2_000, "log_every": 20, "grid_every": 200, "checkpoint_every": 400}
        | {"refresh_every": 100, "widths": (16, 32, 64)},
    ),
    *_images(
        "flowers102",
        {**_FLOWERS102, "steps": 1_216, "grid_every": 304, "checkpoint_every": 304, "refresh_every": 80}
        | {"least_accuracy": 0.5},
        {"image_shape": (128, 128, 3), "widths": (8, 16, 32, 64, 64)}
        | {"steps": 2_000, "grid_every": 200, "checkpoint_every": 400, "refresh_every": 100},
    ),
    *_images("facescrub", {}, {"widths": (8, 16, 32, 64, 64)}),
)

# A thousand classes, of which only the image classifier is told; neighbours among all codes take a minute to find.
_STACKED = _images(
    "stacked_mnist",
    {**_ON_MNIST, "data": "stacked_mnist", "image_shape": (28, 28, 3), "condition_size": 1_000, "least_accuracy": 0.2}
    | {"supervision": "none", "refresh_every": 1_000},
    {**_ON_MNIST_SMALL, "classifier_steps": 3_000, "refresh_every": 1_000},
)

_SHARED = tuple(field.name for field in dataclasses.fields(EncodedRecipe))


def _rival(recipe: XGANRecipe, system: Literal["MDGAN", "CVAEGAN"], prefix: str, **changes: Any) -> EncodedRecipe:
    """The same networks in another system; the paper trained it for about so many more epochs."""
    fields = {name: getattr(recipe, name) for name in _SHARED}
    name = recipe.name.replace("xgan/", f"{prefix}/")
    return EncodedRecipe(**{**fields, "name": name, "system": system, **changes})


def _md_gan(recipe: XGANRecipe) -> EncodedRecipe:
    """100 epochs for 16, and Adam as in the code that was compared with; about as many minutes, where it is small."""
    if recipe.preset == "small":
        return _rival(recipe, "MDGAN", "md_gan", steps=2 * recipe.steps)
    return _rival(recipe, "MDGAN", "md_gan", steps=recipe.steps * 100 // 16, learning_rate=1e-3, beta_1=0.9)


def _cvae_gan(recipe: XGANRecipe) -> EncodedRecipe:
    """50 epochs for 16, and Adam as in the code that was compared with; about as many minutes, where it is small."""
    if recipe.preset == "small":
        return _rival(recipe, "CVAEGAN", "cvae_gan", steps=2 * recipe.steps)
    return _rival(recipe, "CVAEGAN", "cvae_gan", steps=recipe.steps * 50 // 16, learning_rate=2e-4)


RECIPES = (
    *_XGAN,
    *_STACKED,
    *(_md_gan(recipe) for recipe in (*_XGAN, *_STACKED)),
    *(_cvae_gan(recipe) for recipe in _XGAN),
)
