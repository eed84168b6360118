"""The Frechet distance between two sets of features, each approximated by a Gaussian."""

import warnings
from typing import Any

import numpy as np
import scipy.linalg
import threadpoolctl

from tfgans.metrics import _checks

# Two threads save a third of the time, but take ten times as long if other work uses a core.
_one_thread = threadpoolctl.threadpool_limits.wrap(limits=1)


class Moments:
    """Mean and covariance of features that are added in parts, in float64.

    Parts are merged by the update of Chan, Golub and LeVeque (1983), so that the result does not depend on the division
    into parts, up to rounding.

    Example:
        >>> moments = Moments()
        >>> for part in np.split(np.arange(12.0).reshape(6, 2), 3):
        ...     moments.update(part)
        >>> moments.mean
        array([5., 6.])
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean = np.zeros(0)
        self._scatter = np.zeros((0, 0))

    @classmethod
    def of(cls, features: Any) -> "Moments":
        """Returns the moments of features [n, D]."""
        moments = cls()
        moments.update(features)
        return moments

    @classmethod
    def restore(cls, count: int, mean: np.ndarray, covariance: np.ndarray) -> "Moments":
        """Returns moments from their stored count, mean [D] and covariance [D, D]."""
        moments = cls()
        moments.count, moments.mean, moments._scatter = count, mean, covariance * (count - 1)
        return moments

    @property
    def covariance(self) -> np.ndarray:
        """The unbiased estimate, float64 [D, D]; it needs two samples."""
        return self._scatter / (self.count - 1)

    def update(self, features: Any) -> None:
        """Adds a part.

        Args:
            features: [n, D], n >= 1.

        Raises:
            ValueError: If a value is not finite, or D differs from that of earlier parts.
        """
        part = _checks.features(features, "added", 1).astype(np.float64)
        mean = part.mean(axis=0)
        part -= mean
        scatter = part.T @ part
        if self.count == 0:
            self.count, self.mean, self._scatter = len(part), mean, scatter
            return
        if mean.shape != self.mean.shape:
            raise ValueError(f"Features must have size {self.mean.size}, as before; received {mean.size}.")
        total = self.count + len(part)
        shift = mean - self.mean
        self._scatter += scatter + np.outer(shift, shift) * (self.count * len(part) / total)
        self.mean = self.mean + shift * (len(part) / total)
        self.count = total


def frechet_distance(real: Any, generated: Any) -> float:
    """Returns |mu_1 - mu_2|^2 + tr(S_1 + S_2 - 2 (S_1 S_2)^(1/2)) (Heusel et al. 2017, Eq. 6).

    With features of the 2015 Inception it is FID. It falls as samples are added, so only distances with the same counts
    can be compared.

    Args:
        real: Features [n, D], or their `Moments`.
        generated: Features [m, D], or their `Moments`.

    Returns:
        The distance in squared units of the features, at least 0.

    Raises:
        ValueError: If there are fewer than two samples, values are not finite, or sizes differ.
    """
    if not isinstance(real, Moments) and not isinstance(generated, Moments):
        real, generated = _checks.pair(real, generated)
    first, second = (value if isinstance(value, Moments) else Moments.of(value) for value in (real, generated))
    size = first.mean.size
    if first.mean.shape != second.mean.shape or min(first.count, second.count) < 2:
        raise ValueError(
            f"Expected two samples or more, of one size; received {first.count} of size {size} "
            f"and {second.count} of size {second.mean.size}."
        )
    if min(first.count, second.count) <= size:
        warnings.warn(
            f"A Frechet distance of {first.count} and {second.count} samples in {size} dimensions is far above that of "
            "many samples; compare it with numbers of the same counts only.",
            stacklevel=2,
        )
    covariances = first.covariance, second.covariance
    # With S = F F^T, the trace of the root is the sum of the singular values of F_1^T F_2. They are the roots of the
    # eigenvalues of a symmetric matrix, so that no general square root of a matrix is needed.
    product = _factor(covariances[0]).T @ _factor(covariances[1])
    product = product if len(product) > product.shape[1] else product.T
    eigenvalues = _eigenvalues(product.T @ product)
    shift = first.mean - second.mean
    traces = sum(np.trace(covariance) for covariance in covariances)
    return max(0.0, float(shift @ shift + traces - 2 * np.sqrt(np.maximum(eigenvalues, 0)).sum()))


@_one_thread
def _factor(covariance: np.ndarray) -> np.ndarray:
    """Returns F [D, rank] with F F^T = covariance, by Cholesky's method, and with pivots if it is singular."""
    try:
        return scipy.linalg.cholesky(covariance, lower=True)
    except scipy.linalg.LinAlgError:
        # It ends where the rest is a rounding error, whose root would be large.
        factor, pivots, rank, _ = scipy.linalg.lapack.dpstrf(covariance, lower=1)
        result = np.empty((len(covariance), rank))
        result[pivots - 1] = np.tril(factor)[:, :rank]
        return result


@_one_thread
def _eigenvalues(matrix: np.ndarray) -> np.ndarray:
    return scipy.linalg.eigvalsh(matrix, overwrite_a=True)
