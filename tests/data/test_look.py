import pathlib

import numpy as np
import pytest
from PIL import Image

from tfgans import data


def write_images(folder, count, size=(12, 10), mode="RGB", seed=0):
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        channels = () if mode == "L" else (3,)
        pixels = random.integers(0, 256, (*size, *channels), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


@pytest.mark.usefixtures("cache")
def test_a_folder_of_colour_images_of_several_sizes(tmp_path):
    write_images(tmp_path / "photos", 9)
    Image.new("RGB", (40, 20)).save(tmp_path / "photos" / "wide.png")
    look = data.look_at(f"folder:{tmp_path / 'photos'}")
    assert (look.count, look.train_count, look.image_shape, look.sizes) == (10, 8, (12, 10, 3), 2)
    assert (look.conditioning, look.condition_size) == ("none", 0)
    assert str(look).endswith("10 colour images of several sizes, mostly 12x10, without labels")


@pytest.mark.usefixtures("cache")
def test_grey_content_in_colour_files_is_grey(tmp_path):
    for name in "ab":
        folder = write_images(tmp_path / "photos" / name, 5, mode="L")
        for path in folder.iterdir():
            Image.open(path).convert("RGB").save(path)
    look = data.look_at(f"folder:{tmp_path / 'photos'}")
    assert look.image_shape == (12, 10, 1)
    assert (look.conditioning, look.condition_size) == ("class", 2)
    assert str(look).endswith("10 grey images of 12x10 in 2 classes")


def test_arrays(tmp_path):
    arrays = {"images": np.zeros((7, 9, 8), np.uint8), "labels": np.zeros((7, 3))}
    np.savez(tmp_path / "one.npz", **arrays)
    look = data.look_at(f"npz:{tmp_path / 'one.npz'}")
    assert (look.count, look.train_count, look.image_shape) == (7, 5, (9, 8, 1))
    assert (look.conditioning, look.condition_size) == ("attributes", 3)
    np.savez(tmp_path / "two.npz", images_train=np.zeros((6, 9, 8, 3)), images_test=np.zeros((4, 9, 8, 3)))
    look = data.look_at(f"npz:{tmp_path / 'two.npz'}")
    assert (look.count, look.train_count, look.image_shape) == (10, 6, (9, 8, 3))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros((2, 4, 4)), "labels": np.array(["cat", "dog"])}, r"labels must be integers .*<U3 \(2,\)"),
        ({"images": np.zeros((2, 4, 4)), "labels": np.array(3)}, r"labels must be integers .*int64 \(\)"),
        (
            {"images": np.zeros((2, 4, 4)), "labels": np.array([0.5, np.nan])},
            r"labels must be integers .*float64 \(2,\)",
        ),
        ({"images": np.zeros((2, 4, 4)), "labels": np.arange(3)}, "there are 2 images and 3 labels"),
        (
            {"images_train": np.zeros((2, 4, 4)), "images_test": np.zeros((2, 4, 4)), "labels_test": np.arange(2)},
            "both or none of labels_train and labels_test",
        ),
        ({"images_train": np.zeros((2, 4, 4)), "images_test": np.array(3)}, r"images_test must be \[n, H, W\] or"),
    ],
)
def test_arrays_that_are_no_labels_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        data.look_at(f"npz:{tmp_path / 'own.npz'}")


def test_store(tmp_path):
    images = data.from_arrays(np.zeros((12, 9, 8, 3), np.uint8), np.arange(12) % 4)
    data.write_store(tmp_path / "store", images, splits={"train": (0, 9), "test": (9, 12)})
    look = data.look_at(f"store:{tmp_path / 'store'}")
    assert (look.count, look.train_count, look.image_shape) == (12, 9, (9, 8, 3))
    assert (look.conditioning, look.condition_size) == ("class", 4)


def test_what_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="received photos"):
        data.look_at("photos")
    with pytest.raises(ValueError, match="received tar:x"):
        data.look_at("tar:x")
    with pytest.raises(FileNotFoundError, match="no folder"):
        data.look_at(f"folder:{pathlib.Path(tmp_path, 'none')}")
