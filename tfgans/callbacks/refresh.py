"""What a model keeps of its training set, made anew."""

from collections.abc import Callable

import keras


class Refresh(keras.callbacks.Callback):
    """Fills a bank of codes anew every so many steps, before a checkpoint of that step is written.

    Args:
        refill: Takes the model, and fills its bank.
        every: Steps between two fillings; it acts at ends of epochs.
    """

    def __init__(self, refill: Callable[[keras.Model], None], every: int) -> None:
        super().__init__()
        self._refill, self._every = refill, every

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if int(self.model.step.numpy()) % self._every == 0:
            self._refill(self.model)
