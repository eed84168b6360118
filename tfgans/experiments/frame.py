"""The frame that runs, stores and resumes experiments: one item is one table or figure of a paper."""

import concurrent.futures
import dataclasses
import json
import multiprocessing
import os
import pathlib
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tqdm

from tfgans._files import versions, write_json

Setting = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Trial:
    """One setting of an item with one seed.

    Attributes:
        setting: The fields of the item's row.
        seed: Seed of everything in it.
        scale: `small` (minutes on two CPU cores) or `paper`.
        smoke: Whether to run every step for a moment only.
        workdir: Folder for runs; what stands there is resumed.
        data_dir: Folder of prepared data sets, or None for the default.
    """

    setting: Setting
    seed: int
    scale: str
    smoke: bool
    workdir: pathlib.Path
    data_dir: str | None


@dataclasses.dataclass(frozen=True)
class Item:
    """A table or figure of a paper.

    Attributes:
        paper: Short name of the paper, such as `cwgan`.
        name: Name of the item, such as `fig3`.
        claim: What the paper says there.
        settings: The rows.
        run: Makes one trial's numbers, by metric.
        figures: Draws figures from the first seed's trials into a folder; None where there are none.
    """

    paper: str
    name: str
    claim: str
    settings: tuple[Setting, ...]
    run: Callable[[Trial], dict[str, float]]
    figures: Callable[[Sequence[Trial], pathlib.Path], None] | None = None


@dataclasses.dataclass(frozen=True)
class Plan:
    """How items are run.

    Attributes:
        results: Folder of results; an item's go to `PAPER/ITEM.json` there, and its figures beside.
        workdir: Folder of the runs.
        scale: `small` or `paper`.
        seeds: Number of seeds, from 0 on.
        jobs: Trials at a time, each with its share of the cores.
        smoke: Whether to run every step for a moment only.
        data_dir: Folder of prepared data sets, or None for the default.
        command: The command that asked for this, for the record.
    """

    results: pathlib.Path
    workdir: pathlib.Path
    scale: str
    seeds: int
    jobs: int
    smoke: bool
    data_dir: str | None
    command: str

    def trials(self, item: Item) -> list[Trial]:
        """Every trial of an item, seed by seed."""
        return [
            Trial(setting, seed, self.scale, self.smoke, self.folder(item, setting, seed), self.data_dir)
            for seed in range(self.seeds)
            for setting in item.settings
        ]

    def folder(self, item: Item, setting: Setting, seed: int) -> pathlib.Path:
        """Folder of a trial's runs."""
        name = "_".join(str(value) for value in setting.values()).replace("/", "-").replace(" ", "-")
        return self.workdir / item.paper / item.name / self.scale / name / str(seed)

    def file(self, item: Item) -> pathlib.Path:
        """The item's results."""
        return self.results / item.paper / f"{item.name}.json"


class Results:
    """The results of an item in its file, which is written anew as each trial lands.

    Args:
        item: The item.
        plan: How it is run.
    """

    def __init__(self, item: Item, plan: Plan) -> None:
        self._item, self._plan = item, plan
        self._path = plan.file(item)
        self._trials: list[dict[str, Any]] = []
        if self._path.exists():
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._trials = [trial for row in stored["rows"] for trial in row["trials"]]

    def has(self, trial: Trial) -> bool:
        """Whether this trial's numbers stand."""
        return any(stored["setting"] == dict(trial.setting) and stored["seed"] == trial.seed for stored in self._trials)

    def add(self, trial: Trial, values: Mapping[str, float], seconds: float) -> None:
        """Stores a trial's numbers."""
        self._trials.append(
            {"setting": dict(trial.setting), "seed": trial.seed, "seconds": round(seconds, 1), "values": dict(values)}
        )
        self._write()

    def _write(self) -> None:
        rows = [row for setting in self._item.settings if (row := self._row(setting))]
        value = {
            "paper": self._item.paper,
            "item": self._item.name,
            "claim": self._item.claim,
            "scale": self._plan.scale,
            "command": self._plan.command,
            "seconds": round(sum(trial["seconds"] for trial in self._trials), 1),
            "versions": versions(),
            "rows": rows,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._path, value)

    def _row(self, setting: Setting) -> dict[str, Any] | None:
        trials = sorted((t for t in self._trials if t["setting"] == dict(setting)), key=lambda trial: trial["seed"])
        if not trials:
            return None
        # A trial that failed has fewer numbers than the others.
        names = dict.fromkeys(name for trial in trials for name in trial["values"])
        columns = {name: [t["values"][name] for t in trials if name in t["values"]] for name in names}
        return {
            **setting,
            "value": {name: round(statistics.mean(values), 6) for name, values in columns.items()},
            "spread": {
                name: round(statistics.stdev(values), 6) if len(values) > 1 else None
                for name, values in columns.items()
            },
            "seeds": [trial["seed"] for trial in trials],
            "trials": trials,
        }


def run_item(item: Item, plan: Plan) -> pathlib.Path:
    """Runs the trials of an item that do not stand yet, and draws its figures.

    Args:
        item: The item.
        plan: How to run it.

    Returns:
        The file of results.
    """
    results = Results(item, plan)
    trials = plan.trials(item)
    missing = [trial for trial in trials if not results.has(trial)]
    # Each worker is a process of its own, so that threads can be shared out and memory is given back.
    context = multiprocessing.get_context("spawn")
    threads = max(1, (os.cpu_count() or 1) // plan.jobs)
    bar = tqdm.tqdm(total=len(trials), initial=len(trials) - len(missing), desc=f"{item.paper}/{item.name}", unit="run")
    with bar, concurrent.futures.ProcessPoolExecutor(plan.jobs, context, _set_threads, (threads,)) as pool:
        running = {pool.submit(_timed, item.run, trial): trial for trial in missing}
        try:
            for future in concurrent.futures.as_completed(running):
                values, seconds = future.result()
                results.add(running[future], values, seconds)
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if item.figures is not None:
        item.figures(trials[: len(item.settings)], plan.file(item).parent)
    return plan.file(item)


def _set_threads(threads: int) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["OMP_NUM_THREADS"] = str(threads)

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _timed(run: Callable[[Trial], dict[str, float]], trial: Trial) -> tuple[dict[str, float], float]:
    began = time.monotonic()
    values = run(trial)
    return values, time.monotonic() - began


def describe(item: Item, plan: Plan) -> str:
    """What an item's run would do, in lines."""
    results = Results(item, plan)
    lines = [f"{item.paper}/{item.name}: {item.claim}"]
    for trial in plan.trials(item):
        state = "stands" if results.has(trial) else "to run"
        fields = ", ".join(f"{name}={value}" for name, value in trial.setting.items())
        lines.append(f"  {state}: {fields}, seed {trial.seed}")
    return "\n".join(lines)


def table(path: pathlib.Path) -> str:
    """The rows of a file of results as a Markdown table: mean and standard deviation over seeds."""
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    fields = [name for name in rows[0] if name not in ("value", "spread", "seeds", "trials")]
    metrics = list(dict.fromkeys(name for row in rows for name in row["value"]))
    lines = [[*fields, *metrics, "seeds"], ["---"] * (len(fields) + len(metrics) + 1)]
    for row in rows:
        numbers = [_with_spread(row["value"].get(name), row["spread"].get(name)) for name in metrics]
        lines.append([*(str(row[name]) for name in fields), *numbers, str(len(row["seeds"]))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_spread(value: float | None, spread: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if spread is None else f"{value:.3f} ± {spread:.3f}"
