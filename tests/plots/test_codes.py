import numpy as np
import pytest
from matplotlib.colors import to_rgb

from tfgans import plots


def test_real_codes_are_red_and_generated_ones_blue(tmp_path):
    """Real codes spread along one axis; the plane's first component is that axis, centred on the real codes."""
    real = np.array([[-3.0, 0, 0], [0, 0, 0], [3, 0, 0], [0, 1, 0], [0, -1, 0]])
    path = tmp_path / "codes.png"
    figure = plots.code_scatter(real, np.array([[6.0, 2, 5]]), path, title="step 5")
    (axes,) = figure.axes
    parts = {part.get_label(): part for part in axes.collections}
    assert list(parts) == ["real", "generated"]
    np.testing.assert_allclose(np.abs(parts["real"].get_offsets()), np.abs(real[:, :2]), atol=1e-9)
    np.testing.assert_allclose(np.abs(parts["generated"].get_offsets()), [[6, 2]], atol=1e-9)
    for name, color in (("real", "tab:red"), ("generated", "tab:blue")):
        assert tuple(parts[name].get_facecolors()[0, :3]) == to_rgb(color)
    assert axes.get_title() == "step 5"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.iterdir()] == ["codes.png"]


def test_refuses_codes_without_a_plane(tmp_path):
    with pytest.raises(ValueError, match="two or more real ones"):
        plots.code_scatter(np.zeros((1, 3)), np.zeros((5, 3)), tmp_path / "codes.png")
    assert not list(tmp_path.iterdir())
