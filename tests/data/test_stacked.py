import dataclasses

import numpy as np
import pytest

from tfgans import data, metrics


def test_channels_are_the_images_and_the_class_tells_which():
    digits, stacked = data.load_split("digits"), data.load_split("stacked_digits")
    assert stacked.image.shape == (len(digits), 8, 8, 3)
    assert (stacked.name, stacked.split, stacked.conditioning) == ("stacked_digits", "train", "class")
    assert stacked.label_names[347] == "3 4 7"
    for channel, unit in enumerate((100, 10, 1)):
        # Each digit is in each channel once, and the class has its label there.
        order = [
            np.lexsort(images.reshape(len(images), -1).T) for images in (digits.image, stacked.image[..., channel])
        ]
        np.testing.assert_array_equal(digits.image[order[0], ..., 0], stacked.image[order[1], ..., channel])
        np.testing.assert_array_equal(digits.label[order[0]], stacked.label[order[1]] // unit % 10)


def test_a_function_of_the_seed():
    digits = data.load_split("digits", "test")
    first, again, other = (data.stacked(digits, seed).fingerprint for seed in (0, 0, 1))
    assert first == again != other


def test_all_modes_are_there_as_evenly_as_chance_has_it():
    """Of n draws, the reverse KL of 1,000 even modes is 999 / 2 n on average."""
    names = tuple("0123456789")
    labels = np.arange(60_000, dtype=np.int32) % 10
    image = np.zeros((60_000, 1, 1, 1), np.float32)
    stacked = data.stacked(data.ImageSet("numbers", "train", image, labels, names))
    coverage = metrics.class_coverage(stacked.label, 1_000)
    assert coverage.modes == 1_000
    assert coverage.reverse_kl == pytest.approx(999 / 120_000, rel=0.15)


def test_triples_of_pacgan_are_drawn_from_both_splits_with_replacement():
    """Of 1,797 digits, each is expected 71 times in a channel."""
    train, test = data.load_splits("digits", ("train", "test"))
    stacked = data.load_split("stacked_digits/pacgan")
    assert (stacked.name, stacked.split, len(stacked)) == ("stacked_digits/pacgan", "train", 128_000)
    digits = np.concatenate([train.image, test.image]).reshape(len(train) + len(test), -1)
    labels = np.concatenate([train.label, test.label])
    which = {image.tobytes(): label for image, label in zip(digits, labels, strict=True)}
    for channel, unit in enumerate((100, 10, 1)):
        images, counts = np.unique(stacked.image[..., channel].reshape(128_000, -1), axis=0, return_counts=True)
        assert len(images) == len(which)
        assert (counts.min(), counts.max()) == (pytest.approx(71, abs=45), pytest.approx(71, abs=45))
        for row in range(0, 128_000, 10_000):
            assert which[stacked.image[row, ..., channel].tobytes()] == stacked.label[row] // unit % 10


def test_the_test_split_of_pacgan_is_the_usual_one():
    pacgan, usual = (data.load_split(name, "test") for name in ("stacked_digits/pacgan", "stacked_digits"))
    assert pacgan.fingerprint == usual.fingerprint


def test_refuses_what_cannot_be_stacked():
    digits = data.load_split("digits", "test")
    with pytest.raises(ValueError, match="digits has 1 channels and conditioning 'none'"):
        data.stacked(dataclasses.replace(digits, label=None))
    with pytest.raises(ValueError, match="stacked_digits has 3 channels"):
        data.load_split("stacked_stacked_digits")
    with pytest.raises(ValueError, match="Expected a data set of images; received the points of ring8"):
        data.load_split("stacked_ring8")


def test_a_channel_has_its_own_classes():
    stacked = data.load_split("stacked_digits").first(50)
    for index, unit in enumerate((100, 10, 1)):
        channel = stacked.channel(index)
        np.testing.assert_array_equal(channel.image[..., 0], stacked.image[..., index])
        np.testing.assert_array_equal(channel.label, stacked.label // unit % 10)
        assert channel.label_names == tuple("0123456789")
