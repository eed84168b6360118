"""Grids of images."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from tfgans.data import unit_images
from tfgans.evaluation import NearestImages
from tfgans.plots._figure import DOTS_PER_INCH, finished, new_figure

_LEAST_CELL_INCHES = 0.6
# Room for a character of a row's name.
_NAME_INCHES = 0.07
# Characters that have room below an image.
_LONGEST_NAME = 8


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

    A pixel of an image has a pixel of the figure or more.

    Args:
        images: [n, H, W, C], uint8 or floating in [-1, 1]; C is 1 or 3. The rest of the last row is white.
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
        ValueError: If there are no images, or they have another shape.
    """
    sheet = image_sheet(images, columns)
    rows, height, width = -(-len(images) // columns), *images.shape[1:3]
    gap = _gap(height)
    inches = max(_LEAST_CELL_INCHES / (min(height, width) + gap), 1 / DOTS_PER_INCH)  # of a pixel
    beside = max(map(len, row_names or [""])) * _NAME_INCHES
    figure = new_figure((columns * (width + gap) * inches + beside + 0.8, rows * (height + gap) * inches + 0.9))
    axes = figure.add_subplot()
    axes.imshow(sheet[..., 0] if sheet.shape[-1] == 1 else sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks([(column + 0.5) * (width + gap) - 1 for column in range(columns)] if column_names else [])
    names = column_names or []
    rotation = 45 if any(len(name) > _LONGEST_NAME for name in names) else 0
    axes.set_xticklabels(names, rotation=rotation, parse_math=False)
    axes.set_yticks([(row + 0.5) * (height + gap) - 1 for row in range(rows)] if row_names else [])
    axes.set_yticklabels(row_names or [], parse_math=False)
    axes.set_title(title, wrap=True, parse_math=False)
    axes.set_xlabel(column_label, parse_math=False)
    axes.set_ylabel(row_label, parse_math=False)
    return finished(figure, path)


def image_sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Returns one image of all images, row by row, with white gaps between them.

    Args:
        images: [n, H, W, C], uint8 or floating in [-1, 1]; values outside are cut off. C is 1 or 3.
        columns: Images in a row. The rest of the last row is white.

    Returns:
        [height, width, C] in [0, 1].

    Raises:
        ValueError: If there are no images, or they have another shape.
    """
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images) or columns < 1:
        raise ValueError(
            f"Expected images [n, H, W, 1 or 3], n >= 1, in 1 column or more; received {images.shape} and {columns}."
        )
    count, height, width, channels = images.shape
    rows, gap = -(-count // columns), _gap(height)
    room = ((0, rows * columns - count), (0, gap), (0, gap), (0, 0))
    padded = np.pad(unit_images(images), room, constant_values=1.0)
    sheet = padded.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    sheet = sheet.reshape(rows * (height + gap), columns * (width + gap), channels)[:-gap, :-gap]
    return np.clip((sheet + 1) / 2, 0, 1)


def _gap(height: int) -> int:
    """Pixels between images of this height."""
    return max(1, height // 16)


def neighbour_grid(
    samples: np.ndarray,
    nearest: Mapping[str, NearestImages],
    path: str | os.PathLike | None = None,
    *,
    title: str = "Samples",
) -> Figure:
    """Draws samples beside the training images that are nearest to them. Copies look the same as their neighbours.

    Args:
        samples: [n, H, W, C] in [-1, 1]; C is 1 or 3.
        nearest: The nearest images of each sample, by the name of what is compared.
        path: PNG file to write, if any; it replaces an existing file in one move.
        title: What the samples are.

    Returns:
        The figure.
    """
    counts = {name: found.images.shape[1] for name, found in nearest.items()}
    columns = [samples[:, np.newaxis], *(unit_images(found.images) for found in nearest.values())]
    names = ["sample", *(str(rank) for count in counts.values() for rank in range(1, count + 1))]
    return image_grid(
        np.concatenate(columns, axis=1).reshape(-1, *samples.shape[1:]),
        len(names),
        path,
        title=f"{title} and the nearest training images",
        column_names=names,
        column_label=", then ".join(f"the {count} nearest by {name}" for name, count in counts.items()),
    )
