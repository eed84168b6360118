"""A warning while modes collapse."""

import os
import pathlib
import sys
from collections.abc import Callable, Mapping

import keras
import tqdm

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.callbacks._base import Measurements
from tfgans.equilibrium import CollapseRule


class CollapseMonitor(Measurements):
    """Measures the diversity of samples every `every` steps, and warns when it falls far below its best.

    A warning goes to standard error, to a file, and to TensorBoard. The bar of a run shows the measures that are
    watched and the number of warnings. There is one warning for each best. A resumed run reads the measurements of
    before, so that it warns at the same steps.

    Args:
        measure: Returns measures of a model by name, each better if it is larger; none if they cannot be taken. It must
            not draw from global random generators, since otherwise watching would change the training.
        lines: File of one line of JSON for each measurement: `step` and the measures.
        alarms: File that gets a line when a measure lies too low: `step`, the measure, and `highest`, its highest value
            before.
        tensorboard: Folder of TensorBoard events.
        every: Steps between two measurements.
        rules: For each measure that is watched, the rule that decides whether it lies too low.
    """

    def __init__(
        self,
        measure: Callable[[keras.Model], Mapping[str, float]],
        lines: str | os.PathLike,
        alarms: str | os.PathLike,
        tensorboard: str | os.PathLike,
        every: int,
        rules: Mapping[str, CollapseRule],
    ) -> None:
        super().__init__(measure, lines, tensorboard, every)
        self._alarms = pathlib.Path(alarms)
        self._rules = rules
        self._warned_of: dict[str, float] = {}
        self._last_step = -1
        self._count = 0
        self._shown: dict[str, float] = {}

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        cut_lines(self._alarms, self.step)
        for line in read_lines(self._lines):
            if line["step"] > self._last_step and self._rules.keys() <= line.keys():
                self._apply_rules(line.pop("step"), line)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._shown)

    def _use(self, values: Mapping[str, float]) -> None:
        for name, highest in self._apply_rules(self.step, values).items():
            append_line(self._alarms, {"step": self.step, name: values[name], "highest": highest})
            self._warn(name, values[name], highest)
        shown = {**values, "alarms": float(self._count)}
        self._events.write(self.step, {f"diversity/{name}": value for name, value in shown.items()})

    def _apply_rules(self, step: int, measures: Mapping[str, float]) -> dict[str, float]:
        """Gives the measures of a step to their rules, and returns the highest value of each that warns."""
        self._last_step = step
        fallen = {}
        for name, rule in self._rules.items():
            highest = rule.highest(step)
            if rule(step, measures[name]) and self._warned_of.get(name) != highest:
                self._warned_of[name] = fallen[name] = highest
        self._count += len(fallen)
        self._shown = {name: measures[name] for name in self._rules} | {"alarms": float(self._count)}
        return fallen

    def _warn(self, name: str, value: float, highest: float) -> None:
        fall = f"Step {self.step}: the {name} of samples fell to {value:.3g} from {highest:.3g}."
        advice = f"The generator may be losing modes; look at its samples. It is recorded in {self._alarms}."
        tqdm.tqdm.write(f"{fall} {advice}", file=sys.stderr)
