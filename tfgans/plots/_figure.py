"""Makes figures and writes them to files."""

import os
import pathlib

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tfgans._files import temporary_file


def new_figure(size: tuple[float, float]) -> Figure:
    """Returns an empty figure of (width, height) in inches, which needs no screen."""
    figure = Figure(figsize=size, dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str | os.PathLike) -> pathlib.Path:
    """Writes a PNG in one move, and returns its path."""
    path = pathlib.Path(path)
    with temporary_file(path) as temporary:
        figure.savefig(temporary, format="png")
    return path
