"""Pictures of samples from fixed noise during the training."""

import abc
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgans.callbacks._base import EventWriter, StepCallback
from tfgans.data import ToyWorld
from tfgans.plots import image_grid, point_cloud

_POINTS = 2_500


class SamplePicture(StepCallback, abc.ABC):
    """Draws a picture of samples every `every` steps, from step 0 on, and when training ends.

    The folder belongs to one model. When training begins, pictures of later steps than the model's are removed, since
    they will be drawn again, and earlier ones stay.

    Args:
        directory: Folder for `step_00000000.png` and so on.
        every: Steps between two pictures.
        tensorboard: Folder of TensorBoard events, which get each picture under the name of `directory`; None for none.
    """

    def __init__(
        self, directory: str | os.PathLike, *, every: int = 1, tensorboard: str | os.PathLike | None = None
    ) -> None:
        super().__init__()
        self._events = None if tensorboard is None else EventWriter(tensorboard)
        self._directory = pathlib.Path(directory)
        self._every = every

    @abc.abstractmethod
    def _write(self, path: pathlib.Path, title: str) -> None:
        """Writes the picture of the model at its step."""

    def path(self, step: int) -> pathlib.Path:
        """Returns the file of a step's picture."""
        return self._directory / f"step_{step:08d}.png"

    def draw(self) -> pathlib.Path:
        """Draws the picture of the model's step, unless it exists, and returns its file."""
        path = self.path(self.step)
        if not path.exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(path, f"step {self.step}")
            if self._events is not None:
                self._events.write_picture(self.step, self._directory.name, path)
        return path

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        for path in self._directory.glob("step_*.png"):
            # A killed run drew it after its last checkpoint, and the resumed run will draw it again.
            if path > self.path(self.step):
                path.unlink()
        if self.step == 0:
            self.draw()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.reached(self._every):
            self.draw()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.draw()


class SampleGrid(SamplePicture):
    """Draws grids of images. With labels, each row has one label and each column one z.

    Args:
        directory: Folder for `step_00000000.png` and so on.
        labels: Label of each row, as the model's `sample` takes them; None for ten rows without labels.
        row_names: Name of each row.
        columns: Samples in a row.
        **options: `every` and `tensorboard` of `SamplePicture`.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        labels: Sequence | np.ndarray | None = None,
        row_names: Sequence[str] | None = None,
        *,
        columns: int = 10,
        **options: Any,
    ) -> None:
        super().__init__(directory, **options)
        self._labels = None if labels is None else np.asarray(labels)
        self._row_names = row_names
        self._columns = columns

    def _write(self, path: pathlib.Path, title: str) -> None:
        if self._labels is None:
            image_grid(self.model.sample(10 * self._columns, seed=0), self._columns, path, title=title)
            return
        labels = np.repeat(self._labels, self._columns, axis=0)
        seeds = np.tile(np.arange(self._columns), len(self._labels))
        image_grid(
            self.model.sample(len(labels), labels=labels, seed=seeds),
            self._columns,
            path,
            title=title,
            row_names=self._row_names,
            row_label="label",
            column_label="the same z in each column",
        )


class SamplePoints(SamplePicture):
    """Draws points over the modes of a toy world.

    Args:
        directory: Folder for `step_00000000.png` and so on.
        world: The world.
        **options: `every` and `tensorboard` of `SamplePicture`.
    """

    def __init__(self, directory: str | os.PathLike, world: ToyWorld, **options: Any) -> None:
        super().__init__(directory, **options)
        self._world = world

    def _write(self, path: pathlib.Path, title: str) -> None:
        points = self.model.sample(_POINTS, seed=0) * self._world.scale
        point_cloud(points, self._world.centers, path, title=title)
