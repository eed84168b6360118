"""Checks of the inputs of all scores."""

import warnings
from typing import Any

import numpy as np


def features(values: Any, name: str, least: int = 2) -> np.ndarray:
    """Returns features as a floating array [n, D].

    Args:
        values: Floating or integer [n, D].
        name: Name of the features in errors.
        least: Fewest rows.

    Raises:
        ValueError: If the shape is another, there are too few rows, or a value is not finite.
    """
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    if array.ndim != 2 or array.shape[1] < 1:
        raise ValueError(f"The {name} features must be [n, D]; received {array.shape}.")
    if len(array) < least:
        raise ValueError(f"The score needs {least} {name} samples or more; received {len(array)}.")
    finite = np.isfinite(array).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"The {name} features of {np.sum(~finite)} of {len(array)} samples are not finite, "
            f"first those of sample {np.argmin(finite)}."
        )
    return array


def pair(real: Any, generated: Any, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Returns real and generated features as floating arrays [n, D] and [m, D].

    Raises:
        ValueError: As `features`, or if their sizes D differ.
    """
    real, generated = features(real, "real", least), features(generated, "generated", least)
    if real.shape[1] != generated.shape[1]:
        raise ValueError(
            f"Real and generated features must have one size; received {real.shape[1]} and {generated.shape[1]}."
        )
    for values, name in ((real, "real"), (generated, "generated")):
        if not np.ptp(values, axis=0).any():
            warnings.warn(f"All {len(values)} {name} samples have the same features.", stacklevel=3)
    return real, generated


def probabilities(values: Any) -> np.ndarray:
    """Returns class probabilities as float64 [n, K].

    Raises:
        ValueError: If the shape is another, or a row does not consist of probabilities that sum to 1 within 1e-3.
    """
    array = features(values, "class probability", 1).astype(np.float64)
    sums = array.sum(axis=1)
    if array.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"Rows of class probabilities must be at least 0 and sum to 1; received a least entry of {array.min():.4g} "
            f"and sums from {sums.min():.4g} to {sums.max():.4g}. Logits need a softmax first."
        )
    return array / sums[:, np.newaxis]
