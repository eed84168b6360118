"""One HTML page that compares runs."""

import base64
import dataclasses
import functools
import itertools
import os
import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jinja2
from matplotlib import colormaps
from matplotlib.colors import to_hex

from tfgans import evaluation, plots, training
from tfgans._files import read_lines, temporary_file

# Entries of a protocol that may differ between scores that can be compared.
_OWN_TO_A_RUN = ("step", "taken", "seed")
# Beginnings of the names of scores that count modes.
_MODE_COUNTS = ("modes/", "high_quality_share/", "reverse_kl/")
_NOTHING = "-"
# A dark and a light tone of each of ten colours.
_COLORS = colormaps["tab20"]


def write_comparison(workdirs: Sequence[str | os.PathLike], path: str | os.PathLike) -> pathlib.Path:
    """Writes a page that compares runs. It holds its pictures, loads nothing, and opens without a server.

    It shows the newest grids of samples, which have the same seeds in all runs of the same form; the scores with their
    spread, and where their protocols differ; counts of modes; the curves of metrics, scores and diversity; alarms;
    costs; and the fields in which the recipes differ. A run may still train. It sets the seeds of Python, NumPy and
    TensorFlow, since it builds each model to count its parameters.

    Args:
        workdirs: Folders of the runs.
        path: HTML file to write; it replaces an existing file in one move.

    Returns:
        The path.

    Raises:
        FileNotFoundError: If a folder is not that of a run.
        ValueError: If there is no run or there are more than 20, one is named twice, or its recipe or scores cannot be
            read.
    """
    path = pathlib.Path(path)
    runs = _runs(workdirs)
    scores = _score_rows(runs)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tfgans.pages", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("comparison.html").render(
        runs=runs,
        modes=[row for row in scores if row.label.startswith(_MODE_COUNTS)],
        scores=[row for row in scores if not row.label.startswith(_MODE_COUNTS)],
        curves=_curves(runs),
        costs=_costs(runs),
        differences=_differences([run.recipe.to_dict() for run in runs]),
    )
    with temporary_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


@dataclasses.dataclass(frozen=True)
class _Run:
    """A run as the page shows it.

    Attributes:
        name: The part of its path that tells it from the others.
        color: Its color in all curves.
        folder: Its folder.
    """

    name: str
    color: str
    folder: training.RunFolder

    @functools.cached_property
    def recipe(self) -> Any:
        return self.folder.recipe()

    @functools.cached_property
    def metrics(self) -> list[dict[str, Any]]:
        return read_lines(self.folder.metrics_file)

    @property
    def step(self) -> int:
        """The step of the newest line of metrics; 0 before the first."""
        return self.metrics[-1]["step"] if self.metrics else 0

    @property
    def alarms(self) -> list[str]:
        """The alarms in words."""
        lines = read_lines(self.folder.alarms_file)
        return [", ".join(f"{name} {_number(value)}" for name, value in line.items()) for line in lines]

    @property
    def grid(self) -> str | None:
        """The newest grid of samples, as the address of a picture; None if there is none yet."""
        return _newest_picture(self.folder.grids)

    @property
    def codes(self) -> str | None:
        """The newest picture of codes, as the address of a picture; None if there is none."""
        return _newest_picture(self.folder.codes)

    @functools.cached_property
    def scores(self) -> dict[str, evaluation.Score]:
        """The newest score of each metric: that of the highest step, and of these the one that was added last."""
        in_order = sorted(self.folder.scores(), key=lambda score: score["protocol"].get("step", 0))
        return {score["metric"]: score for score in in_order}

    @functools.cached_property
    def parameters(self) -> dict[str, int]:
        """Number of parameters of each network; none if no builder is registered for the recipe."""
        try:
            model = training.build(self.recipe)
        except ValueError:
            return {}
        return {player: getattr(model, player).count_params() for player in model.players}

    @property
    def seconds(self) -> float:
        """Seconds of training that led to the newest step.

        Each start of a run counts its own from 0, so a start is seen where they fall. They do not fall where the first
        line of a start took longer than all lines before it; the seconds of these are then left out.
        """
        times = [line["seconds"] for line in self.metrics if "seconds" in line]
        ends = [time for time, following in itertools.pairwise([*times, 0.0]) if following < time]
        return sum(ends)


@dataclasses.dataclass(frozen=True)
class _Row:
    """A row of a table: its label, a text for each run, and a note below the label."""

    label: str
    values: list[str]
    note: str = ""


@dataclasses.dataclass(frozen=True)
class _Panels:
    """A section of curves: the addresses of its pictures by the name of the value."""

    title: str
    pictures: dict[str, str]


def _runs(workdirs: Sequence[str | os.PathLike]) -> list[_Run]:
    paths = [pathlib.Path(workdir).resolve() for workdir in workdirs]
    if not paths:
        raise ValueError("Expected one or more folders of runs; received none.")
    if len(set(paths)) < len(paths):
        twice = next(path for number, path in enumerate(paths) if path in paths[:number])
        raise ValueError(f"Expected different folders of runs; received {twice} twice.")
    if len(paths) > _COLORS.N:
        raise ValueError(f"Expected at most {_COLORS.N} runs, each with a color; received {len(paths)}.")
    common = pathlib.Path(os.path.commonpath([path.parent for path in paths]))
    runs = [
        _Run(str(path.relative_to(common)), _color(number), training.RunFolder(path))
        for number, path in enumerate(paths)
    ]
    for run in runs:
        # A wrong folder is refused before anything is computed.
        _ = run.recipe
    return runs


def _color(number: int) -> str:
    half, light = _COLORS.N // 2, number >= _COLORS.N // 2
    return to_hex(_COLORS(2 * (number % half) + light))


def _newest_picture(folder: pathlib.Path) -> str | None:
    picture = training.newest_picture(folder)
    return _address(picture.read_bytes()) if picture else None


def _address(png: bytes) -> str:
    """The address of a picture that holds the picture."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _number_or_nothing(value: float | None) -> str:
    return _NOTHING if value is None else _number(value)


def _score_rows(runs: Sequence[_Run]) -> list[_Row]:
    rows = []
    for metric in _in_order(run.scores for run in runs):
        found = [(run, run.scores.get(metric)) for run in runs]
        protocols = [score["protocol"] for _, score in found if score is not None]
        rows.append(_Row(metric, [_score_text(*pair) for pair in found], _protocol_note(protocols)))
    return rows


def _score_text(run: _Run, score: evaluation.Score | None) -> str:
    if score is None:
        return _NOTHING
    spread = "" if score.get("spread") is None else f" ± {_number(score['spread'])}"
    there_are = score["protocol"].get("modes_there_are")
    out_of = f" of {there_are}" if there_are and score["metric"].startswith("modes/") else ""
    step = score["protocol"].get("step")
    earlier = f", at step {step:,}" if run.metrics and step is not None and step < run.step else ""
    return f"{_number(score['value'])}{spread}{out_of}{earlier}"


def _protocol_note(protocols: Sequence[Mapping[str, Any]]) -> str:
    """The entries in which protocols differ, with their values in each run that has the score."""
    rows = _differences([{k: v for k, v in each.items() if k not in _OWN_TO_A_RUN} for each in protocols])
    return "Protocols differ: " + "; ".join(f"{row.label} {' | '.join(row.values)}" for row in rows) if rows else ""


def _differences(dicts: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """Rows of the entries that are not the same in all dicts."""
    found = {name: [each.get(name, _NOTHING) for each in dicts] for name in _in_order(dicts)}
    rows = [_Row(name, list(map(str, values))) for name, values in found.items()]
    return [row for row in rows if len(set(row.values)) > 1]


def _in_order(names: Iterable[Iterable[str]]) -> list[str]:
    """All names without repetition, in the order in which they first appear."""
    return list(dict.fromkeys(itertools.chain.from_iterable(names)))


def _curves(runs: Sequence[_Run]) -> list[_Panels]:
    sections: dict[str, Callable[[_Run], list[dict[str, Any]]]] = {
        "Scores during training": lambda run: read_lines(run.folder.curve_file),
        "Diversity of samples": lambda run: read_lines(run.folder.diversity_file),
        "Losses and other metrics": lambda run: run.metrics,
    }
    colors = {run.name: run.color for run in runs}
    panels = []
    for title, read in sections.items():
        lines_of = {run.name: read(run) for run in runs}
        names = _in_order(line for lines in lines_of.values() for line in lines)
        pictures = {}
        for name in names:
            if name in ("step", "seconds"):
                continue
            having = {run: [line for line in lines if name in line] for run, lines in lines_of.items()}
            curves = {
                run: ([line["step"] for line in lines], [line[name] for line in lines])
                for run, lines in having.items()
                if lines
            }
            pictures[name] = _address(plots.figure_png(plots.compared_curves(curves, name, colors=colors)))
        if pictures:
            panels.append(_Panels(title, pictures))
    return panels


def _costs(runs: Sequence[_Run]) -> list[_Row]:
    parameters = [
        _Row(f"parameters of the {player}", [_number_or_nothing(run.parameters.get(player)) for run in runs])
        for player in _in_order(run.parameters for run in runs)
    ]
    return [
        _Row("steps", [f"{run.step:,} of {run.recipe.steps:,}" for run in runs]),
        _Row("seconds", [_number(round(run.seconds)) for run in runs]),
        _Row("steps per second", [_number_or_nothing(run.step / run.seconds if run.seconds else None) for run in runs]),
        _Row("images in a batch", [_number(run.recipe.batch_size) for run in runs]),
        *parameters,
    ]
