"""Runs: recipe and folder in, model, scores and export out."""

from tfgans.training.build import build, register
from tfgans.training.evaluations import evaluate, image_scorer, nearest_training_images, run_scorer
from tfgans.training.execution import strategy_of
from tfgans.training.loading import load_data
from tfgans.training.publishing import publish
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import Result, default_workdir, load, run
from tfgans.training.scoring import Scorer

__all__ = [
    "Result",
    "RunFolder",
    "Scorer",
    "build",
    "default_workdir",
    "evaluate",
    "image_scorer",
    "load",
    "load_data",
    "nearest_training_images",
    "publish",
    "register",
    "run",
    "run_scorer",
    "strategy_of",
]
