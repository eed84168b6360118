import numpy as np
import pytest

from tfgans import data, evaluation


@pytest.fixture
def greys():
    """Images of one grey each, 0, 10, ..., 190."""
    return data.from_arrays(np.broadcast_to(np.arange(0, 200, 10, np.uint8)[:, None, None, None], (20, 2, 2, 1)))


def test_nearest_come_first(greys, tmp_path):
    """By pixels, 52 is nearest to 50 and 60, and -1 to 0 and 10; a store gives the same."""
    samples = np.stack([np.full((2, 2, 1), 52 / 127.5 - 1), np.full((2, 2, 1), -1.0)])
    store = data.write_store(tmp_path / "store", greys, splits={})
    for real in (greys, data.ImageSet("store", "all", store, None, ())):
        found = evaluation.nearest_images(samples, real, evaluation.Pixels(), 2)
        assert found.shape == (2, 2, 2, 2, 1)
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found[..., 0, 0, 0], [[50, 60], [0, 10]])


def test_features_decide(greys, corner):
    class Darkest(evaluation.Pixels):
        def __call__(self, images):
            return {
                "features": -np.ones((len(images), 1)) * (images.max(axis=(1, 2, 3), keepdims=False)[:, None] > 100)
            }

    found = evaluation.nearest_images(np.full((1, 2, 2, 1), 255, np.uint8), greys, Darkest(), 3)
    assert found.min() > 100
