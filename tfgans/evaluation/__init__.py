"""Scores of sets of images: extractors of features, the cache, and the engine of all scores."""

from tfgans.evaluation.classifier import StackedClassifier, trained_classifier
from tfgans.evaluation.engine import METRICS, compute_scores, which_apply
from tfgans.evaluation.extractor import Extractor, Pixels
from tfgans.evaluation.extractors import extractor
from tfgans.evaluation.monitor import Diversity, DiversityMonitor
from tfgans.evaluation.nearest_images import NearestImages, nearest_images
from tfgans.evaluation.scores_file import Score, add_scores, read_scores, score
from tfgans.evaluation.sources import Source, generated_source, image_set_source, to_bytes

__all__ = [
    "METRICS",
    "Diversity",
    "DiversityMonitor",
    "Extractor",
    "NearestImages",
    "Pixels",
    "Score",
    "Source",
    "StackedClassifier",
    "add_scores",
    "compute_scores",
    "extractor",
    "generated_source",
    "image_set_source",
    "nearest_images",
    "read_scores",
    "score",
    "to_bytes",
    "trained_classifier",
    "which_apply",
]
