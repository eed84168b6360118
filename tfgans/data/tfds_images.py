"""Labelled images prepared by tensorflow-datasets."""

import dataclasses
import hashlib
import math
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
import tqdm

from tfgans._errors import needs_extra
from tfgans._files import temporary_file
from tfgans.data.cache import cached_arrays
from tfgans.data.efigi import EFIGI_ATTRIBUTES
from tfgans.data.image_set import ImageSet
from tfgans.data.images import Images, JoinedImages, StoredImages, fits_memory, held
from tfgans.data.store import cached_store, write_header

# Bytes of the images that are read at a time.
_PART = 2**24

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


@dataclasses.dataclass(frozen=True)
class _Preparation:
    """How the examples of a set become images and labels.

    Attributes:
        source: Name of the set in tensorflow-datasets.
        image: Returns the uint8 image [H, W, C] of an example.
        label: Returns its class, int32, or its attributes, float32 [K].
        label_names: Name of each attribute; None for the names of the classes.
    """

    source: str
    image: Callable[[Example], tf.Tensor]
    label: Callable[[Example], tf.Tensor]
    label_names: tuple[str, ...] | None = None


class RecordImages(StoredImages):
    """The images of a split that tensorflow-datasets prepared as `array_record`, decoded when they are asked for.

    Args:
        examples: Examples that are read by their numbers, a `tfds.data_source`.
        prepare: Returns the uint8 image [H, W, C] of an example.
        fingerprint: A text that changes when an image does.
    """

    def __init__(self, examples: Sequence[Example], prepare: Callable[[Example], tf.Tensor], fingerprint: str) -> None:
        super().__init__((len(examples), *prepare(examples[0]).shape), fingerprint)
        self._examples, self._prepare = examples, prepare

    def read(self, rows: np.ndarray) -> np.ndarray:
        images = [np.asarray(self._prepare(self._examples[row])) for row in rows.tolist()]
        if len({image.shape for image in images} | {self.shape[1:]}) > 1:
            raise ValueError(f"Images of a set must have one shape; rows {rows.tolist()} have others than row 0.")
        return np.stack(images)


def tfds_images(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Returns a split of a labelled image set.

    Images of more than 256 MB stay in files. Those of a set that is prepared as `tfrecord` are copied once to a store
    in the cache. A set that is prepared as `array_record` needs no copy, since its images are read by their numbers;
    the extra `array_record` installs the reader.

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
        MissingExtraError: If the set is prepared as `array_record` and the extra of that name is not installed.
        ValueError: If the set is unknown, has no images with classes, has images of several sizes, or has no split of
            this name.
    """
    preparation = _PREPARATIONS.get(name) or _Preparation(name, _unchanged, _class)
    builder = tfds.builder(preparation.source, data_dir=data_dir)
    features = builder.info.features.keys()
    if name not in _PREPARATIONS and not {"image", "label"} <= features:
        raise ValueError(f"The data set {name!r} must have the features image and label; it has {', '.join(features)}.")
    if preparation.image is _unchanged and None in builder.info.features["image"].shape:
        raise ValueError(
            f"The images of the data set {name!r} have several sizes: {builder.info.features['image'].shape}. Write "
            "them to files, and read these with folder:PATH, which fits them to one size."
        )
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
    by_index = tfds.core.FileFormat.ARRAY_RECORD in builder.info.available_file_formats()
    images, labels = (_indexed if by_index else _in_order)(builder, preparation, name, split)
    return ImageSet(name, split, images, labels, preparation.label_names or tuple(builder.info.features["label"].names))


def _in_order(
    builder: tfds.core.DatasetBuilder, preparation: _Preparation, name: str, split: str
) -> tuple[Images, np.ndarray]:
    """Returns images that a store in the cache keeps if they are many, and labels."""
    dataset = builder.as_dataset(split=split)
    dataset = dataset.map(
        lambda example: (preparation.image(example), preparation.label(example)), num_parallel_calls=tf.data.AUTOTUNE
    )
    shape, what = (len(dataset), *dataset.element_spec[0].shape), f"{name} {split}"
    # Hundreds of thousands of photographs take minutes.
    rows = max(1, _PART // math.prod(shape[1:]))
    parts = tqdm.tqdm(dataset.batch(rows).as_numpy_iterator(), total=-(-len(dataset) // rows), desc=what, delay=5)
    if fits_memory(shape):
        images, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
        return images, labels
    key = _key(builder, _state(builder, name, split))

    def copied(folder: pathlib.Path) -> ImageSet:
        labels: list[np.ndarray] = []
        # A memory map that is written would end the process on a full disk.
        with temporary_file(folder / "images.npy") as temporary, temporary.open("wb") as file:
            write_header(file, shape)
            for some, of_some in parts:
                file.write(some.tobytes())
                labels.append(of_some)
        images = np.load(folder / "images.npy", mmap_mode="r")
        return ImageSet(name, split, JoinedImages([images], key), np.concatenate(labels), ())

    store = cached_store(key, what, copied)
    return store, np.asarray(store.labels)


def _indexed(
    builder: tfds.core.DatasetBuilder, preparation: _Preparation, name: str, split: str
) -> tuple[Images, np.ndarray]:
    """Returns images that stay in files of `array_record` if they are many, and labels, which the cache keeps."""
    fingerprint = _state(builder, name, split)

    def labels() -> dict[str, np.ndarray]:
        # The image of an example is not decoded for its label.
        undecoded = builder.as_data_source(split, decoders={"image": tfds.decode.SkipDecoding()})
        bar = tqdm.tqdm(undecoded, desc=f"Labels of {name} {split}", delay=1, disable=None)
        return {"labels": np.stack([np.asarray(preparation.label(example)) for example in bar])}

    key = _key(builder, fingerprint)
    with needs_extra("array_record"):
        examples = builder.as_data_source(split)
    images = RecordImages(examples, preparation.image, fingerprint)
    return held(images, f"{name} {split}"), cached_arrays(f"labels-{key}", labels)["labels"]


def _state(builder: tfds.core.DatasetBuilder, name: str, split: str) -> str:
    """Returns a text that changes when the files of a split do."""
    files = [(path, os.stat(path)) for path in builder.info.splits[split].filepaths]
    state = [(os.path.basename(path), status.st_size, status.st_mtime_ns) for path, status in files]
    return f"{builder.info.full_name} {state} {name} {split}"


def _key(builder: tfds.core.DatasetBuilder, state: str) -> str:
    """Returns the key under which the cache has what is made of a split."""
    return hashlib.sha256(f"{state} {builder.data_dir}".encode()).hexdigest()[:16]


def _unchanged(example: Example) -> tf.Tensor:
    return example["image"]


def _class(example: Example) -> tf.Tensor:
    return tf.cast(example["label"], tf.int32)


def _celeb_a(pixels: int, rows: slice = slice(None), columns: slice = slice(None)) -> _Preparation:
    def image(example: Example) -> tf.Tensor:
        return _resized(example["image"][rows, columns], pixels)

    return _Preparation("celeb_a", image, _celeb_a_attributes, CELEBA_ATTRIBUTES)


def _celeb_a_attributes(example: Example) -> tf.Tensor:
    return tf.stack([tf.cast(example["attributes"][name], tf.float32) for name in CELEBA_ATTRIBUTES])


def _efigi_attributes(example: Example) -> tf.Tensor:
    return tf.gather(example["attributes"], [EFIGI_ATTRIBUTES.index(name) for name in CWGAN_EFIGI_ATTRIBUTES])


def _whole(pixels: int) -> Callable[[Example], tf.Tensor]:
    return lambda example: _resized(example["image"], pixels)


def _resized(image: tf.Tensor, pixels: int) -> tf.Tensor:
    return tf.cast(tf.round(tf.image.resize(image, (pixels, pixels), "area")), tf.uint8)


_BEGAN_CS_CROP = (slice(50, 178), slice(25, 153))

_PREPARATIONS: dict[str, _Preparation] = {
    "celeb_a": _celeb_a(64, slice(40, 178), slice(30, 168)),
    "celeb_a_128": _celeb_a(128),
    "celeb_a_crop_64": _celeb_a(64, *_BEGAN_CS_CROP),
    "celeb_a_crop_128": _celeb_a(128, *_BEGAN_CS_CROP),
    "efigi": _Preparation("efigi", _whole(64), _efigi_attributes, CWGAN_EFIGI_ATTRIBUTES),
    "face_scrub": _Preparation("face_scrub", _whole(128), _class),
    "oxford_flowers102": _Preparation("oxford_flowers102", _whole(128), _class),
}
