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
        found, relative_distance = evaluation.nearest_images(samples, real, evaluation.Pixels(), 2)
        assert found.shape == (2, 2, 2, 2, 1)
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found[..., 0, 0, 0], [[50, 60], [0, 10]])
        # 52 lies 2, 12, ..., 52 from 0 to 50, and 8, 18, ..., 138 from 60 to 190. -1 is the darkest one itself.
        np.testing.assert_allclose(relative_distance, [2 / ((6 * 27 + 14 * 73) / 20), 0], rtol=1e-6)


def test_a_sample_beside_a_lone_image_looks_more_like_a_copy_than_one_in_a_crowd():
    """Images have the greys 0 to 59 and 255. 62 lies nearer to 59 than 250 to 255, but 59 is one of many."""
    shades = np.append(np.arange(60), 255).astype(np.uint8)
    real = data.from_arrays(np.broadcast_to(shades[:, None, None, None], (61, 1, 1, 1)))
    samples = np.array([250, 62], np.uint8)[:, None, None, None]
    relative_distance = evaluation.nearest_images(samples, real, evaluation.Pixels(), 1).relative_distance
    # The 50 nearest of 250 are 255 and 11 to 59, and those of 62 are 10 to 59.
    lone = 5 / np.mean([5, *(250 - np.arange(11, 60))])
    crowd = 3 / np.mean(62 - np.arange(10, 60))
    np.testing.assert_allclose(relative_distance, [lone, crowd], rtol=1e-6)


def test_refuses_an_extractor_without_features(greys, corner):
    class Judge(evaluation.Pixels):
        provides = frozenset({"predictions"})

    with pytest.raises(ValueError, match="the extractor pixels gives predictions"):
        evaluation.nearest_images(np.zeros((1, 2, 2, 1)), greys, Judge(), 1)


def test_a_sample_among_its_copies_is_one():
    same = data.from_arrays(np.zeros((3, 2, 2, 1), np.uint8))
    found = evaluation.nearest_images(np.full((1, 2, 2, 1), -1.0), same, evaluation.Pixels(), 1)
    assert found.relative_distance == [0]


def test_features_decide(greys, corner):
    class Darkest(evaluation.Pixels):
        def __call__(self, images):
            return {
                "features": -np.ones((len(images), 1)) * (images.max(axis=(1, 2, 3), keepdims=False)[:, None] > 100)
            }

    found = evaluation.nearest_images(np.full((1, 2, 2, 1), 255, np.uint8), greys, Darkest(), 3).images
    assert found.min() > 100
