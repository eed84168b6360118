"""Rates of several implementations, which take turns. The best turn counts, since other work only slows a turn."""

import json
import time
from collections.abc import Callable, Mapping


def best_rates(runs: Mapping[str, Callable[[], None]], steps: int, turns: int) -> dict[str, float]:
    """Measures the steps a second of each in its best turn. A first turn, which compiles, does not count.

    Args:
        runs: Functions that take `steps` steps, by name.
        steps: Steps in a turn.
        turns: Turns of each.
    """
    for run in runs.values():
        run()
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(turns):
        for name, run in runs.items():
            began = time.monotonic()
            run()
            rates[name].append(steps / (time.monotonic() - began))
    return {name: max(values) for name, values in rates.items()}


def report(name: str, value: float, unit: str, against: str | None = None) -> None:
    """Prints a line of JSON."""
    print(json.dumps({"name": name, "value": float(f"{value:.4g}"), "unit": unit, "against": against}), flush=True)


def report_rates(
    what: str, runs: Mapping[str, Callable[[], None]], steps: int, turns: int, unit: str = "steps"
) -> None:
    """Prints the units (steps) a second of each in its best turn, and the ratio of the first to each of the others."""
    best = best_rates(runs, steps, turns)
    for name, value in best.items():
        report(f"{what}, {name}", value, f"{unit}/s")
    first, *others = best
    for other in others:
        report(f"{what}, {first}", best[first] / best[other], "ratio", other)
