"""Memorisation: samples that are nearer to a training image than any other training image is."""

from typing import Any

import numpy as np

from tfgans.metrics import _checks
from tfgans.metrics.nearest import nearest

_PART = 8_192


def authenticity(train: Any, samples: Any) -> float:
    """Returns the share of samples that are no copies of training samples, in [0, 1] (Alaa et al. 2022, section 3.3).

    A sample is a copy if it is at least as near to its nearest training sample as that one is to its own nearest other
    training sample. Equal training samples count as one, since near copies of them would be farther away than they are
    from each other. Held-out samples have a share below 1 too, so it says something only beside theirs: a generator
    that memorises lies below.

    Args:
        train: Features [n, D] of all training samples.
        samples: Features [m, D] of generated or held-out samples.

    Raises:
        ValueError: If a set has fewer than two samples, all training samples are equal, values are not finite, or sizes
            differ.
    """
    train, samples = _checks.pair(train, samples)
    train = _distinct(train)
    if len(train) == 1:
        raise ValueError("All training samples are equal, so that no distance between them tells what a copy is.")
    # A search takes doubles of all that it is given at once.
    parts = [train[start : start + _PART] for start in range(0, len(train), _PART)]
    to_train = nearest(samples, parts)
    copied, which = np.unique(to_train.rows[:, 0], return_inverse=True)
    # The nearest training sample is the sample itself.
    between = nearest(train[copied], parts, k=2).distances[:, 1]
    return float(np.mean(to_train.distances[:, 0] > between[which]))


def _distinct(features: np.ndarray) -> np.ndarray:
    """Returns the first of all rows that are equal."""
    # NumPy sorts whole rows of bytes much faster than rows of numbers.
    whole = np.ascontiguousarray(features).view(np.dtype((np.void, features.itemsize * features.shape[1])))
    first = np.unique(whole[:, 0], return_index=True)[1]
    return features if len(first) == len(features) else features[np.sort(first)]
