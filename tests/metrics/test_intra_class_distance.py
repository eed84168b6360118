import numpy as np
import pytest
from scipy.spatial.distance import pdist

from tfgans.metrics import intra_class_distance


def test_by_hand():
    """Class 0: points 0, 3, 6 have mean distance 4; class 1: points 0 and (3, 4) have 5."""
    images = np.array([[0, 0], [3, 0], [6, 0], [0, 0], [3, 4]], float).reshape(5, 1, 2, 1)
    assert intra_class_distance(images, np.array([0, 0, 0, 1, 1])) == pytest.approx(4.5)


def test_against_scipy(random):
    images, labels = random.normal(size=(60, 4, 4, 1)), np.arange(60) % 3
    expected = np.mean([pdist(images[labels == c].reshape(-1, 16)).mean() for c in range(3)])
    assert intra_class_distance(images, labels) == pytest.approx(expected)


def test_collapse_is_zero():
    assert intra_class_distance(np.ones((6, 2, 2, 1)), np.arange(6) % 2) == 0


def test_refuses_a_class_of_one():
    with pytest.raises(ValueError, match="Class 1 has one image"):
        intra_class_distance(np.zeros((3, 2)), np.array([0, 0, 1]))


def test_refuses_other_lengths():
    with pytest.raises(ValueError, match="3 images, 2 labels"):
        intra_class_distance(np.zeros((3, 2)), np.array([0, 0]))
