"""The Inception score: the confidence of a classifier in each sample, and the variety of its predictions."""

from typing import Any, NamedTuple

import numpy as np

from tfgans.metrics import _checks, _tfgan


class InceptionScore(NamedTuple):
    """The score of a set of samples.

    Attributes:
        mean: Mean over the splits, from 1 (equal predictions for all samples) to K (all classes, without doubt).
        std: Standard deviation over the splits, without Bessel's correction, as in the literature.
    """

    mean: float
    std: float


def inception_score(probabilities: Any, splits: int = 10) -> InceptionScore:
    """Returns exp(E KL(p(y|x) || p(y))) over several splits (Salimans et al. 2016, section 4).

    With probabilities of the 2015 Inception it is the Inception score. It does not use real data: a generator of one
    perfect image a class has the best score.

    Args:
        probabilities: p(y|x) of n samples in random order, [n, K].
        splits: Number of splits of consecutive samples, whose sizes differ by at most one.

    Raises:
        ValueError: If a row does not consist of probabilities, or there are fewer samples than splits.
    """
    probabilities = _checks.probabilities(probabilities)
    if not 1 <= splits <= len(probabilities):
        raise ValueError(f"splits must lie in 1 to {len(probabilities)}, the number of samples; received {splits}.")
    # TF-GAN takes logits. Logarithms of probabilities are logits, and the logarithm of 0 must be finite.
    logits = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    score = _tfgan.module("classifier_metrics").classifier_score_from_logits
    scores = [float(score(part)) for part in np.array_split(logits, splits)]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))
