"""Runs: recipe and folder in, model, scores and export out."""

from tfgans.training.build import build, register
from tfgans.training.evaluations import evaluate, image_scorer, nearest_training_images, run_scorer
from tfgans.training.execution import strategy_of
from tfgans.training.loading import check_data, load_data, load_data_of
from tfgans.training.own_recipe import lost_by, recipe_for
from tfgans.training.publishing import publish
from tfgans.training.run_folder import RunFolder, newest_picture
from tfgans.training.runs import Result, load, run
from tfgans.training.scoring import Scorer, make_scorer

__all__ = [
    "Result",
    "RunFolder",
    "Scorer",
    "build",
    "check_data",
    "evaluate",
    "image_scorer",
    "load",
    "load_data",
    "load_data_of",
    "lost_by",
    "make_scorer",
    "nearest_training_images",
    "newest_picture",
    "publish",
    "recipe_for",
    "register",
    "run",
    "run_scorer",
    "strategy_of",
]
