"""The number of test images that a network surely tells from generated ones."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from tfgans.metrics import _checks

_HIDDEN = 128
_LEARNING_RATE = 1e-3
_EPOCHS = 20


class DStarScore(NamedTuple):
    """Test images that no generated image comes near.

    Attributes:
        mean: By threshold: mean over retrainings of the number of test images above it.
        std: By threshold: its standard deviation over retrainings.
        test_images: Number of test images, the most that can be counted.
        train_images: Real images that D* learned from, and generated ones as many.
    """

    mean: dict[float, float]
    std: dict[float, float]
    test_images: int
    train_images: int


def d_star_score(
    real: Any,
    generated: Any,
    test: Any,
    *,
    thresholds: Sequence[float] = (0.9, 0.95, 0.97),
    retrainings: int = 5,
    seed: int = 0,
) -> DStarScore:
    """Counts test images that a network D* takes for real with more than a probability (X-GAN, section 4.3).

    D* learns to tell real training images from generated ones. Where the generator has left out a mode it is
    sure, and test images of that mode are counted: lower is better. The paper leaves D* open; this one has
    128 hidden units, and takes 20 epochs of Adam at 1e-3 in batches of 200.

    Args:
        real: Features of real training images [n, D], of any extractor.
        generated: Features of generated images [m, D]. The larger set gives a random part.
        test: Features of real images that neither D* nor the generator has seen [t, D].
        thresholds: Probabilities t in (0, 1).
        retrainings: Times that D* is trained afresh, two or more.
        seed: Seed of the first; others follow.

    Returns:
        The counts.

    Raises:
        ValueError: If values are not finite, sizes differ, or thresholds or retrainings are out of range.
    """
    real, generated = _checks.pair(real, generated)
    test = _checks.features(test, "test", 1)
    if test.shape[1] != real.shape[1]:
        raise ValueError(f"Test features must have size {real.shape[1]}; received {test.shape[1]}.")
    if retrainings < 2 or not all(0 < threshold < 1 for threshold in thresholds):
        raise ValueError(
            f"Expected two retrainings or more and thresholds in (0, 1); received {retrainings}, {thresholds}."
        )
    size = min(len(real), len(generated))
    counts = []
    for number in range(seed, seed + retrainings):
        random = np.random.default_rng(number)
        parts = [part[random.permutation(len(part))[:size]] for part in (real, generated)]
        network = MLPClassifier(
            (_HIDDEN,),
            alpha=0.0,
            learning_rate_init=_LEARNING_RATE,
            max_iter=_EPOCHS,
            n_iter_no_change=_EPOCHS,
            random_state=number,
        )
        with warnings.catch_warnings():
            # The number of epochs is part of the score.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(np.concatenate(parts), np.repeat([1, 0], size))
        realness = network.predict_proba(test)[:, 1]
        counts.append([np.sum(realness > threshold) for threshold in thresholds])
    columns = list(zip(thresholds, np.transpose(counts), strict=True))
    return DStarScore(
        mean={threshold: float(np.mean(column)) for threshold, column in columns},
        std={threshold: float(np.std(column, ddof=1)) for threshold, column in columns},
        test_images=len(test),
        train_images=size,
    )
