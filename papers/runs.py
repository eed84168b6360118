"""Helpers for the trials of all papers: they run a recipe, and give its scores as numbers of a trial."""

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from papers.frame import Measured, Trial

if TYPE_CHECKING:
    from tfgans.training import Result


def train(trial: Trial, name: str, *changes: str) -> "Result":
    """The result of a run of a recipe with the trial's scale and seed, in its folder.

    Args:
        trial: The trial.
        name: Name of the recipe.
        *changes: Fields in place of the recipe's, as `Recipe.override` takes them.
    """
    from tfgans import recipes, training

    changes = (
        *changes,
        f"seed={trial.seed}",
        *(("steps=2", "log_every=1", "score_samples=100") if trial.smoke else ()),
    )
    recipe = recipes.get(name, trial.scale).override(changes)
    return training.run(recipe, trial.workdir, data_dir=trial.data_dir, download=trial.download, progress=False)


def scored(result: "Result") -> Measured:
    """A run's scores, with their protocols."""
    values = {score["metric"]: score["value"] for score in result.scores}
    return Measured(values, {score["metric"]: score["protocol"] for score in result.scores})


def evenness(ratios: Sequence[float]) -> dict[str, float]:
    """Values of the unevenness of paths: its mean over those that move, and the share of those that do not."""
    moving = [ratio for ratio in ratios if math.isfinite(ratio)]
    mean = {"unevenness": round(statistics.mean(moving), 6)} if moving else {}
    return {"still_paths": 1 - len(moving) / len(ratios), **mean}
