"""What a model takes from its data before the first step."""

import dataclasses
import math
import sys

import keras
import numpy as np

from tfgans import data, evaluation, latent
from tfgans.models import XGAN, AdversarialModel
from tfgans.models.xgan import XGANModel
from tfgans.recipes import Recipe, XGANRecipe
from tfgans.training.build import build, image_classifier

# Images that are brought to floating point at a time.
_CHUNK = 4_096
# Images of a class whose dimension is estimated.
_OF_A_CLASS = 1_000


def fitted(recipe: Recipe, train: data.DataSplit) -> Recipe:
    """The recipe for its data: a bank has a code of each image, and m may come from the dimension of images.

    Of images, since the encoder's codes have none before it has learnt, and the bank's table is as wide as m.

    Raises:
        ValueError: If the dimension is asked for and a class has too few images, or two that are the same.
    """
    if not isinstance(recipe, XGANRecipe) or not recipe.has_bank:
        return recipe
    neighbours = recipe.neighbours
    if neighbours is None:
        labels = np.zeros(len(train), int) if recipe.supervision == "none" else train.label
        estimates = latent.class_dimensions(train.image, labels, _OF_A_CLASS)
        neighbours = max(recipe.combined, math.ceil(2 * estimates.dimension.mean()))
        print(
            f"Images of a class have dimension {estimates.dimension.mean():.1f}, of {estimates.count.min()} to "
            f"{estimates.count.max()} images; m = {neighbours}.",
            file=sys.stderr,
        )
    return dataclasses.replace(recipe, bank_size=len(train), neighbours=neighbours)


def prepare(model: AdversarialModel, recipe: Recipe, train: data.DataSplit, test: data.DataSplit) -> None:
    """Gives a new model the networks and codes that it begins with.

    Args:
        model: The model, at step 0.
        recipe: Its recipe.
        train: What it is trained on.
        test: What its image classifier is tested on.

    Raises:
        ValueError: If the image classifier does not know the data well enough to teach.
    """
    if isinstance(model, XGANModel):
        _give_classifier(model, recipe, train, test)
    if isinstance(model, XGAN):
        refill(model, train)


def build_for_timing(recipe: Recipe, train: data.DataSplit) -> AdversarialModel:
    """The model of a recipe for its data, to time its steps: an image classifier stays as it was initialised."""
    model = build(fitted(recipe, train))
    if isinstance(model, XGAN):
        refill(model, train)
    return model


def refill(model: XGAN, train: data.ImageSet) -> None:
    """Encodes all images, and finds the neighbours of each code."""
    starts = range(0, len(train), _CHUNK)
    codes = [model.encode(train.rows(slice(start, start + _CHUNK)).unit_images) for start in starts]
    model.bank.fill(np.concatenate(codes), train.label if model.bank.classes > 1 else None)


def _give_classifier(model: XGANModel, recipe: XGANRecipe, train: data.ImageSet, test: data.ImageSet) -> None:
    def make() -> keras.Model:
        network = image_classifier(recipe)
        return keras.Model(network.input, keras.layers.Softmax()(network.outputs[0]))

    network, accuracy = evaluation.trained_classifier(
        f"{recipe.image_classifier}-{recipe.classifier_steps}-{recipe.classifier_rate}",
        make,
        train,
        test,
        steps=recipe.classifier_steps,
        learning_rate=recipe.classifier_rate,
    )
    print(f"The image classifier knows {accuracy:.1%} of {test.name} {test.split}.", file=sys.stderr)
    if accuracy < recipe.least_accuracy:
        raise ValueError(
            f"The image classifier knows {accuracy:.1%} of {test.name} {test.split}, and the recipe asks for "
            f"{recipe.least_accuracy:.1%}; train it longer (classifier_steps), or ask for less (least_accuracy)."
        )
    model.image_classifier.set_weights(network.get_weights())
