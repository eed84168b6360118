"""The number of test images that a network surely distinguishes from generated ones."""

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
    """Counts of test images that no generated image resembles.

    Attributes:
        mean: For each threshold, the mean over retrainings of the number of test images above it.
        std: For each threshold, the standard deviation of this number over retrainings.
        test_images: Number of test images, the largest possible count.
        train_images: Number of real images from which D* learns; it learns from as many generated ones.
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
    """Counts the test images that a network D* finds real with more than a given probability (X-GAN, section 4.3).

    D* learns to distinguish real training images from generated ones. It is sure about images of a mode that the
    generator lacks, so that test images of this mode are counted: lower is better. The paper does not specify D*; here
    it has 128 hidden units and 20 epochs of Adam at 1e-3 in batches of 200.

    Args:
        real: Features [n, D] of real training images, from any extractor.
        generated: Features [m, D] of generated images. A random part of the larger set is used.
        test: Features [t, D] of real images that neither D* nor the generator has learned from.
        thresholds: Probabilities in (0, 1).
        retrainings: Number of trainings of D*, at least two.
        seed: Seed of the first training; the others have the next seeds.

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
