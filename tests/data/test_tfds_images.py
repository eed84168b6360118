import numpy as np
import pytest

from tfgans import data


def test_says_where_a_set_was_expected_and_how_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        data.load("mnist", data_dir=str(tmp_path))
    for part in (str(tmp_path / "mnist"), "--data_dir", "TFDS_DATA_DIR", "--download"):
        assert part in str(error.value)
    assert not list(tmp_path.iterdir())


def test_reads_mnist(tfds_folder):
    test = data.load("mnist", "test[:500]", data_dir=tfds_folder)
    assert test.image.shape == (500, 28, 28, 1)
    assert test.image.dtype == np.uint8
    assert test.label.dtype == np.int32
    assert set(test.label) == set(range(10))
    assert test.unit_images.min() == -1
    assert test.class_names == tuple("0123456789")


def test_refuses_a_split(tfds_folder):
    with pytest.raises(ValueError, match=r"has the splits .*'valid'"):
        data.load("mnist", "valid", data_dir=tfds_folder)
