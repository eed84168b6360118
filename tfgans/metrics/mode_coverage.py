"""The number of the data's modes that a generator covers."""

import math
from typing import Any, NamedTuple

import numpy as np
import scipy.special
from sklearn.metrics import pairwise_distances_argmin_min

from tfgans.metrics import _checks

_STANDARD_DEVIATIONS = 3.0


class ModeCoverage(NamedTuple):
    """The coverage of the data's modes by a set of samples.

    Attributes:
        modes: Number of modes with a sample.
        of: Number of all modes.
        high_quality_share: Share of samples at a mode, in [0, 1]: near its centre, or of a class that is sure enough.
            It is 1 if nothing is known of that.
        reverse_kl: KL(q || p) of the samples' modes q from the modes p of the data, in nats, 0 or more; ln(of) at most
            if these are equally likely. Even n perfect samples have about (of - 1) / 2n.
    """

    modes: int
    of: int
    high_quality_share: float
    reverse_kl: float


def mode_coverage(points: Any, centers: Any, sigma: float, shares: Any = None) -> ModeCoverage:
    """Counts the modes of a mixture of Gaussians that samples cover (Srivastava et al. 2017, section 4.1).

    A sample is of high quality within three standard deviations of the nearest centre; in two dimensions 98.89 % of
    real samples are. A mode is covered if it is the nearest centre of such a sample. The usual protocol has 2,500
    samples. The reverse KL divergence counts every sample at its nearest centre.

    Args:
        points: Samples [n, D].
        centers: Means [m, D] of the modes.
        sigma: Standard deviation of each mode.
        shares: Shares [m] of the modes in the data, above 0 with sum 1; by default they are equal.

    Raises:
        ValueError: If values are not finite, sizes differ, or `sigma` or a share is not positive.
    """
    points, centers = _checks.features(points, "generated", 1), _checks.features(centers, "center", 1)
    if points.shape[1] != centers.shape[1] or not sigma > 0:
        raise ValueError(
            f"Expected points and centers of one size and a positive sigma; received {points.shape}, "
            f"{centers.shape} and sigma={sigma}."
        )
    shares = np.full(len(centers), 1 / len(centers)) if shares is None else np.asarray(shares, np.float64)
    if shares.shape != (len(centers),) or not (shares > 0).all() or not math.isclose(shares.sum(), 1, rel_tol=1e-5):
        raise ValueError(f"Expected {len(centers)} shares above 0 with sum 1; received {shares}.")
    nearest, distance = pairwise_distances_argmin_min(points, centers)
    high_quality = distance <= _STANDARD_DEVIATIONS * sigma
    return ModeCoverage(
        modes=len(np.unique(nearest[high_quality])),
        of=len(centers),
        high_quality_share=float(np.mean(high_quality)),
        reverse_kl=_reverse_kl(nearest, shares),
    )


def class_coverage(classes: Any, count: int) -> ModeCoverage:
    """Counts the classes of samples.

    Args:
        classes: Class of each sample, integers [n] in 0 to count - 1.
        count: Number of classes. They count as equally likely, so that even perfect samples of data with rare classes
            have a reverse KL divergence above 0.

    Raises:
        ValueError: If there are no samples, or a class is no integer or out of range.
    """
    classes = _classes(classes, count)
    return ModeCoverage(len(np.unique(classes)), count, 1.0, _reverse_kl(classes, np.full(count, 1 / count)))


def stacked_coverage(probabilities: Any, confidence: float = 0.0) -> ModeCoverage:
    """Counts the modes of images whose channels are three images (Metz et al. 2017; Srivastava et al. 2017).

    Stacked MNIST has 10^3 = 1,000 modes. The usual protocol has 26,000 samples, and counts all of them. A classifier
    names smoke too, so that a count of the samples that it is sure of says more.

    Args:
        probabilities: Probabilities of the K classes of each channel by a classifier, floating [n, 3, K]; there are
            K^3 modes.
        confidence: Least probability that the most likely class of all three channels must have, so that a sample is
            counted. The share of these samples is `high_quality_share`. Few samples cannot show all modes: compare with
            as many of real images. If no sample is confident, there are no modes and a divergence of ln(K^3).

    Raises:
        ValueError: If probabilities have another shape or do not sum to 1, there are no samples, or `confidence` does
            not lie in [0, 1].
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 3 or probabilities.shape[1] != 3 or len(probabilities) == 0:
        raise ValueError(f"Expected probabilities [n, 3, K]; received {probabilities.shape}.")
    if not 0 <= confidence <= 1:
        raise ValueError(f"confidence must lie in [0, 1]; received {confidence}.")
    count = probabilities.shape[2]
    probabilities = _checks.probabilities(probabilities.reshape(-1, count)).reshape(-1, 3, count)
    sure = probabilities.max(axis=2).min(axis=1) >= confidence
    first, second, third = probabilities[sure].argmax(axis=2).T
    if not sure.any():
        return ModeCoverage(0, count**3, 0.0, math.log(count**3))
    coverage = class_coverage((first * count + second) * count + third, count**3)
    return coverage._replace(high_quality_share=float(np.mean(sure)))


def _classes(classes: Any, count: int) -> np.ndarray:
    """Returns checked classes as int64 [n]."""
    classes = np.asarray(classes)
    integers = np.issubdtype(classes.dtype, np.integer)
    if classes.ndim != 1 or classes.size == 0 or not integers or classes.min() < 0 or classes.max() >= count:
        raise ValueError(f"Expected integers [n] in 0 to {count - 1}; received {classes.shape}: {np.unique(classes)}.")
    return classes.astype(np.int64)


def _reverse_kl(modes: np.ndarray, of_data: np.ndarray) -> float:
    """KL(q || p) of the shares q of samples in each mode from those of the data, `of_data` [m]."""
    shares = np.bincount(modes, minlength=len(of_data)) / len(modes)
    return max(0.0, float(np.sum(scipy.special.rel_entr(shares, of_data))))
