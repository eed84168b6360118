import numpy as np
import pytest

from tfgans import plots


@pytest.fixture
def asked():
    return []


@pytest.fixture
def generate(asked):
    def record(latents, conditions):
        asked.append((np.asarray(latents), np.asarray(conditions)))
        return np.zeros((len(latents), 4, 4, 1))

    return record


LATENTS = np.arange(8.0).reshape(4, 2)


def test_swap_has_one_latent_a_row_and_one_condition_a_column(generate, asked, tmp_path):
    path = tmp_path / "swap.png"
    plots.swap_grid(generate, LATENTS[:2], np.eye(3), ["a", "b", "c"], path)
    latents, conditions = asked[0]
    np.testing.assert_array_equal(latents, LATENTS[[0, 0, 0, 1, 1, 1]])
    np.testing.assert_array_equal(conditions, np.eye(3)[[0, 1, 2, 0, 1, 2]])
    assert path.is_file()


def test_corners_are_the_four_given_pairs(generate, asked, tmp_path):
    plots.corner_grid(generate, LATENTS, np.eye(4), "abcd", tmp_path / "corners.png", size=3)
    latents, conditions = asked[0]
    np.testing.assert_allclose(latents[[0, 2, 6, 8]], LATENTS)
    np.testing.assert_allclose(conditions[[0, 2, 6, 8]], np.eye(4))
    np.testing.assert_allclose(latents[4], LATENTS.mean(0))
    np.testing.assert_allclose(conditions[4], 0.25)


def test_sweep_changes_one_attribute(generate, asked, tmp_path):
    plots.sweep_grid(generate, LATENTS[:2], [0.5, 0.5], 1, [0, 1, 2], "size", tmp_path / "sweep.png")
    latents, conditions = asked[0]
    np.testing.assert_array_equal(latents[:3], LATENTS[[0, 0, 0]])
    np.testing.assert_array_equal(conditions, [[0.5, 0], [0.5, 1], [0.5, 2]] * 2)


def test_plane_changes_two_attributes(generate, asked, tmp_path):
    plots.plane_grid(generate, LATENTS[0], [9, 9, 9.0], (0, 2), [0, 1], ("a", "c"), tmp_path / "plane.png")
    latents, conditions = asked[0]
    np.testing.assert_array_equal(latents, LATENTS[[0] * 4])
    np.testing.assert_array_equal(conditions, [[0, 9, 0], [0, 9, 1], [1, 9, 0], [1, 9, 1]])
