"""An example of docs/adding_a_model.md: all parts of a new model but its row in the table."""

import dataclasses
import enum
from dataclasses import replace
from typing import Unpack

import keras
import tensorflow as tf

from tfgans import latent, networks, training
from tfgans.faces import Face, Input
from tfgans.latent import Prior
from tfgans.losses import mean_over_patches
from tfgans.models._fit import check_fit
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, rows_of
from tfgans.models.discrimination import Logit
from tfgans.recipes import Recipe

# 1. The model: tfgans/models/relativistic_gan.py.


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    LATENT = 0


@keras.saving.register_keras_serializable("sixth_model")
class RelativisticGAN(AdversarialModel):
    """Relativistic GAN (Jolicoeur-Martineau 2019, Eqs. 6 and 7), which compares real samples with generated ones.

    With s the logistic function and d = l(x) - l(G(z)), both players move at once:

        discriminator  descends  -E log s(d)
        generator      descends  -E log s(-d)

    Args:
        generator: G, from latents to samples.
        discriminator: l, from samples to logits `[B]`.
        prior: Distribution of z.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> nets = tfgans.networks.mlp_generator(2, 3, (8,)), tfgans.networks.mlp_discriminator(2, widths=(8,))
    >>> RelativisticGAN(*nets, tfgans.latent.Uniform(3)).sample(5, seed=0).shape
    (5, 2)
    """

    players = ("discriminator", "generator")
    discrimination = Logit()

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        **shared: Unpack[Shared],
    ) -> None:
        networks = {"generator": generator, "discriminator": discriminator}
        check_fit(type(self).__name__, networks, (prior.size,))
        super().__init__(networks, prior, **shared)

    @property
    def log_names(self) -> tuple[str, ...]:
        return ("discriminator_loss", "generator_loss")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(2e-4, 0.5, 0.999)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z, `[B, N]`."""
        latent = self.noise(self.prior.sample, rows_of(batch), Draw.LATENT, index)
        return {**super().draw_noise(turn, batch, index), "latent": latent}

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of both players, from one pass."""
        generated = self.forward(self.generator, noise["latent"], training=True)
        seen = self.augmented(batch["image"], noise, "real"), self.augmented(generated, noise, "generated")
        real, fake = (self.forward(self.discriminator, x, training=True) for x in seen)
        return {
            "discriminator_loss": tf.reduce_mean(tf.nn.softplus(fake - real)),
            "generator_loss": tf.reduce_mean(tf.nn.softplus(real - fake)),
        }

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        return self.finish_step(self.take_turn("joint", batch, self.draw_noise("joint", batch)))

    def faces(self) -> dict[str, Face]:
        """Adds `compare`: d of two samples, which is positive if the first looks more real."""
        sample, number = (tf.TensorSpec(shape, self.variable_dtype) for shape in (self.sample_shape, ()))
        inputs = {f"{self.kind}_a": Input("images_a", sample), f"{self.kind}_b": Input("images_b", sample)}
        return super().faces() | {"compare": Face("compare", self.compare_graph, inputs, "difference", number)}

    def compare_graph(self, first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
        """l(a) - l(b) at inference, `[n]`."""
        logits = (self.forward(self.discriminator, x, training=False) for x in (first, second))
        a, b = map(mean_over_patches, logits)
        return a - b


# 2. Its recipes: tfgans/recipes/relativistic_gan.py, which imports no TensorFlow.


@dataclasses.dataclass(frozen=True, kw_only=True)
class RelativisticRecipe(Recipe):
    """Relativistic GANs on points: entries of a point, entries of z, units of the hidden layers, and Adam's rate."""

    image_shape: tuple[int, ...] = (2,)
    latent_size: int = 2
    widths: tuple[int, ...] = (128, 128)
    learning_rate: float = 2e-4


_PAPER = RelativisticRecipe(
    name="relativistic/ring8",
    preset="paper",
    data="ring8",
    batch_size=64,
    steps=100_000,
    log_every=100,
    grid_every=1_000,
    checkpoint_every=1_000,
    score_samples=2_500,
    score_metrics=("modes",),
)
RECIPES = (_PAPER, replace(_PAPER, preset="code"), replace(_PAPER, preset="small", steps=5_000, learning_rate=1e-3))


# 3. From its recipes to the model: a function in tfgans/training/build.py, or registered from outside of the package.


def build(recipe: RelativisticRecipe) -> RelativisticGAN:
    """The compiled model of a recipe."""
    model = RelativisticGAN(
        networks.mlp_generator(recipe.image_shape, recipe.latent_size, recipe.widths),
        networks.mlp_discriminator(recipe.image_shape, widths=recipe.widths),
        latent.Uniform(recipe.latent_size),
        ema_decay=recipe.ema_decay,
        seed=recipe.seed,
    )
    model.compile({player: keras.optimizers.Adam(recipe.learning_rate, 0.5, 0.999) for player in model.players})
    return model


training.register(RelativisticRecipe, build)
