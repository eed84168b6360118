import numpy as np
import pytest
import tensorflow as tf

from tfgans.latent import ConvexSampler, KDESampler

ROWS = 20_000
SEED = (3, 4)


def weights(sampler, m=None, rows=ROWS, count=None):
    """The weights that m neighbours get: their codes are unit vectors."""
    m = m or sampler.k
    codes = tf.eye(m, batch_shape=[rows], dtype=tf.float64)
    return sampler(codes, tf.fill([rows], count or m), tf.constant(SEED)).numpy()


@pytest.mark.parametrize(
    ("kind", "low", "squares"),
    [("halfnormal", 0.20483, 0.2929), ("uniform", 1 / 6, 0.2642), ("dirichlet", 0.25, 1 / 3)],
)
def test_weights_have_their_distribution(kind, low, squares):
    """P(w_1 <= 1/4) for two codes, and E sum w^2 for five."""
    two, five = (weights(ConvexSampler(k, kind)) for k in (2, 5))
    assert (two[:, 0] <= 0.25).mean() == pytest.approx(low, abs=0.012)
    assert (five**2).sum(axis=1).mean() == pytest.approx(squares, abs=0.003)


def test_squares_of_two_half_normal_weights_sum_to_two_over_pi():
    assert (weights(ConvexSampler(2)) ** 2).sum(axis=1).mean() == pytest.approx(2 / np.pi, abs=0.005)


def test_weights_are_convex_and_of_k_neighbours():
    found = weights(ConvexSampler(3), m=7, rows=500)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert np.all(found >= 0)
    np.testing.assert_array_equal((found > 0).sum(axis=1), 3)
    used = (found > 0).mean(axis=0)
    np.testing.assert_allclose(used, 3 / 7, atol=0.08)


def test_barycentric_coordinates_are_the_weights(random):
    """With as many codes as span the space, a combination has one set of weights."""
    corners = random.normal(size=(4, 3))
    found = ConvexSampler(4)(
        tf.constant(corners[np.newaxis].repeat(50, 0)), tf.fill([50], 4), tf.constant(SEED)
    ).numpy()
    system = np.vstack([corners.T, np.ones(4)])
    solved = np.linalg.solve(system, np.vstack([found.T, np.ones(50)]))
    assert np.all(solved > -1e-9)
    assert np.all((found >= corners.min(axis=0)) & (found <= corners.max(axis=0)))


def test_one_code_is_a_neighbour_itself(random):
    codes = random.normal(size=(1, 6, 2)).repeat(40, 0)
    found = ConvexSampler(1)(tf.constant(codes), tf.fill([40], 6), tf.constant(SEED)).numpy()
    nearest = np.linalg.norm(found[:, np.newaxis] - codes[0], axis=-1).min(axis=1)
    np.testing.assert_allclose(nearest, 0, atol=1e-12)


def test_equal_codes_combine_to_themselves():
    found = ConvexSampler()(tf.fill([8, 9, 3], tf.constant(2.5, tf.float64)), tf.fill([8], 9), tf.constant(SEED))
    np.testing.assert_allclose(found, 2.5, rtol=1e-12)


def test_what_is_no_neighbour_is_not_looked_at():
    """Of five places two are neighbours, fewer than k: both are combined, and nothing else."""
    found = weights(ConvexSampler(3), m=5, rows=200, count=2)
    assert np.all(found[:, 2:] == 0)
    assert np.all(found[:, :2] > 0)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


def test_the_seed_decides():
    codes = tf.random.stateless_normal([4, 6, 2], [0, 0])
    first, again, other = (
        ConvexSampler()(codes, tf.fill([4], 6), tf.constant(seed)) for seed in ((1, 2), (1, 2), (1, 3))
    )
    np.testing.assert_array_equal(first, again)
    assert np.all(np.any(first != other, axis=1))


def test_kernel_density_has_the_covariance_of_codes_and_of_the_kernel(random):
    """Cov = Sigma + diag(h^2)."""
    codes = random.normal(size=(ROWS, 2)) @ np.array([[2.0, 0.0], [1.0, 0.5]])
    sampler = KDESampler(3.0)
    bandwidths = sampler.bandwidths(tf.constant(codes.std(axis=0)), tf.constant(500)).numpy()
    np.testing.assert_allclose(bandwidths, 3 * codes.std(axis=0) * 500 ** (-1 / 6), rtol=1e-6)
    found = sampler(tf.constant(codes), tf.constant(np.tile(bandwidths, (ROWS, 1))), tf.constant(SEED)).numpy()
    expected = np.cov(codes.T) + np.diag(bandwidths**2)
    np.testing.assert_allclose(np.cov(found.T), expected, rtol=0.05)


def test_refuses():
    with pytest.raises(ValueError, match="received 0 and 'halfnormal'"):
        ConvexSampler(0)
    with pytest.raises(ValueError, match="weights of halfnormal, uniform, dirichlet; received 5 and 'normal'"):
        ConvexSampler(weights="normal")
    with pytest.raises(ValueError, match="factor must not be negative; received -1"):
        KDESampler(-1)
