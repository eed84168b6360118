"""From names to objects."""

import keras

from tfgans.latent import Normal
from tfgans.losses import HeightAxisGradientPenalty, InterpolatedGradientPenalty, Vanilla
from tfgans.models import AdversarialModel, ConditionalGAN, ConditionalWGANGP
from tfgans.networks import conditional_dcgan_discriminator, conditional_dcgan_generator
from tfgans.recipes import ConditionalRecipe, Recipe


def build(recipe: Recipe) -> AdversarialModel:
    """The compiled model of a recipe, with the weights that the recipe's seed gives.

    Sets the seeds of Python, NumPy and TensorFlow, since initialisers draw from them.

    Args:
        recipe: The recipe.

    Returns:
        The model, at step 0.
    """
    keras.utils.set_random_seed(recipe.seed)
    return _BUILDERS[type(recipe)](recipe)


def _conditional(recipe: ConditionalRecipe) -> ConditionalGAN:
    networks = {
        "kernel_size": recipe.kernel_size,
        "batch_norm_scale": recipe.batch_norm_scale,
        "condition_size": recipe.condition_size,
    }
    generator = conditional_dcgan_generator(
        recipe.image_shape,
        recipe.latent_size,
        widths=recipe.generator_widths,
        projection=recipe.projection,
        output=recipe.output,
        **networks,
    )
    discriminator = conditional_dcgan_discriminator(
        recipe.image_shape,
        widths=recipe.discriminator_widths,
        batch_norm=recipe.discriminator_batch_norm,
        **networks,
    )
    prior = Normal(recipe.latent_size, recipe.prior_mean, recipe.prior_std)
    penalties = {"interpolated": InterpolatedGradientPenalty, "height_axis": HeightAxisGradientPenalty}
    penalty_type = penalties.get(recipe.penalty)
    penalty = penalty_type and penalty_type(recipe.penalty_weight, recipe.penalty_target)
    common = {
        "penalty": penalty,
        "conditioning": recipe.conditioning,
        "n_critic": recipe.n_critic,
        "n_generator": recipe.n_generator,
        "ema_decay": recipe.ema_decay,
        "seed": recipe.seed,
    }
    if recipe.system == "ConditionalWGANGP":
        model = ConditionalWGANGP(generator, discriminator, prior, **common)
    else:
        model = ConditionalGAN(generator, discriminator, prior, Vanilla(recipe.patchwise), **common)
    model.compile(
        {player: keras.optimizers.Adam(recipe.learning_rate, recipe.beta_1, recipe.beta_2) for player in model.players}
    )
    return model


_BUILDERS = {ConditionalRecipe: _conditional}
