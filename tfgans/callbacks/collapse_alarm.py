"""A warning before modes collapse."""

import os
import pathlib
import sys

import keras

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.equilibrium import CollapseRule


class CollapseAlarm(keras.callbacks.Callback):
    """Warns where a controller's k drops suddenly, and marks the run (BEGAN-CS, section 4.2).

    The model logs the k of its `Equilibrium`.
    It looks at the mean k of each epoch, so that a run that was stopped and resumed finds the trace it had.

    Args:
        metrics: File of lines of JSON with `step` and `k`, as `MetricsLog` writes; a resumed run reads its trace there.
        alarms: File that gets a line for each drop, when it begins: `step`, `k`, and the `highest` k before.
        rule: When k has dropped.
    """

    def __init__(self, metrics: str | os.PathLike, alarms: str | os.PathLike, rule: CollapseRule | None = None) -> None:
        super().__init__()
        self._metrics, self._alarms = pathlib.Path(metrics), pathlib.Path(alarms)
        self._rule = rule or CollapseRule()
        self._dropped = False
        self._seen = -1

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        step = int(self.model.step.numpy())
        cut_lines(self._alarms, step)
        for line in read_lines(self._metrics):
            if self._seen < line["step"] <= step:
                self._look(line["step"], line["k"])

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step, k = int(self.model.step.numpy()), float(logs["k"])
        before = self._dropped
        highest = self._look(step, k)
        if self._dropped and not before:
            append_line(self._alarms, {"step": step, "k": k, "highest": highest})
            print(
                f"Step {step}: k fell to {k:.4f} from {highest:.4f}, which precedes a collapse of modes. "
                f"Noted in {self._alarms}.",
                file=sys.stderr,
            )

    def _look(self, step: int, k: float) -> float:
        """Takes the next k; returns the highest before it."""
        highest = self._rule.highest(step)
        self._dropped = self._rule(step, k)
        self._seen = step
        return highest
