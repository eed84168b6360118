"""The folder of a run: its files, and how to write them without losing data."""

import contextlib
import functools
import hashlib
import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from tfgans import recipes
from tfgans._errors import first_line
from tfgans._files import (
    CHECKPOINTS,
    checkpoints_by_step,
    flush_to_disk,
    lock,
    package_versions,
    put_aside,
    read_json,
    remove_leftovers,
    temporary_file,
    write_json,
)
from tfgans._weights import weights_file
from tfgans.data import DataSplit
from tfgans.evaluation import Score, read_scores
from tfgans.recipes import Recipe

_KEPT_CHECKPOINTS = 3
# Samples of each split that tell data from other data of the same size, and the least difference of their means.
_NOTED_SAMPLES = 16
_GREY_LEVEL = 2 / 255


def newest_picture(folder: pathlib.Path) -> pathlib.Path | None:
    """Returns the picture of the highest step in a folder of a run, such as `grids`; None if there is none yet."""
    return max(folder.glob("step_*.png"), default=None)


class RunFolder:
    """The paths of a run, its recipe, and its checkpoints.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = pathlib.Path(path)
        self.recipe_file = self.path / recipes.RECIPE_FILE
        self.label_names_file = self.path / "label_names.json"
        self.data_file = self.path / "data.json"
        self.versions_file = self.path / "versions.json"
        self.metrics_file = self.path / "metrics.jsonl"
        self.scores_file = self.path / "scores.json"
        self.curve_file = self.path / "score_curves.jsonl"
        self.curve_picture = self.path / "score_curves.png"
        self.tensorboard = self.path / "tensorboard"
        self.grids = self.path / "grids"
        self.codes = self.path / "codes"
        self.diversity_file = self.path / "diversity.jsonl"
        self.alarms_file = self.path / "alarms.jsonl"
        self.profile_file = self.path / "profile.json"
        self.checkpoints = self.path / CHECKPOINTS
        self.checksums_file = self.checkpoints / "checksums.json"
        self.saved_model = self.path / "saved_model"

    def recipe(self) -> Recipe:
        """Reads the recipe of this run.

        Raises:
            FileNotFoundError: If this is not the folder of a run.
            ValueError: If this version of tfgans cannot read the recipe.
        """
        return recipes.of_run(self.path)

    def label_names(self) -> tuple[str, ...]:
        """Reads the names of the classes or attributes of the run's data.

        Raises:
            FileNotFoundError: If this is not the folder of a run.
        """
        return tuple(read_json(self.label_names_file))

    def check(self, recipe: Recipe) -> None:
        """Checks that `recipe` may run here. It writes nothing.

        Raises:
            ValueError: If the folder holds a run of another recipe, or files that do not belong to a run.
        """
        if self.recipe_file.exists():
            recipe.check_continues(self.recipe(), self.path)
        elif self.path.exists() and any(not file.name.startswith(".") for file in self.path.iterdir()):
            raise ValueError(f"{self.path} is not empty and holds no run. Name another --workdir.")

    @contextlib.contextmanager
    def claim(self, recipe: Recipe) -> Iterator[None]:
        """Locks this folder for this process while the context lasts.

        A process must hold the lock to write here, or to read a checkpoint for training. If it wrote nothing else, the
        lock and the folder are removed at the end.

        Raises:
            ValueError: If `check` fails, or another process runs here.
            OSError: If the folder cannot be written.
        """
        self.check(recipe)
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / ".lock"
        with open(file, "w", encoding="utf-8") as opened:
            # A process that wrote nothing removes its lock, which is then none.
            if not lock(opened) or os.fstat(opened.fileno()).st_nlink == 0:
                raise ValueError(f"Another process runs in {self.path}; stop it, or name another --workdir.")
            try:
                # The process that had the lock before may have changed the folder.
                self.check(recipe)
                yield
            finally:
                if not self.recipe_file.exists():
                    file.unlink(missing_ok=True)
                    for folder in missing:
                        with contextlib.suppress(OSError):
                            folder.rmdir()

    def begin(self, recipe: Recipe, label_names: tuple[str, ...]) -> None:
        """Begins or continues the run of `recipe` in this folder, which the caller has claimed.

        It puts aside damaged files that a run does not need, and removes temporary files of killed processes.
        """
        self.put_damaged_aside()
        remove_leftovers(self.path)
        if not self.recipe_file.exists() or read_json(self.recipe_file) != recipe.to_dict():
            write_json(self.recipe_file, recipe.to_dict())
        self._note_versions()
        if _read_list(self.label_names_file) != list(label_names):
            write_json(self.label_names_file, list(label_names))
        self.checkpoints.mkdir(exist_ok=True)

    def check_data(self, train: DataSplit, test: DataSplit) -> None:
        """Checks that the run has the samples with which it began. Earlier runs noted their numbers, or nothing.

        More files change which of them are the test split, and the order of all batches.

        Raises:
            ValueError: If there are more or fewer samples, or others.
        """
        try:
            before = _read_object(self.data_file)
        except ValueError:
            # `begin` puts it aside, and says so.
            return
        if not before:
            return
        if (train.count, test.count) != (before["train"], before["test"]):
            raise ValueError(
                f"{train.name} has {train.count} training and {test.count} test images; it had {before['train']} and "
                f"{before['test']} when the run in {self.path} began. Other images would be those to test on. Restore "
                "the data, or begin a new run."
            )
        if "means" not in before:
            return
        noted, now = before["means"], _means(train, test)
        if len(noted) != len(now) or not np.allclose(noted, now, rtol=0, atol=_GREY_LEVEL):
            raise ValueError(
                f"{train.name} has other images or labels than when the run in {self.path} began. Restore the data, or "
                "begin a new run."
            )

    def note_data(self, train: DataSplit, test: DataSplit) -> None:
        """Notes the data that `check_data` expects from now on."""
        if not self.data_file.exists():
            write_json(self.data_file, {"train": train.count, "test": test.count, "means": _means(train, test)})

    def put_damaged_aside(self) -> None:
        """Renames each damaged file that a run does not need, and reports it on standard error."""
        readers: dict[pathlib.Path, Callable[[pathlib.Path], object]] = {
            self.versions_file: _read_list,
            self.label_names_file: _read_list,
            self.data_file: _read_object,
            self.checksums_file: _read_object,
            self.scores_file: read_scores,
        }
        for path, read in readers.items():
            _put_damaged_aside(path, read)

    def put_damaged_scores_aside(self) -> None:
        """Renames the file of the scores if it is damaged, since scores cannot be added to it."""
        _put_damaged_aside(self.scores_file, read_scores)

    def _note_versions(self) -> None:
        """Adds the versions of this start to those of earlier starts, if they differ."""
        earlier, now = _read_list(self.versions_file), package_versions()
        if earlier and earlier[-1] != now:
            print(f"{self.path} began with other package versions; see {self.versions_file}.", file=sys.stderr)
        if not earlier or earlier[-1] != now:
            write_json(self.versions_file, [*earlier, now])

    def scores(self) -> list[Score]:
        """Reads the scores of this run.

        Raises:
            ValueError: If their file is damaged.
        """
        return read_scores(self.scores_file)

    def checkpoint_files(self) -> dict[int, pathlib.Path]:
        """Lists the checkpoints by step, newest first."""
        return checkpoints_by_step(self.checkpoints)

    def save(self, model: keras.Model) -> pathlib.Path:
        """Writes a checkpoint of the model with its optimizers, and removes all but the last three.

        Raises:
            OSError: If it cannot be written. The earlier checkpoints stay.
        """
        # A run that resumes here does not write earlier lines again.
        for lines in self.path.rglob("*.jsonl"):
            flush_to_disk(lines)
        step = int(model.step.numpy())
        path = self.checkpoints / f"step_{step:08d}.weights.h5"
        content = weights_file(model)
        kept = [path.name for path in self.checkpoint_files().values()]
        sums = {name: checksum for name, checksum in self._checksums().items() if name in kept}
        write_json(self.checksums_file, {**sums, path.name: hashlib.sha256(content).hexdigest()})
        with temporary_file(path) as temporary:
            temporary.write_bytes(content)
        for old in list(self.checkpoint_files().values())[_KEPT_CHECKPOINTS:]:
            old.unlink()
        return path

    def restore(self, model: keras.Model, step: int | None = None) -> pathlib.Path | None:
        """Reads the newest undamaged checkpoint, or the checkpoint of a step, into `model`.

        It reports damaged checkpoints on standard error.

        Returns:
            The file that was read, or None if there is no checkpoint.

        Raises:
            FileNotFoundError: If there is no checkpoint of that step.
            ValueError: If there are checkpoints, and none can be read.
        """
        files = self.checkpoint_files()
        if step is not None:
            if step not in files:
                raise FileNotFoundError(f"{self.path} has checkpoints of steps {sorted(files)}; received step {step}.")
            files = {step: files[step]}
        for path in files.values():
            try:
                self._check_checksum(path)
                model.load_weights(path)
                return path
            # h5py also raises RuntimeError for a damaged file.
            except (OSError, KeyError, ValueError, RuntimeError) as error:
                print(f"Cannot read {path} ({first_line(error)}).", file=sys.stderr)
        if files:
            raise ValueError(f"None of the checkpoints {', '.join(path.name for path in files.values())} can be read.")
        return None

    def _checksums(self) -> dict[str, str]:
        """Reads the checksums by file name; none if their file is damaged, which does not prevent a restore."""
        try:
            return _read_object(self.checksums_file)
        except (OSError, ValueError):
            return {}

    def _check_checksum(self, path: pathlib.Path) -> None:
        expected = self._checksums().get(path.name)
        if expected is None:
            print(f"{self.checksums_file} has no checksum of {path}, which is read unchecked.", file=sys.stderr)
            return
        with open(path, "rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        if checksum != expected:
            raise ValueError("damaged: its checksum is wrong")


def _means(train: DataSplit, test: DataSplit) -> list[float]:
    """Means of some images of both splits and of their labels; none of a world of points, which has no end of them.

    They are the same wherever the images lie, and nearly the same with another decoder of files.
    """
    means: list[float] = []
    for split in (train, test):
        if split.count is not None:
            columns = [column for column in split.examples(_NOTED_SAMPLES) if column is not None]
            means += [round(float(row.mean()), 4) for column in columns for row in column]
    return means


def _put_damaged_aside(path: pathlib.Path, read: Callable[[pathlib.Path], object]) -> None:
    try:
        read(path)
    except ValueError as error:
        put_aside(path, str(error))


def _read_or_empty(path: pathlib.Path, kind: type) -> Any:
    """Reads a JSON file; returns an empty value if there is no file.

    Raises:
        ValueError: If it is damaged, or holds another kind of value.
    """
    value = read_json(path) if path.exists() else kind()
    if not isinstance(value, kind):
        raise ValueError(f"{path} is damaged: it holds no {kind.__name__}.")
    return value


_read_list = functools.partial(_read_or_empty, kind=list)
_read_object = functools.partial(_read_or_empty, kind=dict)
