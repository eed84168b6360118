import sys

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tfgans.metrics import authenticity

authenticity_module = sys.modules["tfgans.metrics.authenticity"]


def test_by_hand():
    """Training points 0, 1 and 5 are 1, 1 and 4 from their nearest others.

    .4 is nearer to 0 than 1 is, and 8 is nearer to 5 than 1 is: copies. 2.1 is farther from 1 than 0 is, and -2 is
    farther from 0 than 1 is.
    """
    train = np.array([[0.0], [1.0], [5.0]])
    assert authenticity(train, np.array([[0.4], [8.0], [2.1], [-2.0]])) == 0.5


def test_copies_are_not_authentic(random):
    train = random.normal(size=(100, 5))
    assert authenticity(train, train[:30]) == 0
    assert authenticity(train, 100 + train[:30]) == 1


def test_near_copies_of_images_that_occur_twice_are_not_authentic():
    """Without its double, 0 is 7 from its nearest other, and .1 is nearer."""
    train = np.array([[0.0, 1.0], [0.0, 1.0], [7.0, 1.0]])
    assert authenticity(train, np.array([[0.0, 1.0], [0.1, 1.0], [-7.1, 1.0]])) == pytest.approx(1 / 3)


def test_copies_of_mirror_images_are_not_authentic_and_mirror_images_are_no_others():
    """Training points 0, 6 and 14 are 6, 6 and 8 from their nearest others.

    3 is 2.5 from the mirror image of 0, which would be no copy if that image were an other of 0. 22.05 is 7.95 from the
    mirror image of 14, and 8.05 from 14. -7 and 23 are too far from any.
    """
    train, mirrored = np.array([[0.0], [6.0], [14.0]]), np.array([[0.5], [6.2], [14.1]])
    samples = np.array([[3.0], [22.05], [-7.0], [23.0]])
    assert authenticity(train, samples, mirrored) == 0.5
    assert authenticity(train, samples) == 0.75


def test_refuses_another_number_of_mirror_images():
    with pytest.raises(ValueError, match="Expected a mirror image of each of 3 images; received 2"):
        authenticity(np.arange(3.0)[:, None], np.ones((4, 1)) * [[1], [2], [3], [4]], np.arange(2.0)[:, None])


@pytest.mark.parametrize("part", [7, 1_000])
def test_against_all_pairs(random, monkeypatch, part):
    monkeypatch.setattr(authenticity_module, "_PART", part)
    train, samples = random.normal(size=(300, 4)), random.normal(size=(200, 4))
    distances, within = cdist(samples, train), cdist(train, train)
    np.fill_diagonal(within, np.inf)
    expected = np.mean(distances.min(axis=1) > within.min(axis=1)[distances.argmin(axis=1)])
    assert 0.1 < expected < 0.9
    assert authenticity(train, samples) == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore:All . .* samples have the same features")
def test_refuses_equal_training_samples():
    with pytest.raises(ValueError, match="All training samples are equal"):
        authenticity(np.ones((5, 2)), np.zeros((4, 2)))


def test_refuses_one_training_sample():
    with pytest.raises(ValueError, match="The score needs 2 real samples or more; received 1"):
        authenticity(np.zeros((1, 2)), np.zeros((4, 2)))
