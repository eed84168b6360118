"""Scores of a trained model, with their protocol."""

from typing import Any

import numpy as np

from tfgans.data import ImageSet
from tfgans.metrics import (
    MOST_RIDGE_ROWS,
    attribute_r2,
    intra_class_distance,
    kernel_ridge_judge,
    label_accuracy,
    support_vector_judge,
)
from tfgans.models import ConditionalGAN

_SAMPLE_SEEDS = (0, 1, 2)


def score_conditional(model: ConditionalGAN, count: int, train: ImageSet, test: ImageSet) -> list[dict[str, Any]]:
    """Whether a conditional model makes what it is asked for, judged by a predictor of real images.

    Classes give label accuracy, and the distance inside a class as a share of that of real images;
    attributes give the R^2 of each.

    Args:
        model: The trained model.
        count: Images in a set of samples; three sets are drawn.
        train: Real images that the judge learns from, and whose diversity is the measure.
        test: Real images that the judge is judged on.

    Returns:
        Objects with `metric`, `value` (mean over sets of samples), `spread` (standard deviation over
        them) and `protocol`.
    """
    score = _score_classes if train.conditioning == "class" else _score_attributes
    protocol = {
        "data": train.name,
        "samples": count,
        "seeds": [seed * count for seed in _SAMPLE_SEEDS],
        "resize": None,
        "averaged": model.use_average,
        "step": int(model.step.numpy()),
    }
    return [
        {
            "metric": metric,
            "value": round(float(np.mean(values)), 6),
            "spread": round(float(np.std(values, ddof=1)), 6),
            "protocol": {**protocol, **details},
        }
        for metric, values, details in score(model, protocol["seeds"], count, train, test)
    ]


def _score_classes(
    model: ConditionalGAN, seeds: list[int], count: int, train: ImageSet, test: ImageSet
) -> list[tuple[str, list[float], dict[str, Any]]]:
    real = train.unit_images
    judge = support_vector_judge(real, train.label, test.unit_images, test.label)
    # As many real images as samples, since memory grows with the square of a class.
    subset = np.random.default_rng(0).permutation(len(real))[:count]
    real_distance = intra_class_distance(real[subset], train.label[subset])
    labels = np.arange(count) % model.condition_size
    sets = [model.sample(count, labels=labels, seed=seed) for seed in seeds]
    accuracies = [label_accuracy(judge.predict(samples), labels) for samples in sets]
    shares = [intra_class_distance(samples, labels) / real_distance for samples in sets]
    compared_with = {
        "extractor": "pixels",
        "real_split": train.split,
        "real_images": len(subset),
        "real_distance": round(real_distance, 6),
    }
    return [
        ("label_accuracy", accuracies, _judged_by(judge.name, judge.fingerprint, train, test, judge.test_score[0])),
        ("intra_class_distance_share", shares, compared_with),
    ]


def _score_attributes(
    model: ConditionalGAN, seeds: list[int], count: int, train: ImageSet, test: ImageSet
) -> list[tuple[str, list[float], dict[str, Any]]]:
    # Photographs as floating numbers are large; no more are made than are used.
    train, test = train.first(MOST_RIDGE_ROWS), test.first(MOST_RIDGE_ROWS)
    judge = kernel_ridge_judge(train.unit_images, train.label, test.unit_images, test.label)
    labels = np.resize(test.label, (count, test.label.shape[1]))
    sets = [attribute_r2(judge.predict(model.sample(count, labels=labels, seed=seed)), labels) for seed in seeds]
    return [
        (f"attribute_r2/{name}", list(values), _judged_by(judge.name, judge.fingerprint, train, test, limit))
        for name, values, limit in zip(train.label_names, np.transpose(sets), judge.test_score, strict=True)
    ]


def _judged_by(name: str, fingerprint: str, train: ImageSet, test: ImageSet, test_score: float) -> dict[str, Any]:
    return {
        "extractor": name,
        "extractor_hash": fingerprint,
        "judge_trained_on": train.split,
        "judge_test_split": test.split,
        "judge_test_score": round(test_score, 4),
    }
