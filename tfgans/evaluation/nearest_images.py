"""The real images that are nearest to samples."""

from typing import NamedTuple

import numpy as np

from tfgans import data, metrics
from tfgans.evaluation.extractor import Extractor
from tfgans.evaluation.sources import to_bytes

# Neighbours that tell how far apart images are around a sample (Carlini et al. 2023).
_AROUND = 50


class NearestImages(NamedTuple):
    """The real images that are nearest to each sample.

    Attributes:
        images: uint8 [n, k, H, W, C], from the nearest to the farthest.
        relative_distance: Distance of the nearest image, over the mean distance of the 50 nearest or of all if there
            are fewer, [n] in [0, 1] (Carlini et al. 2023, section 5.1). It is 0 for a copy, and 1 if the nearest image
            is as far as the others, so that plain images do not seem to be copies.
    """

    images: np.ndarray
    relative_distance: np.ndarray

    def of(self, samples: np.ndarray) -> "NearestImages":
        """Returns those of some samples, by their indices."""
        return NearestImages(self.images[samples], self.relative_distance[samples])


def nearest_images(
    samples: np.ndarray, real: data.ImageSet, extractor: Extractor, k: int, *, flipped: bool = False
) -> NearestImages:
    """Returns the real images that are nearest to samples by the features of an extractor.

    Args:
        samples: [n, H, W, C], uint8 or floating in [-1, 1].
        real: Real images. Stored ones are read in parts.
        extractor: The extractor.
        k: Images for each sample.
        flipped: Whether the mirror images of real ones count too.

    Raises:
        ValueError: If there are fewer than `k` real images, or the extractor gives no features.
    """
    if "features" not in extractor.provides:
        raise ValueError(
            f"Images are near by their features; the extractor {extractor.name} gives "
            f"{', '.join(sorted(extractor.provides))}."
        )

    def features(images: np.ndarray) -> np.ndarray:
        return extractor(to_bytes(images))["features"]

    sets = [real, *([real.mirrored()] if flipped else [])]
    what = f"Comparing {real.name} by {extractor.name}"
    parts = (features(part) for images in sets for part in data.in_parts(images.image, what))
    near = metrics.nearest(features(samples), parts, max(k, min(_AROUND, len(sets) * len(real))))
    around = near.distances.mean(axis=1)
    # All neighbours of a sample may be copies of it.
    relative = np.divide(near.distances[:, 0], around, out=np.zeros(len(around)), where=around > 0)
    rows = near.rows[:, :k].ravel()
    found = to_bytes(real.image[rows % len(real)])
    found[rows >= len(real)] = found[rows >= len(real), :, ::-1]
    return NearestImages(found.reshape(len(samples), k, *real.sample_shape), relative)
