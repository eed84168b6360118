import numpy as np
import pytest

from tfgans.latent import code_plane, code_variances


def test_variances_of_real_codes_are_those_along_the_axes(random):
    """Uncorrelated entries of variances 4 and 1."""
    real = random.normal(size=(500, 2))
    real -= real.mean(axis=0)
    real = real @ np.linalg.inv(np.linalg.cholesky(np.cov(real.T)).T) * [2.0, 1.0]
    plane, generated = code_plane(real, real[:10])
    np.testing.assert_allclose(plane.var(axis=0, ddof=1), [4, 1], rtol=1e-9)
    np.testing.assert_allclose(np.abs(plane), np.abs(real), atol=1e-9)
    np.testing.assert_allclose(generated, plane[:10])


def test_generated_codes_are_seen_in_the_basis_of_the_real_ones():
    """Real codes vary along the first entry only; generated ones along the third."""
    real, generated = np.zeros((4, 3)), np.zeros((2, 3))
    real[:, 0], generated[:, 2] = [-3, -1, 1, 3], [5, -5]
    plane, others = code_plane(real, generated)
    np.testing.assert_allclose(np.abs(plane[:, 0]), [3, 1, 1, 3], atol=1e-12)
    np.testing.assert_allclose(others[:, 0], 0, atol=1e-12)
    variances = code_variances(real, generated)
    assert variances.real == pytest.approx(20 / 3 / 3)
    assert variances.generated == pytest.approx(50 / 3)
    assert variances.real_plane == pytest.approx(20 / 3)


def test_variances_in_the_plane_leave_out_the_other_axes():
    """Real codes vary along the first two entries. Generated ones vary along all three, by 50 / 3, 18 / 3 and 288 / 3,
    whose mean is 39.56, and by 22.67 in the plane."""
    real = np.array([[4.0, 0, 0], [-4, 0, 0], [0, 2, 0], [0, -2, 0]])
    generated = np.array([[0.0, 0, 0], [5, 3, 12], [-5, -3, -12], [0, 0, 0]])
    variances = code_variances(real, generated)
    assert variances.generated == pytest.approx((50 + 18 + 288) / 3 / 3)
    assert variances.generated_plane == pytest.approx((50 + 18) / 3)


def test_collapsed_codes_have_no_variance(random):
    variances = code_variances(random.normal(size=(50, 4)), np.ones((20, 4)))
    assert (variances.generated, variances.generated_plane) == pytest.approx((0, 0), abs=1e-20)
    assert variances.real > 0.5


def test_codes_of_one_entry_lie_on_a_line():
    (plane,) = code_plane(np.array([[0.0], [2.0], [4.0]]))
    np.testing.assert_allclose(np.sort(np.abs(plane[:, 0])), [0, 2, 2])
    np.testing.assert_array_equal(plane[:, 1], 0)


@pytest.mark.parametrize(("real", "generated"), [((1, 3), (5, 3)), ((5, 3), (5, 2)), ((5,), (5,))])
def test_refuses_codes_of_other_sizes(real, generated):
    with pytest.raises(ValueError, match=r"Expected codes \[n, N\] of one size N, two or more real ones; received"):
        code_plane(np.zeros(real), np.zeros(generated))
