"""Makes figures and writes them to files."""

import io
import os
import pathlib

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tfgans._files import temporary_file

DOTS_PER_INCH = 100


class _ShownFigure(Figure):
    """A figure that a notebook shows as the value of a cell, also if pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        return figure_png(self)


def new_figure(size: tuple[float, float]) -> Figure:
    """Returns an empty figure of (width, height) in inches, which needs no screen."""
    figure = _ShownFigure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def figure_png(figure: Figure) -> bytes:
    """Returns the bytes of a figure's PNG file."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def figure_pixels(figure: Figure) -> np.ndarray:
    """Returns the pixels of a figure, uint8 [height, width, 3]."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def save_figure(figure: Figure, path: str | os.PathLike) -> pathlib.Path:
    """Writes a PNG in one move, and returns its path."""
    path = pathlib.Path(path)
    with temporary_file(path) as temporary:
        figure.savefig(temporary, format="png")
    return path


def finished(figure: Figure, path: str | os.PathLike | None) -> Figure:
    """Returns a figure, and writes it to a PNG file if there is a path."""
    if path is not None:
        save_figure(figure, path)
    return figure
