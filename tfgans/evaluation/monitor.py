"""A cheap measure of diversity that a run takes of itself, so that a collapse of modes is seen while it trains."""

import functools
import warnings
from typing import NamedTuple

import numpy as np

from tfgans import metrics

# Longest edge of the images that are compared. Modes differ in more than details.
_EDGE = 16
_NEIGHBOUR = 5


class Diversity(NamedTuple):
    """The diversity of some samples beside real ones.

    Attributes:
        coverage: Share of real samples that have a generated one in their neighbourhood, in [0, 1].
        recall: Share of real samples inside the neighbourhood of a generated one, in [0, 1].
        overlap: Mean of coverage and recall. Coverage alone falls when samples turn from blurs, which lie near
            everything, to sharp images. Then recall rises. If modes collapse, both fall.
        spacing: Mean distance of a generated sample to its nearest other one, over that of as many distinct real
            samples, or of all if there are fewer, in [0, 1]. It is 0 if all samples are the same, and 1 if they differ
            as real ones do, or more. It does not see modes that are missing as a whole, and is 1 if all real samples
            are the same.
    """

    coverage: float
    recall: float
    overlap: float
    spacing: float


class DiversityMonitor:
    """Measures samples of a model against fixed real samples, whose features and neighbourhoods are kept.

    The features are the entries of points, or means over blocks of pixels. There are at most 16 blocks along an edge,
    unless the other edge is too short for such blocks. They need no network, and a measurement takes a few hundredths
    of a second.

    Args:
        real: Real samples, floating [n, ...].

    Raises:
        ValueError: If there are fewer than `LEAST`.
    """

    LEAST = _NEIGHBOUR + 1
    """Fewest real samples."""

    def __init__(self, real: np.ndarray) -> None:
        self._real = _features(real)
        if len(real) < self.LEAST:
            raise ValueError(f"A monitor needs {self.LEAST} real samples or more; received {len(real)}.")
        self._neighbourhoods = metrics.Neighbourhoods(self._real, _NEIGHBOUR)
        # Repeated real samples have no distance, with which all samples would seem to differ.
        distinct = self._real[np.sort(np.unique(self._real, axis=0, return_index=True)[1])]
        self._real_spacing = functools.cache(
            lambda count: metrics.spacing(distinct[:count]) if len(distinct) > 1 else 0.0
        )

    def __call__(self, samples: np.ndarray) -> Diversity:
        """Measures samples.

        Args:
            samples: Floating [m, ...].

        Raises:
            ValueError: If there are more samples than real ones, or fewer than `LEAST`, or one is not finite.
        """
        if len(samples) > len(self._real):
            raise ValueError(f"Expected {len(self._real)} samples or fewer; received {len(samples)}.")
        generated = _features(samples)
        with warnings.catch_warnings():
            # Equal samples are what a monitor is there for.
            warnings.filterwarnings("ignore", "All .* samples have the same features")
            prdc = metrics.prdc(self._neighbourhoods, generated)
        between_real = self._real_spacing(len(generated))
        # An untrained generator may scatter its samples far more widely than the data.
        spacing = min(1.0, metrics.spacing(generated) / between_real) if between_real > 0 else 1.0
        return Diversity(prdc.coverage, prdc.recall, (prdc.coverage + prdc.recall) / 2, spacing)


def _features(samples: np.ndarray) -> np.ndarray:
    """Entries of points, or means of equal blocks of pixels, [n, D]."""
    if samples.ndim == 4:
        count, height, width, channels = samples.shape
        # A short edge has one block at least.
        factor = min(-(-max(height, width) // _EDGE), height, width)
        rows, columns = height // factor, width // factor
        blocks = samples[:, : rows * factor, : columns * factor].reshape(count, rows, factor, columns, factor, channels)
        samples = blocks.mean(axis=(2, 4))
    return np.asarray(samples.reshape(len(samples), -1), np.float64)
