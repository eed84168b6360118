import numpy as np
import pytest
import tensorflow as tf

from tfgans import data, metrics


@pytest.mark.parametrize(
    ("name", "modes", "sigma", "farthest"),
    [
        ("ring8", 8, 0.01, 1.0),
        ("grid25", 25, 0.05, 4 * np.sqrt(2)),
        ("rings16", 16, 0.01, 2.0),
        ("logan_ring8", 8, 0.01, 1.0),
        ("logan_grid25", 25, 0.01, 2 * np.sqrt(2)),
        ("logan_line7", 7, 0.01, 5.0),
        ("line3", 3, 0.01, 1.0),
        ("line7", 7, 0.01, 5.0),
    ],
)
def test_real_points_have_all_modes_and_lie_at_them(name, modes, sigma, farthest):
    world = data.toy_world(name)
    assert (len(world.centers), world.sigma) == (modes, sigma)
    assert np.linalg.norm(world.centers, axis=1).max() == pytest.approx(farthest)
    points = world.sample(20_000, tf.constant([0, 1])).numpy() * world.scale
    coverage = metrics.mode_coverage(points, world.centers, world.sigma)
    assert coverage.modes == modes
    # Within three standard deviations: 1 - exp(-4.5) in the plane, .9973 on a line.
    expected = 0.98889 if world.size == 2 else 0.9973
    assert coverage.high_quality_share == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize(("name", "spacing"), [("grid25", 2.0), ("logan_grid25", 1.0)])
def test_grids_are_the_standard_one_and_that_of_logans_code(name, spacing):
    centers = {tuple(center) for center in data.toy_world(name).centers.tolist()}
    assert centers == {(spacing * x, spacing * y) for x in range(-2, 3) for y in range(-2, 3)}


def test_networks_see_worlds_of_one_size_but_those_of_logans_code():
    reach = {"logan_ring8": 1, "logan_line7": 5}
    for world in data.TOY_WORLDS.values():
        points = world.sample(1_000, tf.constant([0, 1])).numpy()
        assert np.abs(points).max() == pytest.approx(reach.get(world.name, 2), abs=0.2)
        assert world.scale == 1 or not world.name.startswith("logan_")


def test_the_middle_mode_of_the_line_is_small():
    world = data.toy_world("line3")
    points = world.sample(5_000, tf.constant([0, 1])).numpy()
    assert np.mean(np.abs(points) < 0.5) == pytest.approx(0.1, abs=0.02)


def test_swiss_roll_is_evenly_filled():
    centers = data.toy_world("swiss").centers
    steps = np.linalg.norm(np.diff(centers, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.01


def test_swiss_roll_of_logans_code_is_uniform_in_angle():
    """A thousand centres r = c t at angles t of 1.5 to 4.5 pi; the largest coordinate is 2."""
    world = data.toy_world("logan_swiss")
    assert (world.centers.shape, world.sigma, world.centers.max()) == ((1_000, 2), 0.01, 2)
    radii = np.linalg.norm(world.centers, axis=1)
    factor = radii.max() / (4.5 * np.pi)  # almost: the outermost of a thousand
    angles = radii / factor
    expected = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    np.testing.assert_allclose(world.centers, expected, atol=0.1)
    counts, _ = np.histogram(angles, bins=3, range=(1.5 * np.pi, 4.5 * np.pi))
    np.testing.assert_allclose(counts, 1_000 / 3, atol=60)


def test_batches_are_a_function_of_seed_and_number():
    world = data.toy_world("ring8")
    whole = [batch["image"].numpy() for batch in world.batches(16, seed=3).take(4)]
    resumed = [batch["image"].numpy() for batch in world.batches(16, seed=3, start=2).take(2)]
    np.testing.assert_array_equal(whole[2:], resumed)
    assert not np.any(whole[0] == whole[1])
    other = next(iter(world.batches(16, seed=4)))["image"].numpy()
    assert not np.any(other == whole[0])


def test_unknown_world():
    with pytest.raises(ValueError, match=r"Toy worlds are ring8, .* received 'square'"):
        data.toy_world("square")


def test_examples_are_always_the_same_points():
    world = data.toy_world("line3")
    points, labels = world.examples(6)
    assert (points.shape, points.dtype, labels) == ((6, 1), np.float32, None)
    np.testing.assert_array_equal(world.examples(6)[0], points)
