import numpy as np
import pytest

from tfgans import plots


@pytest.fixture
def drawn(monkeypatch):
    """What is handed to the grid."""
    calls = []
    monkeypatch.setattr(
        "tfgans.plots.reconstructions.image_grid",
        lambda images, columns, path, **names: calls.append((images, columns)),
    )
    return calls


def levels(count):
    return np.linspace(-1, 1, count)[:, None, None, None] * np.ones((1, 2, 2, 1))


def test_reconstructions_stand_below_their_images(drawn):
    plots.reconstruction_grid(lambda images: images / 2, levels(5), "grid.png", columns=2)
    ((images, columns),) = drawn
    assert columns == 2
    np.testing.assert_allclose(images[:, 0, 0, 0], [-1, -0.5, -0.5, -0.25, 0, 0.5, 0, 0.25])


def test_interpolations_stand_between_their_images(drawn):
    def between(first, second, weights):
        return first + (second - first) * weights[:, None, None, None]

    plots.interpolation_grid(between, levels(2), "grid.png", steps=3)
    ((images, columns),) = drawn
    assert columns == 5
    np.testing.assert_allclose(images[:, 0, 0, 0], [-1, -1, 0, 1, 1])


def test_grids_refuse_what_does_not_fill_a_row():
    with pytest.raises(ValueError, match="at least 8 images, one row; received 5"):
        plots.reconstruction_grid(np.copy, levels(5), "grid.png")
    with pytest.raises(ValueError, match="pairs of images; received 3"):
        plots.interpolation_grid(lambda *_: None, levels(3), "grid.png")


def test_traversals_change_one_entry_a_row(drawn):
    """The image, and then its sum with ten times the entry's number and the value."""

    def traverse(images, dimensions, values):
        return images + (10 * np.asarray(dimensions) + values)[:, None, None, None]

    plots.traversal_grid(traverse, levels(1)[0], [2, 5], [-1.0, 1.0], "grid.png")
    ((images, columns),) = drawn
    assert columns == 3
    np.testing.assert_allclose(images[:, 0, 0, 0], [-1, 18, 20, -1, 48, 50])
