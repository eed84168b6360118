"""Grids that explore a conditional generator: swaps, corners and sweeps (cWGAN Figs. 3 to 10)."""

import os
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure

from tfgans.latent import corner_weights
from tfgans.plots.grids import image_grid

Generate = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""A function from latents [n, N] and conditions [n, K] to images [n, H, W, C], such as a model's `generate`."""


def swap_grid(
    generate: Generate,
    latents: np.ndarray,
    conditions: np.ndarray,
    names: Sequence[str],
    path: str | os.PathLike | None = None,
) -> Figure:
    """Draws one z per row and one condition per column, so only the condition changes in a row (Figs. 3 left, 4, 7).

    Args:
        generate: The generator.
        latents: [rows, N].
        conditions: [columns, K].
        names: Name of each column.
        path: PNG file to write, if any.

    Returns:
        The figure.
    """
    rows, columns = len(latents), len(conditions)
    images = generate(np.repeat(latents, columns, axis=0), np.tile(conditions, (rows, 1)))
    return image_grid(
        images, columns, path, row_label="one z a row", column_names=names, column_label="condition", title="swap"
    )


def corner_grid(
    generate: Generate,
    latents: np.ndarray,
    conditions: np.ndarray,
    names: Sequence[str],
    path: str | os.PathLike | None = None,
    *,
    size: int = 8,
) -> Figure:
    """Draws an interpolation in z and y between four corners (Figs. 3 right, 8 to 10).

    Args:
        generate: The generator.
        latents: [4, N], for upper left, upper right, lower left and lower right.
        conditions: [4, K].
        names: Names of the corners.
        path: PNG file to write, if any.
        size: Number of rows and of columns.

    Returns:
        The figure.
    """
    weights = corner_weights(size, size)
    images = generate(weights @ latents, weights @ conditions)
    corners = f"upper left {names[0]}, right {names[1]}; lower left {names[2]}, right {names[3]}"
    return image_grid(images, size, path, title="between four corners, in z and y", column_label=corners)


def sweep_grid(
    generate: Generate,
    latents: np.ndarray,
    condition: np.ndarray,
    attribute: int,
    values: Sequence[float],
    name: str,
    path: str | os.PathLike | None = None,
) -> Figure:
    """Draws rows in which one attribute takes its values, with one z per row (Fig. 6).

    Args:
        generate: The generator.
        latents: [rows, N].
        condition: [K], the values of the other attributes.
        attribute: Index of the attribute that changes.
        values: Its values, one per column.
        name: Its name.
        path: PNG file to write, if any.

    Returns:
        The figure.
    """
    rows, columns = len(latents), len(values)
    conditions = np.tile(np.asarray(condition, float), (rows * columns, 1))
    conditions[:, attribute] = np.tile(values, rows)
    images = generate(np.repeat(latents, columns, axis=0), conditions)
    ticks = [f"{value:.2g}" for value in values]
    return image_grid(
        images, columns, path, row_label="one z a row", column_names=ticks, column_label=name, title=f"sweep of {name}"
    )


def plane_grid(
    generate: Generate,
    latent: np.ndarray,
    condition: np.ndarray,
    attributes: tuple[int, int],
    values: Sequence[float],
    names: tuple[str, str],
    path: str | os.PathLike | None = None,
) -> Figure:
    """Draws two attributes that take their values, one downwards and one to the right, with one z (Fig. 5).

    Args:
        generate: The generator.
        latent: [N].
        condition: [K], the values of the other attributes.
        attributes: Indices of the attributes that change, downwards and to the right.
        values: Their values.
        names: Their names.
        path: PNG file to write, if any.

    Returns:
        The figure.
    """
    count = len(values)
    conditions = np.tile(np.asarray(condition, float), (count * count, 1))
    conditions[:, attributes[0]] = np.repeat(values, count)
    conditions[:, attributes[1]] = np.tile(values, count)
    images = generate(np.tile(latent, (count * count, 1)), conditions)
    ticks = [f"{value:.2g}" for value in values]
    return image_grid(
        images,
        count,
        path,
        row_names=ticks,
        row_label=names[0],
        column_names=ticks,
        column_label=names[1],
        title=f"{names[0]} and {names[1]}",
    )
