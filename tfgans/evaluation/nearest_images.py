"""The real images that are nearest to samples."""

import numpy as np

from tfgans import data, metrics
from tfgans.evaluation.extractor import Extractor
from tfgans.evaluation.sources import to_bytes


def nearest_images(
    samples: np.ndarray, real: data.ImageSet, extractor: Extractor, k: int, *, flipped: bool = False
) -> np.ndarray:
    """Returns the real images that are nearest to samples by the features of an extractor.

    Args:
        samples: [n, H, W, C], uint8 or floating in [-1, 1].
        real: Real images. Stored ones are read in parts.
        extractor: The extractor.
        k: Images for each sample.
        flipped: Whether the mirror images of real ones count too.

    Returns:
        Real images uint8 [n, k, H, W, C], from the nearest to the farthest.

    Raises:
        ValueError: If there are fewer than `k` real images.
    """

    def features(images: np.ndarray) -> np.ndarray:
        return extractor(to_bytes(images))["features"]

    sets = [real, *([real.mirrored()] if flipped else [])]
    what = f"Comparing {real.name} by {extractor.name}"
    parts = (features(part) for images in sets for part in data.in_parts(images.image, what))
    rows = metrics.nearest(features(samples), parts, k).rows.ravel()
    found = to_bytes(real.image[rows % len(real)])
    found[rows >= len(real)] = found[rows >= len(real), :, ::-1]
    return found.reshape(len(samples), k, *real.sample_shape)
