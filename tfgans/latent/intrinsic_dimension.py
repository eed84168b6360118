"""The dimension of the set that codes lie on."""

import dataclasses
from typing import Literal

import numpy as np

from tfgans.latent.neighbours import nearest_neighbours

Average = Literal["levina_bickel", "mackay_ghahramani"]
"""Average of the points' estimates, or the inverse of the average of their inverses, which has less bias."""


def intrinsic_dimension(
    codes: np.ndarray, k_from: int = 10, k_to: int = 20, average: Average = "levina_bickel"
) -> float:
    """Maximum likelihood estimate from distances to neighbours (Levina and Bickel 2004, Eqs. 8 to 10).

    A point's estimate from its k nearest neighbours at distances T_1 < ... < T_k is the inverse of the mean of
    log(T_k / T_j) over j < k. With few points it is far too low: state n beside it.

    Args:
        codes: [n, N].
        k_from: Fewest neighbours.
        k_to: Most; estimates are averaged over all numbers between.
        average: Over points; the original one by default.

    Returns:
        The estimate.

    Raises:
        ValueError: If there are k_to codes or fewer, k_from is below 2, or two codes are the same.
    """
    if not 2 <= k_from <= k_to < len(codes):
        raise ValueError(f"Expected 2 <= k_from <= k_to < n; received {k_from}, {k_to} and {len(codes)} codes.")
    if average not in ("levina_bickel", "mackay_ghahramani"):
        raise ValueError(f"average must be levina_bickel or mackay_ghahramani; received {average!r}.")
    distances = nearest_neighbours(codes, k_to).distance.astype(np.float64)
    if not np.all(distances > 0):
        raise ValueError("Two codes are the same; they have no dimension.")
    return float(np.mean([_estimate(distances, k, average) for k in range(k_from, k_to + 1)]))


@dataclasses.dataclass(frozen=True)
class ClassDimensions:
    """Estimates of the classes of a data set.

    Attributes:
        dimension: Estimate of each class that there is, float64 [K].
        count: Codes that it was made of, int64 [K].
    """

    dimension: np.ndarray
    count: np.ndarray


def class_dimensions(
    codes: np.ndarray, labels: np.ndarray, most: int, average: Average = "levina_bickel"
) -> ClassDimensions:
    """The intrinsic dimension of each class (X-GAN, section 4.1), which is more even than that of all.

    Args:
        codes: [n, ...], of which a row is a code.
        labels: Integers [n].
        most: Codes of a class that are looked at, the first ones.
        average: As of `intrinsic_dimension`.

    Raises:
        ValueError: As `intrinsic_dimension` does, of a class.
    """
    members = [np.flatnonzero(labels == label)[:most] for label in np.unique(labels)]
    dimensions = [intrinsic_dimension(codes[rows].reshape(len(rows), -1), average=average) for rows in members]
    return ClassDimensions(np.array(dimensions), np.array([len(rows) for rows in members]))


def _estimate(distances: np.ndarray, k: int, average: Average) -> float:
    """The estimate from k neighbours, of distances [n, k or more]."""
    inverses = np.log(distances[:, [k - 1]] / distances[:, : k - 1]).mean(axis=1)
    return float(np.mean(1 / inverses) if average == "levina_bickel" else 1 / np.mean(inverses))
