"""Bases of callbacks that act at certain steps or measure a model, and the writer of TensorBoard events."""

import contextlib
import functools
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import keras
import tensorflow as tf

from tfgans._files import append_line, cut_lines


def nonfinite(variables: Iterable[keras.Variable]) -> list[str]:
    """Returns the paths of variables that have NaN or Inf."""
    floating = [variable for variable in variables if tf.as_dtype(variable.dtype).is_floating]
    # Weights stay on their device, since this is asked after every epoch.
    return [each.path for each in floating if not tf.reduce_all(tf.math.is_finite(tf.convert_to_tensor(each)))]


class StepCallback(keras.callbacks.Callback):
    """Base of callbacks that act at certain steps of a model: at the end of the epoch in which they are due."""

    def set_model(self, model: keras.Model) -> None:
        super().set_model(model)
        self._asked_at = self.step

    @property
    def step(self) -> int:
        """The step of the model."""
        return int(self.model.step.numpy())

    def reached(self, every: int) -> bool:
        """Returns whether the model has reached a multiple of `every` steps since this was asked last.

        An epoch of `fit` may end at no multiple at all, and the model has then passed it.
        """
        before, self._asked_at = self._asked_at, self.step
        return self._asked_at // every > before // every


class EventWriter:
    """Writes scalars and pictures for TensorBoard.

    Args:
        folder: Folder of the events. The first call of a method creates it.

    Raises:
        OSError: By all methods, if the events cannot be written.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self._folder = os.fspath(folder)

    @functools.cached_property
    def _writer(self) -> tf.summary.SummaryWriter:
        return tf.summary.create_file_writer(self._folder)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Writes the values of a step by name, and flushes them to the disk."""
        with self._at(step):
            for name, value in values.items():
                tf.summary.scalar(name, value)

    def write_picture(self, step: int, name: str, path: pathlib.Path) -> None:
        """Writes the picture of a step from a PNG file, and flushes it to the disk."""
        picture = tf.io.decode_png(path.read_bytes())
        with self._at(step):
            tf.summary.image(name, picture[tf.newaxis])

    @contextlib.contextmanager
    def _at(self, step: int) -> Iterator[None]:
        """Writes what is written inside as the events of a step."""
        try:
            with self._writer.as_default(step=step):
                yield
            self._writer.flush()
        except tf.errors.OpError as error:
            raise OSError(f"TensorBoard's events cannot be written to {self._folder}: {error.message}") from error


class Measurements(StepCallback):
    """Base of callbacks that measure a model every `every` steps, and keep what they find in a file.

    When training begins, they remove lines of later steps than the model's, since these will be measured again.

    Args:
        measure: Returns values of a model by name; none if they cannot be taken. It must not draw from global random
            generators, since otherwise measuring would change the training.
        lines: File of one line of JSON for each measurement: `step` and the values.
        tensorboard: Folder of TensorBoard events.
        every: Steps between two measurements.
    """

    def __init__(
        self,
        measure: Callable[[keras.Model], Mapping[str, float]],
        lines: str | os.PathLike,
        tensorboard: str | os.PathLike,
        every: int,
    ) -> None:
        super().__init__()
        self._measure = measure
        self._lines = pathlib.Path(lines)
        self._events = EventWriter(tensorboard)
        self._every = every

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._lines, self.step)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.reached(self._every) and (values := self._measure(self.model)):
            append_line(self._lines, {"step": self.step, **values})
            self._use(values)

    def _use(self, values: Mapping[str, float]) -> None:
        """Acts on the values of this step, whose line is in the file."""
        raise NotImplementedError
