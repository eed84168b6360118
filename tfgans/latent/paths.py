"""Paths through a latent space, or through a space of conditions."""

import numpy as np


def corner_weights(rows: int, columns: int) -> np.ndarray:
    """Bilinear weights of four corners over a grid.

    Args:
        rows: Rows of the grid, at least 2.
        columns: Columns of the grid, at least 2.

    Returns:
        [rows * columns, 4], row by row: upper left, upper right, lower left, lower right; each row sums to 1,
        and the corners of the grid have all their weight on one corner.

    Raises:
        ValueError: If there are fewer than two rows or columns.
    """
    if rows < 2 or columns < 2:
        raise ValueError(f"Four corners need two rows and columns; received {rows} and {columns}.")
    down, right = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    weights = np.stack([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right], axis=-1)
    return weights.reshape(-1, 4)


def unevenness(images: np.ndarray) -> float:
    """Longest step of a path over its mean step, which is 1 if the images change evenly along it.

    Args:
        images: [steps, ...], the images along a path.

    Returns:
        Ratio of Euclidean distances, at least 1; NaN for a path that does not move.
    """
    flat = np.asarray(images, float).reshape(len(images), -1)
    lengths = np.linalg.norm(np.diff(flat, axis=0), axis=1)
    return float(lengths.max() / lengths.mean()) if lengths.max() > 0 else float("nan")
