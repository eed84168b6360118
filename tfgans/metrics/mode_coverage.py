"""The number of modes of the data that a generator has."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min

from tfgans.metrics import _checks

_STANDARD_DEVIATIONS = 3.0


class ModeCoverage(NamedTuple):
    """The coverage of the data's modes by a set of samples.

    Attributes:
        modes: Modes that have a sample.
        of: Modes that there are.
        high_quality_share: Share of samples that lie at a mode, in [0, 1]; 1 where modes are classes.
        reverse_kl: KL(q || u) in nats of the samples' modes q against equal shares u: 0 to ln(of).
    """

    modes: int
    of: int
    high_quality_share: float
    reverse_kl: float


def mode_coverage(points: Any, centers: Any, sigma: float) -> ModeCoverage:
    """Counts the modes of a mixture of Gaussians that samples reach (Srivastava et al. 2017, section 4.1).

    A sample is of high quality within three standard deviations of the nearest centre, as 98.89 % of real
    ones are in two dimensions; a mode is covered if it is the nearest centre of such a sample. The usual
    protocol takes 2,500 samples. The reverse KL counts every sample at its nearest centre.

    Args:
        points: Samples [n, D].
        centers: Means of the mixture [m, D], equally likely.
        sigma: Standard deviation of each.

    Returns:
        The coverage.

    Raises:
        ValueError: If values are not finite, sizes differ, or `sigma` is not positive.
    """
    points, centers = _checks.features(points, "generated", 1), _checks.features(centers, "center", 1)
    if points.shape[1] != centers.shape[1] or not sigma > 0:
        raise ValueError(
            f"Expected points and centers of one size and a positive sigma; received {points.shape}, "
            f"{centers.shape} and sigma={sigma}."
        )
    nearest, distance = pairwise_distances_argmin_min(points, centers)
    high_quality = distance <= _STANDARD_DEVIATIONS * sigma
    return ModeCoverage(
        modes=len(np.unique(nearest[high_quality])),
        of=len(centers),
        high_quality_share=float(np.mean(high_quality)),
        reverse_kl=_reverse_kl(nearest, len(centers)),
    )


def class_coverage(classes: Any, count: int) -> ModeCoverage:
    """Counts the classes that a classifier finds among samples.

    Args:
        classes: Integers [n] in 0 to count - 1, the class of each sample.
        count: Number of classes, equally likely in the data.

    Returns:
        The coverage.

    Raises:
        ValueError: If there are no samples, or a class is no integer or out of range.
    """
    classes = _classes(classes, count)
    return ModeCoverage(len(np.unique(classes)), count, 1.0, _reverse_kl(classes, count))


def stacked_coverage(images: np.ndarray, classify: Callable[[np.ndarray], np.ndarray], count: int) -> ModeCoverage:
    """Counts the modes of stacked images, three of one channel each (Metz et al. 2017; Srivastava et al. 2017).

    Stacked MNIST has 10^3 = 1,000 modes. The usual protocol takes 26,000 samples.

    Args:
        images: [n, H, W, 3].
        classify: Classes [n] of images [n, H, W, 1].
        count: Number of classes of one channel.

    Returns:
        The coverage of count^3 modes.

    Raises:
        ValueError: If images have another number of channels, or as `class_coverage`.
    """
    if images.ndim != 4 or images.shape[-1] != 3:
        raise ValueError(f"Stacked images are [n, H, W, 3]; received {images.shape}.")
    first, second, third = (_classes(classify(images[..., channel : channel + 1]), count) for channel in range(3))
    return class_coverage((first * count + second) * count + third, count**3)


def _classes(classes: Any, count: int) -> np.ndarray:
    """Classes as an array, once they are some."""
    classes = np.asarray(classes)
    integers = np.issubdtype(classes.dtype, np.integer)
    if classes.ndim != 1 or classes.size == 0 or not integers or classes.min() < 0 or classes.max() >= count:
        raise ValueError(f"Expected integers [n] in 0 to {count - 1}; received {classes.shape}: {np.unique(classes)}.")
    return classes.astype(np.int64)


def _reverse_kl(nearest: np.ndarray, count: int) -> float:
    shares = np.bincount(nearest, minlength=count) / len(nearest)
    shares = shares[shares > 0]
    return max(0.0, float(np.sum(shares * np.log(shares * count))))
