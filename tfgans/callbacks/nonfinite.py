"""The end of a training whose losses or weights are not finite."""

import keras
import numpy as np

from tfgans._errors import NonFiniteError
from tfgans.callbacks._base import nonfinite


class StopOnNonFinite(keras.callbacks.Callback):
    """Ends training after an epoch in which a loss was NaN or Inf, or whose last update made a weight so.

    The model records the first step with such a loss in its graph. This callback must come before those that sample
    from the model.

    Raises:
        NonFiniteError: With the step, and the losses or weights that were not finite.
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.nonfinite_step.numpy())
        if step >= 0:
            raise NonFiniteError(step, [name for name, value in (logs or {}).items() if not np.isfinite(value)])
        if broken := nonfinite(self.model.weights):
            raise NonFiniteError(int(self.model.step.numpy()), broken)
