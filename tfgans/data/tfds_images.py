"""Labelled images prepared by tensorflow-datasets."""

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
import tqdm

from tfgans.data.efigi import EFIGI_ATTRIBUTES
from tfgans.data.image_set import ImageSet

_BATCH = 1_000
_ATTRIBUTE_IMAGE_PIXELS = 64

CELEBA_ATTRIBUTES = (
    "Bald",
    "Bangs",
    "Black_Hair",
    "Blond_Hair",
    "Eyeglasses",
    "Heavy_Makeup",
    "Male",
    "Pale_Skin",
    "Smiling",
)
"""The nine attributes of CelebA that cWGAN is conditioned on (section V-A)."""

CWGAN_EFIGI_ATTRIBUTES = ("Arm_Strength", "Arm_Curvature", "Visible_Dust", "Multiplicity")
"""The four attributes of EFIGI that cWGAN is conditioned on (section V-D)."""

Example = dict[str, Any]


def tfds_images(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Reads a split of a labelled image set into memory.

    `celeb_a` comes as cWGAN takes it: cut to rows 40 to 178 and columns 30 to 168, resized to 64x64, with nine
    attributes in {0, 1}; `celeb_a_128` as LOGAN takes it, resized whole to 128x128; `celeb_a_crop_64` and
    `celeb_a_crop_128` as BEGAN-CS does, cut to rows 50 to 178 and columns 25 to 153; all with the same. `efigi` is
    resized to 64x64, with four attributes as they stand in its table, in [0, 1], or -1 where they are not set.
    `face_scrub` and `oxford_flowers102` are resized whole to 128x128, as X-GAN takes flowers. Any other set comes as
    it is, with classes.

    Args:
        name: Name of the set in tensorflow-datasets, such as `mnist`.
        split: A split of it, such as `train`, `test` or `train[:50000]`.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download and prepare a set that is not there.

    Returns:
        uint8 images [n, H, W, C] with int32 classes, or float32 attributes.

    Raises:
        FileNotFoundError: If the set is not prepared and `download` is false, or its manual files are missing.
        ValueError: If the set has no split of that name.
    """
    prepare, names, source = _PREPARATIONS.get(name, (_as_it_is, None, name))
    builder = tfds.builder(source, data_dir=data_dir)
    if download:
        try:
            builder.download_and_prepare()
        except AssertionError as error:
            raise FileNotFoundError(str(error)) from error
    elif not builder.is_prepared():
        raise FileNotFoundError(
            f"The data set {name!r} is not prepared: expected it in {pathlib.Path(builder.data_dir)}. "
            "Name the folder that holds it with --data_dir or TFDS_DATA_DIR, or allow the download with --download."
        )
    dataset = builder.as_dataset(split=split).map(prepare, num_parallel_calls=tf.data.AUTOTUNE).batch(_BATCH)
    # Reading some hundred thousand photographs takes minutes.
    parts = list(tqdm.tqdm(dataset.as_numpy_iterator(), total=len(dataset), desc=f"{name} {split}", delay=5))
    images, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return ImageSet(name, split, images, labels, names or tuple(builder.info.features["label"].names))


def _as_it_is(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return example["image"], tf.cast(example["label"], tf.int32)


def _celeb_a(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return _resized(example["image"][40:178, 30:168]), _celeb_a_attributes(example)


def _celeb_a_128(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return _resized(example["image"], 128), _celeb_a_attributes(example)


def _celeb_a_crop_64(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return _resized(example["image"][50:178, 25:153]), _celeb_a_attributes(example)


def _celeb_a_crop_128(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return example["image"][50:178, 25:153], _celeb_a_attributes(example)


def _celeb_a_attributes(example: Example) -> tf.Tensor:
    return tf.stack([tf.cast(example["attributes"][name], tf.float32) for name in CELEBA_ATTRIBUTES])


def _efigi(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    attributes = tf.gather(example["attributes"], [EFIGI_ATTRIBUTES.index(name) for name in CWGAN_EFIGI_ATTRIBUTES])
    return _resized(example["image"]), attributes


def _classes_128(example: Example) -> tuple[tf.Tensor, tf.Tensor]:
    return _resized(example["image"], 128), tf.cast(example["label"], tf.int32)


def _resized(image: tf.Tensor, pixels: int = _ATTRIBUTE_IMAGE_PIXELS) -> tf.Tensor:
    return tf.cast(tf.round(tf.image.resize(image, (pixels, pixels), "area")), tf.uint8)


# By name: what makes an example, names of its labels, and the name in tensorflow-datasets.
_PREPARATIONS: dict[str, tuple[Callable[[Example], tuple[tf.Tensor, tf.Tensor]], tuple[str, ...] | None, str]] = {
    "celeb_a": (_celeb_a, CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_128": (_celeb_a_128, CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_crop_64": (_celeb_a_crop_64, CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_crop_128": (_celeb_a_crop_128, CELEBA_ATTRIBUTES, "celeb_a"),
    "efigi": (_efigi, CWGAN_EFIGI_ATTRIBUTES, "efigi"),
    "face_scrub": (_classes_128, None, "face_scrub"),
    "oxford_flowers102": (_classes_128, None, "oxford_flowers102"),
}
