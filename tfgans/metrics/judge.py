"""Judges: predictors of labels that are fitted to real images, and applied to generated ones."""

import dataclasses
import hashlib

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

_COMPONENTS = 50
_TREES = 200
MOST_RIDGE_ROWS = 5_000
"""Most rows from which a kernel ridge judge learns, since its memory grows with their square."""


@dataclasses.dataclass(frozen=True)
class Judge:
    """A predictor of labels, and its accuracy.

    Attributes:
        predictor: The fitted predictor of the labels of flattened images.
        name: Description for the protocols of scores.
        fingerprint: SHA-256 of the images and labels of its training, first 16 hexadecimal digits.
        test_score: Its accuracy (one number), or its R^2 of each attribute (K numbers), on real test images.
    """

    predictor: BaseEstimator
    name: str
    fingerprint: str
    test_score: tuple[float, ...]

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Returns the classes [n] or attributes [n, K] of images [n, ...]."""
        return self.predictor.predict(_flat(images))


def support_vector_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits a support vector machine on the principal components of real images, as a judge of classes.

    It is deterministic, and accurate for small and aligned images such as handwritten digits.

    Args:
        train_images: Floating [n, ...].
        train_labels: int [n].
        test_images: Other images, floating [m, ...], on which the judge is tested.
        test_labels: int [m].
    """
    judge = _fit(SVC(C=10.0, gamma="scale"), "svc(C=10)", train_images, train_labels)
    accuracy = float(np.mean(judge.predict(test_images) == test_labels))
    return dataclasses.replace(judge, test_score=(accuracy,))


def kernel_ridge_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits a kernel ridge regression on the principal components of real images, as a judge of attributes.

    Args:
        train_images: Floating [n, ...]; the first `MOST_RIDGE_ROWS` are used.
        train_labels: Floating [n, K].
        test_images: Other images, floating [m, ...], on which the judge is tested.
        test_labels: Floating [m, K].
    """
    images, labels = train_images[:MOST_RIDGE_ROWS], train_labels[:MOST_RIDGE_ROWS]
    components = _principal_components(images).fit_transform(_flat(images))
    gamma = 0.5 / (components.shape[1] * components.var())
    judge = _fit(KernelRidge(alpha=0.01, kernel="rbf", gamma=gamma), "kernel_ridge(alpha=.01)", images, labels)
    return dataclasses.replace(judge, test_score=attribute_r2(judge.predict(test_images), test_labels))


def forest_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits extremely randomised trees on pixels, as a judge of attributes that few pixels show or few images have.

    Args:
        train_images: Floating [n, ...].
        train_labels: Floating [n, K], K > 1.
        test_images: Other images, floating [m, ...], on which the judge is tested.
        test_labels: Floating [m, K].
    """
    # A tree looks for the pixels of a small attribute among all of them; principal components would leave it out.
    flat = _flat(train_images)
    forest = ExtraTreesRegressor(_TREES, max_features="sqrt", random_state=0).fit(flat, train_labels)
    judge = Judge(forest, f"extra_trees({_TREES})", _fingerprint(flat, train_labels), ())
    return dataclasses.replace(judge, test_score=attribute_r2(judge.predict(test_images), test_labels))


def attribute_r2(predicted: np.ndarray, attributes: np.ndarray) -> tuple[float, ...]:
    """Returns R^2 of each attribute: 1 if a judge predicts the condition of each image, 0 for the mean of all.

    Args:
        predicted: The judge's attributes of G(z, y), floating [n, K].
        attributes: The attributes y, floating [n, K].

    Returns:
        K numbers of at most 1.
    """
    return tuple(float(value) for value in r2_score(attributes, predicted, multioutput="raw_values"))


def _fit(predictor: BaseEstimator, name: str, images: np.ndarray, labels: np.ndarray) -> Judge:
    flat = _flat(images)
    fitted = make_pipeline(_principal_components(images), predictor).fit(flat, labels)
    return Judge(fitted, f"{name} of {fitted[0].n_components_} principal components", _fingerprint(flat, labels), ())


def _fingerprint(images: np.ndarray, labels: np.ndarray) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(images).tobytes() + np.ascontiguousarray(labels).tobytes())
    return digest.hexdigest()[:16]


def _principal_components(images: np.ndarray) -> PCA:
    return PCA(min(_COMPONENTS, len(images), int(np.prod(images.shape[1:]))), random_state=0)


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images, np.float32).reshape(len(images), -1)
