"""No paper recipe is dead code: here one of each system is traced; `reproduce.py --scale=paper --smoke` runs all."""

import pytest
import tensorflow as tf

import tfgans
from tfgans import models, recipes, training
from tfgans.recipes import XGANRecipe

PAPER = {
    "GAN": "gan/cifar10",
    "BiGAN": "bigan/cifar10",
    "LOGAN": "logan/cifar10",
    "VEEGAN": "veegan/grid25",
    "BEGAN": "began/celeba64",
    "BEGANCS": "began_cs/celeba64",
    "VAE": "vae/celeba64",
    "AdversarialVAE": "avae/celeba64",
    "XGAN": "xgan/flowers17",
    "MDGAN": "md_gan/flowers17",
    "CVAEGAN": "cvae_gan/flowers17",
    "ConditionalGAN": "cgan/celeba",
    "ConditionalWGANGP": "cwgan/celeba",
}
# Of the ablations of X-GAN with a prior.
ABLATIONS = {
    "VariationalXGAN": ["latents=normal", "supervision=concatenated"],
    "AdversarialXGAN": ["latents=discriminated", "supervision=none"],
}


@pytest.mark.parametrize("system", [*PAPER, *ABLATIONS])
def test_a_paper_recipe_at_full_width_is_traced(system):
    recipe = recipes.get(PAPER.get(system, PAPER["XGAN"]), "paper").override(ABLATIONS.get(system, []))
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
    assert {system.__name__ for system in systems if system.players} == set(PAPER) | set(ABLATIONS)
