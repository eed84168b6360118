"""Nearest neighbours between two sets."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

_CHUNK = 400


class Nearest(NamedTuple):
    """The nearest neighbours of each point.

    Attributes:
        rows: Rows of the neighbours, from the nearest to the farthest, int64 [n, k].
        distances: Their Euclidean distances, float64 [n, k].
    """

    rows: np.ndarray
    distances: np.ndarray


def nearest(points: np.ndarray, others: Iterable[np.ndarray], k: int = 1) -> Nearest:
    """Returns the exact nearest neighbours of points among others, which may come in parts.

    Args:
        points: [n, D].
        others: Parts [m, D] of the others, in their order.
        k: Neighbours of a point.

    Raises:
        ValueError: If there are fewer than `k` others.
    """
    points = np.asarray(points, np.float64)
    # Products of features far from 0 would lose the digits of their distances.
    center = points.mean(axis=0)
    found = np.zeros((len(points), k), np.int64)
    best = np.full((len(points), k), np.inf)
    start = 0
    for part in others:
        part = np.asarray(part, np.float64)
        for chunk, squared in squared_distances(points - center, part - center):
            near = np.argpartition(squared, min(k, len(part)) - 1, axis=1)[:, :k]
            # Differences of near points keep the digits that products lose.
            exact = np.linalg.norm(part[near] - points[chunk, np.newaxis], axis=-1)
            candidates = np.concatenate([found[chunk], start + near], axis=1)
            distances = np.concatenate([best[chunk], exact], axis=1)
            order = np.argsort(distances, axis=1, kind="stable")[:, :k]
            found[chunk] = np.take_along_axis(candidates, order, axis=1)
            best[chunk] = np.take_along_axis(distances, order, axis=1)
        start += len(part)
    if start < k:
        raise ValueError(f"There are {start} points to choose {k} neighbours from.")
    return Nearest(found, best)


def squared_distances(
    first: np.ndarray, second: np.ndarray, rounding: float = 0.0
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yields rows of `first` and their squared distances, float64 [rows, m], less `rounding` times the norms."""
    norms, others = ((1 - rounding) * _squared_norms(points) for points in (first, second))
    for rows in _chunks(len(first)):
        yield rows, _squared_distances(first[rows], second, norms[rows], others)


def squared_radii(points: np.ndarray, k: int) -> np.ndarray:
    """Returns the squared distance of each point to its k-th nearest other point, [n].

    Args:
        points: float64 [n, D], more than k.
        k: Number of the neighbour.
    """
    norms = _squared_norms(points)
    # The nearest point is the point itself.
    smallest = np.full((len(points), k + 1), np.inf)

    def found(rows: slice, distances: np.ndarray) -> None:
        both = np.concatenate([smallest[rows], distances], axis=1)
        smallest[rows] = np.partition(both, k, axis=1)[:, : k + 1]

    for rows in _chunks(len(points)):
        # A distance counts for both of its points, so that each product is computed once.
        later, rest = slice(rows.start, None), slice(rows.stop, None)
        distances = _squared_distances(points[rows], points[later], norms[rows], norms[later])
        found(rows, distances)
        found(rest, distances[:, _CHUNK:].T)
    return smallest.max(axis=1)


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))


def _squared_norms(points: np.ndarray) -> np.ndarray:
    return np.einsum("nd,nd->n", points, points)


def _squared_distances(first: np.ndarray, second: np.ndarray, norms: np.ndarray, others: np.ndarray) -> np.ndarray:
    distances = (-2 * first) @ second.T
    distances += norms[:, np.newaxis]
    distances += others
    return distances


def spacing(points: np.ndarray) -> float:
    """Returns the mean Euclidean distance of points [n, D] to their nearest other point.

    Raises:
        ValueError: If there are fewer than two points.
    """
    # The nearest point is the point itself.
    return float(nearest(points, [points], k=2).distances[:, 1].mean())
