import importlib
import os
import pathlib

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tfgans import data
from tfgans._errors import MissingExtraError
from tfgans.data import images as stored_images


class TinyShapes(tfds.core.GeneratorBasedBuilder):
    """Six images whose pixels are ten times their label."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {"image": tfds.features.Image(shape=(4, 5, 1)), "label": tfds.features.ClassLabel(names=["a", "b"])}
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(6), "test": self._generate_examples(2)}

    def _generate_examples(self, count):
        for i in range(count):
            yield i, {"image": np.full((4, 5, 1), 10 * (i % 2), np.uint8), "label": i % 2}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    TinyShapes(data_dir=folder).download_and_prepare()
    return str(folder)


@pytest.mark.parametrize(("split", "count"), [("train", 6), ("test", 2), ("train[:3]", 3)])
def test_reads_a_prepared_set(data_dir, split, count):
    images = data.load_split("tiny_shapes", split, data_dir=data_dir)
    assert images.image.shape == (count, 4, 5, 1)
    assert images.image.dtype == np.uint8
    assert images.label.dtype == np.int32
    np.testing.assert_array_equal(images.image[:, 0, 0, 0], 10 * images.label)
    np.testing.assert_allclose(images.unit_images[:, 0, 0, 0], 10 * images.label / 127.5 - 1, rtol=1e-6)
    assert (images.name, images.split, images.label_names) == ("tiny_shapes", split, ("a", "b"))


@pytest.mark.parametrize("split", ["train", "train[1:4]"])
def test_a_set_that_is_too_large_for_memory_is_copied_once_to_a_store(data_dir, cache, monkeypatch, capfd, split):
    """The examples are copied two at a time; a second call does not read them."""
    in_memory = data.load_split("tiny_shapes", split, data_dir=data_dir)
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)
    reader = importlib.import_module("tfgans.data.tfds_images")
    monkeypatch.setattr(reader, "_PART", 40)
    stored = data.load_split("tiny_shapes", split, data_dir=data_dir)
    assert f"tiny_shapes {split} is too large for memory" in capfd.readouterr().err
    monkeypatch.setattr(reader, "JoinedImages", lambda *_: pytest.fail("The store is in the cache."))
    again = data.load_split("tiny_shapes", split, data_dir=data_dir)
    for images in (stored, again):
        assert isinstance(images.image, data.ImageStore)
        np.testing.assert_array_equal(images.image[:], in_memory.image)
        np.testing.assert_array_equal(images.label, in_memory.label)
        assert (images.label.dtype, images.label_names) == (np.int32, ("a", "b"))
    assert stored.fingerprint == again.fingerprint
    (store,) = (cache / "stores").iterdir()
    assert not list(store.glob("images.npy"))


def test_says_where_a_set_was_expected_and_how_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        data.load_split("mnist", data_dir=str(tmp_path))
    for part in (str(tmp_path / "mnist"), "--data_dir", "TFDS_DATA_DIR", "--download"):
        assert part in str(error.value)
    assert not list(tmp_path.iterdir())


def test_downloads_only_when_told_to(tmp_path):
    assert len(data.load_split("tiny_shapes", data_dir=str(tmp_path), download=True)) == 6


def test_refuses_a_split(data_dir):
    with pytest.raises(ValueError, match=r"Unknown split 'valid'"):
        data.load_split("tiny_shapes", "valid", data_dir=data_dir)


class Photographs(TinyShapes):
    """Images of any height."""

    def _info(self):
        features = {"image": tfds.features.Image(shape=(None, 5, 1)), "label": tfds.features.ClassLabel(names=["a"])}
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))


def test_refuses_images_of_several_sizes(tmp_path):
    with pytest.raises(ValueError, match=r"'photographs' have several sizes: \(None, 5, 1\)\. Write them to files"):
        data.load_split("photographs", data_dir=str(tmp_path), download=True)
    assert not list(tmp_path.iterdir())


class Unlabelled(TinyShapes):
    """The same images without labels."""

    def _info(self):
        features = {"image": tfds.features.Image(shape=(4, 5, 1))}
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

    def _generate_examples(self, count):
        return ((i, {"image": np.zeros((4, 5, 1), np.uint8)}) for i in range(count))


def test_refuses_a_set_without_classes(tmp_path):
    Unlabelled(data_dir=tmp_path).download_and_prepare()
    with pytest.raises(ValueError, match="'unlabelled' must have the features image and label; it has image"):
        data.load_split("unlabelled", data_dir=str(tmp_path))


def test_celeba_is_cut_and_has_nine_attributes(tmp_path):
    """A face whose rows are numbered: rows 40 to 178 of it, at 64 pixels, hold 40.6 to 176.4 (means of 2.16 rows)."""
    names = data.CELEBA_ATTRIBUTES

    def faces(*args, **kwargs):
        features = tfds.builder("celeb_a", data_dir=tmp_path).info.features
        rows = np.broadcast_to(np.arange(218, dtype=np.uint8)[:, None, None], (218, 178, 3))
        every = {name: name in ("Male", "Smiling") for name in features["attributes"]}
        example = {"image": rows, "attributes": every}
        return tf.data.Dataset.from_tensors(tf.nest.map_structure(tf.constant, example)).repeat(3)

    with tfds.testing.mock_data(as_dataset_fn=faces, data_dir=str(tmp_path)):
        images, crop = (
            data.load_split(name, "train+validation", data_dir=str(tmp_path), download=True)
            for name in ("celeb_a", "celeb_a_crop_128")
        )
    np.testing.assert_array_equal(crop.image[0, :, 0, 0], np.arange(50, 178))
    assert crop.image.shape == (3, 128, 128, 3)
    assert images.image.shape == (3, 64, 64, 3)
    assert (images.image[0].min(), images.image[0].max()) == (41, 176)
    assert images.label_names == names
    np.testing.assert_array_equal(images.label[0], [name in ("Male", "Smiling") for name in names])
    assert images.conditioning == "attributes"


def test_flowers_come_whole_at_128_pixels(tmp_path):
    def flowers(*args, **kwargs):
        columns = np.broadcast_to(np.arange(200, dtype=np.uint8)[None, :, None], (50, 200, 3))
        return tf.data.Dataset.from_tensors({"image": columns, "label": np.int64(101)}).repeat(3)

    with tfds.testing.mock_data(as_dataset_fn=flowers, data_dir=str(tmp_path)):
        images = data.load_split("oxford_flowers102", "train", data_dir=str(tmp_path), download=True)
    assert images.image.shape == (3, 128, 128, 3)
    np.testing.assert_allclose(images.image[0, 64, :, 0], np.linspace(0.3, 198.7, 128), atol=1)
    np.testing.assert_array_equal(images.label, 101)
    assert len(images.label_names) == 102


@pytest.fixture(scope="module")
def record_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    TinyShapes(data_dir=folder, file_format="array_record").download_and_prepare()
    return str(folder)


@pytest.mark.parametrize("split", ["train", "test", "train[2:5]"])
def test_array_records_are_read_by_number(record_dir, cache, monkeypatch, split):
    """Images stay in their files if they are too many for memory; their labels are read once."""
    in_memory = data.load_split("tiny_shapes", split, data_dir=record_dir)
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)
    monkeypatch.setattr(tfds.decode, "SkipDecoding", lambda: pytest.fail("The labels are in the cache."))
    stored = data.load_split("tiny_shapes", split, data_dir=record_dir)
    assert isinstance(in_memory.image, np.ndarray)
    assert isinstance(stored.image, data.StoredImages)
    np.testing.assert_array_equal(in_memory.image[:, 0, 0, 0], 10 * in_memory.label)
    rows = np.array([len(stored) - 1, 0])
    np.testing.assert_array_equal(stored.image[rows], in_memory.image[rows])
    np.testing.assert_array_equal(stored.label, in_memory.label)
    assert stored.label_names == ("a", "b")


def test_array_records_that_are_written_again_are_others(record_dir, cache, monkeypatch):
    """Features and labels that the cache has under the fingerprint of the images are not those of the new ones."""
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)
    before = data.load_split("tiny_shapes", "train", data_dir=record_dir)
    assert data.load_split("tiny_shapes", "train", data_dir=record_dir).fingerprint == before.fingerprint
    for path in pathlib.Path(record_dir).rglob("*train.array_record*"):
        os.utime(path, (1, 1))
    assert data.load_split("tiny_shapes", "train", data_dir=record_dir).fingerprint != before.fingerprint


def test_array_records_need_their_extra(record_dir, cache, monkeypatch):
    monkeypatch.setattr(tfds.core.DatasetBuilder, "as_data_source", lambda *_, **__: importlib.import_module("no_such"))
    with pytest.raises(MissingExtraError, match="needs the extra 'array_record'"):
        data.load_split("tiny_shapes", data_dir=record_dir)
