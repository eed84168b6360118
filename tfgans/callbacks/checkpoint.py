"""Checkpoints while a model trains."""

from collections.abc import Callable

import keras
import numpy as np

from tfgans.callbacks.nonfinite import NonFiniteError


class Checkpoint(keras.callbacks.Callback):
    """Calls `save(model)` every so many steps, at the end of an epoch, and when training ends.

    A model with a weight that is NaN or Inf is not saved, so that the last good checkpoint stays the newest.

    Args:
        save: Writes the model.
        every: Steps between two checkpoints.

    Raises:
        NonFiniteError: If a weight is NaN or Inf.
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
        broken = [weight.path for weight in self.model.weights if not np.all(np.isfinite(weight.numpy()))]
        if broken:
            raise NonFiniteError(step, broken)
        self._save(self.model)
        self._saved_at = step

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if int(self.model.step.numpy()) % self._every == 0:
            self.save()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.save()
