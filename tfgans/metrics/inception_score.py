"""The confidence of a classifier in each sample, and the variety of its predictions."""

from typing import Any, NamedTuple

import numpy as np

from tfgans.metrics import _checks, _tfgan


class InceptionScore(NamedTuple):
    """The score of a set of samples.

    Attributes:
        mean: Mean over the splits, from 1 (nothing told apart) to K (every class, surely).
        std: Standard deviation over the splits, divided by their number as the field does.
    """

    mean: float
    std: float


def inception_score(probabilities: Any, splits: int = 10) -> InceptionScore:
    """exp(E KL(p(y|x) || p(y))) on each of some splits (Salimans et al. 2016, section 4).

    Only with the 2015 Inception's probabilities is the number what papers call an Inception score. It
    knows nothing of real data: a generator that keeps one perfect image a class has the best score.

    Args:
        probabilities: [n, K], p(y|x) of n samples in random order.
        splits: Number of splits of consecutive samples, whose sizes differ by one at most.

    Returns:
        Mean and standard deviation over the splits.

    Raises:
        ValueError: If `probabilities` are none, or there are fewer samples than splits.
    """
    probabilities = _checks.probabilities(probabilities)
    if not 1 <= splits <= len(probabilities):
        raise ValueError(f"splits must lie in 1 to {len(probabilities)}, the number of samples; received {splits}.")
    # TF-GAN takes logits; the logarithm of a probability is one, and that of 0 must stay finite.
    logits = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    score = _tfgan.module("classifier_metrics").classifier_score_from_logits
    scores = [float(score(part)) for part in np.array_split(logits, splits)]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))
