"""Diversity inside a class."""

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances


def intra_class_distance(images: np.ndarray, labels: np.ndarray) -> float:
    """Returns the mean Euclidean distance between two images of one class, averaged over the classes.

    It is 0 for a generator of one image a class, and that of the data for a generator with the data's diversity.

    Args:
        images: Images or features [n, ...].
        labels: Classes, int [n].

    Returns:
        The distance in units of `images`.

    Raises:
        ValueError: If a class has only one image, or the lengths differ.
    """
    if len(images) != len(labels):
        raise ValueError(f"Expected one label an image; received {len(images)} images, {len(labels)} labels.")
    flat = np.asarray(images, np.float64).reshape(len(images), -1)
    means = []
    for label in np.unique(labels):
        members = flat[labels == label]
        if len(members) < 2:
            raise ValueError(f"Class {label} has one image; a distance inside a class needs two.")
        distances = euclidean_distances(members)
        means.append(distances.sum() / (len(members) * (len(members) - 1)))
    return float(np.mean(means))
