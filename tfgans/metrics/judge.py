"""Frozen predictors, fitted to real images, that judge generated ones."""

import dataclasses
import hashlib

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

_COMPONENTS = 50
MOST_RIDGE_ROWS = 5_000
"""Rows that a kernel ridge judge learns from at most, since memory grows with their square."""


@dataclasses.dataclass(frozen=True)
class Judge:
    """A predictor of real images' labels, and how far it can be trusted.

    Attributes:
        predictor: The fitted predictor, of flattened images.
        name: A description for protocols.
        fingerprint: SHA-256 of the images and labels that it learned from, first 16 hexadecimal digits.
        test_score: On real images that it has not seen: [1] its accuracy, or [K] its R^2 of each attribute.
    """

    predictor: Pipeline
    name: str
    fingerprint: str
    test_score: tuple[float, ...]

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Class [n] or attributes [n, K] of images [n, ...]."""
        return self.predictor.predict(_flat(images))


def support_vector_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits a support vector machine on the principal components of real images, to judge classes.

    Deterministic, and accurate where images are small and aligned, as handwritten digits are.

    Args:
        train_images: Floating [n, ...].
        train_labels: int [n].
        test_images: Floating [m, ...], other images, on which the judge itself is judged.
        test_labels: int [m].

    Returns:
        The judge.
    """
    judge = _fit(SVC(C=10.0, gamma="scale"), "svc(C=10)", train_images, train_labels)
    accuracy = float(np.mean(judge.predict(test_images) == test_labels))
    return dataclasses.replace(judge, test_score=(accuracy,))


def kernel_ridge_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits a kernel ridge regression on the principal components of real images, to judge attributes.

    Args:
        train_images: Floating [n, ...]; the first `MOST_RIDGE_ROWS` are used.
        train_labels: Floating [n, K].
        test_images: Floating [m, ...], other images, on which the judge itself is judged.
        test_labels: Floating [m, K].

    Returns:
        The judge.
    """
    images, labels = train_images[:MOST_RIDGE_ROWS], train_labels[:MOST_RIDGE_ROWS]
    components = _principal_components(images).fit_transform(_flat(images))
    gamma = 0.5 / (components.shape[1] * components.var())
    judge = _fit(KernelRidge(alpha=0.01, kernel="rbf", gamma=gamma), "kernel_ridge(alpha=.01)", images, labels)
    return dataclasses.replace(judge, test_score=attribute_r2(judge.predict(test_images), test_labels))


def attribute_r2(predicted: np.ndarray, attributes: np.ndarray) -> tuple[float, ...]:
    """R^2 of each attribute: 1 where a judge reads off the images what they were conditioned on, 0 for chance.

    Args:
        predicted: Floating [n, K], the judge's attributes of G(z, y).
        attributes: Floating [n, K], the attributes y.

    Returns:
        K numbers of at most 1.
    """
    return tuple(float(value) for value in r2_score(attributes, predicted, multioutput="raw_values"))


def _fit(predictor: BaseEstimator, name: str, images: np.ndarray, labels: np.ndarray) -> Judge:
    flat = _flat(images)
    fitted = make_pipeline(_principal_components(images), predictor).fit(flat, labels)
    digest = hashlib.sha256(np.ascontiguousarray(flat).tobytes() + np.ascontiguousarray(labels).tobytes())
    return Judge(fitted, f"{name} of {fitted[0].n_components_} principal components", digest.hexdigest()[:16], ())


def _principal_components(images: np.ndarray) -> PCA:
    return PCA(min(_COMPONENTS, len(images), int(np.prod(images.shape[1:]))), random_state=0)


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images, np.float32).reshape(len(images), -1)
