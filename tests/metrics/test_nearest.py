import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tfgans.metrics import nearest, spacing


def test_by_hand():
    found = nearest(np.array([[0.0], [10.0]]), [np.array([[1.0], [8.0]]), np.array([[-0.5]])], k=2)
    np.testing.assert_array_equal(found.rows, [[2, 0], [1, 0]])
    np.testing.assert_array_equal(found.distances, [[0.5, 1.0], [2.0, 9.0]])


@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("parts", [1, 3, 50])
def test_against_all_pairs(random, k, parts):
    """Parts may have fewer points than there are neighbours."""
    points, others = random.normal(size=(450, 7)), random.normal(size=(100, 7)).astype(np.float32)
    found = nearest(points, np.array_split(others, parts), k)
    expected = cdist(points, others.astype(np.float64))
    order = np.argsort(expected, axis=1)[:, :k]
    np.testing.assert_array_equal(found.rows, order)
    np.testing.assert_allclose(found.distances, np.take_along_axis(expected, order, axis=1))


def test_far_from_zero_a_copy_has_no_distance(random):
    """Products of such numbers lose the digits in which neighbours differ."""
    others = 1e6 + random.normal(size=(50, 3))
    np.testing.assert_array_equal(nearest(others, [others]).distances, np.zeros((50, 1)))


def test_far_from_zero_neighbours_are_exact(random):
    points, others = random.normal(size=(2, 60, 3))
    near, far = nearest(points, [others], k=3), nearest(1e8 + points, [1e8 + others], k=3)
    np.testing.assert_array_equal(far.rows, near.rows)
    np.testing.assert_allclose(far.distances, near.distances, atol=1e-6)


def test_too_few_points():
    with pytest.raises(ValueError, match="There are 2 points to choose 3 neighbours from"):
        nearest(np.zeros((4, 1)), [np.zeros((2, 1))], k=3)


def test_spacing_by_hand():
    """Points (0, 0), (3, 4) and (3, 5) have their nearest other one at the distances 5, 1 and 1."""
    assert spacing(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])) == pytest.approx(7 / 3)
