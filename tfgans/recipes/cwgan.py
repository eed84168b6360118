"""Recipes of cWGAN (Fabbri): `cwgan/...` with its objective, `cgan/...` with the vanilla one.

`paper` follows the text of the paper, with the corrections of papers/cwgan/README.md; `code` follows the authors'
public code where it differs; `small` takes minutes on two CPU cores, and `hour` at most an hour on one.
"""

import dataclasses
from dataclasses import replace
from typing import Any, Literal

from tfgans.choices import Conditioning, LabelKind, LatentSharing, Output, Projection
from tfgans.recipes.base import IMAGES, Recipe


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class ConditionalRecipe(Recipe):
    """A conditional GAN on labelled images.

    Attributes:
        system: `ConditionalWGANGP` has the Wasserstein objective, `ConditionalGAN` the vanilla one.
        conditioning: Kind of the labels, one of `choices.Conditioning`.
        condition_size: Number of classes or of attributes.
        latent_size: Entries of z.
        prior_mean: Mean of each entry of z.
        prior_std: Standard deviation of each entry of z.
        generator_widths: Channels of the generator's maps, from its projection on.
        discriminator_widths: Channels of the discriminator's maps.
        kernel_size: Edge of the kernels.
        projection: Layers behind the generator's projection: none (`linear`), or batch normalisation and ReLU.
        output: Layers behind the generator's last convolution: tanh, or batch normalisation and ReLU.
        batch_norm_scale: Whether batch normalisation has a factor gamma.
        discriminator_batch_norm: Whether the discriminator has batch normalisation.
        unit_pixels: Whether the discriminator first maps images to [0, 1], so that its padding equals the background.
        penalty: Gradient penalty: `interpolated` as in Eq. 5, `height_axis` as in the authors' code, or `none`.
        penalty_weight: Factor lambda of the penalty.
        penalty_target: Gradient norm at which the penalty is zero.
        patchwise: Whether the vanilla objective is the mean of the losses of patches.
        learning_rate: Learning rate of Adam, for both players.
        beta_1: Decay of Adam's first moment.
        beta_2: Decay of Adam's second moment.
        epsilon: Number that Adam adds to the root of the second moment; it is 1e-8 in TensorFlow 1.
        n_critic: Discriminator updates in a step.
        n_generator: Generator updates in a step.
        latent_sharing: Updates of a step that share one z, one of `choices.LatentSharing`.
    """

    system: Literal["ConditionalWGANGP", "ConditionalGAN"]
    image_shape: tuple[int, int, int]
    conditioning: Conditioning
    condition_size: int
    latent_size: int
    prior_mean: float
    prior_std: float
    generator_widths: tuple[int, ...]
    discriminator_widths: tuple[int, ...]
    kernel_size: int
    projection: Projection
    output: Output
    batch_norm_scale: bool
    discriminator_batch_norm: bool
    unit_pixels: bool = False
    penalty: Literal["interpolated", "height_axis", "none"]
    penalty_weight: float
    penalty_target: float
    patchwise: bool
    learning_rate: float
    beta_1: float
    beta_2: float
    epsilon: float = 1e-7
    n_critic: int
    n_generator: int
    latent_sharing: LatentSharing = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.system == "ConditionalWGANGP" and self.penalty == "none":
            raise ValueError("ConditionalWGANGP needs a gradient penalty; received penalty='none'.")
        self._check_sizes("condition_size", "latent_size", "kernel_size", "n_critic", "n_generator")
        self._check_sizes("generator_widths", "discriminator_widths")
        self._check_weights("penalty_weight", "penalty_target")
        self._check_positive("prior_std", "learning_rate", "epsilon")
        self._check_decays("beta_1", "beta_2")
        if self.conditioning == "class" and self.score_samples < 2 * self.condition_size:
            raise ValueError(
                f"score_samples must be at least 2 for each of {self.condition_size} classes; "
                f"received {self.score_samples}."
            )

    @property
    def takes_labels(self) -> tuple[str, int]:
        return self.conditioning, self.condition_size

    def adapted(self, conditioning: LabelKind, condition_size: int) -> "ConditionalRecipe":
        if conditioning == "none":
            raise ValueError(f"{self.data} has no labels; {self.name} needs classes or attributes.")
        return replace(self, conditioning=conditioning, condition_size=condition_size)


# Changes of the authors' code on all data. Adam's epsilon is that of TensorFlow 1.
_CODE: dict[str, Any] = {"preset": "code", "batch_norm_scale": False, "penalty": "height_axis", "epsilon": 1e-8}

_MNIST_PAPER = ConditionalRecipe(
    name="cwgan/mnist",
    preset="paper",
    system="ConditionalWGANGP",
    **IMAGES["mnist"],
    conditioning="class",
    condition_size=10,
    batch_size=64,  # from the code; the paper states none
    steps=18_740,  # 100 epochs of 937 batches, five a step
    log_every=20,
    grid_every=1_000,
    checkpoint_every=500,
    score_samples=10_000,
    latent_size=100,
    prior_mean=-1.0,  # as printed; the bias of the projection absorbs it
    prior_std=1.0,
    generator_widths=(512, 256, 128),
    discriminator_widths=(64, 128, 256, 512),
    kernel_size=5,
    projection="linear",
    output="tanh",
    batch_norm_scale=True,
    discriminator_batch_norm=False,
    penalty="interpolated",
    penalty_weight=10.0,  # from the code; the paper states none
    penalty_target=1.0,
    patchwise=False,
    learning_rate=1e-4,
    beta_1=0.0,
    beta_2=0.9,
    n_critic=5,
    n_generator=1,
)

# The code has pixels in [0, 1]. Here they lie in [-1, 1], where the same function has half the gradient:
# 10 (2 n - 1)^2 = 40 (n - .5)^2.
_MNIST_CODE = replace(
    _MNIST_PAPER,
    **_CODE,
    train_split="train[:50000]",
    steps=78_100,  # its epochs count generator steps: 100 of 781
    grid_every=2_000,
    checkpoint_every=1_000,
    projection="batch_norm_relu",
    output="batch_norm_relu",
    unit_pixels=True,
    penalty_weight=40.0,
    penalty_target=0.5,
    n_generator=2,
    latent_sharing="updates",
)

_MNIST_SMALL = replace(
    _MNIST_PAPER,
    preset="small",
    steps=4_000,
    ema_decay=0.999,
    log_every=10,
    grid_every=200,
    checkpoint_every=200,
    score_samples=2_000,
    latent_size=64,
    prior_mean=0.0,
    generator_widths=(128, 64, 32),
    discriminator_widths=(16, 32, 64, 128),
    projection="batch_norm_relu",
    learning_rate=4e-4,
)

_MNIST_HOUR = replace(
    _MNIST_SMALL, preset="hour", steps=6_000, grid_every=500, checkpoint_every=500, score_samples=10_000
)

_FASHION_HOUR = replace(_MNIST_HOUR, name="cwgan/fashion_mnist", **IMAGES["fashion_mnist"])

_AVATARS_HOUR = replace(
    _MNIST_HOUR,
    name="cwgan/avatars",
    **IMAGES["avatars"],
    conditioning="attributes",
    condition_size=5,
    score_samples=2_000,
)

_DIGITS: dict[str, Any] = {
    "name": "cwgan/digits",
    **IMAGES["digits"],
    "log_every": 50,
    "grid_every": 500,
    "checkpoint_every": 250,
}
# The paper has no 8x8 images. Its networks lose the stages for which 8 pixels are too few.
_DIGITS_AT_FULL_WIDTH: dict[str, Any] = {
    **_DIGITS,
    "score_samples": 2_000,
    "generator_widths": (512, 256),
    "discriminator_widths": (64, 128),
}

_DIGITS_PAPER = replace(_MNIST_PAPER, **_DIGITS_AT_FULL_WIDTH)

_DIGITS_CODE = replace(_MNIST_CODE, **_DIGITS_AT_FULL_WIDTH, train_split="train")

_DIGITS_SMALL = replace(
    _MNIST_SMALL,
    **_DIGITS,
    steps=2_500,
    ema_decay=0.998,
    latent_size=32,
    generator_widths=(128, 64),
    discriminator_widths=(32, 64),
    learning_rate=5e-4,
)

_SPRITES: dict[str, Any] = {
    "name": "cwgan/sprites",
    "data": "sprites",
    "image_shape": (32, 32, 1),
    "conditioning": "attributes",
    "condition_size": 4,
}

_SPRITES_PAPER = replace(_MNIST_PAPER, **_SPRITES, steps=2_500)  # 100 epochs of 125 batches, five a step

_SPRITES_CODE = replace(_SPRITES_PAPER, **_CODE, steps=12_500)

# A small substitute for EFIGI: the networks for 28 pixels on images of 32, an eighth as wide, with attributes.
_SPRITES_SMALL = replace(
    _MNIST_SMALL,
    **_SPRITES,
    steps=3_000,
    ema_decay=0.99,
    latent_size=16,
    generator_widths=(64, 32, 16),
    discriminator_widths=(8, 16, 32, 64),
    kernel_size=4,
    learning_rate=1e-3,
    n_critic=3,
)

_CELEBA: dict[str, Any] = {
    "name": "cwgan/celeba",
    "data": "celeb_a",
    "train_split": "train+validation",
    "image_shape": (64, 64, 3),
    "conditioning": "attributes",
    "condition_size": 9,
}

_CELEBA_PAPER = replace(
    _MNIST_PAPER,
    **_CELEBA,
    steps=57_060,  # 100 epochs of 2,853 batches, five a step
    generator_widths=(512, 512, 256, 128),
    score_samples=5_000,
)

# The code tests on the validation split, and trains on the test split.
_CELEBA_CODE = replace(
    _CELEBA_PAPER,
    **_CODE,
    train_split="train+test",
    test_split="validation",
    steps=285_500,  # its epochs count generator steps: 100 of 2,855
)

_CELEBA_SMALL = replace(
    _MNIST_SMALL,
    **_CELEBA,
    steps=10_000,
    generator_widths=(64, 64, 32, 16),
    discriminator_widths=(8, 16, 32, 64),
)

# The paper has no test split. Here a tenth of the galaxies tests the judge.
_EFIGI: dict[str, Any] = {
    "name": "cwgan/efigi",
    "data": "efigi",
    "train_split": "train[:90%]",
    "test_split": "train[90%:]",
    "condition_size": 4,
}

_EFIGI_PAPER = replace(
    _CELEBA_PAPER,
    **_EFIGI,
    steps=1_240,  # 100 epochs of 62 batches, five a step
    score_samples=2_000,
)

_EFIGI_CODE = replace(
    _EFIGI_PAPER,
    **_CODE,
    steps=62_000,  # its script has 1,000 epochs, counted in generator steps
    prior_mean=0.0,
)

_EFIGI_SMALL = replace(_CELEBA_SMALL, **_EFIGI)


def _vanilla(recipe: ConditionalRecipe) -> ConditionalRecipe:
    """Returns the same networks, optimizer and images with the vanilla objective (Figs. 7 and 8).

    The discriminator has one update a step, and as many in all as the critic.
    """
    return replace(
        recipe,
        name=recipe.name.replace("cwgan/", "cgan/"),
        system="ConditionalGAN",
        steps=recipe.steps * recipe.n_critic,
        penalty="none",
        n_critic=1,
    )


def _vanilla_code(recipe: ConditionalRecipe) -> ConditionalRecipe:
    """Returns the vanilla objective as the authors' code trains it: with losses per patch, for as many steps.

    Grey images have a learning rate of 1e-5. Images in colour have 2e-4, betas of .5 and .999, and batch normalisation
    in the discriminator, and CelebA has a quarter of the epochs.
    """
    recipe = replace(_vanilla(recipe), steps=recipe.steps, patchwise=True)
    if recipe.image_shape[-1] == 1:
        return replace(recipe, learning_rate=1e-5)
    steps = recipe.steps // 4 if recipe.data == "celeb_a" else recipe.steps
    return replace(recipe, steps=steps, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, discriminator_batch_norm=True)


def _vanilla_small(recipe: ConditionalRecipe) -> ConditionalRecipe:
    """Returns the vanilla objective with the optimizer of DCGAN."""
    return replace(_vanilla(recipe), learning_rate=2e-4, beta_1=0.5, beta_2=0.999)


_WASSERSTEIN = (
    (_DIGITS_PAPER, _DIGITS_CODE, _DIGITS_SMALL),
    (_MNIST_PAPER, _MNIST_CODE, _MNIST_SMALL),
    (_SPRITES_PAPER, _SPRITES_CODE, _SPRITES_SMALL),
    (_CELEBA_PAPER, _CELEBA_CODE, _CELEBA_SMALL),
    (_EFIGI_PAPER, _EFIGI_CODE, _EFIGI_SMALL),
)

_HOUR = (_MNIST_HOUR, _FASHION_HOUR, _AVATARS_HOUR)

RECIPES = (
    *(
        recipe
        for paper, code, small in _WASSERSTEIN
        for recipe in (paper, code, small, _vanilla(paper), _vanilla_code(code), _vanilla_small(small))
    ),
    *(recipe for hour in _HOUR for recipe in (hour, _vanilla_small(hour))),
)
