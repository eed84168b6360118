"""Grids of images."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from tfgans.plots._figure import finished, new_figure

_CELL_INCHES = 0.6


def image_grid(
    images: np.ndarray,
    columns: int,
    path: str | os.PathLike | None = None,
    *,
    title: str = "",
    row_names: Sequence[str] | None = None,
    row_label: str = "",
    column_names: Sequence[str] | None = None,
    column_label: str = "",
) -> Figure:
    """Draws images as a labelled grid, row by row.

    Args:
        images: [rows * columns, H, W, C] in [-1, 1]; C is 1 or 3.
        columns: Images in a row.
        path: PNG file to write, if any; it replaces an existing file in one move.
        title: Line above the grid.
        row_names: Name of each row.
        row_label: Label beside the rows.
        column_names: Name of each column.
        column_label: Label below the columns.

    Returns:
        The figure.

    Raises:
        ValueError: If the images do not fill the last row, or there are none.
    """
    count, height, width, channels = images.shape
    rows, rest = divmod(count, columns)
    if rest or rows < 1:
        raise ValueError(f"{count} images do not fill rows of {columns}.")
    gap = max(1, height // 16)
    padded = np.pad(images, ((0, 0), (0, gap), (0, gap), (0, 0)), constant_values=1.0)
    height, width = height + gap, width + gap
    sheet = padded.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    sheet = sheet.reshape(rows * height, columns * width, channels)[:-gap, :-gap]
    figure = new_figure((columns * _CELL_INCHES + 0.8, rows * _CELL_INCHES + 0.9))
    axes = figure.add_subplot()
    shown = np.clip((sheet + 1) / 2, 0, 1)
    axes.imshow(shown[..., 0] if channels == 1 else shown, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks([(column + 0.5) * width - 1 for column in range(columns)] if column_names else [])
    axes.set_xticklabels(column_names or [])
    axes.set_yticks([(row + 0.5) * height - 1 for row in range(rows)] if row_names else [])
    axes.set_yticklabels(row_names or [])
    axes.set(title=title, xlabel=column_label, ylabel=row_label)
    return finished(figure, path)


def neighbour_grid(
    samples: np.ndarray,
    nearest: Mapping[str, np.ndarray],
    path: str | os.PathLike | None = None,
    *,
    title: str = "Samples",
) -> Figure:
    """Draws samples beside the training images that are nearest to them. Copies look the same as their neighbours.

    Args:
        samples: [n, H, W, C] in [-1, 1]; C is 1 or 3.
        nearest: Images uint8 [n, k, H, W, C], from the nearest to the farthest, by the name of what is compared.
        path: PNG file to write, if any; it replaces an existing file in one move.
        title: What the samples are.

    Returns:
        The figure.
    """
    counts = {name: images.shape[1] for name, images in nearest.items()}
    columns = [samples[:, np.newaxis], *(images / 127.5 - 1.0 for images in nearest.values())]
    names = ["sample", *(str(rank) for count in counts.values() for rank in range(1, count + 1))]
    return image_grid(
        np.concatenate(columns, axis=1).reshape(-1, *samples.shape[1:]),
        len(names),
        path,
        title=f"{title} and the nearest training images",
        column_names=names,
        column_label=", then ".join(f"the {count} nearest by {name}" for name, count in counts.items()),
    )
