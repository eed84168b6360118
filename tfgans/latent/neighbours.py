"""Nearest neighbours among many codes."""

from typing import NamedTuple

import numpy as np

_BLOCK_NUMBERS = 2**24
# Products round; so many more are looked at again, by their differences.
_MARGIN = 8


class Neighbours(NamedTuple):
    """The nearest others of each code.

    Attributes:
        index: int32 [n, m], from the nearest to the farthest; a row with fewer repeats its own number.
        count: int32 [n], how many of a row's are neighbours.
        distance: float32 [n, m], Euclidean; infinite where there is none.
    """

    index: np.ndarray
    count: np.ndarray
    distance: np.ndarray


def nearest_neighbours(
    codes: np.ndarray, m: int, labels: np.ndarray | None = None, include_self: bool = False
) -> Neighbours:
    """Exact nearest neighbours, block by block, so that memory is bounded: there is never a matrix of all pairs.

    Args:
        codes: [n, N].
        m: Neighbours of a code; a class with fewer others has all of them.
        labels: Integers [n]; neighbours are of one class then.
        include_self: Whether a code is among its own neighbours.

    Returns:
        The neighbours.

    Raises:
        ValueError: If codes are not finite, m is below 1, lengths differ, or a class has one code only.
    """
    codes = np.ascontiguousarray(codes, np.float32)
    if codes.ndim != 2 or m < 1 or not np.isfinite(codes).all():
        raise ValueError(f"Expected finite codes [n, N] and m >= 1; received {codes.shape} and m={m}.")
    labels = np.zeros(len(codes), np.int32) if labels is None else np.asarray(labels)
    if labels.shape != (len(codes),):
        raise ValueError(f"Expected a label for each of {len(codes)} codes; received {labels.shape}.")
    index = np.repeat(np.arange(len(codes), dtype=np.int32)[:, np.newaxis], m, axis=1)
    count, distance = np.zeros(len(codes), np.int32), np.full((len(codes), m), np.inf, np.float32)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label).astype(np.int32)
        if len(members) < 2 and not include_self:
            raise ValueError(f"Class {label} has one code; it has no neighbour.")
        found, distances = _among(codes[members], min(m, len(members) - (not include_self)), include_self)
        width = found.shape[1]
        index[members, :width], distance[members, :width] = members[found], distances
        count[members] = width
    return Neighbours(index, count, distance)


def _among(points: np.ndarray, m: int, include_self: bool) -> tuple[np.ndarray, np.ndarray]:
    """The m nearest of each point, int64 [n, m], and their distances.

    Products in single precision find candidates, and differences order them.
    """
    # Around their mean, products lose fewest digits.
    points = points - points.mean(axis=0)
    norms = np.einsum("nd,nd->n", points, points)
    rows = max(1, _BLOCK_NUMBERS // len(points))
    index, distance = np.empty((len(points), m), np.int64), np.empty((len(points), m), np.float32)
    for start in range(0, len(points), rows):
        block = slice(start, min(start + rows, len(points)))
        squares = points[block] @ points.T
        squares *= -2
        squares += norms
        squares += norms[block, np.newaxis]
        here = np.arange(block.start, block.stop)
        squares[here - start, here] = -np.inf if include_self else np.inf
        candidates = min(m + _MARGIN, len(points) - (not include_self))
        nearest = np.argpartition(squares, candidates - 1, axis=1)[:, :candidates]
        found = np.linalg.norm(points[nearest] - points[block, np.newaxis], axis=2)
        order = np.argsort(found, axis=1, kind="stable")[:, :m]
        index[block] = np.take_along_axis(nearest, order, axis=1)
        distance[block] = np.take_along_axis(found, order, axis=1)
    return index, distance
