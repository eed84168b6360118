"""Scores: pure functions of features or samples."""

from tfgans.metrics.intra_class_distance import intra_class_distance
from tfgans.metrics.judge import MOST_RIDGE_ROWS, Judge, attribute_r2, kernel_ridge_judge, support_vector_judge
from tfgans.metrics.label_accuracy import label_accuracy

__all__ = [
    "MOST_RIDGE_ROWS",
    "Judge",
    "attribute_r2",
    "intra_class_distance",
    "kernel_ridge_judge",
    "label_accuracy",
    "support_vector_judge",
]
