"""A warning before modes collapse."""

import os
import pathlib
import sys

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.callbacks._base import StepCallback
from tfgans.equilibrium import CollapseRule


class CollapseAlarm(StepCallback):
    """Warns when a controller's k drops suddenly, and records the drop (BEGAN-CS, section 4.2).

    The model must log the k of its `Equilibrium`. The rule sees the mean k of each epoch, which the metrics file has
    too, so that a resumed run continues with the same values.

    Args:
        metrics: File of lines of JSON with `step` and `k`, as `MetricsLog` writes. A resumed run reads it.
        alarms: File that gets a line when a drop begins: `step`, `k`, and `highest`, the highest k before.
        rule: Decides whether k has dropped; by default `CollapseRule()`.
    """

    def __init__(self, metrics: str | os.PathLike, alarms: str | os.PathLike, rule: CollapseRule | None = None) -> None:
        super().__init__()
        self._metrics, self._alarms = pathlib.Path(metrics), pathlib.Path(alarms)
        self._rule = rule or CollapseRule()
        self._dropped = False
        self._last_step = -1

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        cut_lines(self._alarms, self.step)
        for line in read_lines(self._metrics):
            if self._last_step < line["step"] <= self.step:
                self._apply_rule(line["step"], line["k"])

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step, k = self.step, float((logs or {})["k"])
        dropped_before = self._dropped
        highest = self._apply_rule(step, k)
        if self._dropped and not dropped_before:
            append_line(self._alarms, {"step": step, "k": k, "highest": highest})
            print(
                f"Step {step}: k fell to {k:.4f} from {highest:.4f}, which precedes a collapse of modes. "
                f"It is recorded in {self._alarms}.",
                file=sys.stderr,
            )

    def _apply_rule(self, step: int, k: float) -> float:
        """Applies the rule to the next k, and returns the highest k before it."""
        highest = self._rule.highest(step)
        self._dropped = self._rule(step, k)
        self._last_step = step
        return highest
