import contextlib
import csv
import errno
import io
import os
import re
import shutil
import sys
import threading

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfgans import data
from tfgans.data import folder as folder_of_images
from tfgans.data import images as images_of_data
from tfgans.data import own, resize


def grey(count=10, size=4):
    return np.zeros((count, size, size, 1), np.uint8)


def two_classes(count=10):
    return np.arange(count) % 2


def write_folder(folder, classes=("cat", "dog"), count=5, size=(12, 10)):
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            Image.new("RGB", size, (50 * number, 100, 200)).save(folder / name / f"{i}.png")
    return folder


def write_table(folder, rows, heading=("file", "size", "colour")):
    folder.mkdir(exist_ok=True)
    for row in rows:
        Image.new("L", (8, 8), 100).save(folder / row[0])
    with open(folder / "attributes.csv", "w", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return folder


def test_arrays_with_classes():
    images = data.from_arrays(grey()[..., 0], two_classes(), label_names=["a", "b"])
    assert images.image.shape == (10, 4, 4, 1)
    assert images.label.dtype == np.int32
    assert images.label_names == ("a", "b")


def test_arrays_with_attributes():
    images = data.from_arrays(np.zeros((3, 4, 4, 3)), np.ones((3, 2)))
    assert images.conditioning == "attributes"
    assert images.label_names == ("0", "1")


@pytest.mark.parametrize("dicts", [False, True])
def test_dataset(dicts):
    pairs = tf.data.Dataset.from_tensor_slices((grey(), two_classes()))
    dataset = pairs.map(lambda image, label: {"label": label, "image": image}) if dicts else pairs
    images = data.from_dataset(dataset, image_shape=(8, 8, 3))
    assert images.image.shape == (10, 8, 8, 3)
    np.testing.assert_array_equal(images.label, two_classes())


def test_dataset_without_end():
    with pytest.raises(ValueError, match="no end"):
        data.from_dataset(tf.data.Dataset.from_tensors((grey()[0], 0)).repeat())


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (grey(0), two_classes(0), "no examples"),
        (np.full(10, "a"), two_classes(), r"Example 0 of the dataset: images must be .* received \(1,\)"),
        (np.zeros(10), two_classes(), r"Example 0 of the dataset: images must be .* received \(1,\)"),
        (grey().astype(np.int32), two_classes(), "Example 0 of the dataset: .* received int32"),
        (grey(), np.full(10, "a"), "labels must be"),
        (grey(), np.where(two_classes(), 2**32, 0), "there are 10 images; received 4294967296"),
    ],
)
@pytest.mark.parametrize("shape", [None, (8, 8, 3)])
def test_dataset_that_is_refused(images, labels, message, shape):
    with pytest.raises(ValueError, match=message):
        data.from_dataset(tf.data.Dataset.from_tensor_slices((images, labels)), image_shape=shape)


def test_dataset_of_many_sizes():
    def examples():
        for i in range(6):
            yield np.full((4 + i, 6, 3), 10 * i, np.uint8), i % 2

    signature = (tf.TensorSpec([None, None, 3], tf.uint8), tf.TensorSpec([], tf.int32))
    dataset = tf.data.Dataset.from_generator(examples, output_signature=signature)
    images = data.from_dataset(dataset, image_shape=(4, 4, 1))
    np.testing.assert_array_equal(images.image[:, 0, 0, 0], 10 * np.arange(6))
    with pytest.raises(ValueError, match=r"Example 1 has shape .* give image_shape"):
        data.from_dataset(dataset)
    with pytest.raises(ValueError, match="Example 0 of the dataset has no image and label"):
        data.from_dataset(dataset.map(lambda image, label: image))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (grey(0), two_classes(0), "n >= 1"),
        (np.zeros((10, 4, 4, 2)), two_classes(), "1 or 3"),
        (np.zeros((10, 16)), two_classes(), "1 or 3"),
        (np.full((10, 4, 4), 7.5), two_classes(), "received values from 7.5"),
        (grey().astype("int32"), two_classes(), "uint8 or floating; received int32"),
        (grey(), two_classes(9), "10 images and 9 labels"),
        (grey(), two_classes() - 1, "count from 0; received -1"),
        (grey(), np.array([0] * 9 + [1]), "class 1 has 1"),
        (grey(), np.array([0] * 5 + [2] * 5), "class 1 has 0"),
        (grey(), np.zeros(10, int), "two classes or more"),
        (grey(), two_classes().astype(float), "integers \\[n\\] or floating"),
        (grey(), np.array([[0.0]] * 9 + [[np.nan]]), "row 9 are not finite"),
        (grey(), np.array([[0.0]] * 9 + [[1e300]]), "row 9 are not finite in 32 bits"),
        (grey(), np.full((10, 1), np.inf, np.float16), "row 0 are not finite"),
        (grey(), np.where(two_classes(), 2**32, 0), "without gaps, and there are 10 images; received 4294967296"),
        (grey(), np.where(two_classes(), -(2**32), 0), "count from 0; received -4294967296"),
        (grey(), np.where(two_classes(), 10**7, 0), "there are 10 images; received 10000000"),
        (grey(), np.where(two_classes(), np.uint64(2**63), np.uint64(0)), "received 9223372036854775808"),
        (grey(), np.int64(0), r"received int64 \(\)"),
        (grey(), two_classes()[:, None], r"received int64 \(10, 1\)"),
        (grey(), np.zeros((10, 0)), r"K >= 1; received float64 \(10, 0\)"),
        (grey(), two_classes().astype(bool), "received bool"),
        (grey(), np.ones((10, 2), complex), "received complex128"),
        (grey(), two_classes().astype("timedelta64[s]"), "received timedelta64"),
        (grey(), two_classes().astype(object), "received object"),
        (grey(), np.full(10, "a"), "received <U1"),
        (grey()[:, :0], two_classes(), r"H >= 1, W >= 1; received \(10, 0, 4, 1\)"),
        (grey()[:, :, :0], two_classes(), r"received \(10, 4, 0, 1\)"),
        (np.uint8(0), two_classes(), r"received \(\)"),
        (None, two_classes(), r"received \(\)"),
        (grey().astype(complex), two_classes(), "received complex128"),
        (grey().astype(object), two_classes(), "received object"),
    ],
)
def test_arrays_that_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        data.from_arrays(images, labels)


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, ">i8"])
def test_classes_of_any_integer_type(dtype):
    images = data.from_arrays(grey(), two_classes().astype(dtype))
    assert images.label.dtype == np.dtype(np.int32)
    np.testing.assert_array_equal(images.label, two_classes())


@pytest.mark.parametrize("dtype", [np.float16, ">f4", np.float64, np.longdouble])
def test_images_and_attributes_of_any_floating_type(dtype):
    images = data.from_arrays(np.asfortranarray(np.full((3, 4, 4, 1), 0.5, dtype)), np.full((3, 2), 0.25, dtype))
    assert images.image.dtype == images.label.dtype == np.dtype(np.float32)
    assert np.all(images.image == 0.5)
    assert np.all(images.label == 0.25)


def test_attributes_and_their_names_are_as_many():
    with pytest.raises(ValueError, match="2 classes or attributes, and names for 3"):
        data.from_arrays(grey(), np.ones((10, 2)), label_names=["a", "b", "c"])


def test_too_few_names():
    with pytest.raises(ValueError, match="2 classes or attributes, and names for 1"):
        data.from_arrays(grey(), two_classes(), label_names=["a"])


def test_fit_cuts_the_middle_and_keeps_values():
    wide = np.zeros((1, 2, 6, 1), np.uint8)
    wide[0, :, 2:4] = 200
    np.testing.assert_array_equal(data.fit_images(wide, (2, 2, 1)), np.full((1, 2, 2, 1), 200))
    np.testing.assert_array_equal(data.fit_images(wide, (4, 4, 3)), np.full((1, 4, 4, 3), 200))


@pytest.mark.parametrize(("size", "shape"), [((1, 600), (32, 8, 1)), ((600, 1), (8, 32, 1))])
def test_fit_keeps_a_row_of_very_long_images(size, shape):
    np.testing.assert_array_equal(data.fit_images(np.full((1, *size, 1), 7, np.uint8), shape), np.full((1, *shape), 7))


@pytest.mark.parametrize("shape", [(0, 8, 1), (8, 8, 2), (8, 8), (-1, 8, 3)])
def test_fit_refuses_what_is_no_shape(tmp_path, shape):
    Image.new("L", (8, 8)).save(tmp_path / "0.png")
    for fit in (lambda: data.fit_images(grey(), shape), lambda: data.from_folder(tmp_path, shape)):
        with pytest.raises(ValueError, match=r"image_shape must be \(height, width, 1 or 3\); received \("):
            fit()
    with pytest.raises(ValueError, match=r"and not empty; received \(10, 0, 4, 1\)"):
        data.fit_images(grey()[:, :0], (8, 8, 1))


@pytest.mark.parametrize("shape", [(8, 8, 3), (28, 20, 1), (5, 9, 3)])
def test_images_are_fitted_together_as_each_alone(tmp_path, random, monkeypatch, shape):
    """Images of one size in a row are resized at the same time, to the same bits as one by one."""
    sizes = [(8, 8)] * 9 + [(12, 7), (7, 12), (12, 7)] + [(31, 17)] * 9
    for number, size in enumerate(sizes):
        Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).save(tmp_path / f"{number:02}.png")
    alone = [data.fit_images(data.read_image(file)[None], shape)[0] for file in data.image_files(tmp_path)]
    parts = []
    fit = resize.fit_images
    monkeypatch.setattr(resize, "fit_images", lambda images, to: parts.append(len(images)) or fit(images, to))
    monkeypatch.setattr(resize, "_VALUES_AT_ONCE", 7 * 31 * 17 * 3)
    train, test = data.load_splits(f"folder:{tmp_path}", ("train", "test"), image_shape=shape)
    assert len(parts) < len(sizes)
    assert sum(parts) == len(sizes)
    order = np.arange(len(sizes), dtype=np.uint8).reshape(-1, 1, 1, 1)
    whole = data.ImageSet("numbers", "all", order, None, ())
    for part in (train, test):
        numbers = data.hold_out(whole, part.split).image.ravel()
        np.testing.assert_array_equal(part.image, np.stack(alone)[numbers])


@pytest.mark.parametrize("size", [40, 64, 100])
def test_fit_keeps_flat_images_in_their_range(size):
    """TensorFlow's averages of -1 are -1.000002, and batches refuse images outside of [-1, 1]."""
    flat = np.concatenate([np.full((2, size, size, 1), value, np.float32) for value in (-1.0, 1.0)])
    fitted = data.fit_images(flat, (28, 28, 1))
    np.testing.assert_array_equal(fitted, flat[:, :28, :28])
    next(iter(data.from_arrays(flat, image_shape=(28, 28, 1)).batches(2)))


def test_fit_averages_when_it_shrinks():
    checks = np.indices((8, 8)).sum(0) % 2 * 100.0 / 100
    shrunk = data.fit_images(checks[None, ..., None], (4, 4, 1))
    np.testing.assert_allclose(shrunk, 0.5)


def test_grey_is_the_luma_of_bt_601():
    colours = np.array([200, 100, 50], np.uint8).reshape(1, 1, 1, 3)
    # 200 * .299 + 100 * .587 + 50 * .114 = 124.2
    np.testing.assert_array_equal(data.fit_images(colours, (1, 1, 1)), [[[[124]]]])
    edges = np.array([-1, 1], np.float32).reshape(2, 1, 1, 1).repeat(3, axis=-1)
    np.testing.assert_array_equal(data.fit_images(edges, (1, 1, 1)), edges[..., :1])


def test_colours_become_the_same_grey_from_files_and_arrays(tmp_path, random):
    """Files that are turned to grey before they are resized would be rounded twice."""
    images = random.integers(0, 256, (6, 13, 9, 3), np.uint8)
    for number, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / f"{number}.png")
    arrays = data.from_arrays(images, image_shape=(5, 7, 1))
    for split in ("train", "test"):
        files = data.load_split(f"folder:{tmp_path}", split, image_shape=(5, 7, 1))
        np.testing.assert_array_equal(files.image, data.hold_out(arrays, split).image)


def test_npz_holds_a_fifth_out(tmp_path):
    np.savez(tmp_path / "own.npz", images=grey(20), labels=two_classes(20), class_names=["a", "b"])
    train, test = (data.load_split(f"npz:{tmp_path / 'own.npz'}", split) for split in ("train", "test"))
    assert (len(train), len(test)) == (16, 4)
    assert train.label_names == ("a", "b")
    assert train.name == "npz:own.npz"


def test_npz_with_splits_of_its_own(tmp_path):
    arrays = {
        "images_train": grey(6),
        "labels_train": two_classes(6),
        "images_test": grey(4),
        "labels_test": two_classes(4),
    }
    np.savez(tmp_path / "own.npz", **arrays)
    assert [len(data.from_npz(tmp_path / "own.npz", split)) for split in ("train", "test")] == [6, 4]


def test_npz_that_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        data.from_npz(tmp_path / "none.npz")
    np.savez(tmp_path / "whole.npz", images=grey(), labels=two_classes())
    np.save(tmp_path / "single.npy", grey())
    np.savez(tmp_path / "objects.npz", images=grey(), labels=two_classes(), class_names=np.array([None, "b"]))
    contents = {"text.npz": b"no zip", "cut.npz": (tmp_path / "whole.npz").read_bytes()[:300]}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for name in (*contents, "single.npy", "objects.npz"):
        with pytest.raises(ValueError, match=rf"{name} is not a whole \.npz file"):
            data.from_npz(tmp_path / name)
    with pytest.raises(ValueError, match="splits train and test; received split='all'"):
        data.from_npz(tmp_path / "whole.npz", "all")
    np.savez(tmp_path / "labels.npz", labels=two_classes())
    with pytest.raises(ValueError, match="has no images; it has labels"):
        data.from_npz(tmp_path / "labels.npz")


@pytest.mark.parametrize("names", [np.array("a"), np.array([["a", "b"]])])
def test_names_that_are_no_list_are_refused(tmp_path, names):
    np.savez(tmp_path / "own.npz", images=grey(), labels=two_classes(), class_names=names)
    with pytest.raises(ValueError, match=r"npz:own\.npz: class_names must be texts \[K\]; received <U1"):
        data.from_npz(tmp_path / "own.npz")


def test_names_of_folders_in_another_encoding_are_refused(tmp_path):
    folder = write_folder(tmp_path / "pets", ("caf\udce9", "dog"))
    with pytest.raises(
        ValueError, match=r"folder:pets: names must be texts in UTF-8; received \('caf\\udce9', 'dog'\)"
    ):
        data.from_folder(folder, (8, 8, 1))


def test_names_may_be_bytes(tmp_path):
    np.savez(tmp_path / "own.npz", images=grey(), labels=two_classes(), class_names=[b"a", "é".encode()])
    assert data.from_npz(tmp_path / "own.npz").label_names == ("a", "é")


@pytest.mark.parametrize("shape", [None, (5, 5, 1)])
@pytest.mark.parametrize("names", [["images"], ["frames"], ["images_train", "images_test"]])
def test_a_large_npz_becomes_a_store_in_the_cache_once(tmp_path, cache, random, monkeypatch, capsys, shape, names):
    """Both splits, labels and values are those that are read into memory."""
    arrays = {name: random.integers(0, 256, (12 + 6 * number, 4, 5, 3), np.uint8) for number, name in enumerate(names)}
    labels = {re.sub("images|frames", "labels", name): two_classes(len(images)) for name, images in arrays.items()}
    np.savez_compressed(tmp_path / "own.npz", **arrays, **labels, class_names=["a", "b"])
    place, splits = f"npz:{tmp_path / 'own.npz'}", ("train", "test")
    in_memory = data.load_splits(place, splits, image_shape=shape)
    assert not cache.exists()
    monkeypatch.setattr(images_of_data, "MOST_IN_MEMORY", 0)
    stored = data.load_splits(place, splits, image_shape=shape)
    capsys.readouterr()
    # A process was killed while it copied this file.
    (store,) = (cache / "stores").iterdir()
    shutil.rmtree(store)
    (cache / "stores" / f".999999999-{store.name}-x").mkdir()
    for times in range(2):
        stored = data.load_splits(place, splits, image_shape=shape)
        assert ("its images are copied to" in capsys.readouterr().err) == (times == 0)
    for ours, theirs in zip(stored, in_memory, strict=True):
        assert isinstance(ours.image, data.StoredImages)
        np.testing.assert_array_equal(ours.image[:], theirs.image)
        np.testing.assert_array_equal(ours.label, theirs.label)
        assert ours.label_names == theirs.label_names
    assert {path.suffix for path in cache.iterdir() if path.name != "stores"} == {".lock"}
    assert len(list((cache / "stores").iterdir())) == 1


def test_two_processes_copy_a_large_npz_once(tmp_path, cache, monkeypatch, capsys, deadline):
    """A lock belongs to an open file, so that two threads lock each other out as two processes do."""
    np.savez(tmp_path / "own.npz", images=grey(20))
    monkeypatch.setattr(images_of_data, "MOST_IN_MEMORY", 0)
    beside, copy = threading.Barrier(2, timeout=1), own.extract_npz

    def slow(*arguments):
        # Nobody comes while this one holds the lock.
        with contextlib.suppress(threading.BrokenBarrierError):
            beside.wait()
        return copy(*arguments)

    monkeypatch.setattr(own, "extract_npz", slow)
    found = []
    loading = [
        threading.Thread(target=lambda: found.append(data.from_npz(tmp_path / "own.npz").image[:])) for _ in range(2)
    ]
    for thread in loading:
        thread.start()
    for thread in loading:
        thread.join()
    np.testing.assert_array_equal(*found)
    assert capsys.readouterr().err.count("its images are copied to") == 1


def test_an_npz_with_a_number_for_images(tmp_path):
    np.savez(tmp_path / "own.npz", images=np.uint8(3))
    with pytest.raises(ValueError, match=r"images must be \[n, H, W\] or .*; received \(\)"):
        data.from_npz(tmp_path / "own.npz")


def test_a_large_npz_of_floating_images_stays_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(images_of_data, "MOST_IN_MEMORY", 0)
    np.savez(tmp_path / "own.npz", images=grey(20).astype(np.float32) / 255)
    assert isinstance(data.from_npz(tmp_path / "own.npz").image, np.ndarray)


def test_a_disk_that_fills_while_a_large_npz_is_copied(tmp_path, cache, monkeypatch):
    np.savez(tmp_path / "own.npz", images=grey(20))
    monkeypatch.setattr(images_of_data, "MOST_IN_MEMORY", 0)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "images.npy")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OSError, match=r"No space left on device: 'images\.npy'"):
            data.from_npz(tmp_path / "own.npz")
    assert not list((cache / "stores").iterdir())
    np.testing.assert_array_equal(data.from_npz(tmp_path / "own.npz").image.shape, (16, 4, 4, 1))


@pytest.mark.parametrize("name", ["npz:", "folder:", "store:", "photos:here"])
def test_a_kind_and_a_path_are_named(name):
    with pytest.raises(ValueError, match=f"folder:PATH, npz:FILE or store:PATH; received {name}"):
        data.load_split(name, image_shape=(8, 8, 1))


def test_a_folder_needs_a_shape(tmp_path):
    with pytest.raises(ValueError, match="needs image_shape"):
        data.load_split(f"folder:{tmp_path}")


@pytest.mark.parametrize("kind", ["npz", "folder"])
def test_both_splits_are_read_at_once(tmp_path, monkeypatch, kind):
    np.savez(tmp_path / "own.npz", images=grey(20), labels=two_classes(20))
    folder = write_folder(tmp_path / "pets")
    place = {"npz": tmp_path / "own.npz", "folder": folder}[kind]
    one_by_one = [data.load_split(f"{kind}:{place}", split, image_shape=(8, 8, 1)) for split in ("train", "test")]
    read, readers = [], {"npz": own.read_npz, "folder": folder_of_images.decode_image}
    monkeypatch.setattr(own, "read_npz", lambda path, **kinds: read.append(path) or readers["npz"](path, **kinds))
    monkeypatch.setattr(
        folder_of_images, "decode_image", lambda source, name: read.append(source) or readers["folder"](source, name)
    )
    both = data.load_splits(f"{kind}:{place}", ("train", "test"), image_shape=(8, 8, 1))
    assert len(read) == {"npz": 1, "folder": 10}[kind]
    for alone, together in zip(one_by_one, both, strict=True):
        assert (alone.fingerprint, alone.split) == (together.fingerprint, together.split)


def test_a_bar_shows_on_a_terminal_where_reading_takes_long(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    monkeypatch.setattr(images_of_data, "_PART", 1)

    def shown(is_terminal, seconds):
        stream = io.StringIO()
        stream.isatty = lambda: is_terminal
        monkeypatch.setattr(sys, "stderr", stream)
        for _ in data.in_parts(grey(3), "Reading folder:pets"):
            now[0] += seconds
        return stream.getvalue()

    assert shown(True, 0.1) == shown(False, 2.0) == ""
    assert "Reading folder:pets: " in shown(True, 2.0)


def test_images_without_labels(tmp_path):
    np.savez(tmp_path / "images.npz", images=grey(20))
    for number in range(20):
        Image.new("L", (8, 8), number).save(tmp_path / f"{number:02}.png")
    for name in (f"npz:{tmp_path / 'images.npz'}", f"folder:{tmp_path}"):
        train, test = (data.load_split(name, split, image_shape=(8, 8, 1)) for split in ("train", "test"))
        assert (len(train), len(test)) == (16, 4)
        assert train.conditioning == "none"
        assert list(train.arrays) == ["image"]
        assert train.first(3).label is None
    assert len({*train.image[:, 0, 0, 0], *test.image[:, 0, 0, 0]}) == 20
    assert data.from_arrays(grey()).fingerprint != data.from_arrays(grey() + 1).fingerprint


def test_folder_of_classes(tmp_path):
    folder = write_folder(tmp_path / "pets")
    train, test = (data.load_split(f"folder:{folder}", split, image_shape=(8, 8, 3)) for split in ("train", "test"))
    assert (len(train), len(test)) == (8, 2)
    assert train.label_names == ("cat", "dog")
    np.testing.assert_array_equal(train.image[:, 0, 0, 0], 50 * train.label)


def test_folder_of_attributes(tmp_path):
    folder = write_table(tmp_path, [(f"{i}.png", i / 10, 0.5) for i in range(10)])
    train = data.from_folder(folder, (8, 8, 1))
    assert train.label_names == ("size", "colour")
    assert train.label.shape == (8, 2)
    assert np.all(train.label[:, 1] == 0.5)


def test_hidden_folders_are_no_classes(tmp_path):
    folder = write_folder(tmp_path / "pets")
    for name in (".ipynb_checkpoints", "__MACOSX"):
        (folder / name).mkdir()
    assert data.from_folder(folder, (8, 8, 3)).label_names == ("cat", "dog")


def test_sixteen_bits_are_scaled_and_photographs_stand_upright(tmp_path):
    ramp = np.linspace(0, 65_535, 16).astype(np.uint16)
    turned = Image.new("L", (4, 2))
    turned.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 3  # half a turn
    for i in range(3):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "b").mkdir(exist_ok=True)
        Image.fromarray(np.tile(ramp, (16, 1))).save(tmp_path / "a" / f"{i}.png")
        turned.save(tmp_path / "b" / f"{i}.png", exif=exif)
    images = data.from_folder(tmp_path, (16, 16, 1))
    deep = images.image[images.label == 0][0, 0, :, 0]
    np.testing.assert_allclose(deep, np.linspace(0, 255, 16), atol=1)
    upright = data.from_folder(tmp_path, (2, 4, 1)).image[images.label == 1][0, ..., 0]
    assert np.argwhere(upright == 255).tolist() == [[1, 3]]


def test_broken_image_is_named(tmp_path):
    folder = write_folder(tmp_path / "pets")
    (folder / "cat" / "0.png").write_bytes((folder / "cat" / "1.png").read_bytes()[:40])
    with pytest.raises(ValueError, match=r"cat/0\.png is not an image"):
        data.from_folder(folder, (8, 8, 3))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a.png", "big", 1)], "'a.png' must be numbers"),
        ([("a.png", 1)], "'a.png' must have 2 finite"),
        ([("a.png", 1, "nan")], "'a.png' must have 2 finite"),
        ([], "and rows"),
        ([("a.png", 1, 1e300)], "'a.png' must have 2 finite"),
        ([("a.png", 1, 2), ("a.png", 3, 4)], "names 'a.png' twice"),
    ],
)
def test_table_that_is_refused(tmp_path, rows, message):
    with pytest.raises(ValueError, match=message):
        data.from_folder(write_table(tmp_path, rows), (8, 8, 1))


@pytest.mark.parametrize("name", ["{folder}/a.png", "/dev/zero", "../other.png", "deeper/../a.png", "", "."])
def test_a_table_names_files_of_its_folder(tmp_path, deadline, name):
    folder = write_table(tmp_path / "own", [(f"{i}.png", i, 0.5) for i in range(6)])
    (folder / "deeper").mkdir()
    for file in (tmp_path / "other.png", folder / "a.png"):
        Image.new("L", (8, 8), 100).save(file)
    with open(folder / "attributes.csv", "a") as table:
        table.write(f"{name.format(folder=folder)},1,2\n")
    with pytest.raises(ValueError, match=r"attributes\.csv must name files below its folder; received '"):
        data.from_folder(folder, (8, 8, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,é\na.png,1\n".encode("latin-1"), "is not encoded in UTF-8: .*0xe9"),
        ("file,x\na.png,1\n".encode("utf-16"), "is not encoded in UTF-8: .*0xff"),
        (b"file,x\n" + b"a" * 200_000 + b",1\n", "is no CSV file: field larger than field limit"),
        (b"file,x\na.png,1\0\n", "'a.png' must be numbers"),
        (b"file,x,x\na.png,1,2\n", "headings must differ"),
        (b"file," + b"x," * 50_000 + b"y\na.png" + b",1" * 50_000 + b"\n", "headings must differ"),
        (b"file,x\na.png" + b",1" * 50_000 + b"\n", "must have 1 finite"),
        (b'file,x\n"a.png,1\n', "must have 1 finite"),
        (b"", "and rows"),
    ],
)
def test_table_that_cannot_be_read(tmp_path, text, message):
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "attributes.csv").write_bytes(text)
    with pytest.raises(ValueError, match=rf"attributes\.csv.* {message}") as error:
        data.from_folder(tmp_path, (8, 8, 1))
    assert type(error.value) is ValueError
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("name", ["b\0.png", "b" * 100_000])
def test_table_with_names_that_no_file_can_have(tmp_path, name):
    (tmp_path / "attributes.csv").write_text(f"file,x\n{name},1\n")
    with pytest.raises(FileNotFoundError, match=r"which is not in") as error:
        data.from_folder(tmp_path, (8, 8, 1))
    assert len(str(error.value)) < 400


def test_table_of_a_spreadsheet(tmp_path):
    """Such a table has a byte order mark, other ends of lines, and maybe empty ones."""
    write_table(tmp_path, [(f"{i}.png", i, 0.5) for i in range(6)])
    text = (tmp_path / "attributes.csv").read_text()
    for end in ("\r\n", "\r", "\n\n"):
        (tmp_path / "attributes.csv").write_text("\ufeff" + "\n".join(text.splitlines()).replace("\n", end), newline="")
        assert data.from_folder(tmp_path, (8, 8, 1)).label_names == ("size", "colour")


def test_table_with_a_missing_file(tmp_path):
    folder = write_table(tmp_path, [("a.png", 1, 2)])
    (folder / "a.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"names 'a\.png', which is not in"):
        data.from_folder(folder, (8, 8, 1))


def test_folder_that_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        data.from_folder(tmp_path / "none", (8, 8, 1))
    with pytest.raises(ValueError, match="there are no images in subfolders"):
        data.from_folder(tmp_path, (8, 8, 1))
    folder = write_folder(tmp_path / "pets")
    (folder / "empty").mkdir()
    with pytest.raises(ValueError, match="no images in empty"):
        data.from_folder(folder, (8, 8, 1))
    lonely = write_folder(tmp_path / "lonely", count=1)
    with pytest.raises(ValueError, match="class 0 has 1"):
        data.from_folder(lonely, (8, 8, 1))
    pair = write_folder(tmp_path / "pair", count=2)
    with pytest.raises(ValueError, match=r"a class needs 3 images, .*; cat has 2"):
        data.from_folder(pair, (8, 8, 1))
