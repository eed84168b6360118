"""Nearest neighbours among many codes."""

from typing import NamedTuple

import numpy as np


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


def nearest_neighbours(codes: np.ndarray, m: int, labels: np.ndarray | None = None) -> Neighbours:
    """Exact nearest neighbours, by scikit-learn's search of all pairs, which goes block by block in bounded memory.

    Args:
        codes: [n, N].
        m: Neighbours of a code; a class with fewer others has all of them.
        labels: Integers [n]; neighbours are of one class then.

    Returns:
        The neighbours.

    Raises:
        ValueError: If codes are not finite, m is below 1, lengths differ, or a class has one code only.
    """
    # It takes half a second to import.
    from sklearn.neighbors import NearestNeighbors

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
        if len(members) < 2:
            raise ValueError(f"Class {label} has one code; it has no neighbour.")
        width = min(m, len(members) - 1)
        search = NearestNeighbors(n_neighbors=width, algorithm="brute").fit(codes[members])
        distance[members, :width], nearest = search.kneighbors()
        index[members, :width] = members[nearest]
        count[members] = width
    return Neighbours(index, count, distance)
