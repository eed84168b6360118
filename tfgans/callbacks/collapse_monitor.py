"""A warning while modes collapse."""

import os
import pathlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import keras
import tqdm

from tfgans._files import append_line, cut_lines, read_lines
from tfgans.callbacks._base import Measurements


class Alarm(NamedTuple):
    """A rule returns an alarm for a value that lies too low.

    Attributes:
        text: Words that follow the name of the measure.
        facts: Numbers that explain it, by name.
    """

    text: str
    facts: dict[str, float]


class FallRule:
    """Sees a value fall below a share of its highest one. There is one alarm for each highest value.

    Args:
        share: The share, in (0, 1).
        least: Highest values up to this one are ignored.
    """

    def __init__(self, share: float, least: float) -> None:
        self._share, self._least = share, least
        self._highest = self._warned_of = 0.0

    def __call__(self, value: float) -> Alarm | None:
        """Takes the next value, and returns an alarm if it has fallen."""
        self._highest = highest = max(self._highest, value)
        if highest == self._warned_of or highest <= self._least or value >= self._share * highest:
            return None
        self._warned_of = highest
        return Alarm(f"fell to {value:.3g} from {highest:.3g}", {"highest": highest})


class LowRule:
    """Sees a value stay below a limit. There is one alarm until the value rises above the limit.

    Args:
        limit: The limit.
        times: How many values in a row must lie below it.
    """

    def __init__(self, limit: float, times: int) -> None:
        self._limit, self._times = limit, times
        self._low = 0

    def __call__(self, value: float) -> Alarm | None:
        """Takes the next value, and returns an alarm if the last `times` ones lie below the limit."""
        self._low = self._low + 1 if value < self._limit else 0
        if self._low != self._times:
            return None
        text = f"is {value:.3g}; its last {self._times} values lie below {self._limit:.3g}"
        return Alarm(text, {"limit": self._limit})


def _rules_of_a_run() -> list[tuple[str, Callable[[float], Alarm | None]]]:
    return [
        ("overlap", FallRule(share=0.5, least=0.1)),
        ("spacing", FallRule(share=0.5, least=0.2)),
        ("spacing", LowRule(limit=0.3, times=3)),
    ]


class CollapseMonitor(Measurements):
    """Measures the diversity of samples every `every` steps, and warns when rules say that it lies too low.

    A warning goes to standard error, to a file, and to TensorBoard. The bar of a run shows the measures that are
    watched and the number of warnings. A resumed run reads the measurements of before, so that it warns at the same
    steps.

    Args:
        measure: Returns measures of a model by name, each better if it is larger; none if they cannot be taken. It must
            not draw from global random generators, since otherwise watching would change the training.
        lines: File of one line of JSON for each measurement: `step` and the measures.
        alarms: File that gets a line for each alarm: `step`, the measure, and what the rule knows, such as `highest`.
        tensorboard: Folder of TensorBoard events.
        every: Steps between two measurements.
        rules: Names of measures that are watched, each with a new rule such as `FallRule` or `LowRule`; by default
            those of a run, for which `measure` gives `overlap` and `spacing` of an `evaluation.DiversityMonitor`.

    Example:

    A model watches itself while `model.fit(dataset, callbacks=[monitor])` trains it:

    >>> real = tfgans.data.load_split("digits").unit_images[:500]
    >>> diversity = tfgans.evaluation.DiversityMonitor(real)
    >>> monitor = tfgans.callbacks.CollapseMonitor(
    ...     lambda model: diversity(model.sample(200, seed=0))._asdict(),
    ...     "diversity.jsonl", "alarms.jsonl", "tensorboard", every=500,
    ... )
    """

    def __init__(
        self,
        measure: Callable[[keras.Model], Mapping[str, float]],
        lines: str | os.PathLike,
        alarms: str | os.PathLike,
        tensorboard: str | os.PathLike,
        every: int,
        rules: Sequence[tuple[str, Callable[[float], Alarm | None]]] | None = None,
    ) -> None:
        super().__init__(measure, lines, tensorboard, every)
        self._alarms = pathlib.Path(alarms)
        self._rules = _rules_of_a_run() if rules is None else rules
        self._last_step = -1
        self._count = 0
        self._shown: dict[str, float] = {}

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        cut_lines(self._alarms, self.step)
        watched = {name for name, _ in self._rules}
        for line in read_lines(self._lines):
            if line["step"] > self._last_step and watched <= line.keys():
                self._apply_rules(line.pop("step"), line)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        if logs is not None:
            logs.update(self._shown)

    def _use(self, values: Mapping[str, float]) -> None:
        for name, alarm in self._apply_rules(self.step, values):
            append_line(self._alarms, {"step": self.step, name: values[name], **alarm.facts})
            advice = f"The generator may be losing modes; look at its samples. It is recorded in {self._alarms}."
            tqdm.tqdm.write(f"Step {self.step}: the {name} of samples {alarm.text}. {advice}", file=sys.stderr)
        shown = {**values, "alarms": float(self._count)}
        self._events.write(self.step, {f"diversity/{name}": value for name, value in shown.items()})

    def _apply_rules(self, step: int, measures: Mapping[str, float]) -> list[tuple[str, Alarm]]:
        """Gives the measures of a step to their rules, and returns the alarms with the names of the measures."""
        self._last_step = step
        alarms = [(name, alarm) for name, rule in self._rules if (alarm := rule(measures[name])) is not None]
        self._count += len(alarms)
        self._shown = {name: measures[name] for name, _ in self._rules} | {"alarms": float(self._count)}
        return alarms
