import numpy as np

from papers.styles import attribute_vectors


def test_vectors_run_from_the_lower_to_the_upper_third():
    """Codes (2 a, b) of attributes a = 0, 1, 2 and b = 5, 5, 8."""
    attributes = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 8.0]])
    vectors, distances = attribute_vectors(attributes * [2.0, 1.0], attributes)
    np.testing.assert_allclose(vectors, [[4, 3], [3, 3]])
    np.testing.assert_allclose(distances, [2, 3])


def test_a_linear_space_moves_by_its_vector(random):
    attributes = random.uniform(size=(300, 3))
    matrix = random.normal(size=(3, 5))
    vectors, distances = attribute_vectors(attributes @ matrix, attributes)
    recovered = vectors @ np.linalg.pinv(matrix)
    np.testing.assert_allclose(np.diag(recovered), distances, rtol=1e-9)
