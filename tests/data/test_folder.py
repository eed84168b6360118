import os
import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfgans import data
from tfgans.data import folder as folders
from tfgans.data import images as stored_images

SHAPE = (6, 6, 3)


@pytest.fixture
def folder(tmp_path, monkeypatch, random):
    """Images of two classes and of several sizes."""
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "cache"))
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(6):
            pixels = random.integers(0, 256, (6 + number, 9, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number}.png")
    return tmp_path / "pets"


@pytest.fixture
def stored(folder, monkeypatch):
    """The training split of the folder, which is too large for memory."""
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)
    return data.load_split(f"folder:{folder}", image_shape=SHAPE)


def test_images_are_those_of_its_files(folder, stored):
    expected = [data.fit_images(data.read_image(file)[np.newaxis], SHAPE)[0] for file in data.image_files(folder)]
    whole = folders.FolderImages(folders.list_files(folder), SHAPE)
    np.testing.assert_array_equal(whole[:], expected)
    assert isinstance(stored.image, data.StoredImages)


def test_images_in_a_graph_are_the_same(folder, stored):
    index = np.array([5, 0, 7, 0])
    assert stored.image.read_in_graph(tf.constant(index)).dtype == tf.uint8
    graph = tf.function(stored.image.read_in_graph).get_concrete_function(tf.TensorSpec([None], tf.int64))
    assert "ReadFile" in {node.op for part in graph.graph.as_graph_def().library.function for node in part.node_def}
    np.testing.assert_array_equal(graph(tf.constant(index)), stored.image.read(index))


def test_a_damaged_file_is_named_in_a_graph(folder, stored):
    (folder / "cat" / "0.png").write_bytes(b"")
    images = folders.FolderImages(folders.list_files(folder), SHAPE)
    status = (folder / "cat" / "0.png").stat()
    images.files.sizes[0], images.files.times[0] = status.st_size, status.st_mtime_ns
    with pytest.raises(tf.errors.OpError) as raised:
        next(iter(data.batches({"image": images}, 12)))
    assert re.fullmatch(r"/.*/cat/0\.png is not an image .*", str(data.reading_error(raised.value)))


def test_a_file_that_vanishes_before_it_is_opened_is_named(folder, monkeypatch):
    images = folders.FolderImages(folders.list_files(folder), SHAPE)
    monkeypatch.setattr(folders.FileList, "path", lambda files, row: files.folder / "gone.png")
    with pytest.raises(tf.errors.OpError) as raised:
        next(iter(data.batches({"image": images}, 2)))
    assert re.fullmatch(r"/.*/gone\.png; No such file or directory", str(data.reading_error(raised.value)))


def test_a_list_is_made_once(folder, monkeypatch):
    first = folders.list_files(folder)
    monkeypatch.setattr(folders, "_class_rows", lambda folder: pytest.fail("It is in the cache."))
    again = folders.list_files(folder)
    assert again.names == first.names == [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(6)]
    np.testing.assert_array_equal(again.labels, [0] * 6 + [1] * 6)
    assert again.label_names == ["cat", "dog"]
    assert again.fingerprint == first.fingerprint


def test_a_list_follows_its_folder(folder):
    first = folders.list_files(folder)
    (folder / "dog" / "5.png").rename(folder / "dog" / "6.png")
    assert folders.list_files(folder).names == [*first.names[:-1], "dog/6.png"]


def test_a_list_follows_a_folder_behind_a_link(folder):
    """A link keeps its time when the folder behind it changes."""
    linked = folder.with_name("linked")
    linked.mkdir()
    (linked / "cat").symlink_to(folder / "cat")
    (linked / "dog").symlink_to(folder / "dog")
    flat = folder.with_name("flat")
    flat.symlink_to(folder / "dog")
    before = [folders.list_files(path).names for path in (linked, flat)]
    (folder / "dog" / "5.png").rename(folder / "dog" / "6.png")
    after = [folders.list_files(path).names for path in (linked, flat)]
    assert [names[-1] for names in before] == ["dog/5.png", "5.png"]
    assert [names[-1] for names in after] == ["dog/6.png", "6.png"]


def test_a_file_that_vanishes_or_changes_is_named(folder):
    images = folders.FolderImages(folders.list_files(folder), SHAPE)
    os.utime(folder / "cat" / "2.png", (0, 0))
    (folder / "dog" / "1.png").unlink()
    for row, message in (
        (2, "cat/2.png has changed since"),
        (7, "dog/1.png was listed as an image and cannot be read"),
    ):
        with pytest.raises(ValueError, match=message):
            images.read(np.array([0, row]))
    assert images.read(np.array([0, 6])).shape == (2, *SHAPE)


def test_a_file_that_is_overwritten_is_read_once_its_folder_is_touched(folder):
    """The times of the folders do not change where a file is overwritten in its place."""
    folders.list_files(folder)
    file = folder / "cat" / "2.png"
    Image.new("L", (8, 8), 77).save(file)
    with pytest.raises(ValueError, match=rf"`touch {folder}` makes the next start list them again"):
        folders.FolderImages(folders.list_files(folder), SHAPE).read(np.array([2]))
    folder.touch()
    np.testing.assert_array_equal(folders.FolderImages(folders.list_files(folder), SHAPE).read(np.array([2])), 77)


def test_a_fingerprint_follows_names_sizes_and_times(folder):
    prints = {folders.list_files(folder).fingerprint}
    os.utime(folder / "cat" / "2.png", (0, 0))
    (folder / "cat" / "2.png").rename(folder / "cat" / "x.png")
    prints.add(folders.list_files(folder).fingerprint)
    (folder / "cat" / "x.png").rename(folder / "cat" / "2.png")
    prints.add(folders.list_files(folder).fingerprint)
    assert len(prints) == 3


def test_mirror_images_of_files_are_turned_as_they_are_read(stored):
    turned, rows = stored.mirrored(), np.array([3, 0, 1])
    assert isinstance(turned.image, data.StoredImages)
    np.testing.assert_array_equal(turned.image[rows], stored.image[rows][:, :, ::-1])
    assert turned.fingerprint != stored.fingerprint
