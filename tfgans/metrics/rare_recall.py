"""The recall of rare events by a generator of a static scene."""

import math
from typing import NamedTuple

import numpy as np
from sklearn.metrics.pairwise import manhattan_distances


class RareRecall(NamedTuple):
    """The rare images among the samples of a generator.

    Attributes:
        recall: Share of the rare real images with a sample near them, in [0, 1].
        spread_share: Standard deviation of the samples over that of the real images, both means over pixels: 1 for the
            diversity of the scene, 0 for equal samples.
        distance_share: Median L1 distance of a rare image from the nearest sample, over the median of its distance from
            the scene's median: 0 if the samples contain the rare images, 1 if no sample is nearer than the median
            scene. It distinguishes generators with a recall of 0.
    """

    recall: float
    spread_share: float
    distance_share: float


def rare_recall(real: np.ndarray, generated: np.ndarray, rare_share: float = 0.1) -> RareRecall:
    """Returns the recall of the real images that are farthest from the scene's median.

    Section 4.4 and Figs. 6 and 7 of LOGAN show such recall in pictures; the measure is new. Images are rare if they
    have the largest L1 distances from the median of all images, pixel by pixel. A rare image is recalled if its nearest
    sample is nearer than a rare image commonly is to the nearest other, by the median.

    Args:
        real: Pixels [n, ...].
        generated: Pixels [m, ...] in the same units.
        rare_share: Share of the real images that are rare.

    Raises:
        ValueError: If the shapes differ, there is no sample, fewer than two images are rare, or all real images are the
            same.
    """
    real, generated = (np.asarray(x, np.float64).reshape(len(x), math.prod(x.shape[1:])) for x in (real, generated))
    rare_count = round(rare_share * len(real))
    if real.shape[1:] != generated.shape[1:] or len(generated) == 0 or not 2 <= rare_count <= len(real):
        raise ValueError(
            f"Expected samples like the real images, of which two or more are rare; received {real.shape}, "
            f"{generated.shape} and rare_share={rare_share}."
        )
    spread = real.std(axis=0).mean()
    if spread == 0:
        raise ValueError("All real images are the same; none is rare.")
    distances = np.abs(real - np.median(real, axis=0)).sum(axis=1)
    order = np.argsort(distances)[-rare_count:]
    rare, far = real[order], np.median(distances[order])
    among = manhattan_distances(rare)
    np.fill_diagonal(among, np.inf)
    near = np.median(among.min(axis=1))
    nearest = manhattan_distances(rare, generated).min(axis=1)
    return RareRecall(
        float(np.mean(nearest < near)), float(generated.std(axis=0).mean() / spread), float(np.median(nearest) / far)
    )
