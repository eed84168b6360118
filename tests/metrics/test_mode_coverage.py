import numpy as np
import pytest

from tfgans.metrics import class_coverage, mode_coverage, stacked_coverage

CENTERS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])


def ring(modes=8):
    angles = 2 * np.pi * np.arange(modes) / modes
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_real_samples_of_a_ring(random):
    """1 - e^(-9/2) = .98889 of a Gaussian in the plane lies within three standard deviations."""
    points = ring()[np.arange(80_000) % 8] + 0.02 * random.normal(size=(80_000, 2))
    coverage = mode_coverage(points, ring(), 0.02)
    assert (coverage.modes, coverage.of) == (8, 8)
    assert coverage.high_quality_share == pytest.approx(1 - np.exp(-4.5), abs=0.0015)
    assert coverage.reverse_kl == pytest.approx(0, abs=1e-12)


def test_by_hand():
    """At sigma 1, of 8 points 4 at the first centre, 2 at the second, 1 four off the third, 1 three off it."""
    points = np.repeat([[0.0, 0.0], [10.0, 1.0], [0.0, 14.0], [0.0, 7.0]], [4, 2, 1, 1], axis=0)
    coverage = mode_coverage(points, CENTERS, 1.0)
    assert coverage.modes == 3
    assert coverage.high_quality_share == 7 / 8
    # Shares 1/2, 1/4, 1/4 of four modes.
    assert coverage.reverse_kl == pytest.approx(0.5 * np.log(2))


def test_a_mode_needs_a_sample_of_high_quality():
    assert mode_coverage([[0.0, 0.0], [10.0, 3.1]], CENTERS, 1.0).modes == 1


def test_nothing_near_covers_nothing():
    coverage = mode_coverage(CENTERS + 4, CENTERS, 1.0)
    assert coverage.modes == coverage.high_quality_share == 0


@pytest.mark.parametrize("modes", [2, 10])
def test_reverse_kl_of_one_mode_and_of_equal_shares(modes):
    assert class_coverage(np.zeros(30, int), modes).reverse_kl == pytest.approx(np.log(modes))
    assert class_coverage(np.arange(30 * modes) % modes, modes).reverse_kl == pytest.approx(0, abs=1e-12)


def test_reverse_kl_is_from_the_shares_of_the_data():
    """Three of four samples lie at a mode that has this share. The divergence from halves is .75 ln 1.5 + .25 ln .5."""
    points, centers = np.array([[0.0], [0.0], [0.0], [9.0]]), np.array([[0.0], [9.0]])
    assert mode_coverage(points, centers, 1.0, (0.75, 0.25)).reverse_kl == pytest.approx(0)
    expected = 0.75 * np.log(1.5) + 0.25 * np.log(0.5)
    assert mode_coverage(points, centers, 1.0).reverse_kl == pytest.approx(expected)


@pytest.mark.parametrize("shares", [(1.0,), (0.5, 0.4), (1.0, 0.0)])
def test_refuses_shares(shares):
    with pytest.raises(ValueError, match="Expected 2 shares above 0 with sum 1"):
        mode_coverage(np.zeros((3, 1)), np.array([[0.0], [9.0]]), 1.0, shares)


def test_classes_by_hand():
    coverage = class_coverage([0, 0, 2, 2], 3)
    assert (coverage.modes, coverage.of, coverage.high_quality_share) == (2, 3, 1.0)
    assert coverage.reverse_kl == pytest.approx(np.log(1.5))


def certain(digits, count):
    """Probabilities of a classifier without doubt."""
    return np.eye(count)[np.asarray(digits)]


def test_stacked_modes_are_triples_of_classes():
    """Channels in another order are another mode, and equal triples are one."""
    coverage = stacked_coverage(certain([[0, 1, 2], [2, 1, 0], [0, 1, 2], [1, 1, 1]], 3))
    assert (coverage.modes, coverage.of, coverage.high_quality_share) == (3, 27, 1)
    # Shares 1/2, 1/4, 1/4 of 27.
    assert coverage.reverse_kl == pytest.approx(np.log(27) - 1.5 * np.log(2))


def test_all_stacked_modes():
    digits = np.stack(np.meshgrid(*[np.arange(10)] * 3), axis=-1).reshape(1000, 3)
    coverage = stacked_coverage(certain(digits, 10))
    assert (coverage.modes, coverage.of) == (1000, 1000)
    assert coverage.reverse_kl == pytest.approx(0, abs=1e-12)


def test_samples_that_a_classifier_doubts_are_not_counted():
    """The doubt of one channel is enough; 3 of 4 samples are left, in the modes 000 twice and 111."""
    probabilities = 0.05 + 0.9 * certain([[0, 0, 0], [0, 0, 0], [0, 1, 0], [1, 1, 1]], 2)
    probabilities[2, 1] = [0.2, 0.8]
    coverage = stacked_coverage(probabilities, confidence=0.9)
    assert (coverage.modes, coverage.of, coverage.high_quality_share) == (2, 8, 0.75)
    assert coverage.reverse_kl == pytest.approx(np.log(8) + (2 / 3) * np.log(2 / 3) + (1 / 3) * np.log(1 / 3))


def test_a_classifier_in_doubt_of_all_samples_counts_no_mode():
    coverage = stacked_coverage(np.full((4, 3, 2), 0.5), confidence=0.9)
    assert coverage == (0, 8, 0, pytest.approx(np.log(8)))


@pytest.mark.parametrize(
    ("points", "centers", "sigma", "message"),
    [
        (np.zeros((3, 2)), np.zeros((3, 3)), 1.0, "of one size"),
        (np.zeros((3, 2)), np.zeros((3, 2)), 0.0, "sigma=0.0"),
        (np.zeros((3, 2)), np.zeros((3, 2)), np.nan, "sigma=nan"),
        (np.zeros((0, 2)), np.zeros((3, 2)), 1.0, "1 generated samples or more; received 0"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), 1.0, "not finite"),
    ],
    ids=["sizes", "no_sigma", "sigma_nan", "no_points", "nan"],
)
def test_refuses_points(points, centers, sigma, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(points, centers, sigma)


@pytest.mark.parametrize("classes", [[], [0, 3], [-1, 0], [[0, 1]], [0.5, 1.0]], ids=str)
def test_refuses_classes(classes):
    with pytest.raises(ValueError, match=r"Expected integers \[n\] in 0 to 2"):
        class_coverage(classes, 3)


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 1, 2), (2, 3)], ids=["no samples", "one channel", "classes"])
def test_refuses_what_are_no_probabilities_of_three_channels(shape):
    with pytest.raises(ValueError, match=r"Expected probabilities \[n, 3, K\]; received"):
        stacked_coverage(np.zeros(shape))


@pytest.mark.parametrize("row", [(0.5, np.nan), (1.1, -0.1), (0.9, 0.9)], ids=["nan", "negative", "sum"])
def test_refuses_numbers_that_are_no_probabilities(row):
    with pytest.raises(ValueError, match=r"not finite|must be at least 0 and sum to 1"):
        stacked_coverage(np.array([[[0.5, 0.5], row, [1.0, 0.0]]]))


def test_refuses_a_confidence_that_is_no_probability():
    with pytest.raises(ValueError, match=r"confidence must lie in \[0, 1\]; received 2.0"):
        stacked_coverage(np.full((4, 3, 2), 0.5), confidence=2.0)
