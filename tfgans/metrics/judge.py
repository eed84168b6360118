"""A frozen classifier that judges generated images by their class."""

import dataclasses
import hashlib

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

_COMPONENTS = 50


@dataclasses.dataclass(frozen=True)
class Judge:
    """A classifier of real images, and how far it can be trusted.

    Attributes:
        classifier: The fitted classifier, of flattened images.
        name: What it is, for a protocol.
        fingerprint: SHA-256 of the images and labels that it learned from, first 16 hexadecimal digits.
        test_accuracy: Its accuracy on real images that it has not seen.
    """

    classifier: Pipeline
    name: str
    fingerprint: str
    test_accuracy: float

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Class [n] of images [n, ...]."""
        return self.classifier.predict(_flat(images))


def support_vector_judge(
    train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray
) -> Judge:
    """Fits a support vector machine on the principal components of real images.

    Deterministic, and accurate where images are small and aligned, as handwritten digits are.

    Args:
        train_images: Floating [n, ...]. `train_labels`: int [n].
        train_labels: int [n].
        test_images: Floating [m, ...], other images, on which the judge itself is judged.
        test_labels: int [m].

    Returns:
        The judge.
    """
    flat = _flat(train_images)
    components = min(_COMPONENTS, *flat.shape)
    classifier = make_pipeline(PCA(components, svd_solver="covariance_eigh"), SVC(C=10.0, gamma="scale"))
    classifier.fit(flat, train_labels)
    digest = hashlib.sha256(np.ascontiguousarray(flat).tobytes() + np.asarray(train_labels, np.int32).tobytes())
    accuracy = float(np.mean(classifier.predict(_flat(test_images)) == test_labels))
    return Judge(classifier, f"svc(C=10,pca={components})", digest.hexdigest()[:16], accuracy)


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images, np.float32).reshape(len(images), -1)
