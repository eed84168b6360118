import importlib

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tfgans.metrics import Neighbourhoods, prdc

approx = pytest.approx


def brute_force(real, generated, k=5, inside=np.less_equal):
    """The definitions of both papers, on all pairs at once."""
    real, generated = real.astype(np.float64), generated.astype(np.float64)
    # Column 0 of the sorted distances is the point itself.
    radii, generated_radii = (np.sort(cdist(part, part, "sqeuclidean"), axis=1)[:, k] for part in (real, generated))
    distances = cdist(real, generated, "sqeuclidean")
    near_real, near_generated = inside(distances, radii[:, np.newaxis]), inside(distances, generated_radii)
    return (
        near_real.any(axis=0).mean(),
        near_generated.any(axis=1).mean(),
        near_real.sum(axis=0).mean() / k,
        near_real.any(axis=1).mean(),
    )


def grid(random, size, offset=0.0):
    """Integer points, among which distances are often equal and points occur more than once."""
    real, generated = random.integers(0, 3, (300, size)), random.integers(0, 3, (250, size)) + (np.arange(size) < 2)
    generated[:40] = real[:40]
    generated[40:80] = generated[80:120]
    return real + offset, generated + offset


def test_by_hand():
    """Real 0, 1, 3 and k = 1: radii 1, 1, 2. Generated 2, 5, 9: radii 3, 3, 4.

    2 is inside 1 and 3, and 5 inside 3, all at their edges: 2 of 3 generated, three neighbourhoods, and
    2 of 3 real. 0 lies inside 2, and so do 1 and 3.
    """
    real, generated = np.array([[0.0], [1.0], [3.0]]), np.array([[2.0], [5.0], [9.0]])
    assert prdc(real, generated, k=1) == approx((2 / 3, 1.0, 1.0, 2 / 3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("size", [2, 16, 200])
def test_against_brute_force(random, size, k, dtype):
    real = random.normal(size=(450, size)).astype(dtype)
    generated = 1.1 * random.normal(size=(350, size)).astype(dtype)
    assert prdc(real, generated, k) == approx(brute_force(real, generated, k))


def test_neighbourhoods_of_real_samples_are_found_once_for_several_sets(random, monkeypatch):
    module = importlib.import_module("tfgans.metrics.prdc")
    real, radii, sizes = random.normal(size=(90, 3)), module.squared_radii, []
    monkeypatch.setattr(module, "squared_radii", lambda points, k: sizes.append(len(points)) or radii(points, k))
    around_real = Neighbourhoods(real, k=3)
    for count in (50, 60):
        generated = random.normal(size=(count, 3))
        assert prdc(around_real, generated) == approx(brute_force(real, generated, 3))
    assert sizes == [90, 50, 60]


@pytest.mark.parametrize("offset", [0.0, 0.1, 1e4])
@pytest.mark.parametrize("size", [1, 6, 100])
def test_ties_and_duplicates_are_inside(random, size, offset):
    real, generated = grid(random, size, offset)
    # Of numbers that are no integers, the differences are rounded before they can be compared.
    expected = brute_force(np.round(real - offset), np.round(generated - offset))
    assert prdc(real, generated) == approx(expected)


def test_ties_matter_on_a_grid(random):
    """What the test before would miss if there were no ties."""
    real, generated = grid(random, 6)
    assert np.all(np.array(brute_force(real, generated)) - brute_force(real, generated, inside=np.less) > 0.05)


@pytest.mark.parametrize("spread", [1e-2, 1e-4])
def test_tight_clusters_far_from_the_mean(random, spread):
    """Distances inside a cluster are small beside the norms that products are made of."""
    centers = random.normal(size=(5, 64))
    real, generated = (np.tile(centers, (60, 1)) + spread * random.normal(size=(300, 64)) for _ in range(2))
    assert prdc(real, generated) == approx(brute_force(real, generated))


def test_offset_does_not_matter(random):
    real, generated = random.normal(size=(200, 8)), random.normal(size=(200, 8))
    assert prdc(real + 1e5, generated + 1e5) == approx(brute_force(real, generated))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_does_not_depend_on_the_chunk(random, monkeypatch, chunk):
    real, generated = grid(random, 6)
    expected = prdc(real, generated)
    monkeypatch.setattr(importlib.import_module("tfgans.metrics.nearest"), "_CHUNK", chunk)
    assert prdc(real, generated) == expected


@pytest.mark.parametrize("name", ["plain", "few_samples", "low_rank", "grid"])
def test_against_torch_fidelity(inputs, goldens, name):
    """Its shares are means in float32."""
    expected = goldens["precision_recall"][name]
    precision, recall, *_ = prdc(*inputs.features()[name])
    assert (precision, recall) == approx((expected["precision"], expected["recall"]), abs=1e-7)


def test_equal_distributions_score_high(random):
    real, generated = random.normal(size=(500, 4)), random.normal(size=(500, 4))
    precision, recall, density, coverage = prdc(real, generated)
    assert min(precision, recall, coverage) > 0.9
    assert density == approx(1, abs=0.1)


@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_collapse_is_precise_and_covers_little(random, noise):
    real = random.normal(size=(500, 16))
    generated = real[:5].repeat(100, axis=0) + noise * random.normal(size=(500, 16))
    precision, recall, _, coverage = prdc(real, generated)
    assert precision == 1
    assert recall < 0.02
    assert coverage < 0.1


def test_too_wide_is_not_precise(random):
    precision, recall, density, coverage = prdc(random.normal(size=(500, 16)), 3 * random.normal(size=(500, 16)))
    assert precision < 0.05
    assert recall > 0.9
    assert density < 0.05
    assert coverage < 0.1


def test_a_set_against_itself_is_perfect(random):
    real = random.normal(size=(100, 3))
    assert prdc(real, real)[:2] == (1, 1)
    assert prdc(real, real).coverage == 1


def test_leaves_its_input_alone(random):
    real, generated = random.normal(size=(50, 3)), random.normal(size=(50, 3))
    copies = real.copy(), generated.copy()
    prdc(real, generated)
    assert np.array_equal(real, copies[0])
    assert np.array_equal(generated, copies[1])


@pytest.mark.parametrize(
    ("real", "generated", "k", "message"),
    [
        (np.eye(9), np.eye(9), 0, "k must be at least 1; received 0"),
        (np.eye(9), np.eye(9), 9, "10 real samples or more; received 9"),
        (np.eye(9), np.eye(9)[:5], 5, "6 generated samples or more; received 5"),
        (np.eye(9), np.eye(9)[:, :2], 5, "one size; received 9 and 2"),
        (np.eye(9), np.eye(9) * np.nan, 5, "not finite"),
    ],
    ids=["no_neighbour", "few_real", "few_generated", "sizes", "nan"],
)
def test_refuses(real, generated, k, message):
    with pytest.raises(ValueError, match=message):
        prdc(real, generated, k)
