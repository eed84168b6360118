"""Curves of scores during the training."""

import os
import pathlib
from collections.abc import Callable, Mapping

import keras

from tfgans._files import read_lines
from tfgans.callbacks._base import Measurements
from tfgans.plots import score_curves


class ScoreCurve(Measurements):
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
        score: Callable[[keras.Model], Mapping[str, float]],
        lines: str | os.PathLike,
        picture: str | os.PathLike,
        tensorboard: str | os.PathLike,
        every: int,
    ) -> None:
        super().__init__(score, lines, tensorboard, every)
        self._picture = pathlib.Path(picture)

    def _use(self, values: Mapping[str, float]) -> None:
        self._events.write(self.step, {f"scores/{name}": value for name, value in values.items()})
        rows = read_lines(self._lines)
        score_curves([row.pop("step") for row in rows], rows, self._picture)
