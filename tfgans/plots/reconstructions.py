"""Grids of real images with reconstructions, interpolations and traversals by a model with an encoder."""

import os
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure

from tfgans.latent import corner_weights
from tfgans.plots.grids import image_grid


def reconstruction_grid(
    reconstruct: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    path: str | os.PathLike | None = None,
    *,
    columns: int = 8,
) -> Figure:
    """Draws rows of real images, each above a row of their reconstructions G(E(x)) (LOGAN Fig. 8).

    Args:
        reconstruct: Function from images to reconstructions, such as `AdversarialModel.reconstruct`.
        images: [n, H, W, C] in [-1, 1]; a last row that is not full is left out.
        path: PNG file to write, if any.
        columns: Images in a row.

    Returns:
        The figure.

    Raises:
        ValueError: If there are fewer images than columns.
    """
    rows, shape = len(images) // columns, images.shape[1:]
    if rows < 1:
        raise ValueError(f"Expected at least {columns} images, one row; received {len(images)}.")
    images = images[: rows * columns]
    pairs = np.stack([each.reshape(rows, columns, *shape) for each in (images, reconstruct(images))], axis=1)
    return image_grid(pairs.reshape(-1, *shape), columns, path, row_names=["x", "G(E(x))"] * rows)


def traversal_grid(
    traverse: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    image: np.ndarray,
    dimensions: Sequence[int],
    values: Sequence[float],
    path: str | os.PathLike | None = None,
) -> Figure:
    """Draws rows in which one entry of an image's latent takes values (BEGAN-CS, Figs. 9 and 13).

    Args:
        traverse: Function that changes an entry, such as `AdversarialModel.traverse`.
        image: [H, W, C] in [-1, 1]; it begins each row.
        dimensions: Entries of the latent, one per row.
        values: Values of the entry, one per column.
        path: PNG file to write, if any.

    Returns:
        The figure.
    """
    count = len(dimensions) * len(values)
    changed = traverse(
        np.repeat(image[np.newaxis], count, axis=0),
        np.repeat(dimensions, len(values)),
        np.tile(values, len(dimensions)),
    )
    changed = changed.reshape(len(dimensions), len(values), *image.shape)
    rows = np.concatenate([np.broadcast_to(image, (len(dimensions), 1, *image.shape)), changed], axis=1)
    names = ["x", *(f"{value:.1f}" for value in values)]
    row_names = [f"z {dimension}" for dimension in dimensions]
    return image_grid(rows.reshape(-1, *image.shape), len(names), path, row_names=row_names, column_names=names)


def interpolation_grid(
    interpolate: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    images: np.ndarray,
    path: str | os.PathLike | None = None,
    *,
    steps: int = 8,
) -> Figure:
    """Draws rows of interpolations between two real images, which are at the ends (LOGAN Fig. 10).

    Args:
        interpolate: Function that interpolates, such as `AdversarialModel.interpolate`.
        images: [2 n, H, W, C] in [-1, 1], one pair per row.
        path: PNG file to write, if any.
        steps: Number of images between them, with the reconstructions of both.

    Returns:
        The figure.

    Raises:
        ValueError: If there is no pair, or the last pair lacks an image.
    """
    if len(images) < 2 or len(images) % 2:
        raise ValueError(f"Expected pairs of images; received {len(images)}.")
    first, second = images[::2], images[1::2]
    weights = np.tile(np.linspace(0, 1, steps), len(first))
    between = interpolate(np.repeat(first, steps, axis=0), np.repeat(second, steps, axis=0), weights)
    between = between.reshape(len(first), steps, *images.shape[1:])
    rows = np.concatenate([first[:, np.newaxis], between, second[:, np.newaxis]], axis=1)
    names = ["a", *(f"{weight:.2f}" for weight in np.linspace(0, 1, steps)), "b"]
    return image_grid(rows.reshape(-1, *images.shape[1:]), steps + 2, path, column_names=names)


def morph_grid(
    morph: Callable[[np.ndarray, np.ndarray], np.ndarray],
    corners: np.ndarray,
    path: str | os.PathLike | None = None,
    *,
    size: int = 8,
    title: str = "",
) -> Figure:
    """Draws an array of images between four real images, which are in the corners (X-GAN, Figs. 5 and 6).

    Args:
        morph: Function that combines four images, such as `AdversarialModel.morph`.
        corners: [4, H, W, C] in [-1, 1]: upper left, upper right, lower left, lower right.
        path: PNG file to write, if any.
        size: Number of rows and of columns.
        title: Line above the grid.

    Returns:
        The figure.

    Raises:
        ValueError: If there are not four corners.
    """
    if len(corners) != 4:
        raise ValueError(f"Expected four corners; received {len(corners)}.")
    weights = corner_weights(size, size)
    images = morph(np.repeat(corners[np.newaxis], len(weights), axis=0), weights)
    images[[0, size - 1, -size, -1]] = corners
    return image_grid(images, size, path, title=title)
