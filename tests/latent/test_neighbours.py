import numpy as np
import pytest

from tfgans.latent import nearest_neighbours


def test_points_of_a_line_have_those_beside_them():
    """At 0, 1, 2.1 and 3.3, an inner point has the two beside it, an end the two that come next."""
    found = nearest_neighbours(np.array([[0.0], [1.0], [2.1], [3.3]]), 2)
    np.testing.assert_array_equal(found.index, [[1, 2], [0, 2], [1, 3], [2, 1]])
    np.testing.assert_allclose(found.distance, [[1, 2.1], [1, 1.1], [1.1, 1.2], [1.2, 2.3]], rtol=1e-6)
    np.testing.assert_array_equal(found.count, 2)


def test_against_all_differences(random):
    codes = random.normal(size=(230, 7))
    distances = np.linalg.norm(codes[:, np.newaxis] - codes, axis=2)
    np.fill_diagonal(distances, np.inf)
    found = nearest_neighbours(codes, 11)
    np.testing.assert_array_equal(found.index, distances.argsort(axis=1)[:, :11])
    np.testing.assert_allclose(found.distance, np.sort(distances, axis=1)[:, :11], rtol=1e-5)


def test_a_code_is_no_neighbour_of_its_own_also_where_others_are_the_same():
    found = nearest_neighbours(np.zeros((5, 2)), 4)
    for row, others in enumerate(found.index):
        assert set(others) == set(range(5)) - {row}


def test_neighbours_are_of_the_own_class(random):
    codes, labels = random.normal(size=(60, 3)), np.arange(60) % 3
    found = nearest_neighbours(codes, 5, labels)
    assert np.all(labels[found.index] == labels[:, np.newaxis])
    alone = nearest_neighbours(codes[labels == 1], 5)
    np.testing.assert_array_equal(found.index[labels == 1], np.flatnonzero(labels == 1)[alone.index])


def test_a_small_class_has_all_of_its_others():
    """A class of three and m = 100: two neighbours, and nothing behind them."""
    codes = np.array([[0.0], [5.0], [1.0], [9.0], [3.0]])
    found = nearest_neighbours(codes, 100, np.array([0, 1, 0, 1, 0]))
    np.testing.assert_array_equal(found.count, [2, 1, 2, 1, 2])
    np.testing.assert_array_equal(found.index[0, :3], [2, 4, 0])
    assert np.all(np.isinf(found.distance[0, 2:]))


def test_far_from_the_origin_as_near_it(random):
    codes = random.normal(size=(50, 4))
    np.testing.assert_array_equal(nearest_neighbours(codes, 3).index, nearest_neighbours(codes + 1000, 3).index)


@pytest.mark.parametrize(
    ("codes", "m", "labels", "message"),
    [
        (np.zeros((3, 2)), 0, None, "m=0"),
        (np.zeros(3), 1, None, r"Expected finite codes \[n, N\]"),
        (np.full((3, 2), np.nan), 1, None, "Expected finite codes"),
        (np.zeros((3, 2)), 1, [0, 1], r"a label for each of 3 codes; received \(2,\)"),
        (np.zeros((3, 2)), 1, [0, 0, 7], "Class 7 has one code; it has no neighbour"),
    ],
)
def test_refuses(codes, m, labels, message):
    with pytest.raises(ValueError, match=message):
        nearest_neighbours(codes, m, labels)
