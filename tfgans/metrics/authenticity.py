"""Memorisation: samples that are nearer to a training image than any other training image is."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfgans.metrics import _checks
from tfgans.metrics.nearest import nearest

_PART = 8_192


def authenticity(train: Any, samples: Any, mirrored: Any = None) -> float:
    """Returns the share of samples that are no copies of training samples, in [0, 1] (Alaa et al. 2022, section 3.3).

    A sample is a copy if it is at least as near to its nearest training sample as that one is to its own nearest other
    training sample. Equal training samples count as one, since near copies of them would be farther away than they are
    from each other. Held-out samples have a share below 1 too, so it says something only beside theirs: a generator
    that memorises lies below.

    Args:
        train: Features [n, D] of all training samples.
        samples: Features [m, D] of generated or held-out samples.
        mirrored: Features [n, D] of the mirror images of the training images, if these were learned too. A sample may
            be a copy of one. They are no others of an image, since a face is nearly its own mirror image.

    Raises:
        ValueError: If a set has fewer than two samples, all training samples are equal, values are not finite, or sizes
            differ.
    """
    train, samples = _checks.pair(train, samples)
    forms = [train]
    if mirrored is not None:
        forms.append(_checks.pair(mirrored, samples)[0])
        if len(forms[1]) != len(train):
            raise ValueError(f"Expected a mirror image of each of {len(train)} images; received {len(forms[1])}.")
    others = _distinct(train)
    if len(others) == 1:
        raise ValueError("All training samples are equal, so that no distance between them tells what a copy is.")
    to_train = nearest(samples, (part for form in forms for part in _parts(form)))
    copied, which = np.unique(to_train.rows[:, 0] % len(train), return_inverse=True)
    # The nearest training sample is the sample itself.
    between = nearest(train[copied], _parts(others), k=2).distances[:, 1]
    return float(np.mean(to_train.distances[:, 0] > between[which]))


def _parts(features: np.ndarray) -> Iterator[np.ndarray]:
    """Parts of the features, since a search takes doubles of all that it is given at once."""
    return (features[start : start + _PART] for start in range(0, len(features), _PART))


def _distinct(features: np.ndarray) -> np.ndarray:
    """Returns the first of all rows that are equal."""
    # A sum with 0 has one zero, which otherwise has two signs. Hashes take little memory beside the rows.
    first: dict[bytes, int] = {}
    for number, row in enumerate(features):
        first.setdefault(hashlib.blake2b((row + 0.0).tobytes(), digest_size=16).digest(), number)
    return features if len(first) == len(features) else features[list(first.values())]
