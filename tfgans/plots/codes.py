"""Figures of latent space."""

import os

import numpy as np
from matplotlib.figure import Figure

from tfgans.latent import code_plane
from tfgans.plots._figure import finished, new_figure


def code_scatter(
    real: np.ndarray, generated: np.ndarray, path: str | os.PathLike | None = None, *, title: str = ""
) -> Figure:
    """Draws a scatter plot of codes in the plane of the real ones' principal components (BEGAN-CS, Fig. 2).

    Args:
        real: Codes of real samples [n, N].
        generated: Codes of generated samples [m, N].
        path: PNG file to write, if any; it replaces an existing file in one move.
        title: Line above the plot.

    Returns:
        The figure.

    Raises:
        ValueError: If there are fewer than two real codes, or sizes differ.
    """
    figure = new_figure((4.6, 4.6))
    axes = figure.add_subplot()
    for points, color, name in zip(
        code_plane(real, generated), ("tab:red", "tab:blue"), ("real", "generated"), strict=True
    ):
        axes.scatter(points[:, 0], points[:, 1], s=2, color=color, alpha=0.4, label=name)
    axes.set(aspect="equal", xlabel="first component of the real codes", ylabel="second")
    axes.set_title(title, fontsize="small")
    axes.legend(loc="upper right", fontsize="small", markerscale=4)
    return finished(figure, path)
