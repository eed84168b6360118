"""The recall of rare events by a generator of a static scene."""

import math
from typing import NamedTuple

import numpy as np
from sklearn.metrics.pairwise import manhattan_distances


class RareRecall(NamedTuple):
    """Rare images that a generator makes.

    Attributes:
        recall: Share of the rare real images that have a sample near them, in [0, 1].
        spread_share: Standard deviation of the samples' pixels over that of the real images', both means over
            pixels; 1 keeps the diversity of the scene, 0 is one image.
        distance_share: Median L1 distance of a rare image from the nearest sample, over the median of its distance
            from the scene's median: 0 where rare images are made, 1 where samples come no nearer than the median
            scene does. It tells generators apart that recall none.
    """

    recall: float
    spread_share: float
    distance_share: float


def rare_recall(real: np.ndarray, generated: np.ndarray, rare_share: float = 0.1) -> RareRecall:
    """Recall of the real images that lie farthest from the scene's median.

    Section 4.4 and Figs. 6 and 7 of LOGAN show this; the measure is ours. Rare are the images with the largest L1
    distance from the median over images, pixel by pixel. One is recalled if the nearest sample is nearer than
    the median distance, over the rare images, from one to the nearest other.

    Args:
        real: [n, ...], pixels; flattened.
        generated: [m, ...], in the same units.
        rare_share: Share of the real images that count as rare.

    Returns:
        The recall, and the samples' spread.

    Raises:
        ValueError: If shapes do not fit, there is no sample, fewer than two images are rare, or all real images
            are the same.
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
