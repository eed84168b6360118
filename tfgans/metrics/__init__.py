"""Scores: pure functions of features or samples."""

from tfgans.metrics.authenticity import authenticity
from tfgans.metrics.d_star_score import DStarScore, d_star_score
from tfgans.metrics.frechet_distance import Moments, frechet_distance
from tfgans.metrics.inception_score import InceptionScore, inception_score
from tfgans.metrics.intra_class_distance import intra_class_distance
from tfgans.metrics.judge import (
    MOST_RIDGE_ROWS,
    Judge,
    attribute_r2,
    forest_judge,
    kernel_ridge_judge,
    support_vector_judge,
)
from tfgans.metrics.kernel_distance import KernelDistance, kernel_distance
from tfgans.metrics.label_accuracy import label_accuracy
from tfgans.metrics.mode_coverage import ModeCoverage, class_coverage, mode_coverage, stacked_coverage
from tfgans.metrics.nearest import Nearest, nearest, spacing
from tfgans.metrics.prdc import PRDC, Neighbourhoods, prdc
from tfgans.metrics.rare_recall import RareRecall, rare_recall
from tfgans.metrics.sliced_wasserstein_distance import sliced_wasserstein_distance
from tfgans.metrics.structural_similarity import LEGACY_RANGE, UNIFORM_SIZE, moving_average, ms_ssim, ssim

__all__ = [
    "LEGACY_RANGE",
    "MOST_RIDGE_ROWS",
    "PRDC",
    "UNIFORM_SIZE",
    "DStarScore",
    "InceptionScore",
    "Judge",
    "KernelDistance",
    "ModeCoverage",
    "Moments",
    "Nearest",
    "Neighbourhoods",
    "RareRecall",
    "attribute_r2",
    "authenticity",
    "class_coverage",
    "d_star_score",
    "forest_judge",
    "frechet_distance",
    "inception_score",
    "intra_class_distance",
    "kernel_distance",
    "kernel_ridge_judge",
    "label_accuracy",
    "mode_coverage",
    "moving_average",
    "ms_ssim",
    "nearest",
    "prdc",
    "rare_recall",
    "sliced_wasserstein_distance",
    "spacing",
    "ssim",
    "stacked_coverage",
    "support_vector_judge",
]
