"""A log of the metrics of a training."""

import os
import pathlib
import time

from tfgans._files import append_line, cut_lines
from tfgans.callbacks._base import EventWriter, StepCallback


class MetricsLog(StepCallback):
    """Writes the means of each epoch as one line of JSON and as TensorBoard scalars.

    Args:
        path: File of the lines. When training begins, it removes lines of later steps than the model's, which a
            resumed run will write again.
        tensorboard: Folder of TensorBoard events.
    """

    def __init__(self, path: str | os.PathLike, tensorboard: str | os.PathLike) -> None:
        super().__init__()
        self._path = pathlib.Path(path)
        self._events = EventWriter(tensorboard)
        self._began = time.monotonic()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._path, self.step)
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        append_line(self._path, {"step": self.step, "seconds": round(time.monotonic() - self._began, 3), **values})
        self._events.write(self.step, values)
