"""Grids of samples from fixed noise, while a model trains."""

import os
import pathlib
from collections.abc import Sequence

import keras
import numpy as np

from tfgans.plots import image_grid


class SampleGrid(keras.callbacks.Callback):
    """Draws a grid of samples every so many steps, from step 0 on: rows are labels, columns share z.

    Args:
        directory: Folder for `step_00000000.png` and so on.
        labels: One label a row, as the model's `sample` takes them.
        row_names: Name of each row.
        columns: Samples in a row.
        every: Steps between two grids.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        labels: Sequence,
        row_names: Sequence[str],
        *,
        columns: int = 10,
        every: int = 1,
    ) -> None:
        super().__init__()
        self._directory = pathlib.Path(directory)
        self._labels = np.asarray(labels)
        self._row_names = list(row_names)
        self._columns = columns
        self._every = every

    def path(self, step: int) -> pathlib.Path:
        """The file of a step's grid."""
        return self._directory / f"step_{step:08d}.png"

    def draw(self) -> pathlib.Path:
        """Draws the grid of the model's step, unless it is there."""
        step = int(self.model.step.numpy())
        path = self.path(step)
        if not path.exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            labels = np.repeat(self._labels, self._columns, axis=0)
            seeds = np.tile(np.arange(self._columns), len(self._labels))
            images = self.model.sample(len(labels), labels=labels, seed=seeds)
            image_grid(
                images,
                self._columns,
                path,
                title=f"step {step}",
                row_names=self._row_names,
                row_label="label",
                column_label="the same z in each column",
            )
        return path

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        if int(self.model.step.numpy()) == 0:
            self.draw()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if int(self.model.step.numpy()) % self._every == 0:
            self.draw()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.draw()
