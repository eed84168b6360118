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
Row = tuple[tf.Tensor, tf.Tensor]


def tfds_images(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Reads a split of a labelled image set into memory.

    Some sets are prepared as a paper takes them; all others are returned unchanged, with classes.

    | set | images | labels |
    |---|---|---|
    | `celeb_a` | rows 40 to 178 and columns 30 to 168, resized to 64x64 (cWGAN) | nine attributes in {0, 1} |
    | `celeb_a_128` | resized whole to 128x128 (LOGAN) | the same |
    | `celeb_a_crop_64`, `celeb_a_crop_128` | rows 50 to 178 and columns 25 to 153 (BEGAN-CS) | the same |
    | `efigi` | resized to 64x64 (cWGAN) | four attributes in [0, 1], or -1 for not set |
    | `face_scrub`, `oxford_flowers102` | resized whole to 128x128 (X-GAN) | classes |

    Args:
        name: Name of the set, as above or in tensorflow-datasets, such as `mnist`.
        split: Split of the set, such as `train`, `test` or `train[:50000]`.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download and prepare a missing set.

    Returns:
        uint8 images [n, H, W, C] with int32 classes [n], or float32 attributes [n, K].

    Raises:
        FileNotFoundError: If the set is not prepared and `download` is false, or its manual files are missing.
        ValueError: If the set has no split of this name.
    """
    prepare, names, source = _PREPARATIONS.get(name, (_unchanged, None, name))
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
    # Hundreds of thousands of photographs take minutes.
    parts = list(tqdm.tqdm(dataset.as_numpy_iterator(), total=len(dataset), desc=f"{name} {split}", delay=5))
    images, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return ImageSet(name, split, images, labels, names or tuple(builder.info.features["label"].names))


def _unchanged(example: Example) -> Row:
    return example["image"], tf.cast(example["label"], tf.int32)


def _celeb_a(pixels: int, rows: slice = slice(None), columns: slice = slice(None)) -> Callable[[Example], Row]:
    def prepare(example: Example) -> Row:
        attributes = [tf.cast(example["attributes"][name], tf.float32) for name in CELEBA_ATTRIBUTES]
        return _resized(example["image"][rows, columns], pixels), tf.stack(attributes)

    return prepare


def _efigi(example: Example) -> Row:
    attributes = tf.gather(example["attributes"], [EFIGI_ATTRIBUTES.index(name) for name in CWGAN_EFIGI_ATTRIBUTES])
    return _resized(example["image"], 64), attributes


def _classes(example: Example) -> Row:
    return _resized(example["image"], 128), tf.cast(example["label"], tf.int32)


def _resized(image: tf.Tensor, pixels: int) -> tf.Tensor:
    return tf.cast(tf.round(tf.image.resize(image, (pixels, pixels), "area")), tf.uint8)


_BEGAN_CS_CROP = (slice(50, 178), slice(25, 153))

# By name: the function that prepares an example, the names of the labels, and the name in tensorflow-datasets.
_PREPARATIONS: dict[str, tuple[Callable[[Example], Row], tuple[str, ...] | None, str]] = {
    "celeb_a": (_celeb_a(64, slice(40, 178), slice(30, 168)), CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_128": (_celeb_a(128), CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_crop_64": (_celeb_a(64, *_BEGAN_CS_CROP), CELEBA_ATTRIBUTES, "celeb_a"),
    "celeb_a_crop_128": (_celeb_a(128, *_BEGAN_CS_CROP), CELEBA_ATTRIBUTES, "celeb_a"),
    "efigi": (_efigi, CWGAN_EFIGI_ATTRIBUTES, "efigi"),
    "face_scrub": (_classes, None, "face_scrub"),
    "oxford_flowers102": (_classes, None, "oxford_flowers102"),
}
