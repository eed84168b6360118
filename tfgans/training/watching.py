"""Chooses the callbacks of a run: pictures, scores, alarms, and the refilling of a bank."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfgans import callbacks, data, evaluation
from tfgans.models import XGAN, AdversarialModel
from tfgans.recipes import Recipe, XGANRecipe
from tfgans.training.execution import take_from_chief
from tfgans.training.preparation import refill
from tfgans.training.run_folder import RunFolder
from tfgans.training.scoring import make_scorer

# Images whose codes are drawn.
_MOST_CODES = 2_000
# Rows of a grid.
_MOST_ROWS = 10
# Samples of which the diversity is measured, and real samples beside them.
_SAMPLES, _REAL = 200, 500


def score_curves(
    recipe: Recipe, folder: RunFolder, train: data.DataSplit, test: data.DataSplit, **options: Any
) -> list[keras.callbacks.Callback]:
    """Makes the callback that scores one set of samples every `score_every` steps, if the recipe sets that.

    The options are those of `make_scorer`.
    """
    if recipe.score_every is None:
        return []
    scorer = make_scorer(train, test, recipe.score_extractor, recipe.score_samples, sets=1, progress=False, **options)
    names = scorer.chosen(recipe.score_metrics, bool(recipe.takes_labels), recipe.has_encoder)
    scorer.prepare()

    def score(model: AdversarialModel) -> dict[str, float]:
        return {score["metric"]: score["value"] for score in scorer.model(model, names)}

    files = (folder.curve_file, folder.curve_picture, folder.tensorboard)
    return [callbacks.ScoreCurve(score, *files, recipe.score_every)]


def refreshes(recipe: Recipe, model: AdversarialModel, train: data.DataSplit) -> list[keras.callbacks.Callback]:
    """Makes the callback that refills the bank of a model, if the model has one."""
    if not isinstance(model, XGAN):
        return []
    if not isinstance(recipe, XGANRecipe):
        raise ValueError(f"A model with a bank of codes needs an XGANRecipe; received a {type(recipe).__name__}.")

    def refresh(_: keras.Model) -> None:
        refill(model, train)
        take_from_chief(model)

    return [callbacks.Refresh(refresh, recipe.refresh_every)]


def pictures(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.DataSplit
) -> list[callbacks.SamplePicture]:
    """Makes the callbacks that draw pictures.

    The first draws samples. A second draws the codes of real and generated samples, if the model has an encoder that
    takes no label.
    """
    drawn = [_SAMPLE_PICTURES[train.kind](recipe, folder, model, train)]
    encode = model.faces().get("encode")
    if encode is not None and "label" not in encode.inputs:
        real, labels = train.examples(_MOST_CODES)
        requested = labels if model.samples_by_label else None
        drawn.append(callbacks.CodeScatter(folder.codes, real, requested, **_options(recipe, folder)))
    return drawn


def _options(recipe: Recipe, folder: RunFolder) -> dict[str, Any]:
    """Options of all pictures."""
    return {"every": recipe.grid_every, "tensorboard": folder.tensorboard}


def _image_grids(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ImageSet
) -> callbacks.SampleGrid:
    """Makes grids whose rows are classes, or attributes of real images, if the model samples by label."""
    if not model.samples_by_label or train.label is None:
        return callbacks.SampleGrid(folder.grids, **_options(recipe, folder))
    if train.conditioning == "class":
        labels, names = np.arange(len(train.label_names))[:_MOST_ROWS], list(train.label_names[:_MOST_ROWS])
    else:
        labels = train.label[:_MOST_ROWS]
        names = [" ".join(f"{value:.1f}" for value in label) for label in labels]
    return callbacks.SampleGrid(folder.grids, labels, names, **_options(recipe, folder))


def _point_clouds(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ToyWorld
) -> callbacks.SamplePoints:
    return callbacks.SamplePoints(folder.grids, train, **_options(recipe, folder))


_SAMPLE_PICTURES: dict[data.SampleKind, Callable[..., callbacks.SamplePicture]] = {
    "image": _image_grids,
    "point": _point_clouds,
}


def monitors(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.DataSplit
) -> list[keras.callbacks.Callback]:
    """Makes the callback that warns while modes collapse, if there are real samples enough to compare with.

    The samples have the same noise and the same labels each time.
    """
    real, labels = train.examples(_REAL)
    if len(real) < evaluation.DiversityMonitor.LEAST:
        return []
    diversity = evaluation.DiversityMonitor(real)
    count = min(_SAMPLES, len(real))
    requested = labels[:count] if model.samples_by_label and labels is not None else None

    def measure(model: AdversarialModel) -> dict[str, float]:
        samples = model.sample(count, labels=requested, seed=0)
        # An overflow shows in the losses of the next steps.
        return diversity(samples)._asdict() if np.isfinite(samples).all() else {}

    return [
        callbacks.CollapseMonitor(
            measure, folder.diversity_file, folder.alarms_file, folder.tensorboard, recipe.grid_every
        )
    ]
