"""The share of conditional samples with the class of their condition."""

import numpy as np


def label_accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Returns the share of generated images, in [0, 1], that a judge assigns to the class of their condition.

    Args:
        predicted: The judge's classes of G(z, y), int [n].
        labels: The classes y, int [n].

    Raises:
        ValueError: If the lengths differ or are 0.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.shape != labels.shape or predicted.size == 0:
        raise ValueError(f"Expected one prediction a label; received shapes {predicted.shape} and {labels.shape}.")
    return float(np.mean(predicted == labels))
