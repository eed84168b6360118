import numpy as np
import pytest
from PIL import Image

from tfgans.plots import image_grid


@pytest.mark.parametrize("channels", [1, 3])
def test_puts_rows_below_each_other(tmp_path, channels):
    """Black, white over white, black."""
    images = np.array([-1.0, 1.0, 1.0, -1.0])[:, None, None, None] * np.ones((4, 16, 16, channels))
    path = image_grid(
        images, 2, tmp_path / "grid.png", title="t", row_names=["a", "b"], row_label="r", column_label="c"
    )
    pixels = np.asarray(Image.open(path).convert("L")).astype(float)
    dark = pixels < 20
    # The largest dark blocks lie on the diagonal of the sheet.
    ys, xs = np.nonzero(dark[40:-40, 60:-20])
    upper, lower = xs[ys < np.median(ys)].mean(), xs[ys > np.median(ys)].mean()
    assert upper < lower
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


def test_refuses_a_row_that_is_not_full(tmp_path):
    with pytest.raises(ValueError, match="5 images do not fill rows of 2"):
        image_grid(np.zeros((5, 2, 2, 1)), 2, tmp_path / "grid.png")
