import numpy as np
import pytest
from sklearn.datasets import load_digits

from tfgans import data


def test_splits_are_all_the_digits_once():
    train, test = data.load_split("digits"), data.load_split("digits", "test")
    assert (len(train), len(test)) == (1_437, 360)
    both = np.concatenate([train.image, test.image]).reshape(1_797, -1)
    original = load_digits().data / 8 - 1
    np.testing.assert_allclose(both[np.lexsort(both.T)], original[np.lexsort(original.T)], atol=1e-6)


def test_contract():
    train = data.digits()
    assert train.image.shape == (1_437, 8, 8, 1)
    assert (train.image.min(), train.image.max()) == (-1, 1)
    assert train.label.dtype == np.int32
    assert train.label_names == tuple("0123456789")
    assert np.bincount(train.label).min() > 130
    np.testing.assert_array_equal(train.unit_images, train.image)


def test_split_is_fixed():
    np.testing.assert_array_equal(data.digits("test").label, data.digits("test").label)


def test_refuses_a_split():
    with pytest.raises(ValueError, match="'valid'"):
        data.digits("valid")
