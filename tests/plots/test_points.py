import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tfgans import plots

CENTERS = np.array([[-1.0, -1.0], [1.0, 1.0]])


@pytest.mark.parametrize("size", [1, 2])
def test_cloud_is_written(size, tmp_path):
    """Points on a line lie at height 0."""
    points = np.array([[0.5, 0.25], [-1.0, 0.75], [9.0, 9.0]])
    path = tmp_path / "cloud.png"
    (axes,) = plots.point_cloud(points[:, :size], CENTERS[:, :size], path, title="step 5").axes
    rings, dots = axes.collections
    flat = np.array([1, size - 1])
    np.testing.assert_array_equal(rings.get_offsets(), CENTERS * flat)
    np.testing.assert_array_equal(dots.get_offsets(), points * flat)
    assert not len(rings.get_facecolors())
    assert tuple(dots.get_facecolors()[0, :3]) == to_rgb("tab:blue")
    assert axes.get_title() == "step 5"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.iterdir()] == ["cloud.png"]


def test_world_fills_the_plot_whatever_points_do():
    axes = Figure().add_subplot()
    plots.draw_points(axes, np.array([[1e6, 0.0]]), CENTERS)
    assert axes.get_xlim() == axes.get_ylim() == (-1.5, 1.5)


def test_contours_are_of_the_logit_where_they_are_drawn():
    seen = []

    def logits(points):
        seen.append(points)
        return points[:, 0]

    axes = Figure().add_subplot()
    assert plots.contours(logits, CENTERS, CENTERS, axes, extent=2.0, resolution=9) is axes.figure
    (points,) = seen
    assert points.shape == (81, 2)
    np.testing.assert_array_equal(points[[0, 8, 72]], [[-2, -2], [2, -2], [-2, 2]])
    assert axes.get_xlim() == (-2.0, 2.0)


def test_joint_scatter_has_latents_as_heights_over_the_floor():
    axes = Figure().add_subplot(projection="3d")
    points = np.array([[0.0, 1.0], [1.0, 0.0], [9.0, 0.0]])
    pairs = {"real": (points, np.array([[-0.5], [0.5], [0.0]])), "made": (points[:1], np.array([[1.0]]))}
    plots.joint_scatter(pairs, lambda x: x[:, 0], axes, extent=2.0, resolution=9)
    parts = {part.get_label(): part for part in axes.collections}
    real, made = (np.stack([np.asarray(axis) for axis in parts[name]._offsets3d], axis=1) for name in pairs)
    np.testing.assert_array_equal(real, [[0, 1, -0.5], [1, 0, 0.5]])
    np.testing.assert_array_equal(made, [[0, 1, 1]])
    low, high = axes.get_zlim()
    assert (low, high) == pytest.approx((-0.5 - 0.4 * 1.5, 1.0))


def test_figures_of_points_make_their_own_axes():
    pairs = {"real": (CENTERS, np.array([[-0.5], [0.5]]))}
    flat = plots.contours(lambda x: x[:, 0], CENTERS, CENTERS, extent=2.0, resolution=9)
    deep = plots.joint_scatter(pairs, lambda x: x[:, 0], extent=2.0, resolution=9)
    assert [figure.axes[0].name for figure in (flat, deep)] == ["rectilinear", "3d"]
