"""Scores while a model trains, and their curve."""

import os
import pathlib
from collections.abc import Callable

import keras
import tensorflow as tf

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.plots import score_curves


class ScoreCurve(keras.callbacks.Callback):
    """Takes scores every so many steps and draws their curves, as BEGAN-CS does in Fig. 5.

    Args:
        score: Scores of a model by name. It must not draw from global random generators, or the run
            would not be the one that it is without scores.
        lines: File of one line of JSON a scoring; lines of steps beyond the model's are cut off when
            training begins.
        picture: PNG of the curves.
        tensorboard: Folder of TensorBoard events.
        every: Steps between two scorings.
    """

    def __init__(
        self,
        score: Callable[[keras.Model], dict[str, float]],
        lines: str | os.PathLike,
        picture: str | os.PathLike,
        tensorboard: str | os.PathLike,
        every: int,
    ) -> None:
        super().__init__()
        self._score = score
        self._lines = pathlib.Path(lines)
        self._picture = pathlib.Path(picture)
        self._tensorboard = os.fspath(tensorboard)
        self._writer: tf.summary.SummaryWriter | None = None
        self._every = every

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._lines, int(self.model.step.numpy()))
        self._writer = self._writer or tf.summary.create_file_writer(self._tensorboard)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.step.numpy())
        if step % self._every:
            return
        scores = self._score(self.model)
        append_line(self._lines, {"step": step, **scores})
        with self._writer.as_default(step=step):
            for name, value in scores.items():
                tf.summary.scalar(f"scores/{name}", value)
        self._writer.flush()
        rows = read_lines(self._lines)
        score_curves([row.pop("step") for row in rows], rows, self._picture)
