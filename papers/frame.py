"""The frame that runs, stores and resumes experiments; an item is a table or figure of a paper."""

import concurrent.futures
import dataclasses
import json
import math
import multiprocessing
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import tqdm

from tfgans._errors import NonFiniteError
from tfgans._files import changing, lock, package_versions, read_json, write_json

Setting = Mapping[str, Any]

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


@dataclasses.dataclass(frozen=True)
class Trial:
    """One setting of an item with one seed.

    Attributes:
        setting: The fields of the item's row.
        seed: Seed of the whole trial.
        scale: Preset of the recipes: `small` (minutes on two CPU cores), `hour` (at most that on one) or `paper`.
        smoke: Whether to run every step for a moment only.
        workdir: Folder for runs; a run that it already has is resumed.
        data_dir: Folder of prepared data sets, or None for the default.
        download: Whether a missing data set may be downloaded.
    """

    setting: Setting
    seed: int
    scale: str
    smoke: bool
    workdir: pathlib.Path
    data_dir: str | None
    download: bool

    @property
    def source(self) -> dict[str, Any]:
        """The keywords that tell a function of tfgans where data sets are."""
        return {"data_dir": self.data_dir, "download": self.download}

    @property
    def row(self) -> dict[str, Any]:
        """The fields that distinguish the trial's row from the other rows of its item."""
        return {"scale": self.scale, **self.setting}


@dataclasses.dataclass(frozen=True)
class Measured:
    """The numbers of a trial.

    Attributes:
        values: Numbers by metric.
        protocol: How the numbers were measured.
    """

    values: Mapping[str, float]
    protocol: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Item:
    """A table or figure of a paper.

    Attributes:
        paper: Short name of the paper, such as `cwgan`.
        name: Name of the item, such as `fig3`.
        settings: The rows.
        run: Measures the numbers of one trial.
        figures: Draws figures from the first seed's trials into a folder; None if the item has no figures.
        scales: Scales that its runs can have. The first is its own.
    """

    paper: str
    name: str
    settings: tuple[Setting, ...]
    run: Callable[[Trial], Measured]
    figures: Callable[[Sequence[Trial], pathlib.Path], None] | None = None
    scales: tuple[Literal["small", "hour", "paper"], ...] = ("small", "paper")


@dataclasses.dataclass(frozen=True)
class Plan:
    """How to run items.

    Attributes:
        papers: Folder of the papers; an item's results go to `PAPER/results/ITEM.json` there, and its figures beside.
        workdir: Folder of the runs.
        scale: `paper`, or None for the item's own scale.
        seeds: Number of seeds, from 0 on.
        jobs: Number of trials that run at once, each with its share of the cores.
        smoke: Whether to run every step for a moment only.
        data_dir: Folder of prepared data sets, or None for the default.
        download: Whether a missing data set may be downloaded.
        command: The command line, which is stored with the results.
    """

    papers: pathlib.Path
    workdir: pathlib.Path
    scale: str | None = None
    seeds: int = 3
    jobs: int = 1
    smoke: bool = False
    data_dir: str | None = None
    download: bool = False
    command: str = ""

    def trials(self, item: Item) -> list[Trial]:
        """Returns every trial of an item, seed by seed."""
        return [
            Trial(
                setting,
                seed,
                self.scale or item.scales[0],
                self.smoke,
                self.folder(item, setting, seed),
                self.data_dir,
                self.download,
            )
            for seed in range(self.seeds)
            for setting in item.settings
        ]

    def folder(self, item: Item, setting: Setting, seed: int) -> pathlib.Path:
        """Returns the folder of a trial's runs."""
        name = "_".join(str(value) for value in setting.values()).replace("/", "-").replace(" ", "-")
        return self.workdir / item.paper / item.name / (self.scale or item.scales[0]) / name / str(seed)

    def file(self, item: Item) -> pathlib.Path:
        """Returns the path of the item's results."""
        return results_folder(self.papers, item.paper) / f"{item.name}.json"


def results_folder(papers: pathlib.Path, paper: str) -> pathlib.Path:
    """Returns the folder of a paper's results and figures, inside the folder of the papers."""
    return papers / paper / "results"


class Results:
    """The results of an item and their file, which is rewritten after each trial.

    A stored trial is not run again unless it is stale. A stale trial has the field `stale` with the reason. A row shows
    its stale trials until one of them is measured again, so that no mean mixes both. Several processes may run trials
    of one item, and each keeps what the others store.

    Args:
        item: The item.
        plan: How to run it.
    """

    def __init__(self, item: Item, plan: Plan) -> None:
        self._item, self._plan = item, plan
        self._path = plan.file(item)

    def _stored(self) -> list[dict[str, Any]]:
        """The trials in the file."""
        rows = read_json(self._path)["rows"] if self._path.exists() else []
        return [trial for row in rows for trial in (*row["trials"], *row.get("stale_trials", ()))]

    def stored(self, trial: Trial) -> dict[str, Any] | None:
        """Returns what is stored of a trial, valid or stale; None if nothing is."""
        found = (old for old in self._stored() if (old["row"], old["seed"]) == (trial.row, trial.seed))
        return next(found, None)

    def state(self, trial: Trial) -> Literal["stored", "stale", "missing"]:
        """Returns whether this trial's numbers are stored, stored but stale, or missing."""
        stored = self.stored(trial)
        return "missing" if stored is None else "stale" if "stale" in stored else "stored"

    def add(self, trial: Trial, measured: Measured, seconds: float) -> None:
        """Stores a trial's numbers, in place of older ones."""
        added = {
            "row": trial.row,
            "seed": trial.seed,
            "seconds": round(seconds, 1),
            "values": dict(measured.values),
            "protocol": dict(measured.protocol),
            "origin": {"command": self._plan.command, "revision": _revision(), "versions": package_versions()},
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with changing(self._path):
            others = [old for old in self._stored() if (old["row"], old["seed"]) != (trial.row, trial.seed)]
            write_json(self._path, self._table([*others, added]))

    def _table(self, trials: list[dict[str, Any]]) -> dict[str, Any]:
        """The content of the file."""
        order = [dict(setting) for setting in self._item.settings]
        rows: dict[str, list[dict[str, Any]]] = {}
        for stored in sorted(trials, key=lambda stored: _place(stored["row"], order)):
            rows.setdefault(json.dumps(stored["row"], sort_keys=True), []).append(stored)
        return {
            "paper": self._item.paper,
            "item": self._item.name,
            "command": self._plan.command,
            "seconds": round(sum(stored["seconds"] for stored in trials), 1),
            "versions": package_versions(),
            "rows": [_row(sorted(trials, key=lambda stored: stored["seed"])) for trials in rows.values()],
        }


def _place(row: Mapping[str, Any], order: list[dict[str, Any]]) -> tuple[str, int]:
    """Sort key of rows: by scale, then in the item's order; rows that the item no longer has come last."""
    setting = {name: value for name, value in row.items() if name != "scale"}
    return row["scale"], order.index(setting) if setting in order else len(order)


def _row(trials: list[dict[str, Any]]) -> dict[str, Any]:
    """A row with means, standard deviations and counts over its seeds. Stale trials count if there are no others."""
    valid, stale = ([trial for trial in trials if ("stale" in trial) is which] for which in (False, True))
    shown = valid or stale
    # A failed trial has fewer numbers than the others.
    names = dict.fromkeys(name for trial in shown for name in trial["values"])
    columns = {name: [t["values"][name] for t in shown if name in t["values"]] for name in names}
    row = {
        **shown[0]["row"],
        "value": {name: _rounded(statistics.mean(values)) for name, values in columns.items()},
        "spread": {name: _rounded(statistics.stdev(v)) if len(v) > 1 else None for name, v in columns.items()},
        "count": {name: len(values) for name, values in columns.items()},
        "seeds": [trial["seed"] for trial in shown],
        "trials": shown,
    }
    return {**row, "stale_trials": stale} if valid and stale else row


def _rounded(number: float) -> float:
    return float(f"{number:.8g}")


def missing_trials(item: Item, plan: Plan) -> int:
    """Returns how many trials of an item are missing or stale."""
    results = Results(item, plan)
    return sum(results.state(trial) != "stored" for trial in plan.trials(item))


def run_item(item: Item, plan: Plan) -> pathlib.Path:
    """Runs the trials of an item that are missing or stale, and draws its figures.

    It removes the run of a stale trial from the folder of runs just before it runs the trial again. Trials that another
    process measures are left to it. Figures are drawn if the runs that the stored numbers come from are there.

    Args:
        item: The item.
        plan: How to run it.

    Returns:
        The file of results.

    Raises:
        RuntimeError: If a trial raises an error, after the others are stored; or if the figures cannot be drawn.
        KeyboardInterrupt: On Ctrl-C, after running trials are stopped; finished trials are stored.
    """
    results = Results(item, plan)
    trials = plan.trials(item)
    to_run = [trial for trial in trials if results.state(trial) != "stored"]
    failures = _run_trials(item, to_run, results, plan.jobs, len(trials)) if to_run else []
    if failures:
        raise RuntimeError(f"{item.paper}/{item.name}: " + " ".join(failures))
    first = trials[: len(item.settings)]
    if item.figures is not None and all(_comes_from_its_run(results, trial) for trial in first):
        try:
            item.figures(first, plan.file(item).parent)
        except Exception as error:  # The numbers are stored, and other items can still run.
            raise RuntimeError(f"{item.paper}/{item.name}: the figures cannot be drawn: {error!r}.") from error
    elif item.figures is not None:
        print(f"{item.paper}/{item.name}: the figures stay as they are, since some runs are not in {plan.workdir}.")
    return plan.file(item)


def _run_trials(item: Item, trials: list[Trial], results: Results, jobs: int, total: int) -> list[str]:
    """Runs each trial in its own process; returns an error message for each failed trial."""
    threads = max(1, (os.cpu_count() or 1) // jobs)
    failures: list[str] = []
    waiting = list(reversed(trials))
    running: dict[concurrent.futures.Future, Trial] = {}
    with tqdm.tqdm(total=total, initial=total - len(trials), desc=f"{item.paper}/{item.name}", unit="run") as bar:
        try:
            while waiting or running:
                # A submitted trial cannot be cancelled, so no more are submitted than can run.
                while waiting and len(running) < jobs:
                    trial = waiting.pop()
                    stored = results.stored(trial)
                    if stored is not None and "stale" not in stored:
                        # Another process has measured it in the meantime.
                        bar.update()
                        continue
                    running[_started(item.run, trial, threads, stored)] = trial
                # The time-out lets Python handle signals.
                done, _ = concurrent.futures.wait(running, 1.0, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    trial = running.pop(future)
                    if (error := future.exception()) is not None:
                        failures.append(f"{trial.row}, seed {trial.seed}: {error!r}.")
                    elif (measured := future.result()) is None:
                        bar.write(f"{trial.row}, seed {trial.seed}: another process measures it.", file=sys.stderr)
                    else:
                        results.add(trial, *measured)
                    bar.update()
        except BaseException:
            end_children()
            raise
    return failures


def _started(
    run: Callable[[Trial], Measured], trial: Trial, threads: int, stale: Mapping[str, Any] | None = None
) -> concurrent.futures.Future:
    """Starts `_timed` in its own process, whose libraries use some threads, and returns its future."""
    # All processes of a pool end with one that is killed, so each trial has a pool.
    pool = concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _ignore_interrupts)
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    # The process reads these as it loads its libraries.
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    try:
        return pool.submit(_timed, run, trial, stale)
    finally:
        pool.shutdown(wait=False)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def end_children() -> None:
    """Ends the processes of a pool, which would otherwise wait for them as it closes."""
    for child in multiprocessing.active_children():
        child.terminate()


def _ignore_interrupts() -> None:
    # A terminal sends Ctrl-C to every process; only the parent acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _state_file(trial: Trial) -> pathlib.Path:
    """The file with the state of a trial, beside the folder of its runs.

    It has `seconds`; `replaces`, the reason why an older run was removed, or None; and after the trial its `values`.
    """
    return trial.workdir.with_name(f".{trial.workdir.name}.json")


def _timed(
    run: Callable[[Trial], Measured], trial: Trial, stale: Mapping[str, Any] | None = None
) -> tuple[Measured, float] | None:
    """Runs a trial, or goes on with it.

    Args:
        run: Measures the numbers of the trial.
        trial: The trial.
        stale: What is stored of the trial, if that is stale. The run that it comes from is removed, and a run that was
            begun after it is resumed.

    Returns:
        The numbers and the seconds, among them those before an interruption; None if another process has the trial.
    """
    path = _state_file(trial)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w", encoding="utf-8") as file:
        if not lock(file):
            return None
        state = read_json(path) if path.exists() else {"seconds": 0.0, "replaces": None}
        if stale is not None and (state["replaces"] != stale["stale"] or state.get("values") == stale["values"]):
            if trial.workdir.exists():
                shutil.rmtree(trial.workdir)
            state = {"seconds": 0.0, "replaces": stale["stale"]}
            write_json(path, state)
        began = time.monotonic()
        try:
            measured = _measured(run, trial)
            state["values"] = dict(measured.values)
        finally:
            state["seconds"] += time.monotonic() - began
            write_json(path, state)
        return measured, state["seconds"]


def _measured(run: Callable[[Trial], Measured], trial: Trial) -> Measured:
    """Runs a trial; a loss that becomes NaN or Inf is a result too."""
    try:
        return run(trial)
    except NonFiniteError as error:
        return Measured({"nonfinite": 1.0}, {"step": error.step, "names": list(error.names)})


def _comes_from_its_run(results: Results, trial: Trial) -> bool:
    """Returns whether the stored numbers of a trial come from the run in its folder, and not from another one."""
    path, stored = _state_file(trial), results.stored(trial)
    return stored is not None and path.exists() and read_json(path).get("values") == stored["values"]


def _revision() -> str | None:
    """Returns the commit of the code, and whether it was changed since; None if it is no checkout of Git."""
    command = ["git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def describe(item: Item, plan: Plan) -> str:
    """Returns one line for each trial of an item, which says whether it is stored or has to run."""
    results = Results(item, plan)
    lines = []
    for trial in plan.trials(item):
        state = "stored" if results.state(trial) == "stored" else "to run"
        fields = ", ".join(f"{name}={value}" for name, value in trial.setting.items())
        lines.append(f"  {state}: {fields}, seed {trial.seed}")
    return "\n".join(lines)


def table(path: pathlib.Path) -> str:
    """Returns the rows of a file of results as a Markdown table, with mean and standard deviation over seeds.

    A metric that only some seeds have is followed by their number, and a stale number by a mark.
    """
    rows = read_json(path)["rows"]
    fields = list(dict.fromkeys(name for row in rows for name in row["trials"][0]["row"]))
    metrics = list(dict.fromkeys(name for row in rows for name in row["value"]))
    lines = []
    for row in rows:
        numbers = [with_spread(row, name) for name in metrics]
        lines.append([*(str(row.get(name, "-")) for name in fields), *numbers, str(len(row["seeds"]))])
    return markdown_table([*fields, *metrics, "seeds"], lines)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a Markdown table of a head and rows of as many cells."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


STALE = "†"
"""The mark that follows a stale number."""


def stale_reasons(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns the reasons why stored rows are stale, each once."""
    return list(dict.fromkeys(trial["stale"] for row in rows for trial in row["trials"] if "stale" in trial))


def with_spread(row: Mapping[str, Any], metric: str) -> str:
    """Returns mean and standard deviation over the seeds of a stored row as text.

    The number of seeds follows if some lack the metric, and the mark `STALE` if the number is stale.
    """
    if metric not in row["value"]:
        return "-"
    value, spread, count = (row[part][metric] for part in ("value", "spread", "count"))
    if spread:
        # The spread has two significant digits, and the mean has as many decimal places.
        places = 1 - math.floor(math.log10(spread))
        text = " ± ".join(f"{round(number, places):.{max(places, 0)}f}" for number in (value, spread))
    else:
        text = f"{float(f'{value:.4g}'):g}{'' if spread is None else ' ± 0'}"
    if count != len(row["seeds"]):
        text = f"{text} ({count} of {len(row['seeds'])})"
    return f"{text} {STALE}" if stale_reasons([row]) else text
