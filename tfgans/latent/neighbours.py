"""Nearest neighbours of codes."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of each code.

    Attributes:
        index: Numbers of the neighbours, int32 [n, m], from the nearest to the farthest. A code with fewer neighbours
            has its own number in the places that are left.
        count: Number of neighbours of each code, int32 [n].
        distance: Euclidean distances, float32 [n, m]; infinite in the places that are left.
    """

    index: np.ndarray
    count: np.ndarray
    distance: np.ndarray


def nearest_neighbours(codes: np.ndarray, m: int, labels: np.ndarray | None = None) -> Neighbours:
    """Finds exact nearest neighbours, by scikit-learn's search of all pairs, which needs bounded memory.

    Args:
        codes: [n, N].
        m: Neighbours of a code. In a class with fewer others, each code has all of them.
        labels: Classes, integers [n], whose codes are neighbours of each other only; None for one class.

    Raises:
        ValueError: If codes are not finite, m is below 1, lengths differ, or a class has only one code.
    """
    # scikit-learn takes half a second to import.
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
