"""No paper recipe is dead code: here one of each system is traced; `reproduce.py --scale=paper --smoke` runs all."""

import pytest
import tensorflow as tf

import tfgans
from tfgans import models, recipes, training
from tfgans.recipes import XGANRecipe

# Small images have the fewest layers to trace; X-GAN on flowers has VGG-19 in both places.
PAPER = {
    "GAN": "gan/mnist",
    "BiGAN": "bigan/mnist",
    "LOGAN": "logan/mnist",
    "VEEGAN": "veegan/grid25",
    "BEGAN": "began/mnist",
    "BEGANCS": "began_cs/mnist",
    "VAE": "vae/mnist",
    "AdversarialVAE": "avae/mnist",
    "XGAN": "xgan/flowers17",
    "MDGAN": "md_gan/mnist",
    "CVAEGAN": "cvae_gan/mnist",
    "ConditionalGAN": "cgan/celeba",
    "ConditionalWGANGP": "cwgan/mnist",
    "VariationalXGAN": "xgan/mnist",
    "AdversarialXGAN": "xgan/mnist",
}
ABLATIONS = {
    "VariationalXGAN": ["latents=normal", "supervision=concatenated"],
    "AdversarialXGAN": ["latents=discriminated", "supervision=none"],
}


@pytest.mark.slow
@pytest.mark.parametrize("system", PAPER)
def test_a_paper_recipe_at_full_width_is_traced(system):
    recipe = recipes.get(PAPER[system], "paper").override(ABLATIONS.get(system, []))
    if isinstance(recipe, XGANRecipe):
        recipe = recipe.override(["bank_size=240"])
    model = training.build(recipe)
    assert type(model) is getattr(tfgans, system)
    sizes = [recipe.batch_size, model.updates_per_step]
    batch = {name: tf.TensorSpec([*sizes, *spec.shape], spec.dtype) for name, spec in model.batch_fields().items()}
    step = tf.function(model.train_step).get_concrete_function(batch)
    assert set(step.structured_outputs) == set(model.log_names)


def test_every_system_has_one():
    systems = {getattr(models, name) for name in models.__all__}
    assert {system.__name__ for system in systems if system.players} == set(PAPER)
