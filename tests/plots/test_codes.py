import numpy as np
import pytest
from PIL import Image

from tfgans import plots


def test_real_codes_are_red_and_generated_ones_blue(tmp_path, random):
    real, generated = random.normal(size=(300, 3)), random.normal(size=(300, 3)) + 9
    path = plots.code_scatter(real, generated, tmp_path / "codes.png", title="step 5")
    pixels = np.asarray(Image.open(path).convert("RGB"), int)
    for strong, weak in ((0, 2), (2, 0)):
        assert 0.001 < (pixels[..., strong] > pixels[..., weak] + 50).mean() < 0.3
    assert [file.name for file in tmp_path.iterdir()] == ["codes.png"]


def test_refuses_what_has_no_plane(tmp_path):
    with pytest.raises(ValueError, match="two or more real ones"):
        plots.code_scatter(np.zeros((1, 3)), np.zeros((5, 3)), tmp_path / "codes.png")
    assert not list(tmp_path.iterdir())
