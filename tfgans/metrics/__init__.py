"""Scores: pure functions of features or samples."""

from tfgans.metrics.intra_class_distance import intra_class_distance
from tfgans.metrics.judge import Judge, support_vector_judge
from tfgans.metrics.label_accuracy import label_accuracy

__all__ = ["Judge", "intra_class_distance", "label_accuracy", "support_vector_judge"]
