"""Runs: recipe and folder in, model, scores and export out."""

from tfgans.training.build import build
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import Result, default_workdir, load, run

__all__ = ["Result", "RunFolder", "build", "default_workdir", "load", "run"]
