"""The end of a training whose losses are not finite."""

import keras
import numpy as np

from tfgans._errors import NonFiniteError


class StopOnNonFinite(keras.callbacks.Callback):
    """Ends training after an epoch in which a loss was NaN or Inf.

    The model records the first such step in its graph, so that reading it once an epoch costs nothing.

    Raises:
        NonFiniteError: With that step, and the losses that were not finite.
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.nonfinite_step.numpy())
        if step >= 0:
            raise NonFiniteError(step, [name for name, value in (logs or {}).items() if not np.isfinite(value)])
