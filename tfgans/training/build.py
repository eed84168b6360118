"""From recipes to compiled models.

Each builder makes the networks and objects of a family, and `_compiled` chooses the model by the recipe's system.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import keras

from tfgans import models, networks
from tfgans.augmentation import DifferentiableAugmentation
from tfgans.equilibrium import Balance, Equilibrium, Schedule
from tfgans.latent import CodeBank, ConvexSampler, KDESampler, Normal, Uniform
from tfgans.losses import (
    HeightAxisGradientPenalty,
    Hinge,
    InterpolatedGradientPenalty,
    LeastSquares,
    LogitLoss,
    Minimax,
    PairwiseGradientPenalty,
    Relativistic,
    Vanilla,
    Wasserstein,
    ZeroCenteredPenalty,
)
from tfgans.models import AdversarialModel
from tfgans.models._fit import constructor_parameters
from tfgans.recipes import (
    ConditionalRecipe,
    EquilibriumRecipe,
    Recipe,
    RivalRecipe,
    UnconditionalRecipe,
    VariationalRecipe,
    XGANRecipe,
)

AnyRecipe = TypeVar("AnyRecipe", bound=Recipe)


def build(recipe: Recipe) -> AdversarialModel:
    """Makes the compiled model of a recipe, with the initial weights of the recipe's seed.

    It sets the seeds of Python, NumPy and TensorFlow, since initialisers draw from them.

    Args:
        recipe: The recipe.

    Returns:
        The model, at step 0.

    Raises:
        ValueError: If no builder is registered for recipes of this type, or the recipe's networks cannot be made.
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
        recipe_type: Type of the recipes. A subclass needs a builder of its own.
        builder: Takes a recipe and returns a compiled model. `build` sets the seeds and the precision before it.

    Raises:
        ValueError: If the type has another builder already.
    """
    if _BUILDERS.setdefault(recipe_type, builder) != builder:
        raise ValueError(f"{recipe_type.__name__} has a builder already: {_BUILDERS[recipe_type].__qualname__}.")


def _conditional(recipe: ConditionalRecipe) -> AdversarialModel:
    penalty_options = (recipe.penalty_weight, recipe.penalty_target)
    penalties = {
        "interpolated": InterpolatedGradientPenalty(*penalty_options),
        "height_axis": HeightAxisGradientPenalty(*penalty_options),
        "none": None,
    }
    return _compiled(
        recipe.system,
        recipe,
        generator=networks.conditional_dcgan_generator(
            recipe.image_shape,
            recipe.latent_size,
            recipe.condition_size,
            recipe.generator_widths,
            kernel_size=recipe.kernel_size,
            projection=recipe.projection,
            output=recipe.output,
            batch_norm_scale=recipe.batch_norm_scale,
        ),
        discriminator=networks.conditional_dcgan_discriminator(
            recipe.image_shape,
            recipe.condition_size,
            recipe.discriminator_widths,
            kernel_size=recipe.kernel_size,
            batch_norm=recipe.discriminator_batch_norm,
            batch_norm_scale=recipe.batch_norm_scale,
            unit_pixels=recipe.unit_pixels,
        ),
        prior=Normal(recipe.latent_size, recipe.prior_mean, recipe.prior_std),
        objective=Vanilla(recipe.patchwise),
        penalty=penalties[recipe.penalty],
    )


def _unconditional(recipe: UnconditionalRecipe) -> AdversarialModel:
    shape, size, widths = recipe.image_shape, recipe.latent_size, recipe.widths
    makers: dict[str, tuple[Callable[..., keras.Model], ...]] = {
        "mlp": (networks.mlp_generator, networks.mlp_encoder, networks.mlp_discriminator),
        "dcgan": (
            networks.dcgan_generator,
            networks.dcgan_encoder,
            functools.partial(networks.dcgan_discriminator, head_width=recipe.head_width),
        ),
    }
    make_generator, make_encoder, make_discriminator = makers[recipe.networks]
    objectives = {
        "v": Vanilla(),
        "w": Wasserstein(),
        "ls": LeastSquares(),
        "lol1": LogitLoss(squared=False),
        "lol2": LogitLoss(squared=True),
        "hinge": Hinge(),
        "rp": Relativistic(),
    }
    zero_centered = ZeroCenteredPenalty(recipe.r1, recipe.r2) if recipe.r1 or recipe.r2 else None
    pairwise = PairwiseGradientPenalty(recipe.penalty_weight, power=recipe.penalty_power)
    interpolated = InterpolatedGradientPenalty(recipe.penalty_weight, power=recipe.penalty_power)
    return _compiled(
        recipe.system,
        recipe,
        generator=make_generator(shape, size, widths),
        encoder=make_encoder(shape, size, widths) if recipe.has_encoder else None,
        discriminator=make_discriminator(
            (*shape[:-1], recipe.packing * shape[-1]),
            size if recipe.has_encoder else None,
            recipe.discriminator_widths or widths,
            spectral_norm=recipe.spectral_norm,
        ),
        prior={"uniform": Uniform(size), "normal": Normal(size)}[recipe.prior],
        objective=objectives[recipe.objective],
        penalty={"pairwise": pairwise, "interpolated": interpolated, "none": None}[recipe.penalty],
        latent_penalty=pairwise if recipe.latent_penalty else None,
        zero_centered_penalty=zero_centered,
    )


def _equilibrium(recipe: EquilibriumRecipe) -> AdversarialModel:
    shape, size = recipe.image_shape, recipe.latent_size
    if recipe.networks == "mlp":
        mlp = functools.partial(networks.relu_mlp, activation=recipe.activation, bias_range=recipe.bias_range)
        generator = mlp(size, shape[0], recipe.generator_widths or recipe.widths, "generator")
        encoder = mlp(shape[0], size, recipe.widths, "encoder")
        decoder = mlp(size, shape[0], recipe.widths, "decoder")
    else:
        layout = (recipe.filters, recipe.networks)
        generator = networks.began_decoder(shape, size, *layout, "generator", batch_norm=recipe.batch_norm)
        encoder = networks.began_encoder(shape, size, *layout, batch_norm=recipe.batch_norm)
        decoder = networks.began_decoder(shape, size, *layout, batch_norm=recipe.batch_norm)
    penalty = InterpolatedGradientPenalty(recipe.penalty_weight, one_sided=True) if recipe.penalty_weight else None
    balance: Balance
    if recipe.k_end is None:
        balance = _controller(recipe, k_start=recipe.k_start, k_limit=recipe.k_limit)
    else:
        balance = Schedule(recipe.k_start, recipe.k_end, recipe.steps)
    return _compiled(
        recipe.system,
        recipe,
        generator=generator,
        encoder=encoder,
        decoder=decoder,
        prior=Uniform(size),
        equilibrium=balance,
        penalty=penalty,
    )


def _variational(recipe: VariationalRecipe) -> AdversarialModel:
    shape, size, filters = recipe.image_shape, recipe.latent_size, recipe.filters
    adversarial = recipe.system == "AdversarialVAE"
    return _compiled(
        recipe.system,
        recipe,
        generator=networks.began_decoder(shape, size, filters, name="generator"),
        encoder=networks.began_encoder(shape, 2 * size, filters),
        discriminator_encoder=networks.began_encoder(shape, size, filters) if adversarial else None,
        discriminator_decoder=networks.began_decoder(shape, size, filters) if adversarial else None,
        prior=Normal(size),
        equilibrium=_controller(recipe),
    )


class _Makers(NamedTuple):
    """Functions that make the networks of X-GAN and its rivals."""

    generator: Callable[..., keras.Model]
    encoder: Callable[..., keras.Model]
    discriminator: Callable[..., keras.Model]
    classifier: Callable[..., keras.Model]


_MAKERS = {
    "cnn": _Makers(networks.cnn_generator, networks.cnn_encoder, networks.cnn_discriminator, networks.cnn_classifier),
    "mlp": _Makers(
        networks.mlp_generator,
        networks.mlp_encoder,
        lambda shape, widths: networks.mlp_classifier(shape, 1, widths, "discriminator"),
        networks.mlp_classifier,
    ),
}


def _rival(recipe: RivalRecipe) -> AdversarialModel:
    shape, size, widths, make = recipe.image_shape, recipe.latent_size, recipe.widths, _MAKERS[recipe.networks]
    # CVAE-GAN is conditional and variational, MD-GAN neither.
    conditional = recipe.system == "CVAEGAN"
    condition_size = recipe.condition_size if conditional else None
    return _compiled(
        recipe.system,
        recipe,
        # The order in which networks are made decides which initial weights they draw.
        discriminator=make.discriminator(shape, widths),
        generator=make.generator(shape, size, widths, condition_size),
        encoder=make.encoder(shape, 2 * size if conditional else size, widths, condition_size),
        classifier=make.classifier(shape, condition_size, widths) if conditional else None,
        prior=Normal(size) if conditional else Uniform(size),
    )


def _xgan(recipe: XGANRecipe) -> AdversarialModel:
    shape, size, widths, make = recipe.image_shape, recipe.latent_size, recipe.widths, _MAKERS[recipe.networks]
    classes = recipe.condition_size
    systems = {"convex": "XGAN", "kde": "XGAN", "normal": "VariationalXGAN", "discriminated": "AdversarialXGAN"}
    return _compiled(
        systems[recipe.latents],
        recipe,
        discriminator=make.discriminator(shape, widths),
        generator=make.generator(shape, size, widths, classes if recipe.supervision == "concatenated" else None),
        encoder=make.encoder(shape, 2 * size if recipe.latents == "normal" else size, widths),
        image_classifier=image_classifier(recipe),
        code_classifier=networks.code_classifier(size, classes) if recipe.supervision == "classes" else None,
        feature_discriminator=networks.vgg19(shape, 1) if recipe.learned_features == "vgg19" else None,
        code_discriminator=networks.code_classifier(size, 1) if recipe.latents == "discriminated" else None,
        bank=_bank(recipe) if recipe.has_bank else None,
        prior=Normal(size),
        objective={"minimax": Minimax(), "nonsaturating": Vanilla()}[recipe.generator_loss],
    )


def image_classifier(recipe: XGANRecipe) -> keras.Model:
    """Makes C_img, from images to logits and maps, with initial weights."""
    make = {"vgg19": networks.vgg19, "small_vgg": networks.small_vgg}[recipe.image_classifier]
    return make(recipe.image_shape, recipe.condition_size)


def _bank(recipe: XGANRecipe) -> CodeBank:
    if recipe.neighbours is None:
        raise ValueError("A run replaces neighbours=None by a number from its data; received None.")
    samplers = {"convex": ConvexSampler(recipe.combined, recipe.weights), "kde": KDESampler()}
    return CodeBank(
        recipe.bank_size,
        recipe.latent_size,
        samplers[recipe.latents],
        neighbours=recipe.neighbours,
        classes=1 if recipe.supervision == "none" else recipe.condition_size,
    )


def _controller(recipe: EquilibriumRecipe | VariationalRecipe, **bounds: float) -> Equilibrium:
    return Equilibrium(recipe.ratio, recipe.integral, recipe.proportional, recipe.derivative, **bounds)


def _compiled(system: str, recipe: Recipe, **objects: Any) -> AdversarialModel:
    """Makes the model of a system, and compiles it.

    An argument of the constructor is one of `objects`, or else the recipe's field of the same name. Objects for which
    the constructor has no argument are left out, so that the systems of a family share a builder.
    """
    constructor: type[AdversarialModel] = getattr(models, system)
    # The name of a model is not that of its recipe.
    names = set(constructor_parameters(constructor)) - {"name"}
    augmentation = DifferentiableAugmentation(recipe.augmentation) if recipe.augmentation else None
    values = {**vars(recipe), "augmentation": augmentation, **objects}
    model = constructor(**{name: value for name, value in values.items() if name in names})
    model.compile(_optimizers(recipe, model.players))
    return model


def _optimizers(recipe: Recipe, players: Sequence[str]) -> dict[str, keras.optimizers.Optimizer]:
    """Makes an Adam for each player from the recipe's fields; Keras's defaults hold where it has none."""
    fields = vars(recipe)
    options = {name: fields[name] for name in ("beta_1", "beta_2", "epsilon") if name in fields}
    optimizers = {}
    for player in players:
        rate = fields[name] if (name := f"{player}_learning_rate") in fields else fields["learning_rate"]
        if fields.get("decay") == "cosine":
            # An optimizer counts its own updates.
            a_step = {"discriminator": fields.get("n_critic", 1), "generator": fields.get("n_generator", 1)}
            rate = keras.optimizers.schedules.CosineDecay(rate, recipe.steps * a_step.get(player, 1))
        optimizers[player] = keras.optimizers.Adam(rate, **options)
    return optimizers


_BUILDERS: dict[type[Recipe], Callable[[Any], AdversarialModel]] = {
    ConditionalRecipe: _conditional,
    UnconditionalRecipe: _unconditional,
    EquilibriumRecipe: _equilibrium,
    VariationalRecipe: _variational,
    RivalRecipe: _rival,
    XGANRecipe: _xgan,
}
