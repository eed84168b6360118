"""Figures of points in the plane."""

import os
from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.axes3d import Axes3D

from tfgans.plots._figure import finished, new_figure

_SQUARE_INCHES = (4.2, 4.4)
_MARGIN = 0.25
_LEVELS = 20
_PAIR_COLORS = ("tab:orange", "tab:green")


def point_cloud(
    points: np.ndarray, centers: np.ndarray, path: str | os.PathLike | None = None, *, title: str = ""
) -> Figure:
    """Draws a scatter plot of generated points over the centres of a world's modes.

    Args:
        points: [n, 1] or [n, 2].
        centers: [m, 1] or [m, 2].
        path: PNG file to write, if any; it replaces an existing file in one move.
        title: Line above the plot.

    Returns:
        The figure.
    """
    figure = new_figure(_SQUARE_INCHES)
    axes = figure.add_subplot()
    draw_points(axes, points, centers)
    axes.set(title=title)
    return finished(figure, path)


def draw_points(axes: Axes, points: np.ndarray, centers: np.ndarray) -> Figure:
    """Draws centres as rings and points as dots; points outside the world and a margin are cut off.

    Args:
        axes: The axes to draw on.
        points: [n, 1] or [n, 2].
        centers: Centres of the modes [m, 1] or [m, 2].

    Returns:
        The figure of the axes.
    """
    points, centers = (np.pad(values, ((0, 0), (0, 2 - values.shape[1]))) for values in (points, centers))
    axes.scatter(centers[:, 0], centers[:, 1], s=60, facecolors="none", edgecolors="tab:red", linewidths=0.8)
    axes.scatter(points[:, 0], points[:, 1], s=2, color="tab:blue", alpha=0.5)
    low, high = centers.min(), centers.max()
    margin = _MARGIN * (high - low)
    axes.set(xlim=(low - margin, high + margin), ylim=(low - margin, high + margin), aspect="equal")
    return _figure_of(axes)


def contours(
    logits: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    centers: np.ndarray,
    axes: Axes | None = None,
    *,
    extent: float,
    resolution: int = 128,
) -> Figure:
    """Draws a discriminator's logit over the plane, with generated points on it (LOGAN Fig. 3).

    Args:
        logits: Function from points [n, 2] to logits [n].
        points: Generated points [n, 2].
        centers: Centres of the modes [m, 2].
        axes: The axes to draw on; by default those of a new figure.
        extent: Half the edge of the square that is drawn.
        resolution: Number of points along an edge at which logits are computed.

    Returns:
        The figure of the axes.
    """
    axes = axes or new_figure(_SQUARE_INCHES).add_subplot()
    ticks, field = _field(logits, extent, resolution)
    axes.contourf(ticks, ticks, field, levels=_LEVELS, cmap="viridis")
    axes.scatter(centers[:, 0], centers[:, 1], s=40, facecolors="none", edgecolors="white", linewidths=0.8)
    axes.scatter(points[:, 0], points[:, 1], s=1.5, color="tab:red", alpha=0.6)
    axes.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xticks=[], yticks=[])
    return _figure_of(axes)


def joint_scatter(
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]],
    logits: Callable[[np.ndarray], np.ndarray],
    axes: Axes3D | None = None,
    *,
    extent: float,
    resolution: int = 64,
) -> Figure:
    """Draws points of the plane with their latents as height, over a discriminator's contours (LOGAN Fig. 4).

    Args:
        pairs: Points [n, 2] and latents [n, 1] by name, such as `(x, E(x))`.
        logits: Function from points [n, 2] to logits [n], which are drawn as the floor.
        axes: The axes to draw on, with projection `3d`; by default those of a new figure.
        extent: Half the edge of the square that is drawn.
        resolution: Number of points along an edge at which logits are computed.

    Returns:
        The figure of the axes.
    """
    axes = axes or new_figure(_SQUARE_INCHES).add_subplot(projection="3d")
    ticks, field = _field(logits, extent, resolution)
    heights = np.concatenate([latents[:, 0] for _, latents in pairs.values()])
    low, high = heights.min(), heights.max()
    floor = low - 0.4 * max(high - low, 1e-3)
    axes.contourf(ticks, ticks, field, levels=_LEVELS, zdir="z", offset=floor, cmap="viridis", alpha=0.6)
    for (name, (points, latents)), color in zip(pairs.items(), _PAIR_COLORS, strict=False):
        inside = np.all(np.abs(points) <= extent, axis=1)
        axes.scatter(points[inside, 0], points[inside, 1], latents[inside, 0], s=4, color=color, label=name)
    axes.set(xlim=(-extent, extent), ylim=(-extent, extent), zlim=(floor, high), zlabel="z")
    axes.legend(loc="upper left", fontsize="x-small")
    return _figure_of(axes)


def _figure_of(axes: Axes) -> Figure:
    return cast(Figure, axes.get_figure(root=True))


def _field(logits: Callable[[np.ndarray], np.ndarray], extent: float, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """Ticks along the edge of a square around the origin, and logits on the square's grid."""
    ticks = np.linspace(-extent, extent, resolution)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return ticks, logits(plane.astype(np.float32)).reshape(resolution, resolution)
