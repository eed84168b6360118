"""One progress bar for a whole run."""

import numbers

import tqdm

from tfgans.callbacks._base import StepCallback

# A terminal has room for a few values beside the bar.
_MOST_VALUES = 4


class Progress(StepCallback):
    """Shows the steps done, steps a second, the time left, and some values.

    These are the first values that the model logs, its losses, and all numbers that callbacks before this one added to
    the logs.

    Args:
        steps: Steps of the whole run. The bar begins at the model's step, and spans several calls of `fit`.
        name: Text before the bar.
    """

    def __init__(self, steps: int, name: str = "") -> None:
        super().__init__()
        self._steps = steps
        self._name = name
        self._bar: tqdm.tqdm | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        if self._bar is None:
            self._bar = tqdm.tqdm(
                total=self._steps, initial=self.step, desc=self._name, unit="step", dynamic_ncols=True
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self._bar is not None and logs is not None:
            added = [name for name in logs if name not in self.model.log_names]
            # A callback of the user may have added a text, or removed a loss.
            values = {name: logs.get(name) for name in (*self.model.log_names[:_MOST_VALUES], *added)}
            shown = {name: f"{value:.3g}" for name, value in values.items() if isinstance(value, numbers.Real)}
            self._bar.set_postfix(shown, refresh=False)
            self._bar.update(self.step - self._bar.n)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.step >= self._steps:
            self.close()

    def close(self) -> None:
        """Ends the line of the bar, also after an error."""
        if self._bar is not None:
            self._bar.close()
