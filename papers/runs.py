"""Helpers for the trials of all papers: they run a recipe and return its scores as numbers of a trial."""

import math
import pathlib
import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from papers.frame import Measured, Trial

if TYPE_CHECKING:
    from tfgans.data import ImageSet
    from tfgans.training import Result


SAMPLE_SEED = 10**6
"""Seed of samples, which no training uses."""

_SHOWN, _NEAREST = 8, 4
# The source of portraits in the public domain, the US Congress; the file's other source is the UK Parliament.
_CONGRESS = 1
# The licence of these photographs of people forbids to show them.
_NEVER_SHOWN = ("olivetti",)

_FILES = {
    "portraits": "portraits64.npz",
    "portraits16": "portraits64.npz",
    "olivetti": "olivetti64.npz",
    "flowers17": "flowers17_64.npz",
    "junction": "junction_frames96x54.npz",
}


def train(trial: Trial, name: str, *changes: str) -> "Result":
    """Runs a recipe with the trial's scale and seed, in the trial's folder.

    Args:
        trial: The trial.
        name: Name of the recipe.
        *changes: Fields to change in the recipe, as `Recipe.override` takes them.

    Returns:
        The result of the run.
    """
    from tfgans import recipes, training

    changes = (
        *file_of(trial, name.split("/")[1]),
        *changes,
        f"seed={trial.seed}",
        *(("steps=2", "batch_size=8", "log_every=1", "score_samples=100") if trial.smoke else ()),
    )
    recipe = recipes.get(name, trial.scale).override(changes)
    return training.run(recipe, trial.workdir, progress=False, **trial.source)


def file_of(trial: Trial, name: str) -> tuple[str, ...]:
    """Returns the change of a recipe whose images are in a file of the trial's folder of data; none for other recipes.

    Args:
        trial: The trial. At the paper's scale, recipes have the paper's own data.
        name: The recipe's name after the system.

    Raises:
        FileNotFoundError: If the file does not exist.
    """
    if trial.scale == "paper" or name not in _FILES:
        return ()
    return (f"data=npz:{prepared_file(trial, _FILES[name])}",)


def splits(trial: Trial) -> list["ImageSet"]:
    """Returns the training images and the test images of a trial's run."""
    from tfgans import data, training

    return [data.as_images(split) for split in training.load_data_of(trial.workdir, None, **trial.source)[1:]]


def may_show(trial: Trial) -> bool:
    """Returns whether a figure may show real images of a trial's data."""
    return trial.setting.get("data") not in _NEVER_SHOWN


def shown_images(trial: Trial, count: int) -> np.ndarray:
    """Returns the first test images of a trial's run that a figure may show, [count, H, W, C] in [-1, 1].

    A figure shows only the portraits that are in the public domain. The others have CC BY 3.0, and are not handed on.

    Raises:
        ValueError: If the licence of all these images forbids to show them.
    """
    if not may_show(trial):
        raise ValueError(f"The licence of {trial.setting['data']} forbids to show its images.")
    test = splits(trial)[1]
    if _FILES.get(trial.setting.get("data")) != _FILES["portraits"]:
        return test.first(count).unit_images
    with np.load(prepared_file(trial, _FILES["portraits"])) as file:
        congress = np.flatnonzero(file["source_test"] == _CONGRESS)
    return test.rows(congress[:count]).unit_images


def neighbour_sheet(trial: Trial, path: pathlib.Path, title: str) -> None:
    """Draws samples of a trial's model, one of each class if it takes them, beside the nearest training images."""
    from tfgans import plots, training

    model = training.load(trial.workdir)
    samples = model.sample(_SHOWN, np.arange(_SHOWN) if model.samples_by_label else None, seed=0)
    near = training.nearest_training_images(trial.workdir, samples, ("pixels", "classifier"), _NEAREST, **trial.source)
    plots.neighbour_grid(samples, near, path, title=title)


def scored(result: "Result") -> Measured:
    """Returns a run's scores with their protocols."""
    return measured(result.scores)


def scores_of_run(trial: Trial, names: Sequence[str], samples: int) -> Measured:
    """Returns scores of a trial's run, on one set of samples."""
    from tfgans import training

    scorer = training.run_scorer(trial.workdir, samples=samples, sets=1, progress=False, **trial.source)
    return measured(training.evaluate(trial.workdir, names, scorer=scorer))


def measured(scores: Sequence[Mapping[str, Any]]) -> Measured:
    """Returns scores, as `training.evaluate` gives them, with their protocols."""
    values = {score["metric"]: score["value"] for score in scores}
    return Measured(values, {score["metric"]: score["protocol"] for score in scores})


def prepared_file(trial: Trial, name: str) -> pathlib.Path:
    """Returns the path of a file that the trial's folder of data must have.

    Raises:
        FileNotFoundError: If the file does not exist.
    """
    path = pathlib.Path(trial.data_dir or ".", name)
    if not path.is_file():
        raise FileNotFoundError(f"This item takes its images from {path}, in --data_dir; the file does not exist.")
    return path


def evenness(ratios: Sequence[float]) -> dict[str, float]:
    """Returns the mean unevenness of the paths that move, and the share of paths that do not."""
    moving = [ratio for ratio in ratios if math.isfinite(ratio)]
    mean = {"unevenness": round(statistics.mean(moving), 6)} if moving else {}
    return {"still_paths": 1 - len(moving) / len(ratios), **mean}
