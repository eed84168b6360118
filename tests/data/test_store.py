import dataclasses
import errno
import json
import os
import pathlib
import threading

import numpy as np
import pytest

from tfgans import data
from tfgans.data import images as images_of_data
from tfgans.data import store as stores

SHAPE = (4, 5, 3)
SHARD = 3 * 4 * 5 * 3
"""Bytes of a shard of three images."""


@pytest.fixture
def images(random):
    """Ten images of two classes."""
    return data.from_arrays(random.integers(0, 256, (10, *SHAPE), np.uint8), np.arange(10) % 2, label_names=["a", "b"])


def write(path, images, **options):
    return data.write_store(path, images, splits={}, shard_bytes=SHARD, **options)


def files(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_holds_what_was_written(tmp_path, images):
    """Four shards of 3, 3, 3 and 1 images; rows come in the order in which they are asked for."""
    store = write(tmp_path / "store", images)
    assert sorted(files(tmp_path / "store")) == [*(f"images-0000{n}.npy" for n in range(4)), "index.json", "labels.npy"]
    assert [len(np.load(tmp_path / "store" / f"images-0000{n}.npy")) for n in range(4)] == [3, 3, 3, 1]
    rows = np.array([9, 0, 4, 4, 2, 8])
    np.testing.assert_array_equal(store.read(rows), images.image[rows])
    np.testing.assert_array_equal(store[3:8], images.image[3:8])
    np.testing.assert_array_equal(store.labels, images.label)


def test_a_fifth_is_held_out_as_of_a_folder(tmp_path, images):
    write(tmp_path / "store", images)
    for split in ("train", "test"):
        stored, held = data.load_split(f"store:{tmp_path / 'store'}", split), data.hold_out(images, split)
        np.testing.assert_array_equal(stored.image[:], held.image)
        np.testing.assert_array_equal(stored.label, held.label)
        assert (stored.split, stored.label_names) == (split, ("a", "b"))


def test_splits_of_its_own(tmp_path, images):
    data.write_store(tmp_path / "store", images, splits={"train": (0, 7), "test": (7, 10)})
    train, test = data.load_splits(f"store:{tmp_path / 'store'}", ["train", "test"])
    np.testing.assert_array_equal(train.image[:], images.image[:7])
    np.testing.assert_array_equal(test.image[:], images.image[7:])
    np.testing.assert_array_equal(test.label, images.label[7:])


def test_images_of_another_shape_are_fitted_as_in_memory(tmp_path, images):
    write(tmp_path / "store", images)
    stored = data.load_split(f"store:{tmp_path / 'store'}", image_shape=(3, 3, 1))
    expected = data.hold_out(dataclasses.replace(images, image=data.fit_images(images.image, (3, 3, 1))), "train")
    np.testing.assert_array_equal(stored.image[:], expected.image)
    with pytest.raises(ValueError, match=r"image_shape must be \(height, width, 1 or 3\); received \(3, 3, 2\)"):
        data.load_split(f"store:{tmp_path / 'store'}", image_shape=(3, 3, 2))


def test_parts_that_are_given_up_wait_for_no_thread(monkeypatch, deadline):
    """The garbage collector may give them up, while it has interrupted the start of another thread."""
    monkeypatch.setattr(images_of_data, "_PART", 1)
    go_on = threading.Event()

    class Slow(data.StoredImages):
        def read(self, rows):
            if rows[0] > 0:
                go_on.wait()
            return np.zeros((len(rows), 1, 1, 1), np.uint8)

    parts = data.in_parts(Slow((9, 1, 1, 1), "slow"), "Reading")
    next(parts)
    try:
        closing = threading.Thread(target=parts.close)
        closing.start()
        closing.join(5)
        assert not closing.is_alive()
    finally:
        go_on.set()


@pytest.mark.parametrize("write_number", range(6))
def test_after_an_interruption_it_goes_on(tmp_path, images, monkeypatch, write_number):
    """The disk is full at each of the moves of a file into its place: what is there is kept, and is no store yet."""
    path, whole = tmp_path / "store", tmp_path / "whole"
    expected = (write(whole, images), files(whole))[1]
    replace, moves = pathlib.Path.replace, []

    def fail(file, target):
        moves.append(target.name)
        if len(moves) == write_number + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(target))
        return replace(file, target)

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "replace", fail)
        with pytest.raises(OSError, match="No space left on device"):
            write(path, images)
    with pytest.raises((FileNotFoundError, ValueError), match=r"is no store|is not whole; run the command"):
        stores.ImageStore(path)
    before = files(path)
    write(path, images)
    assert files(path) == expected
    assert {name: content for name, content in before.items() if name.startswith("images")}.items() <= expected.items()


def test_it_goes_on_if_it_was_killed_at_its_first_file(tmp_path, images):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / ".999999999-plan.json").write_text('{"na')
    write(tmp_path / "store", images)
    write(tmp_path / "whole", images)
    assert files(tmp_path / "store") == files(tmp_path / "whole")


def test_written_twice_it_is_the_same(tmp_path, images):
    write(tmp_path / "store", images)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "store").iterdir()}
    write(tmp_path / "store", images)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "store").iterdir()} == before


def test_other_images_or_files_are_kept(tmp_path, images):
    write(tmp_path / "store", images)
    before = files(tmp_path / "store")
    with pytest.raises(FileExistsError, match="holds a store of other images"):
        write(tmp_path / "store", images.first(9))
    assert files(tmp_path / "store") == before


@pytest.mark.parametrize("name", ["mine.txt", "floor-plan.json", ".7-images.npy"])
def test_a_folder_with_other_files_is_refused(tmp_path, images, name):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / name).write_text("mine")
    with pytest.raises(FileExistsError, match="holds other files than a store"):
        write(tmp_path / "other", images)
    assert [file.name for file in (tmp_path / "other").iterdir()] == [name]


def test_only_bytes_are_stored(tmp_path):
    with pytest.raises(ValueError, match="holds uint8 images; received float32"):
        write(tmp_path / "store", data.from_arrays(np.zeros((4, *SHAPE))))


def _cut(path):
    path.write_bytes(path.read_bytes()[:-2])


def _shorter(path):
    np.save(path, np.zeros((2, *SHAPE), np.uint8))


def _other_format(path):
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))


def _without_a_key(path):
    path.write_text(json.dumps({"format": 1}))


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("images-00002.npy", _cut, "images-00002.npy is damaged"),
        ("images-00002.npy", pathlib.Path.unlink, "There is no file .*images-00002.npy"),
        (
            "images-00003.npy",
            _shorter,
            r"images-00003.npy is damaged: it has uint8 \(2, .*\); expected uint8 \(1,",
        ),
        ("labels.npy", _cut, "labels.npy is damaged"),
        ("index.json", _cut, "index.json is damaged"),
        ("index.json", _other_format, "index.json has the format 2; this version reads format 1"),
        ("index.json", _without_a_key, "index.json is damaged: it has no fingerprint"),
        ("index.json", pathlib.Path.unlink, "is no store: it has no index.json"),
    ],
)
def test_damage_is_named(tmp_path, images, name, damage, message):
    write(tmp_path / "store", images)
    damage(tmp_path / "store" / name)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        stores.ImageStore(tmp_path / "store")


def test_there_is_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no store"):
        data.load_split(f"store:{tmp_path / 'none'}")
