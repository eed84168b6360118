"""The folder of a run: what lies where, and how it is written without ever losing data."""

import json
import os
import pathlib
import sys
from typing import Any

import keras

from tfgans import recipes
from tfgans._files import versions, write_json
from tfgans.recipes import Recipe

_KEPT_CHECKPOINTS = 3
# A longer run continues a shorter one; any other change makes another run.
_FREE_FIELDS = ("steps",)


class RunFolder:
    """Paths of a run, its recipe, and its checkpoints.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = pathlib.Path(path)
        self.recipe_file = self.path / "recipe.json"
        self.versions_file = self.path / "versions.json"
        self.metrics_file = self.path / "metrics.jsonl"
        self.scores_file = self.path / "scores.json"
        self.tensorboard = self.path / "tensorboard"
        self.grids = self.path / "grids"
        self.checkpoints = self.path / "checkpoints"
        self.saved_model = self.path / "saved_model"

    def recipe(self) -> Recipe:
        """The recipe of this run.

        Raises:
            FileNotFoundError: If this is not the folder of a run.
            ValueError: If the recipe is not one of this version.
        """
        if not self.recipe_file.is_file():
            raise FileNotFoundError(f"{self.path} is not the folder of a run: it has no {self.recipe_file.name}.")
        return recipes.from_dict(json.loads(self.recipe_file.read_text(encoding="utf-8")))

    def check(self, recipe: Recipe) -> None:
        """Checks that `recipe` may run here, and writes nothing.

        Raises:
            ValueError: If the folder holds a run of another recipe, with the difference, or files that
                are not of a run.
        """
        if self.recipe_file.exists():
            asked, there = recipe.to_dict(), self.recipe().to_dict()
            difference = [
                f"{name} is {there.get(name)!r} there and {asked.get(name)!r} here"
                for name in sorted(asked.keys() | there.keys())
                if name not in _FREE_FIELDS and asked.get(name) != there.get(name)
            ]
            if difference:
                raise ValueError(f"{self.path} holds a run of another recipe: {'; '.join(difference)}.")
        elif self.path.exists() and any(self.path.iterdir()):
            raise ValueError(f"{self.path} is not empty and holds no run; name another --workdir.")

    def claim(self, recipe: Recipe) -> None:
        """Makes this the folder of `recipe`'s run.

        Raises:
            ValueError: As `check`.
            OSError: If it cannot be written.
        """
        self.check(recipe)
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        for leftover in self.checkpoints.glob(".*"):
            leftover.unlink()
        write_json(self.recipe_file, recipe.to_dict())
        write_json(self.versions_file, versions())

    def scores(self, step: int) -> list[dict[str, Any]] | None:
        """The scores of that step, or None if there are none."""
        if not self.scores_file.exists():
            return None
        scores = json.loads(self.scores_file.read_text(encoding="utf-8"))
        return scores if scores[0]["protocol"]["step"] == step else None

    def checkpoint_files(self) -> dict[int, pathlib.Path]:
        """The checkpoints by their step, newest first."""
        files = {int(path.name.split(".")[0].removeprefix("step_")): path for path in self.checkpoints.glob("step_*")}
        return dict(sorted(files.items(), reverse=True))

    def save(self, model: keras.Model) -> pathlib.Path:
        """Writes a checkpoint of everything that `model` has, and removes those beyond the last three."""
        step = int(model.step.numpy())
        path = self.checkpoints / f"step_{step:08d}.weights.h5"
        temporary = path.with_name(f".{path.name}")
        model.save_weights(temporary)
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        for old in list(self.checkpoint_files().values())[_KEPT_CHECKPOINTS:]:
            old.unlink()
        return path

    def restore(self, model: keras.Model, step: int | None = None) -> pathlib.Path | None:
        """Reads the newest readable checkpoint, or that of a step, into `model`.

        A newest checkpoint that cannot be read is named on standard error and passed over.

        Returns:
            The file that was read; None if there is no checkpoint.

        Raises:
            FileNotFoundError: If there is no checkpoint of that step.
            ValueError: If there are checkpoints and none can be read.
        """
        files = self.checkpoint_files()
        if step is not None:
            if step not in files:
                raise FileNotFoundError(f"{self.path} has checkpoints of steps {sorted(files)}; asked for {step}.")
            files = {step: files[step]}
        for path in files.values():
            try:
                model.load_weights(path)
                return path
            except (OSError, KeyError, ValueError) as error:
                reason = str(error).splitlines()[0]
                print(f"Cannot read {path} ({reason}); trying the checkpoint before it.", file=sys.stderr)
        if files:
            raise ValueError(f"None of the checkpoints in {self.checkpoints} can be read.")
        return None
