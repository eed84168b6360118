"""Refilling of a bank of codes."""

from collections.abc import Callable

import keras

from tfgans.callbacks._base import StepCallback


class Refresh(StepCallback):
    """Refills a model's bank of codes every `every` steps. It must come before the checkpoint of the step.

    Args:
        refill: Takes the model, and fills its bank.
        every: Steps between two fillings.
    """

    def __init__(self, refill: Callable[[keras.Model], None], every: int) -> None:
        super().__init__()
        self._refill, self._every = refill, every

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.reached(self._every):
            self._refill(self.model)
