import numpy as np
import pytest

from tfgans import data


def test_splits_and_attributes():
    train, test = data.load_splits("avatars", ("train", "test"))
    assert (train.image.shape, train.image.dtype) == ((5_000, 32, 32, 3), np.uint8)
    assert (len(test), test.conditioning, test.label_names) == (1_000, "attributes", data.AVATAR_ATTRIBUTES)
    assert set(np.unique(train.label[:, :4])) == {0.0, 1.0}
    both = np.concatenate([train.label, test.label])
    np.testing.assert_allclose(both.mean(axis=0), [0.19, 0.05, 0.05, 0.10, 0.5], atol=0.015)


def test_no_face_is_there_twice():
    images = np.concatenate([images.image for images in data.load_splits("avatars", ("train", "test"))])
    assert len(np.unique(images.reshape(6_000, -1), axis=0)) == 6_000


@pytest.mark.parametrize("split", ["train", "test"])
def test_classes_of_skin_are_the_colours_in_the_pictures(split):
    """A name is a colour; most faces show it, since glasses, beards and hair leave some skin free."""
    faces = data.load_split("avatars_skin", split)
    assert (faces.conditioning, len(faces.label_names)) == ("class", 8)
    colours = np.array([[int(name[i : i + 2], 16) for i in (1, 3, 5)] for name in faces.label_names])
    shown = np.any(np.all(faces.image == colours[faces.label][:, None, None], axis=-1), axis=(1, 2))
    assert shown.mean() > 0.95


@pytest.mark.parametrize("split", ["train", "test"])
def test_tones_of_skin_are_the_classes_from_dark_to_light(split):
    tones, classes = data.load_split("avatars", split).label[:, -1], data.load_split("avatars_skin", split)
    np.testing.assert_allclose(tones, classes.label / 7, rtol=1e-6)
    light = [sum(int(name[i : i + 2], 16) for i in (1, 3, 5)) for name in classes.label_names]
    assert light == sorted(light)


def test_classes_of_hair():
    faces = data.load_split("avatars_hair")
    assert len(faces.label_names) == 45
    assert np.bincount(faces.label, minlength=45).min() > 0


def test_refuses_a_split():
    with pytest.raises(ValueError, match="splits train, test; received split='valid'"):
        data.load_split("avatars", "valid")
