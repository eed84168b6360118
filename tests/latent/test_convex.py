import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans.latent import CodeBank, ConvexSampler, KDESampler, Normal, Uniform

ROWS = 20_000
SEED = (3, 4)


def weights(sampler, m=None, rows=ROWS, count=None):
    """The weights that each of m neighbours gets, `[rows, m]`; 0 for those that are not picked."""
    m = m or sampler.k
    noise = sampler.noise(m, 2).sample(rows, SEED, dtype="float64")
    places, found = sampler.pick(tf.fill([rows], count or m), noise[:, :m], noise[:, m:])
    return tf.reduce_sum(tf.one_hot(places, m, dtype=found.dtype) * found[..., tf.newaxis], axis=1).numpy()


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


@pytest.mark.parametrize(
    ("kind", "ratio"),
    [("halfnormal", 0.318639 / 1.150349), ("uniform", 0.75 / 0.25), ("dirichlet", 0.287682 / 1.386294)],
)
def test_weights_of_given_numbers(kind, ratio):
    """Of 1/4 and 3/4: quantiles of |N(0, 1)|; 1 - u; and -log(1 - u)."""
    numbers, lots = tf.constant([[0.25, 0.75]], tf.float64), tf.constant([[0.1, 0.2]], tf.float64)
    _, found = ConvexSampler(2, kind).pick(tf.constant([2]), lots, numbers)
    assert float(found[0, 0] / found[0, 1]) == pytest.approx(ratio, rel=1e-5)


def test_the_highest_lots_win():
    lots = tf.constant([[0.1, 0.9, 0.5, 0.7], [0.8, 0.2, 0.99, 0.3]])
    places, _ = ConvexSampler(2).pick(tf.constant([4, 2]), lots, tf.fill([2, 2], 0.5))
    np.testing.assert_array_equal(places, [[1, 3], [0, 1]])


def test_what_is_no_neighbour_is_not_looked_at():
    """Of five places two are neighbours, fewer than k: both are combined, and nothing else."""
    found = weights(ConvexSampler(3), m=5, rows=200, count=2)
    assert np.all(found[:, 2:] == 0)
    assert np.all(found[:, :2] > 0)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


def test_no_draw_of_the_range_breaks_the_weights():
    """Zeros, and the number below 1, have finite weights."""
    edge = np.nextafter(np.float32(1), np.float32(0))
    for kind in ("halfnormal", "uniform", "dirichlet"):
        for draws in ([0.0, 0.0], [edge, edge], [0.0, edge]):
            _, found = ConvexSampler(2, kind).pick(tf.constant([2]), tf.constant([[0.0, 0.5]]), tf.constant([draws]))
            assert np.all(np.isfinite(found))
            np.testing.assert_allclose(np.sum(found), 1, rtol=1e-6)


def test_noise_is_lots_and_draws():
    assert ConvexSampler(5).noise(100, 512) == Uniform(105, 0.0, 1.0)
    assert ConvexSampler(5).noise(3, 512) == Uniform(6, 0.0, 1.0)
    assert KDESampler().noise(100, 512) == Normal(512)


def combinations(codes, sampler, rows, m=None):
    """Latents of a bank around its first code."""
    bank = CodeBank(len(codes), codes.shape[1], sampler, neighbours=m or len(codes) - 1)
    bank.fill(codes)
    noise = bank.noise.sample(rows, SEED, dtype=bank.codes.dtype)
    return bank.combine(tf.zeros([rows], tf.int32), noise).numpy()


def test_barycentric_coordinates_are_the_weights(random, float64):
    """With as many codes as span the space, a combination has one set of weights."""
    corners = random.normal(size=(4, 3))
    codes = np.concatenate([corners.mean(axis=0, keepdims=True), corners])
    found = combinations(codes, ConvexSampler(4), 50)
    noise = ConvexSampler(4).noise(4, 3).sample(50, SEED, dtype="float64")
    places, expected = ConvexSampler(4).pick(tf.fill([50], 4), noise[:, :4], noise[:, 4:])
    order = np.argsort(np.linalg.norm(corners - codes[0], axis=1))
    system = np.vstack([corners.T, np.ones(4)])
    solved = np.linalg.solve(system, np.vstack([found.T, np.ones(50)])).T
    np.testing.assert_allclose(np.take_along_axis(solved, order[places.numpy()], axis=1), expected, atol=1e-9)
    assert np.all((found >= corners.min(axis=0)) & (found <= corners.max(axis=0)))


def test_one_code_is_a_neighbour_itself(random, float64):
    codes = random.normal(size=(7, 2))
    found = combinations(codes, ConvexSampler(1), 40)
    distances = np.linalg.norm(found[:, np.newaxis] - codes[1:], axis=-1)
    np.testing.assert_allclose(distances.min(axis=1), 0, atol=1e-12)
    assert len(np.unique(distances.argmin(axis=1))) > 3


def test_equal_codes_combine_to_themselves(float64):
    np.testing.assert_allclose(combinations(np.full((9, 3), 2.5), ConvexSampler(), 8), 2.5, rtol=1e-12)


def test_kernel_density_has_the_covariance_of_codes_and_of_the_kernel(random, float64):
    """Cov = Sigma + diag(h^2)."""
    codes = random.normal(size=(400, 2)) @ np.array([[2.0, 0.0], [1.0, 0.5]])
    sampler = KDESampler(3.0)
    bandwidths = sampler.bandwidths(tf.constant(codes.std(axis=0)), tf.constant(400)).numpy()
    np.testing.assert_allclose(bandwidths, 3 * codes.std(axis=0) * 400 ** (-1 / 6), rtol=1e-6)
    bank = CodeBank(400, 2, sampler, neighbours=1)
    bank.fill(codes)
    index = tf.range(ROWS) % 400
    found = bank.combine(index, bank.noise.sample(ROWS, SEED, dtype="float64")).numpy()
    expected = np.cov(codes.T, ddof=0) + np.diag(bandwidths**2)
    np.testing.assert_allclose(np.cov(found.T), expected, rtol=0.05)


@pytest.mark.parametrize("sampler", [ConvexSampler(3, "dirichlet"), KDESampler(0.5)])
def test_serialises_by_its_fields(sampler):
    assert keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(sampler)) == sampler


def test_refuses():
    with pytest.raises(ValueError, match="received 0 and 'halfnormal'"):
        ConvexSampler(0)
    with pytest.raises(ValueError, match="weights of halfnormal, uniform, dirichlet; received 5 and 'normal'"):
        ConvexSampler(weights="normal")
    with pytest.raises(ValueError, match="factor must not be negative; received -1"):
        KDESampler(-1)
