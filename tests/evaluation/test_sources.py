import os

import numpy as np
import pytest
from PIL import Image

from tfgans import data, evaluation


def everything(source):
    return source.read(0, source.count)


def sorted_rows(images):
    flat = images.reshape(len(images), -1)
    return flat[np.lexsort(flat.T)]


@pytest.fixture
def folder(tmp_path, pictures):
    """A folder of seven PNGs, and their pixels."""
    images = pictures(7).image
    (tmp_path / "samples" / "deeper").mkdir(parents=True)
    for number, image in enumerate(images):
        place = tmp_path / "samples" / ("deeper" if number % 2 else ".") / f"{number}.png"
        Image.fromarray(image[..., 0]).save(place)
    (tmp_path / "samples" / "notes.txt").write_text("no image")
    return tmp_path / "samples", images


def test_bytes_are_those_that_a_png_has():
    images = np.array([-1.0, 1.0, 0.0, -0.996], np.float32)
    np.testing.assert_array_equal(evaluation.to_bytes(images), [0, 255, 128, 1])
    all_bytes = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(evaluation.to_bytes(all_bytes), all_bytes)
    for dtype in (np.float32, np.float64):
        np.testing.assert_array_equal(evaluation.to_bytes((all_bytes / 127.5 - 1).astype(dtype)), all_bytes)


@pytest.mark.parametrize("images", [np.array([1.1]), np.array([np.nan]), np.array([np.inf]), np.array([3])])
def test_no_bytes_of_what_is_no_image(images):
    with pytest.raises(ValueError, match=r"uint8, or floating in \[-1, 1\]; received"):
        evaluation.to_bytes(images)


def test_images_of_a_data_set_come_once_in_random_order_with_their_labels(pictures):
    images = pictures(50)
    source = evaluation.image_set_source(images, seed=3)
    pixels, labels = everything(source)
    assert np.any(pixels != images.image)
    order = [int(np.flatnonzero((images.image == image).all(axis=(1, 2, 3)))[0]) for image in pixels]
    assert sorted(order) == list(range(50))
    np.testing.assert_array_equal(labels, images.label[order])
    for start, stop in ((0, 10), (10, 50)):
        np.testing.assert_array_equal(source.read(start, stop)[0], pixels[start:stop])
    assert np.any(everything(evaluation.image_set_source(images, seed=4))[0] != pixels)


def test_images_of_a_data_set_are_told_apart_by_content_and_order(pictures):
    sets = (pictures(9), pictures(8))
    prints = {evaluation.image_set_source(images, seed).fingerprint for images in sets for seed in (0, 1)}
    assert len(prints) == 4


def test_a_folder_is_read_whole(folder):
    place, images = folder
    source = evaluation.generated_source(f"folder:{place}", (4, 4, 1))
    assert (source.count, source.labelled, source.fingerprint) == (7, False, None)
    pixels, labels = everything(source)
    assert labels is None
    np.testing.assert_array_equal(sorted_rows(pixels), sorted_rows(images))


def test_grey_images_that_were_saved_in_colour_are_grey(folder):
    place, images = folder
    for file in data.image_files(place):
        Image.open(file).convert("RGB").save(file)
    pixels, _ = everything(evaluation.generated_source(f"folder:{place}", (4, 4, 1)))
    np.testing.assert_array_equal(sorted_rows(pixels), sorted_rows(images))


def test_two_folders_of_one_name_are_told_apart(folder, tmp_path, pictures):
    place, _ = folder
    other = tmp_path / "other" / "samples"
    other.mkdir(parents=True)
    Image.fromarray(pictures(1).image[0, ..., 0]).save(other / "0.png")
    first, again, second = (evaluation.generated_source(f"folder:{path}", (4, 4, 1)) for path in (place, place, other))
    assert first.protocol["generated"] == second.protocol["generated"] == "folder:samples"
    assert first.protocol == again.protocol
    assert first.protocol != second.protocol


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_an_npz_is_read_whole(tmp_path, pictures, shape, dtype):
    images = pictures(7)
    stored = (images.image if dtype == np.uint8 else images.unit_images).reshape(7, *shape)
    np.savez(tmp_path / "samples.npz", images=stored, labels=images.label)
    source = evaluation.generated_source(f"npz:{tmp_path / 'samples.npz'}", [4, 4, 1])
    assert (source.count, source.labelled) == (7, True)
    pixels, labels = everything(source)
    np.testing.assert_array_equal(sorted_rows(pixels), sorted_rows(images.image))
    for image, label in zip(pixels, labels, strict=True):
        assert label == images.label[np.argmax((images.image == image).all(axis=(1, 2, 3)))]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pictures": np.zeros((3, 4, 4, 1), np.uint8)}, "has no images; it has pictures"),
        ({"images": np.zeros((0, 4, 4, 1), np.uint8)}, r"must hold images \[n, 4, 4, 1\]; received \(0, 4, 4, 1\)"),
        ({"images": np.zeros((3, 4, 4, 3), np.uint8)}, r"received \(3, 4, 4, 3\)"),
        ({"images": np.zeros((3, 5, 4, 1), np.uint8)}, r"received \(3, 5, 4, 1\)"),
        ({"images": np.uint8(0)}, r"received \(\)"),
        ({"images": np.full((3, 4, 4, 1), 2.0)}, r"samples\.npz: .*received float64, 2\.0 to 2\.0"),
        ({"images": np.full((3, 4, 4, 1), np.nan)}, r"samples\.npz: .*nan"),
        ({"images": np.zeros((3, 4, 4, 1), int)}, r"samples\.npz: .*received int64"),
        ({"images": np.zeros((3, 4, 4, 1), np.uint8), "labels": np.zeros(4, int)}, "3 images and 4 labels"),
        ({"images": np.zeros((3, 4, 4, 1), np.uint8), "labels": np.int64(0)}, r"samples\.npz: labels .* int64 \(\)"),
        ({"images": np.zeros((3, 4, 4, 1), "<U1")}, r"samples\.npz: .*received <U1"),
        (
            {"images": np.zeros((3, 4, 4, 1), np.uint8), "labels": np.array(["a"] * 3)},
            r"labels must be .* received <U1",
        ),
        ({"images": np.zeros((3, 4, 4, 1), np.uint8), "labels": np.full((3, 2), np.nan)}, "row 0 are not finite"),
    ],
)
def test_an_npz_that_does_not_fit_is_refused_before_it_is_scored(tmp_path, arrays, message):
    np.savez(tmp_path / "samples.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        evaluation.generated_source(f"npz:{tmp_path / 'samples.npz'}", (4, 4, 1))


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "samples.npz").write_text("no")
    with pytest.raises(ValueError, match="not a whole"):
        evaluation.generated_source(f"npz:{tmp_path / 'samples.npz'}", (4, 4, 1))


@pytest.mark.parametrize("place", ["samples", "zip:samples", "folder:", "npz:", ""])
def test_images_come_from_a_folder_or_an_npz(place):
    with pytest.raises(ValueError, match="folder:PATH or npz:FILE; received"):
        evaluation.generated_source(place, (4, 4, 1))


def test_a_folder_that_is_not_there_or_empty(tmp_path):
    for place in (f"folder:{tmp_path / 'nowhere'}", f"npz:{tmp_path / 'nowhere.npz'}"):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            evaluation.generated_source(place, (4, 4, 1))
    with pytest.raises(ValueError, match="no images below"):
        evaluation.generated_source(f"folder:{tmp_path}", (4, 4, 1))


@pytest.mark.parametrize("kind", ["npz", "folder"])
def test_a_fifo_is_refused(tmp_path, deadline, kind):
    os.mkfifo(tmp_path / "x.png")
    place = {"npz": f"npz:{tmp_path / 'x.png'}", "folder": f"folder:{tmp_path}"}[kind]
    with pytest.raises(ValueError, match=r"x\.png is no regular file"):
        everything(evaluation.generated_source(place, (4, 4, 1)))


def test_a_file_of_a_folder_that_does_not_fit_is_named(folder):
    place, _ = folder
    with pytest.raises(ValueError, match=r"\d\.png has shape \(4, 4, 1\); expected \(5, 4, 1\)"):
        everything(evaluation.generated_source(f"folder:{place}", (5, 4, 1)))
    (place / "broken.png").write_text("no image")
    with pytest.raises(ValueError, match=r"broken\.png is not an image that can be read"):
        everything(evaluation.generated_source(f"folder:{place}", (4, 4, 1)))
