import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from tfgans.metrics import Moments, _tfgan, frechet_distance

few_samples = pytest.mark.filterwarnings("ignore:A Frechet distance of")


def mixture(random, count, rank, size, scale=1.0):
    """Features that fill `rank` of `size` dimensions, the same ones for every call."""
    return scale * random.normal(size=(count, rank)) @ np.random.default_rng(7).normal(size=(rank, size))


CASES = {
    "plain": lambda r: (r.normal(size=(600, 48)), 1.2 * r.normal(size=(500, 48)) + 0.1),
    "sparse": lambda r: tuple(np.maximum(r.normal(size=(n, 32)) - 1.2, 0) for n in (400, 300)),
    "fewer_samples_than_dimensions": lambda r: (r.normal(size=(100, 256)), 1.2 * r.normal(size=(120, 256))),
    "duplicated_columns": lambda r: tuple(np.tile(r.normal(size=(n, 24)), 2) for n in (400, 300)),
    "low_rank": lambda r: (mixture(r, 400, 8, 64), mixture(r, 300, 8, 64, 1.1)),
    "low_rank_against_full": lambda r: (mixture(r, 400, 8, 64), r.normal(size=(300, 64))),
}


@pytest.fixture(params=CASES)
def pair(request, random):
    return CASES[request.param](random)


def from_samples(real, generated):
    """The distance without a covariance: tr (S_1 S_2)^(1/2) is the sum of the singular values of X_1 X_2^T / n."""
    ours, theirs = real - real.mean(axis=0), generated - generated.mean(axis=0)
    scales = np.sqrt(len(real) - 1), np.sqrt(len(generated) - 1)
    root = scipy.linalg.svdvals((ours / scales[0]) @ (theirs / scales[1]).T).sum()
    shift = real.mean(axis=0) - generated.mean(axis=0)
    return shift @ shift + np.sum((ours / scales[0]) ** 2) + np.sum((theirs / scales[1]) ** 2) - 2 * root


def by_square_root(real, generated):
    covariances = np.cov(real, rowvar=False), np.cov(generated, rowvar=False)
    shift = real.mean(axis=0) - generated.mean(axis=0)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    return shift @ shift + np.trace(covariances[0] + covariances[1] - 2 * root.real)


@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
def test_gaussians_in_closed_form(random, scale):
    """N(0, I) and N(m, s^2 I) lie |m|^2 + d (1 - s)^2 apart."""
    mean = random.normal(size=20)
    first = Moments.restore(1000, np.zeros(20), np.eye(20))
    second = Moments.restore(1000, mean, scale**2 * np.eye(20))
    assert frechet_distance(first, second) == pytest.approx(mean @ mean + 20 * (1 - scale) ** 2, rel=1e-12)


@pytest.mark.parametrize("decades", [6, 12])
def test_covariances_of_many_scales(random, decades):
    """S and c^2 S lie (1 - c)^2 tr S apart; small variances count too."""
    basis, _ = np.linalg.qr(random.normal(size=(100, 100)))
    variances = 10 ** np.linspace(0, -decades, 100)
    covariance = (basis * variances) @ basis.T
    first = Moments.restore(1000, np.zeros(100), covariance)
    second = Moments.restore(1000, np.zeros(100), 1.1**2 * covariance)
    assert frechet_distance(first, second) == pytest.approx(0.1**2 * variances.sum(), rel=1e-9)


@few_samples
def test_against_singular_values_of_the_samples(pair):
    assert frechet_distance(*pair) == pytest.approx(from_samples(*pair), rel=1e-10)


@few_samples
def test_against_tfgan(pair):
    distance = _tfgan.module("classifier_metrics").frechet_classifier_distance_from_activations
    assert frechet_distance(*pair) == pytest.approx(float(distance(*map(tf.constant, pair))), rel=1e-9)


@few_samples
def test_against_a_general_square_root(pair):
    """To 1e-5 only, since the root of a singular matrix is good to the root of the rounding error."""
    assert frechet_distance(*pair) == pytest.approx(by_square_root(*pair), rel=1e-5)


@few_samples
@pytest.mark.parametrize(
    ("name", "tolerance"), [("plain", 1e-9), ("grid", 1e-9), ("few_samples", 1e-6), ("low_rank", 1e-6)]
)
def test_against_torch_fidelity(inputs, goldens, name, tolerance):
    """Where covariances are singular its eigenvalues are good to 1e-6 or so."""
    expected = goldens["frechet_distance"][name]
    assert frechet_distance(*inputs.features()[name]) == pytest.approx(expected, rel=tolerance)


@few_samples
def test_is_symmetric(pair):
    assert frechet_distance(*pair) == pytest.approx(frechet_distance(*pair[::-1]), rel=1e-10)


@few_samples
def test_a_set_is_at_no_distance_from_itself(pair):
    for features in pair:
        distance = frechet_distance(features, features[::-1])
        assert 0 <= distance < 1e-10 * features.var(axis=0).sum()


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("sizes", [(500, 500), (1, 999), (1,) * 1000, (3, 600, 397)], ids=str)
def test_moments_do_not_depend_on_the_parts(random, sizes, offset):
    features = random.normal(size=(1000, 6)) * np.arange(1, 7) + offset
    moments = Moments()
    for part in np.split(features, np.cumsum(sizes)[:-1]):
        moments.update(part)
    # Taking the offset off is exact.
    covariance = np.cov(features - offset, rowvar=False)
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert moments.count == 1000
    np.testing.assert_allclose(moments.mean, features.mean(axis=0), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(moments.covariance / scale, covariance / scale, atol=1e-12 if offset == 0 else 1e-9)


def test_moments_stand_for_their_features(random):
    real, generated = random.normal(size=(200, 5)), random.normal(size=(100, 5))
    expected = frechet_distance(real, generated)
    assert frechet_distance(Moments.of(real), generated) == pytest.approx(expected, rel=1e-12)
    stored = Moments.restore(200, Moments.of(real).mean, Moments.of(real).covariance)
    assert frechet_distance(stored, Moments.of(generated)) == pytest.approx(expected, rel=1e-12)


def test_restored_moments_can_be_added_to(random):
    features = random.normal(size=(50, 3))
    half = Moments.of(features[:30])
    moments = Moments.restore(30, half.mean, half.covariance)
    moments.update(features[30:])
    np.testing.assert_allclose(moments.covariance, np.cov(features, rowvar=False), rtol=1e-12)


def test_leaves_its_input_alone(random):
    real, generated = random.normal(size=(50, 3)), random.normal(size=(50, 3))
    copies = real.copy(), generated.copy()
    frechet_distance(real, generated)
    assert np.array_equal(real, copies[0])
    assert np.array_equal(generated, copies[1])


def test_float32_is_summed_in_float64(random):
    real, generated = (random.normal(size=(300, 8)).astype(np.float32) + 1e3 for _ in range(2))
    expected = frechet_distance(real.astype(np.float64), generated.astype(np.float64))
    assert frechet_distance(real, generated) == expected


def test_warns_of_fewer_samples_than_dimensions(random):
    with pytest.warns(UserWarning, match="of 20 and 50 samples in 20 dimensions is far above"):
        frechet_distance(random.normal(size=(20, 20)), random.normal(size=(50, 20)))


def test_constant_features_are_finite_with_a_warning():
    """Two points lie their squared distance apart."""
    with pytest.warns(UserWarning, match="All 9 (real|generated) samples have the same features"):
        assert frechet_distance(np.zeros((9, 3)), np.ones((9, 3))) == pytest.approx(3)


@pytest.mark.parametrize(
    ("real", "generated", "message"),
    [
        (np.zeros((9, 3)), np.full((9, 3), np.nan), "generated features of 9 of 9 samples are not finite"),
        (np.zeros((9, 3)), np.full((9, 3), np.inf), "not finite"),
        (np.zeros((9, 3)), np.zeros((9, 2)), "one size; received 3 and 2"),
        (np.zeros((1, 3)), np.zeros((9, 3)), "2 real samples or more; received 1"),
        (np.zeros((9, 3)), np.zeros(9), r"must be \[n, D\]; received \(9,\)"),
        (Moments(), Moments(), "received 0 of size 0"),
    ],
    ids=["nan", "inf", "sizes", "one_sample", "no_features", "nothing_added"],
)
def test_refuses(real, generated, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, generated)


def test_moments_refuse_another_size():
    moments = Moments.of(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="size 3, as before; received 4"):
        moments.update(np.zeros((2, 4)))
