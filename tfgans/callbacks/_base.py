"""The base of callbacks that act at certain steps, and the writer of TensorBoard events."""

import functools
import os
from collections.abc import Mapping

import keras
import tensorflow as tf


class StepCallback(keras.callbacks.Callback):
    """Base of callbacks that act at certain steps of a model."""

    @property
    def step(self) -> int:
        """The step of the model."""
        return int(self.model.step.numpy())


class EventWriter:
    """Writes scalars for TensorBoard.

    Args:
        folder: Folder of the events. The first call of `write` creates it.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self._folder = os.fspath(folder)

    @functools.cached_property
    def _writer(self) -> tf.summary.SummaryWriter:
        return tf.summary.create_file_writer(self._folder)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Writes the values of a step by name, and flushes them to the disk."""
        with self._writer.as_default(step=step):
            for name, value in values.items():
                tf.summary.scalar(name, value)
        self._writer.flush()
