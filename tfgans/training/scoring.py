"""Scores of a trained model, with their protocol."""

from typing import Any

import numpy as np

from tfgans.data import ImageSet
from tfgans.metrics import intra_class_distance, label_accuracy, support_vector_judge
from tfgans.models import ConditionalGAN
from tfgans.recipes import ConditionalRecipe

_SAMPLE_SEEDS = (0, 1, 2)


def score_conditional(
    model: ConditionalGAN, recipe: ConditionalRecipe, train: ImageSet, test: ImageSet
) -> list[dict[str, Any]]:
    """Label accuracy, and the distance inside a class as a share of that of real images.

    Args:
        model: The trained model.
        recipe: Its recipe.
        train: Real images that the judge learns from, and whose diversity is the measure.
        test: Real images that the judge is judged on.

    Returns:
        Objects with `metric`, `value` (mean over sets of samples), `spread` (standard deviation over
        them) and `protocol`.
    """
    real, count = train.unit_images, recipe.score_samples
    judge = support_vector_judge(real, train.label, test.unit_images, test.label)
    # As many real images as samples, since memory grows with the square of a class.
    subset = np.random.default_rng(0).permutation(len(real))[:count]
    real_distance = intra_class_distance(real[subset], train.label[subset])
    labels = np.arange(count) % recipe.classes
    accuracies, shares = [], []
    for seed in _SAMPLE_SEEDS:
        samples = model.sample(count, labels=labels, seed=seed * count)
        accuracies.append(label_accuracy(judge.predict(samples), labels))
        shares.append(intra_class_distance(samples, labels) / real_distance)
    protocol = {
        "data": recipe.data,
        "samples": count,
        "sample_sets": len(_SAMPLE_SEEDS),
        "seeds": [seed * count for seed in _SAMPLE_SEEDS],
        "resize": None,
        "averaged": model.use_average,
        "step": int(model.step.numpy()),
    }
    judged_by = {
        "extractor": judge.name,
        "extractor_hash": judge.fingerprint,
        "judge_trained_on": train.split,
        "judge_test_split": test.split,
        "judge_test_accuracy": round(judge.test_accuracy, 4),
    }
    compared_with = {
        "extractor": "pixels",
        "real_split": train.split,
        "real_images": len(subset),
        "real_distance": round(real_distance, 6),
    }
    return [
        _score("label_accuracy", accuracies, {**protocol, **judged_by}),
        _score("intra_class_distance_share", shares, {**protocol, **compared_with}),
    ]


def _score(metric: str, values: list[float], protocol: dict[str, Any]) -> dict[str, Any]:
    return {
        "metric": metric,
        "value": round(float(np.mean(values)), 6),
        "spread": round(float(np.std(values, ddof=1)), 6),
        "protocol": protocol,
    }
