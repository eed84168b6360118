"""Checkpoints while a model trains."""

from collections.abc import Callable

import keras

from tfgans._errors import NonFiniteError
from tfgans.callbacks._base import StepCallback, nonfinite


class Checkpoint(StepCallback):
    """Saves the model every `every` steps, and when training ends.

    It refuses to save a model with NaN or Inf in a weight, in a moment of an optimizer, or in a past loss, so that the
    newest checkpoint is a good one.

    Args:
        save: Writes the model.
        every: Steps between two checkpoints.

    Raises:
        NonFiniteError: If a value is NaN or Inf.
    """

    def __init__(self, save: Callable[[keras.Model], object], every: int) -> None:
        super().__init__()
        self._save = save
        self._every = every
        self._saved_at = -1

    def save(self) -> None:
        """Saves the model, unless it has saved this step before."""
        if self.step == self._saved_at:
            return
        moments = [variable for optimizer in self.model.optimizers.values() for variable in optimizer.variables]
        broken = nonfinite([*self.model.weights, *moments])
        if broken or int(self.model.nonfinite_step.numpy()) >= 0:
            raise NonFiniteError(self.step, broken or ["a loss"])
        self._save(self.model)
        self._saved_at = self.step

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.reached(self._every):
            self.save()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.save()
