import itertools

import numpy as np
import pytest

from tfgans.evaluation import NearestImages
from tfgans.plots import image_grid, neighbour_grid


@pytest.mark.parametrize("channels", [1, 3])
def test_puts_rows_below_each_other(tmp_path, channels):
    """Black, grey over light, white, with a white gap of a pixel between images; grey images have no axis of colour."""
    shades = np.array([-1.0, 0.0, 0.5, 1.0])
    images = shades[:, None, None, None] * np.ones((4, 2, 3, channels))
    path = tmp_path / "grid.png"
    figure = image_grid(images, 2, path, title="t", row_names=["a", "b"], row_label="r", column_label="c")
    (axes,) = figure.axes
    (image,) = axes.images
    sheet = np.asarray(image.get_array())
    assert sheet.shape == ((5, 7) if channels == 1 else (5, 7, 3))
    expected = np.ones((5, 7))
    expected[:2, :3], expected[:2, 4:], expected[3:, :3] = 0.0, 0.5, 0.75
    np.testing.assert_array_equal(sheet if channels == 1 else sheet[..., 1], expected)
    assert image.get_clim() == (0, 1)
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == ("t", "c", "r")
    # Each name is beside the middle of its row.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert list(axes.get_yticks()) == [0.5, 3.5]
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


def test_the_rest_of_the_last_row_is_white():
    """Five black images of a pixel, three a row."""
    sheet = image_grid(-np.ones((5, 1, 1, 1)), 3).axes[0].images[0].get_array()
    np.testing.assert_array_equal(sheet, [[0, 1, 0, 1, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 1]])


def test_bytes_are_images_too():
    sheet = image_grid(np.array([0, 51, 255], np.uint8).reshape(3, 1, 1, 1), 3).axes[0].images[0].get_array()
    np.testing.assert_allclose(sheet, [[0, 1, 0.2, 1, 1]], atol=1e-6)


@pytest.mark.parametrize("shape", [(0, 2, 2, 1), (4, 2, 2), (4, 2, 2, 2)])
def test_refuses_what_is_no_image(tmp_path, shape):
    with pytest.raises(ValueError, match=r"images \[n, H, W, 1 or 3\], n >= 1, in 1 column or more; received \("):
        image_grid(np.zeros(shape), 2, tmp_path / "grid.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("names", [None, [", ".join(["glasses 1.0"] * 9)] * 3], ids=["unnamed", "of nine attributes"])
def test_no_pixel_of_an_image_is_left_out(names):
    """Images of 128 pixels, ten a row, have as many pixels in the figure or more."""
    figure = image_grid(np.zeros((30, 128, 128, 3)), 10, row_names=names)
    figure.canvas.draw()
    (axes,) = figure.axes
    assert axes.get_window_extent().width >= axes.images[0].get_array().shape[1]


@pytest.mark.parametrize("shape", [(32, 32), (27, 48), (48, 27)])
def test_images_of_any_shape_fill_the_figure(shape):
    figure = image_grid(np.zeros((100, *shape, 3)), 10)
    figure.canvas.draw()
    filled = figure.axes[0].get_window_extent()
    assert filled.width >= 0.85 * figure.bbox.width
    assert filled.height >= 0.85 * figure.bbox.height


def test_names_are_shown_as_they_are(tmp_path):
    """Dollars have a meaning for matplotlib."""
    figure = image_grid(
        np.zeros((2, 2, 2, 1)), 1, tmp_path / "grid.png", row_names=["$5_$", "b"], column_names=["$a_$"]
    )
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["$5_$", "b"]


def test_a_long_title_has_several_lines():
    figure = image_grid(np.zeros((4, 2, 2, 1)), 4, title="a title that is wider than four small images are " * 2)
    figure.canvas.draw()
    box = figure.axes[0].title.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width


@pytest.mark.parametrize(("names", "rotation"), [(["hat", "beard"], 0), (["beard", "accessories", "spectacles"], 45)])
def test_names_of_columns_do_not_overlap(names, rotation):
    figure = image_grid(np.zeros((len(names), 2, 2, 1)), len(names), column_names=names)
    figure.canvas.draw()
    labels = figure.axes[0].get_xticklabels()
    assert [label.get_text() for label in labels] == names
    assert {label.get_rotation() for label in labels} == {rotation}
    if rotation == 0:
        boxes = [label.get_window_extent() for label in labels]
        assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_neighbours_are_beside_their_sample():
    """Images of one pixel; values of training images are bytes."""
    samples = np.array([-1.0, 1.0]).reshape(2, 1, 1, 1)
    nearest = {"a": np.array([[51, 102], [0, 51]], np.uint8), "b": np.array([[204], [153]], np.uint8)}
    figure = neighbour_grid(
        samples, {name: NearestImages(images[..., None, None, None], np.ones(2)) for name, images in nearest.items()}
    )
    (axes,) = figure.axes
    np.testing.assert_allclose(
        np.asarray(axes.images[0].get_array())[::2, ::2], [[0.0, 0.2, 0.4, 0.8], [1.0, 0.0, 0.2, 0.6]], atol=1e-6
    )
    assert [label.get_text() for label in axes.get_xticklabels()] == ["sample", "1", "2", "1"]
    assert axes.get_xlabel() == "the 2 nearest by a, then the 1 nearest by b"
