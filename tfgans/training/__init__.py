"""Runs: recipe and folder in, model, scores and export out."""

from tfgans.training.build import build, register
from tfgans.training.evaluations import evaluate, image_scorer, nearest_training_images, run_scorer
from tfgans.training.execution import strategy_of
from tfgans.training.loading import load_data
from tfgans.training.own_recipe import lost_by, recipe_for
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import Result, load, run
from tfgans.training.scoring import Scorer

__all__ = [
    "Result",
    "RunFolder",
    "Scorer",
    "build",
    "evaluate",
    "image_scorer",
    "load",
    "load_data",
    "lost_by",
    "nearest_training_images",
    "recipe_for",
    "register",
    "run",
    "run_scorer",
    "strategy_of",
]
