"""The share of conditional samples that have the label that was asked for."""

import numpy as np


def label_accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of generated images that a judge puts into the class they were conditioned on.

    Args:
        predicted: int [n], the judge's classes of G(z, y).
        labels: int [n], the classes y.

    Returns:
        Share in [0, 1].

    Raises:
        ValueError: If the lengths differ or are 0.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.shape != labels.shape or predicted.size == 0:
        raise ValueError(f"Expected one prediction a label; received shapes {predicted.shape} and {labels.shape}.")
    return float(np.mean(predicted == labels))
