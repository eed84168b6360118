"""One progress bar for a whole run."""

import keras
import tqdm

# A terminal has room for a few values beside the bar.
_MOST_VALUES = 4


class Progress(keras.callbacks.Callback):
    """A bar with steps done, steps a second, time left, and the first values that the model logs, its losses.

    Args:
        steps: Steps of the whole run; the bar begins at the model's step, and spans several
            calls of `fit`.
        name: Text before the bar.
    """

    def __init__(self, steps: int, name: str = "") -> None:
        super().__init__()
        self._steps = steps
        self._name = name
        self._bar: tqdm.tqdm | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        if self._bar is not None:
            return
        step = int(self.model.step.numpy())
        self._bar = tqdm.tqdm(total=self._steps, initial=step, desc=self._name, unit="step", dynamic_ncols=True)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        shown = {name: f"{logs[name]:.3g}" for name in self.model.log_names[:_MOST_VALUES]}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(int(self.model.step.numpy()) - self._bar.n)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self._bar.n >= self._steps:
            self.close()

    def close(self) -> None:
        """Ends the bar's line, also where training broke off."""
        if self._bar is not None:
            self._bar.close()
