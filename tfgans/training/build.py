"""From recipes to compiled models."""

from collections.abc import Callable
from typing import Any, TypeVar

import keras

from tfgans import networks
from tfgans.equilibrium import Equilibrium
from tfgans.latent import CodeBank, ConvexSampler, KDESampler, Normal, Uniform
from tfgans.losses import (
    HeightAxisGradientPenalty,
    InterpolatedGradientPenalty,
    LeastSquares,
    LogitLoss,
    Minimax,
    PairwiseGradientPenalty,
    Vanilla,
    Wasserstein,
)
from tfgans.models import (
    BEGAN,
    BEGANCS,
    CVAEGAN,
    GAN,
    LOGAN,
    MDGAN,
    VAE,
    VEEGAN,
    XGAN,
    AdversarialModel,
    AdversarialVAE,
    AdversarialXGAN,
    BiGAN,
    ConditionalGAN,
    ConditionalWGANGP,
    VariationalXGAN,
)
from tfgans.models.xgan import XGANModel
from tfgans.recipes import (
    ConditionalRecipe,
    EncodedRecipe,
    EquilibriumRecipe,
    Recipe,
    UnconditionalRecipe,
    VariationalRecipe,
    XGANRecipe,
)

AnyRecipe = TypeVar("AnyRecipe", bound=Recipe)


def build(recipe: Recipe) -> AdversarialModel:
    """The compiled model of a recipe, with the weights that the recipe's seed gives.

    Sets the seeds of Python, NumPy and TensorFlow, since initialisers draw from them.

    Args:
        recipe: The recipe.

    Returns:
        The model, at step 0.

    Raises:
        ValueError: If no builder is registered for recipes of this type, or networks cannot be made as the recipe says.
    """
    if type(recipe) not in _BUILDERS:
        raise ValueError(f"No builder is registered for a {type(recipe).__name__}; see tfgans.training.register.")
    keras.utils.set_random_seed(recipe.seed)
    outside = keras.config.dtype_policy()
    keras.config.set_dtype_policy(recipe.precision)
    try:
        return _BUILDERS[type(recipe)](recipe)
    finally:
        keras.config.set_dtype_policy(outside)


def register(recipe_type: type[AnyRecipe], builder: Callable[[AnyRecipe], AdversarialModel]) -> None:
    """Registers the function that makes models from recipes of a type.

    Args:
        recipe_type: The type; recipes of its subclasses need builders of their own.
        builder: Takes a recipe and returns a compiled model. `build` calls it with seeds and precision set.

    Raises:
        ValueError: If the type has another builder already.
    """
    if _BUILDERS.setdefault(recipe_type, builder) != builder:
        raise ValueError(f"{recipe_type.__name__} has a builder already: {_BUILDERS[recipe_type].__qualname__}.")


def _conditional(recipe: ConditionalRecipe) -> ConditionalGAN:
    common = {
        "kernel_size": recipe.kernel_size,
        "batch_norm_scale": recipe.batch_norm_scale,
        "condition_size": recipe.condition_size,
    }
    generator = networks.conditional_dcgan_generator(
        recipe.image_shape,
        recipe.latent_size,
        widths=recipe.generator_widths,
        projection=recipe.projection,
        output=recipe.output,
        **common,
    )
    discriminator = networks.conditional_dcgan_discriminator(
        recipe.image_shape,
        widths=recipe.discriminator_widths,
        batch_norm=recipe.discriminator_batch_norm,
        unit_pixels=recipe.unit_pixels,
        **common,
    )
    prior = Normal(recipe.latent_size, recipe.prior_mean, recipe.prior_std)
    penalties = {"interpolated": InterpolatedGradientPenalty, "height_axis": HeightAxisGradientPenalty}
    penalty_type = penalties.get(recipe.penalty)
    penalty = penalty_type and penalty_type(recipe.penalty_weight, recipe.penalty_target)
    options = {
        "penalty": penalty,
        "conditioning": recipe.conditioning,
        "n_critic": recipe.n_critic,
        "n_generator": recipe.n_generator,
        "latent_sharing": recipe.latent_sharing,
        "ema_decay": recipe.ema_decay,
        "seed": recipe.seed,
    }
    if recipe.system == "ConditionalWGANGP":
        model = ConditionalWGANGP(generator, discriminator, prior, **options)
    else:
        model = ConditionalGAN(generator, discriminator, prior, Vanilla(recipe.patchwise), **options)
    adam = (recipe.learning_rate, recipe.beta_1, recipe.beta_2, recipe.epsilon)
    model.compile({player: keras.optimizers.Adam(*adam) for player in model.players})
    return model


def _unconditional(recipe: UnconditionalRecipe) -> GAN | BiGAN:
    image_shape, widths = recipe.image_shape, recipe.widths
    discriminator_widths = recipe.discriminator_widths or widths
    has_encoder = recipe.has_encoder
    latent_beside = recipe.latent_size if has_encoder else None
    if recipe.networks == "mlp":
        generator = networks.mlp_generator(image_shape[0], recipe.latent_size, widths)
        encoder = networks.mlp_encoder(image_shape[0], recipe.latent_size, widths) if has_encoder else None
        discriminator = networks.mlp_discriminator(image_shape[0], latent_beside, discriminator_widths)
    else:
        generator = networks.dcgan_generator(image_shape, recipe.latent_size, widths)
        encoder = networks.dcgan_encoder(image_shape, recipe.latent_size, widths) if has_encoder else None
        discriminator = networks.dcgan_discriminator(
            image_shape, latent_beside, discriminator_widths, head_width=recipe.head_width
        )
    prior = {"uniform": Uniform, "normal": Normal}[recipe.prior](recipe.latent_size)
    penalties = {"pairwise": PairwiseGradientPenalty, "interpolated": InterpolatedGradientPenalty}
    penalty_type = penalties.get(recipe.penalty)
    options = {
        "objective": _OBJECTIVES[recipe.objective],
        "penalty": penalty_type and penalty_type(recipe.penalty_weight, power=recipe.penalty_power),
        "n_critic": recipe.n_critic,
        "ema_decay": recipe.ema_decay,
        "seed": recipe.seed,
    }
    if recipe.system == "VEEGAN":
        options = {name: options[name] for name in ("ema_decay", "seed")}
        model = VEEGAN(generator, encoder, discriminator, prior, **options)
    elif has_encoder:
        in_latents = PairwiseGradientPenalty(recipe.penalty_weight, power=recipe.penalty_power)
        options["latent_penalty"] = in_latents if recipe.latent_penalty else None
        options["reconstruction_weight"] = recipe.reconstruction_weight
        system = LOGAN if recipe.system == "LOGAN" else BiGAN
        model = system(generator, encoder, discriminator, prior, **options)
    else:
        model = GAN(generator, discriminator, prior, latent_sharing=recipe.latent_sharing, **options)

    # An optimizer counts its own updates.
    updates = {player: recipe.steps * (recipe.n_critic if player == "discriminator" else 1) for player in model.players}
    model.compile({player: _adam(recipe, recipe.learning_rate, updates[player]) for player in model.players})
    return model


def _energy(recipe: EquilibriumRecipe) -> BEGAN:
    size, latent_size = recipe.image_shape, recipe.latent_size
    if recipe.networks == "mlp":
        generator = networks.relu_mlp(latent_size, size[0], recipe.widths, "generator")
        encoder = networks.relu_mlp(size[0], latent_size, recipe.widths, "encoder")
        decoder = networks.relu_mlp(latent_size, size[0], recipe.widths, "decoder")
    else:
        options = {"filters": recipe.filters, "style": recipe.networks}
        generator = networks.began_decoder(size, latent_size, name="generator", **options)
        encoder = networks.began_encoder(size, latent_size, **options)
        decoder = networks.began_decoder(size, latent_size, **options)
    controller = Equilibrium(recipe.ratio, recipe.integral, recipe.proportional, recipe.derivative)
    players = (generator, encoder, decoder, Uniform(latent_size), controller)
    names = ("norm", "similarity_weight", "share_latent", "recompute_errors", "ema_decay", "seed")
    options = {name: getattr(recipe, name) for name in names}
    if recipe.system == "BEGANCS":
        constraint = {name: getattr(recipe, name) for name in ("constraint_weight", "constraint_norm")}
        model = BEGANCS(*players, **options, **constraint)
    else:
        model = BEGAN(*players, **options)
    rates = {"discriminator": recipe.discriminator_learning_rate, "generator": recipe.generator_learning_rate}
    model.compile({player: _adam(recipe, rate, recipe.steps) for player, rate in rates.items()})
    return model


def _variational(recipe: VariationalRecipe) -> VAE | AdversarialVAE:
    size, latent_size, filters = recipe.image_shape, recipe.latent_size, recipe.filters
    generator = networks.began_decoder(size, latent_size, filters, name="generator")
    encoder = networks.began_encoder(size, 2 * latent_size, filters)
    prior = Normal(latent_size)
    options = {name: getattr(recipe, name) for name in ("kl_reduction", "ema_decay", "seed")}
    if recipe.system == "VAE":
        model = VAE(generator, encoder, prior, **options)
    else:
        halves = networks.began_encoder(size, latent_size, filters), networks.began_decoder(size, latent_size, filters)
        controller = Equilibrium(recipe.ratio, recipe.integral, recipe.proportional, recipe.derivative)
        weights = ("reconstructed_weight", "similarity_weight", "pixel_weight", "error_sign")
        options |= {name: getattr(recipe, name) for name in weights}
        model = AdversarialVAE(generator, encoder, *halves, prior, controller, **options)
    model.compile({player: keras.optimizers.Adam(recipe.learning_rate) for player in model.players})
    return model


def _encoded(recipe: EncodedRecipe) -> MDGAN | CVAEGAN:
    shape, widths, size = recipe.image_shape, recipe.widths, recipe.latent_size
    options = {"ema_decay": recipe.ema_decay, "seed": recipe.seed}
    make_generator, make_encoder, discriminator = _layers(recipe)
    if recipe.system == "MDGAN":
        players = (make_generator(shape, size, widths), make_encoder(shape, size, widths), discriminator)
        model = MDGAN(*players, Uniform(size), **options)
    else:
        condition = {"condition_size": recipe.condition_size}
        generator = make_generator(shape, size, widths, **condition)
        encoder = make_encoder(shape, 2 * size, widths, **condition)
        classifier = _MAPPED[recipe.networks](shape, recipe.condition_size, widths)
        model = CVAEGAN(generator, encoder, discriminator, classifier, Normal(size), **options)
    return _with_adam(model, recipe)


def _xgan(recipe: XGANRecipe) -> XGANModel:
    shape, widths, size, classes = recipe.image_shape, recipe.widths, recipe.latent_size, recipe.condition_size
    make_generator, make_encoder, discriminator = _layers(recipe)
    concatenated = recipe.supervision == "concatenated"
    generator = make_generator(shape, size, widths, condition_size=classes if concatenated else None)
    encoder = make_encoder(shape, 2 * size if recipe.latents == "normal" else size, widths)
    players = (generator, encoder, discriminator, image_classifier(recipe))
    options = {
        "code_classifier": networks.code_classifier(size, classes) if recipe.supervision == "classes" else None,
        "feature_discriminator": networks.vgg19(shape, 1) if recipe.learned_features == "vgg19" else None,
        "objective": {"minimax": Minimax(), "nonsaturating": Vanilla()}[recipe.generator_loss],
        "adversarial_weight": recipe.adversarial_weight,
        "ema_decay": recipe.ema_decay,
        "seed": recipe.seed,
    }
    if recipe.has_bank:
        sampler = ConvexSampler(recipe.combined, recipe.weights) if recipe.latents == "convex" else KDESampler()
        bank_classes = 1 if recipe.supervision == "none" else classes
        bank = CodeBank(recipe.bank_size, size, sampler, neighbours=recipe.neighbours, classes=bank_classes)
        model = XGAN(*players, bank, **options)
    elif recipe.latents == "normal":
        model = VariationalXGAN(*players, Normal(size), **options)
    else:
        model = AdversarialXGAN(*players, networks.code_classifier(size, 1), Normal(size), **options)
    return _with_adam(model, recipe)


def image_classifier(recipe: XGANRecipe) -> keras.Model:
    """C_img, from images to logits and maps, before it has learnt anything."""
    make = {"vgg19": networks.vgg19, "small_vgg": networks.small_vgg}[recipe.image_classifier]
    return make(recipe.image_shape, recipe.condition_size)


_MAPPED = {"cnn": networks.cnn_classifier, "mlp": networks.mlp_classifier}


def _layers(recipe: EncodedRecipe) -> tuple[Callable[..., keras.Model], Callable[..., keras.Model], keras.Model]:
    """What makes generators and encoders, and the discriminator."""
    if recipe.networks == "mlp":
        discriminator = networks.mlp_classifier(recipe.image_shape, 1, recipe.widths, "discriminator")
        return networks.mlp_generator, networks.mlp_encoder, discriminator
    return networks.cnn_generator, networks.cnn_encoder, networks.cnn_discriminator(recipe.image_shape, recipe.widths)


def _with_adam(model: AdversarialModel, recipe: EncodedRecipe) -> AdversarialModel:
    model.compile({player: keras.optimizers.Adam(recipe.learning_rate, recipe.beta_1) for player in model.players})
    return model


def _adam(recipe: UnconditionalRecipe | EquilibriumRecipe, rate: float, updates: int) -> keras.optimizers.Optimizer:
    """Adam, whose rate may fall to 0 over its updates."""
    schedule = keras.optimizers.schedules.CosineDecay(rate, updates) if recipe.decay == "cosine" else rate
    return keras.optimizers.Adam(schedule, recipe.beta_1, recipe.beta_2, recipe.epsilon)


_OBJECTIVES = {
    "v": Vanilla(),
    "w": Wasserstein(),
    "ls": LeastSquares(),
    "lol1": LogitLoss(squared=False),
    "lol2": LogitLoss(squared=True),
}

_BUILDERS: dict[type[Recipe], Callable[[Any], AdversarialModel]] = {
    ConditionalRecipe: _conditional,
    UnconditionalRecipe: _unconditional,
    EquilibriumRecipe: _energy,
    VariationalRecipe: _variational,
    EncodedRecipe: _encoded,
    XGANRecipe: _xgan,
}
