import numpy as np
import pytest

from tfgans import data


@pytest.fixture
def images():
    """A hundred images, each of its own number."""
    pixels = np.arange(100, dtype=np.uint8).reshape(100, 1, 1, 1)
    return data.ImageSet("numbers", "train", pixels, np.arange(100, dtype=np.int32), ())


def test_a_part_is_fixed_and_grows_with_its_fraction(images):
    small, large = (images.part(fraction) for fraction in (0.1, 0.5))
    assert (len(small), len(large), len(images.part(0.001))) == (10, 50, 1)
    assert set(small.label) < set(large.label)
    np.testing.assert_array_equal(small.image[:, 0, 0, 0], small.label)
    np.testing.assert_array_equal(images.part(0.1).label, small.label)
    assert images.part(1.0) is images


@pytest.mark.parametrize("fraction", [0, -0.1, 1.1])
def test_refuses_a_fraction_that_is_none(images, fraction):
    with pytest.raises(ValueError, match=r"lies in \(0, 1\]; received"):
        images.part(fraction)


def test_bytes_lie_in_the_unit_range():
    np.testing.assert_allclose(data.unit_images(np.array([0, 51, 255], np.uint8)), [-1, -0.6, 1], atol=1e-6)
    floating = np.array([0.25])
    assert data.unit_images(floating) is floating


def test_examples_are_a_part_with_its_labels(images):
    examples, labels = images.examples(5)
    assert examples.shape == (5, 1, 1, 1)
    np.testing.assert_allclose(examples[:, 0, 0, 0], labels / 127.5 - 1, atol=1e-6)
    assert len(images.examples(1_000)[0]) == images.count == 100


def test_mirror_images_have_the_order_and_the_labels_of_the_images():
    image = np.array([[[[1], [2], [3]]], [[[4], [5], [6]]]], np.uint8)
    images = data.ImageSet("two", "train", image, np.array([7, 8], np.int32), ())
    turned = images.mirrored()
    assert turned.image[..., 0].tolist() == [[[3, 2, 1]], [[6, 5, 4]]]
    assert turned.label.tolist() == [7, 8]
    assert turned.fingerprint != images.fingerprint


@pytest.mark.parametrize("small", [3, 4])
def test_every_class_has_a_test_image(small):
    """Two classes of a thousand images and ten of three or four: shares of a fifth would leave out some of these."""
    labels = np.repeat(np.arange(12), [1_000, 1_000] + [small] * 10).astype(np.int32)
    pixels = np.arange(len(labels), dtype=np.float32).reshape(-1, 1, 1, 1)
    whole = data.ImageSet("numbers", "all", pixels, labels, tuple(map(str, range(12))))
    train, test = (data.hold_out(whole, split) for split in ("train", "test"))
    for part in (train, test):
        assert np.bincount(part.label, minlength=12).min() >= 1
        np.testing.assert_array_equal(labels[part.image.ravel().astype(int)], part.label)
    assert len(test) == -(-len(whole) // 5)
    assert sorted([*train.image.ravel(), *test.image.ravel()]) == list(range(len(whole)))
