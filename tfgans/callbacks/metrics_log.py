"""Means of the logged scalars, as lines of JSON and for TensorBoard."""

import os
import pathlib
import time

import keras
import tensorflow as tf

from tfgans._files import append_line, cut_lines


class MetricsLog(keras.callbacks.Callback):
    """Writes the means of each epoch as one line of JSON and as TensorBoard scalars.

    Args:
        path: File of lines; lines of steps beyond the model's are cut off when training begins, since a
            resumed run will write them again.
        tensorboard: Folder of TensorBoard events.
    """

    def __init__(self, path: str | os.PathLike, tensorboard: str | os.PathLike) -> None:
        super().__init__()
        self._path = pathlib.Path(path)
        self._tensorboard = os.fspath(tensorboard)
        self._writer: tf.summary.SummaryWriter | None = None
        self._began = time.monotonic()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._path, int(self.model.step.numpy()))
        self._writer = self._writer or tf.summary.create_file_writer(self._tensorboard)
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.step.numpy())
        values = {name: float(value) for name, value in (logs or {}).items()}
        append_line(self._path, {"step": step, "seconds": round(time.monotonic() - self._began, 3), **values})
        with self._writer.as_default(step=step):
            for name, value in values.items():
                tf.summary.scalar(name, value)
        self._writer.flush()
