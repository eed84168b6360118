"""Stop where training has broken."""

from collections.abc import Sequence

import keras
import numpy as np


class NonFiniteError(ArithmeticError):
    """A loss or a weight is NaN or Inf.

    Attributes:
        step: The first step known to be broken.
        names: The losses whose means were NaN or Inf by the end of that epoch, or the weights that are.
    """

    def __init__(self, step: int, names: Sequence[str]) -> None:
        super().__init__(f"NaN or Inf at step {step} in {', '.join(names)}.")
        self.step = step
        self.names = tuple(names)


class StopOnNonFinite(keras.callbacks.Callback):
    """Ends training at the end of an epoch in which a loss was NaN or Inf.

    The model itself notes the first such step; this reads the note, which costs nothing while it trains.

    Raises:
        NonFiniteError: With that step, and the losses that were not finite.
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.nonfinite_step.numpy())
        if step >= 0:
            raise NonFiniteError(step, [name for name, value in (logs or {}).items() if not np.isfinite(value)])
