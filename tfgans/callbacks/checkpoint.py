"""Checkpoints while a model trains."""

from collections.abc import Callable

import keras
import numpy as np

from tfgans._errors import NonFiniteError


class Checkpoint(keras.callbacks.Callback):
    """Calls `save(model)` every so many steps, at the end of an epoch, and when training ends.

    A model with a weight or a moment of an optimizer that is NaN or Inf, or whose losses have been, is not
    saved, so that the last good checkpoint stays the newest.

    Args:
        save: Writes the model.
        every: Steps between two checkpoints.

    Raises:
        NonFiniteError: If something is NaN or Inf.
    """

    def __init__(self, save: Callable[[keras.Model], object], every: int) -> None:
        super().__init__()
        self._save = save
        self._every = every
        self._saved_at = -1

    def save(self) -> None:
        """Saves now, unless this step is saved."""
        step = int(self.model.step.numpy())
        if step == self._saved_at:
            return
        moments = [variable for optimizer in self.model.optimizers.values() for variable in optimizer.variables]
        variables = [*self.model.weights, *moments]
        broken = [variable.path for variable in variables if not np.all(np.isfinite(variable.numpy()))]
        if broken or int(self.model.nonfinite_step.numpy()) >= 0:
            raise NonFiniteError(step, broken or ["a loss"])
        self._save(self.model)
        self._saved_at = step

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if int(self.model.step.numpy()) % self._every == 0:
            self.save()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.save()
