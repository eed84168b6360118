"""Curves of scores over training."""

import os
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from tfgans.plots._figure import finished, new_figure

_PANEL_INCHES = (4.0, 3.0)
_COLUMNS = 3


def compared_curves(
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    name: str,
    path: str | os.PathLike | None = None,
    *,
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Draws one score over the steps of several runs, in one panel (LOGAN Fig. 5).

    Args:
        curves: Steps [n] and scores [n] by the name of a run.
        name: Name of the score.
        path: PNG file to write, if any; it replaces an existing file in one move.
        colors: Color of each run, for figures that lie side by side and do not all have the same runs.

    Returns:
        The figure.

    Raises:
        ValueError: If there is nothing to draw, or lengths differ.
    """
    if not curves or any(len(steps) != len(values) or not len(steps) for steps, values in curves.values()):
        sizes = {run: (len(steps), len(values)) for run, (steps, values) in curves.items()}
        raise ValueError(f"Expected runs with a score at each step; received (steps, scores) {sizes}.")
    figure = new_figure((1.5 * _PANEL_INCHES[0], 1.5 * _PANEL_INCHES[1]))
    axes = figure.add_subplot()
    for run, (steps, values) in curves.items():
        axes.plot(steps, values, marker=".", label=run, color=None if colors is None else colors[run])
    axes.set_title(name, parse_math=False)
    axes.set_xlabel("step")
    axes.grid(alpha=0.3)
    # A legend leaves out labels that begin with an underscore, unless it is given the lines.
    for text in axes.legend(axes.get_lines(), list(curves), fontsize="small").get_texts():
        text.set_parse_math(False)
    return finished(figure, path)


def score_curves(
    steps: Sequence[int], values: Sequence[Mapping[str, float]], path: str | os.PathLike | None = None
) -> Figure:
    """Draws each score over the steps of a run, with one panel per score.

    Args:
        steps: Steps [n].
        values: Scores by name at each step. Where a score is missing, its line goes on to the next step that has it.
        path: PNG file to write, if any; it replaces an existing file in one move.

    Returns:
        The figure.

    Raises:
        ValueError: If there is nothing to draw, or lengths differ.
    """
    names = list(dict.fromkeys(name for row in values for name in row))
    if len(steps) != len(values) or not names:
        raise ValueError(f"Expected scores at each step, one or more; received {len(steps)} steps, {len(values)} rows.")
    columns = min(_COLUMNS, len(names))
    rows = -(-len(names) // columns)
    size = (_PANEL_INCHES[0] * columns, _PANEL_INCHES[1] * rows)
    figure = new_figure(size)
    for number, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, number + 1)
        points = [(step, row[name]) for step, row in zip(steps, values, strict=True) if name in row]
        axes.plot(*zip(*points, strict=True), marker=".")
        axes.set_title(name, parse_math=False)
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
    return finished(figure, path)
