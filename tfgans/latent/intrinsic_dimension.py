"""The dimension of the set on which codes lie."""

import dataclasses
from typing import Literal, Protocol

import numpy as np

from tfgans.choices import check_choice
from tfgans.latent.neighbours import nearest_neighbours


class Rows(Protocol):
    """Arrays [n, ...], in memory or in files."""

    def __getitem__(self, rows: np.ndarray, /) -> np.ndarray:
        """Returns some rows [m, ...]."""


Average = Literal["levina_bickel", "mackay_ghahramani"]
"""`levina_bickel`: average of the points' estimates. `mackay_ghahramani`: inverse of the average of their inverses,
which has less bias."""


def intrinsic_dimension(
    codes: np.ndarray, k_from: int = 10, k_to: int = 20, average: Average = "levina_bickel"
) -> float:
    """Maximum likelihood estimate from distances to neighbours (Levina and Bickel 2004, Eqs. 8 to 10).

    A point's estimate from its k nearest neighbours at distances T_1 < ... < T_k is the inverse of the mean of
    log(T_k / T_j) over j < k. With few points the estimate is far too low, so state n beside it.

    Args:
        codes: [n, N].
        k_from: Smallest number of neighbours.
        k_to: Largest number of neighbours; estimates are averaged over all numbers between.
        average: Average over points; the original one by default.

    Raises:
        ValueError: If there are k_to codes or fewer, k_from is below 2, the average is unknown, or two codes are equal.
    """
    if not 2 <= k_from <= k_to < len(codes):
        raise ValueError(f"Expected 2 <= k_from <= k_to < n; received {k_from}, {k_to} and {len(codes)} codes.")
    check_choice("average", average, Average)
    distances = nearest_neighbours(codes, k_to).distance.astype(np.float64)
    if not np.all(distances > 0):
        raise ValueError("Expected codes that all differ; received two equal ones.")
    return float(np.mean([_estimate(distances, k, average) for k in range(k_from, k_to + 1)]))


@dataclasses.dataclass(frozen=True)
class ClassDimensions:
    """Estimates of the classes of a data set.

    Attributes:
        dimension: Estimate of each class that has codes, float64 [K].
        count: Number of codes of each estimate, int64 [K].
    """

    dimension: np.ndarray
    count: np.ndarray


def class_dimensions(codes: Rows, labels: np.ndarray, most: int, average: Average = "levina_bickel") -> ClassDimensions:
    """The intrinsic dimension of each class (X-GAN, section 4.1).

    Args:
        codes: [n, ...]; a row is a code. Only the rows that are used are read.
        labels: Integers [n].
        most: Number of codes of a class that are used, the first ones.
        average: As of `intrinsic_dimension`.

    Raises:
        ValueError: As `intrinsic_dimension`, for any class.
    """
    members = [np.flatnonzero(labels == label)[:most] for label in np.unique(labels)]
    dimensions = [intrinsic_dimension(codes[rows].reshape(len(rows), -1), average=average) for rows in members]
    return ClassDimensions(np.array(dimensions), np.array([len(rows) for rows in members]))


def _estimate(distances: np.ndarray, k: int, average: Average) -> float:
    """The estimate from k neighbours, for distances [n, m], m >= k."""
    inverses = np.log(distances[:, [k - 1]] / distances[:, : k - 1]).mean(axis=1)
    return float(np.mean(1 / inverses) if average == "levina_bickel" else 1 / np.mean(inverses))
