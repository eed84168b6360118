"""Settings, networks and codes that a model takes from its data before the first step."""

import dataclasses
import math
import random
import sys

import keras
import numpy as np

from tfgans import data, evaluation, latent
from tfgans.models import XGAN, AdversarialModel
from tfgans.models.xgan import XGANModel
from tfgans.recipes import Recipe, XGANRecipe
from tfgans.training.build import build, image_classifier

# Images of a class from which its dimension is estimated.
_IMAGES_PER_CLASS = 1_000


def with_bank_settings(recipe: Recipe, train: data.DataSplit) -> Recipe:
    """Returns the recipe with the settings of its bank that depend on the training images.

    The bank has a code for each image. A recipe with `neighbours=None` gets twice the mean intrinsic dimension of a
    class. The dimension is that of images, since the codes of an untrained encoder have none, and the size of the
    bank's table depends on the number of neighbours.

    Raises:
        ValueError: If the dimension of a class cannot be estimated: it has too few images, or two equal ones.
    """
    if not isinstance(recipe, XGANRecipe) or not recipe.has_bank:
        return recipe
    images = data.as_images(train)
    neighbours = recipe.neighbours
    if neighbours is None:
        labels = images.label
        if labels is None or recipe.supervision == "none":
            labels = np.zeros(len(images), int)
        estimates = latent.class_dimensions(images.image, labels, _IMAGES_PER_CLASS)
        neighbours = max(recipe.combined, math.ceil(2 * estimates.dimension.mean()))
        print(
            f"Images of a class have dimension {estimates.dimension.mean():.1f}, estimated from "
            f"{estimates.count.min()} to {estimates.count.max()} images; neighbours = {neighbours}.",
            file=sys.stderr,
        )
    return dataclasses.replace(recipe, bank_size=len(images), neighbours=neighbours)


def prepare(model: AdversarialModel, recipe: Recipe, train: data.DataSplit, test: data.DataSplit) -> None:
    """Gives a new X-GAN its trained image classifier and its codes. Other models need no preparation.

    Args:
        model: The model, at step 0.
        recipe: Its recipe.
        train: The images to train on.
        test: Images to test the image classifier on.

    Raises:
        ValueError: If the image classifier is less accurate than the recipe asks for.
    """
    if isinstance(model, XGANModel) and isinstance(recipe, XGANRecipe):
        _train_classifier(model, recipe, data.as_images(train), data.as_images(test))
    if isinstance(model, XGAN):
        refill(model, train)


def build_for_timing(recipe: Recipe, train: data.DataSplit) -> AdversarialModel:
    """Makes the model of a recipe to time its steps; an image classifier keeps its initial weights."""
    model = build(with_bank_settings(recipe, train))
    if isinstance(model, XGAN):
        refill(model, train)
    return model


def refill(model: XGAN, train: data.DataSplit) -> None:
    """Encodes all training images, and finds the neighbours of each code."""
    images = data.as_images(train)
    codes = [model.encode(data.unit_images(part)) for part in data.in_parts(images.image, "Encoding")]
    model.bank.fill(np.concatenate(codes), images.label if model.bank.classes > 1 else None)


def _train_classifier(model: XGANModel, recipe: XGANRecipe, train: data.ImageSet, test: data.ImageSet) -> None:
    def make() -> keras.Model:
        # One training serves runs of all seeds. Keras draws the seeds of initial weights from Python's generator.
        state = random.getstate()
        random.seed(0)
        try:
            network = image_classifier(recipe)
        finally:
            random.setstate(state)
        return keras.Model(network.input, keras.layers.Softmax()(network.outputs[0]))

    network, accuracy = evaluation.trained_classifier(
        # Caches of older versions have other trainings under the name without "seed".
        f"{recipe.image_classifier}-seed-0-steps-{recipe.classifier_steps}-{recipe.classifier_rate}",
        make,
        train,
        test,
        steps=recipe.classifier_steps,
        learning_rate=recipe.classifier_rate,
    )
    measured = f"The image classifier has accuracy {accuracy:.1%} on {test.name} {test.split}"
    print(f"{measured}.", file=sys.stderr)
    if accuracy < recipe.least_accuracy:
        raise ValueError(
            f"{measured}; the recipe asks for {recipe.least_accuracy:.1%}. Train it longer (classifier_steps), or ask "
            "for less (least_accuracy)."
        )
    model.image_classifier.set_weights(network.get_weights())
