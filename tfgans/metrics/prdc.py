"""Precision, recall, density and coverage, from nearest neighbours."""

from typing import Any, NamedTuple

import numpy as np

from tfgans.metrics import _checks
from tfgans.metrics.nearest import squared_distances, squared_radii


class PRDC(NamedTuple):
    """Fidelity and diversity of a set of samples.

    Attributes:
        precision: Share of generated samples inside the k-neighbourhood of a real one.
        recall: Share of real samples inside the k-neighbourhood of a generated one.
        density: Mean number of real k-neighbourhoods around a generated sample, over k; above 1 if samples crowd.
        coverage: Share of real samples with a generated one in their k-neighbourhood.
    """

    precision: float
    recall: float
    density: float
    coverage: float


class Neighbourhoods:
    """The k-neighbourhoods of real samples, which may be compared with several sets of generated ones.

    Args:
        real: Features [n, D].
        k: Number of the neighbour that bounds a neighbourhood.

    Raises:
        ValueError: If `k` is below 1, there are k samples or fewer, or values are not finite.
    """

    def __init__(self, real: Any, k: int = 5) -> None:
        if k < 1:
            raise ValueError(f"k must be at least 1; received {k}.")
        self.k = k
        self.features = _checks.features(real, "real", least=k + 1)
        # Products of centred features lose fewest digits.
        self.center = self.features.mean(axis=0, dtype=np.float64)
        self.squared_radii = squared_radii(self.features - self.center, k)


def prdc(real: Any, generated: Any, k: int = 5) -> PRDC:
    """Returns precision and recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020).

    The k-neighbourhood of a sample reaches to its k-th nearest neighbour of its own kind, and contains samples at this
    distance, as in both papers. Values of recall can only be compared for equal numbers of real and generated samples.

    Distances are computed by matrix products in float64, chunk by chunk. Two distances are equal if they differ by no
    more than the rounding of such a product.

    Args:
        real: Features [n, D], or their `Neighbourhoods`, whose k counts.
        generated: Features [m, D].
        k: Number of the neighbour that bounds a neighbourhood.

    Raises:
        ValueError: If `k` is below 1, a set has k samples or fewer, values are not finite, or sizes differ.
    """
    around_real = real if isinstance(real, Neighbourhoods) else Neighbourhoods(real, k)
    k = around_real.k
    real, generated = _checks.pair(around_real.features, generated, least=k + 1)
    real, generated = real - around_real.center, generated - around_real.center
    radii, generated_radii = around_real.squared_radii, squared_radii(generated, k)
    # A few roundings, and a sum of D terms, whose errors add up like a random walk: about twice the largest one seen.
    rounding = (6 + np.sqrt(real.shape[1])) * np.finfo(np.float64).eps
    around, within_generated, covered = np.zeros(len(generated), np.int64), [], []
    for rows, distances in squared_distances(real, generated, rounding):
        inside_real = distances <= radii[rows, np.newaxis]
        around += inside_real.sum(axis=0)
        covered.append(inside_real.any(axis=1))
        within_generated.append((distances <= generated_radii).any(axis=1))
    return PRDC(
        precision=float(np.mean(around > 0)),
        recall=float(np.mean(np.concatenate(within_generated))),
        density=float(np.mean(around) / k),
        coverage=float(np.mean(np.concatenate(covered))),
    )
