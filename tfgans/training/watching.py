"""The callbacks that watch a run: pictures, scores and alarms, and the refreshing of a bank."""

from collections.abc import Callable, Sequence

import numpy as np

from tfgans import callbacks, data
from tfgans.equilibrium import Equilibrium
from tfgans.models import XGAN, AdversarialModel
from tfgans.recipes import Recipe
from tfgans.training.execution import take_from_chief
from tfgans.training.preparation import refill
from tfgans.training.run_folder import RunFolder
from tfgans.training.scoring import scorer_of

# Images whose codes are drawn.
_CODES = 2_000
# Rows of a grid.
_ROWS = 10


def score_curves(
    recipe: Recipe, folder: RunFolder, train: data.DataSplit, test: data.DataSplit, devices: Sequence[str]
) -> list[callbacks.ScoreCurve]:
    """The scoring of one set of samples every so many steps, where the recipe asks for it."""
    if recipe.score_every is None:
        return []
    scorer = scorer_of(
        train, test, recipe.score_extractor, recipe.score_samples, sets=1, devices=devices, progress=False
    )
    names = scorer.chosen(recipe.score_metrics, bool(recipe.takes_labels), recipe.has_encoder)
    scorer.prepare()

    def score(model: AdversarialModel) -> dict[str, float]:
        return {score["metric"]: score["value"] for score in scorer.model(model, names)}

    files = (folder.curve_file, folder.curve_picture, folder.tensorboard)
    return [callbacks.ScoreCurve(score, *files, recipe.score_every)]


def refreshes(recipe: Recipe, model: AdversarialModel, train: data.ImageSet) -> list[callbacks.Refresh]:
    """The refilling of the bank of a model that has one."""
    if not isinstance(model, XGAN):
        return []

    def refresh(model: XGAN) -> None:
        refill(model, train)
        take_from_chief(model)

    return [callbacks.Refresh(refresh, recipe.refresh_every)]


def sample_pictures(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.DataSplit
) -> callbacks.SamplePicture:
    """Pictures of samples, as suits their kind."""
    return _SAMPLE_PICTURES[train.kind](recipe, folder, model, train)


def _image_grids(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ImageSet
) -> callbacks.SampleGrid:
    """Rows are classes, or the attributes of some real images, where the model takes them."""
    if not model.samples_by_label:
        return callbacks.SampleGrid(folder.grids, every=recipe.grid_every)
    if train.conditioning == "class":
        labels, names = np.arange(len(train.label_names))[:_ROWS], list(train.label_names[:_ROWS])
    else:
        labels = train.label[:_ROWS]
        names = [" ".join(f"{value:.1f}" for value in label) for label in labels]
    return callbacks.SampleGrid(folder.grids, labels, names, every=recipe.grid_every)


def _point_clouds(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ToyWorld
) -> callbacks.SamplePoints:
    return callbacks.SamplePoints(folder.grids, train, every=recipe.grid_every)


_SAMPLE_PICTURES: dict[data.SampleKind, Callable[..., callbacks.SamplePicture]] = {
    "image": _image_grids,
    "point": _point_clouds,
}


def code_pictures(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.DataSplit
) -> list[callbacks.CodeScatter]:
    """Pictures of the codes of real and generated samples, where there is an encoder of images alone."""
    if (encode := model.faces().get("encode")) is None or "label" in encode.inputs:
        return []
    real, labels = train.examples(_CODES)
    asked = labels if model.samples_by_label else None
    return [callbacks.CodeScatter(folder.codes, real, asked, every=recipe.grid_every)]


def alarms(folder: RunFolder, model: AdversarialModel) -> list[callbacks.CollapseAlarm]:
    """The alarm of a model with a controller."""
    if not isinstance(getattr(model, "equilibrium", None), Equilibrium):
        return []
    return [callbacks.CollapseAlarm(folder.metrics_file, folder.alarms_file)]
