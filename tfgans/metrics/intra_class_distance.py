"""Diversity inside a class."""

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances


def intra_class_distance(images: np.ndarray, labels: np.ndarray) -> float:
    """Mean Euclidean distance between two different images of one class, averaged over the classes.

    A generator that has collapsed to one image a class has 0; one that keeps the diversity of the data
    has the value of the data.

    Args:
        images: [n, ...], any features; flattened.
        labels: int [n]. Every class that occurs must have two images.

    Returns:
        The distance, in units of `images`.

    Raises:
        ValueError: If a class has one image only, or lengths differ.
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
