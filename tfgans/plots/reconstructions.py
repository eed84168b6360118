"""Grids of real images and of what a model with an encoder makes of them."""

import os
import pathlib
from collections.abc import Callable, Sequence

import numpy as np

from tfgans.latent import corner_weights
from tfgans.plots.grids import image_grid


def reconstruction_grid(
    reconstruct: Callable[[np.ndarray], np.ndarray], images: np.ndarray, path: str | os.PathLike, *, columns: int = 8
) -> pathlib.Path:
    """Rows of real images, below each of them its reconstruction G(E(x)) (LOGAN Fig. 8).

    Args:
        reconstruct: Reconstructions of images.
        images: [n, H, W, C] in [-1, 1]; of a last row that is not full, nothing is shown.
        path: PNG file to write.
        columns: Images in a row.

    Returns:
        The path.

    Raises:
        ValueError: If there are fewer images than columns.
    """
    rows = len(images) // columns
    if rows < 1:
        raise ValueError(f"A row takes {columns} images; received {len(images)}.")
    images = images[: rows * columns]
    pairs = np.stack(
        [
            images.reshape(rows, columns, *images.shape[1:]),
            reconstruct(images).reshape(rows, columns, *images.shape[1:]),
        ],
        axis=1,
    )
    names = ["x", "G(E(x))"] * rows
    return image_grid(pairs.reshape(-1, *images.shape[1:]), columns, path, row_names=names)


def traversal_grid(
    traverse: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    image: np.ndarray,
    dimensions: Sequence[int],
    values: Sequence[float],
    path: str | os.PathLike,
) -> pathlib.Path:
    """Rows in which one entry of an image's latent runs through values (BEGAN-CS, Figs. 9 and 13).

    Args:
        traverse: Images with an entry changed, as `AdversarialModel.traverse`.
        image: [H, W, C] in [-1, 1]; it stands at the start of each row.
        dimensions: Entries of the latent, one a row.
        values: Their reconstructions, one a column.
        path: PNG file to write.

    Returns:
        The path.
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
    path: str | os.PathLike,
    *,
    steps: int = 8,
) -> pathlib.Path:
    """Rows between two real images, which stand at the ends (LOGAN Fig. 10).

    Args:
        interpolate: Images at weights between others, as `AdversarialModel.interpolate`.
        images: [2 n, H, W, C] in [-1, 1], a pair a row.
        path: PNG file to write.
        steps: Images between, the reconstructions of both among them.

    Returns:
        The path.

    Raises:
        ValueError: If there is no pair, or a last one is not whole.
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
    path: str | os.PathLike,
    *,
    size: int = 8,
    title: str = "",
) -> pathlib.Path:
    """Images between four real ones, which stand in the corners themselves (X-GAN, Figs. 5 and 6).

    Args:
        morph: Images between four others each, as `AdversarialModel.morph`.
        corners: [4, H, W, C] in [-1, 1]: upper left, upper right, lower left, lower right.
        path: PNG file to write.
        size: Rows and columns.
        title: Line above the grid.

    Returns:
        The path.

    Raises:
        ValueError: If there are not four corners.
    """
    if len(corners) != 4:
        raise ValueError(f"Expected four corners; received {len(corners)}.")
    weights = corner_weights(size, size)
    images = morph(np.repeat(corners[np.newaxis], len(weights), axis=0), weights)
    images[[0, size - 1, -size, -1]] = corners
    return image_grid(images, size, path, title=title)
