"""Curves of scores during the training."""

import os
import pathlib
from collections.abc import Callable

import keras

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.callbacks._base import EventWriter, StepCallback
from tfgans.plots import score_curves


class ScoreCurve(StepCallback):
    """Scores the model every `every` steps, and draws the curves of the scores (BEGAN-CS, Fig. 5).

    Args:
        score: Returns the scores of a model by name. It must not draw from global random generators, since otherwise
            scoring would change the training.
        lines: File of one line of JSON for each scoring. When training begins, it removes lines of later steps than
            the model's.
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
        self._events = EventWriter(tensorboard)
        self._every = every

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._lines, self.step)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.step % self._every:
            return
        scores = self._score(self.model)
        append_line(self._lines, {"step": self.step, **scores})
        self._events.write(self.step, {f"scores/{name}": value for name, value in scores.items()})
        rows = read_lines(self._lines)
        score_curves([row.pop("step") for row in rows], rows, self._picture)
