"""The user's own data: arrays, datasets, `.npz` files and folders of images."""

import dataclasses
import hashlib
import json
import math
import os
import pathlib
import re
import reprlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tqdm

from tfgans.data.files import extract_npz, npz_types, read_npz
from tfgans.data.folder import FolderImages, list_files
from tfgans.data.image_set import ImageSet, hold_out
from tfgans.data.images import Images, JoinedImages, fits_memory, held, unreadable
from tfgans.data.resize import check_shape, fit, fit_images, fitted
from tfgans.data.store import ImageStore, cached_store

# Names of the arrays of images in a `.npz` file.
_IMAGE_KEYS = (("images",), ("frames",), ("images_train", "images_test"))
_NAMES = ("class_names", "attribute_names")


def from_arrays(
    images: Any,
    labels: Any = None,
    *,
    image_shape: Sequence[int] | None = None,
    label_names: Sequence[str] | None = None,
    name: str = "arrays",
    split: str = "all",
) -> ImageSet:
    """Makes a data set from arrays.

    Args:
        images: [n, H, W, 1 or 3] or [n, H, W]; uint8 in [0, 255] or floating in [-1, 1].
        labels: Integers [n] from 0 on without gaps, the class; or floating [n, K], the attributes; or None.
        image_shape: (height, width, channels) to which images are fitted, as in `fit_images`; by default they are not.
        label_names: Name of each class, or of each attribute; by default its number.
        name: Name of the data set, for the protocols of scores.
        split: Name of the split, for the protocols of scores.

    Raises:
        ValueError: If a shape, a type or a value is another, or a class has fewer than two images.
    """
    return with_labels(_in_memory(images, image_shape, name), labels, label_names, name, split)


def with_labels(
    images: Images, labels: Any, label_names: Sequence[str] | None, name: str, split: str = "all"
) -> ImageSet:
    """Makes a data set of images and labels; arguments and errors are those of `from_arrays`."""
    if labels is None:
        return ImageSet(name, split, images, None, ())
    labels = np.asarray(labels)
    check_labels(labels, len(images), name)
    if labels.ndim == 1:
        _check_classes(labels, name)
        labels, size = labels.astype(np.int32), int(labels.max()) + 1
    else:
        labels, size = labels.astype(np.float32), labels.shape[1]
    names = tuple(map(str, range(size) if label_names is None else label_names))
    # Names of folders in another encoding have surrogates, which figures cannot show.
    if any("\ud800" <= letter <= "\udfff" for letter in "".join(names)):
        raise ValueError(f"{name}: names must be texts in UTF-8; received {reprlib.repr(names)}.")
    # A split may lack images of the last classes, but no attribute.
    if len(names) < size or (labels.ndim == 2 and len(names) != size):
        raise ValueError(f"{name}: there are {size} classes or attributes, and names for {len(names)}.")
    return ImageSet(name, split, images, labels, names)


def from_dataset(dataset: tf.data.Dataset, **options: Any) -> ImageSet:
    """Reads the examples of a finite `tf.data.Dataset` into memory.

    Args:
        dataset: Single examples, not batches: dicts with `image` and `label`, or pairs (image, label).
        **options: Further arguments of `from_arrays`.

    Raises:
        ValueError: If the dataset has no end or no examples, or as `from_arrays`.
    """
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError("The dataset has no end; use dataset.take(n).")
    shape: Sequence[int] | None = options.get("image_shape")
    labels: list[Any] = []

    def images() -> Iterator[np.ndarray]:
        first = None
        bar = tqdm.tqdm(dataset.as_numpy_iterator(), desc="Reading dataset", delay=1, disable=None)
        for number, example in enumerate(bar):
            pair = (example.get("image"), example.get("label")) if isinstance(example, dict) else example
            if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] is None or pair[1] is None:
                raise ValueError(f"Example {number} of the dataset has no image and label.")
            image = _checked_images(np.asarray(pair[0])[np.newaxis], f"Example {number} of the dataset")[0]
            first = image.shape if first is None else first
            if shape is None and image.shape != first:
                raise ValueError(f"Example {number} has shape {image.shape}, others {first}; give image_shape.")
            labels.append(pair[1])
            yield image

    read = list(images()) if shape is None else list(fitted(images(), shape))
    if not read:
        raise ValueError("The dataset has no examples.")
    return from_arrays(np.stack(read) if shape is None else np.concatenate(read), np.array(labels), **options)


@dataclasses.dataclass(frozen=True)
class OwnData:
    """The user's own images, and the splits that they come with.

    Attributes:
        images: All images, with their labels.
        bounds: First row and end of each split; empty if a fifth is to be held out as the test split.
    """

    images: ImageSet
    bounds: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)

    def split(self, name: str) -> ImageSet:
        """Returns the images of a split.

        Raises:
            ValueError: If there is no split of that name.
        """
        if not self.bounds:
            return hold_out(self.images, name)
        if name not in self.bounds:
            raise ValueError(f"{self.images.name} has the splits {' and '.join(self.bounds)}; received split={name!r}.")
        return dataclasses.replace(self.images.rows(slice(*self.bounds[name])), split=name)


def load_own(kind: str, path: str | os.PathLike, image_shape: Sequence[int] | None) -> OwnData:
    """Loads the user's own data.

    Args:
        kind: `folder`, `npz` or `store`.
        path: Its path.
        image_shape: (height, width, 1 or 3) to which images are fitted; folders need it.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If the kind is unknown, or the data do not have the form that their kind has.
    """
    loaders = {"folder": _folder, "npz": _npz, "store": _store}
    if kind not in loaders or not os.fspath(path):
        raise ValueError(f"The user's own data are folder:PATH, npz:FILE or store:PATH; received {kind}:{path}.")
    return loaders[kind](pathlib.Path(path), image_shape, f"{kind}:{pathlib.Path(path).name}")


def from_npz(path: str | os.PathLike, split: str = "train", image_shape: Sequence[int] | None = None) -> ImageSet:
    """Reads a split of a `.npz` file, whose arrays have the form of `from_arrays`.

    Args:
        path: File with `images`, or `frames` of a video, and optional `labels`, of which a fifth is held out as the
            test split; or with `images_train`, `labels_train`, `images_test` and `labels_test`. It may also have
            `class_names` or `attribute_names`.
        split: `"train"` or `"test"`.
        image_shape: As for `from_arrays`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no such `.npz` file or has no images, or as `from_arrays`.
    """
    return load_own("npz", path, image_shape).split(split)


def from_folder(path: str | os.PathLike, image_shape: Sequence[int], split: str = "train") -> ImageSet:
    """Returns a split of a folder of images, of which a fifth is held out as the test split.

    Images of more than 256 MB stay in their files, and are decoded when they are asked for.

    Args:
        path: Folder as for `list_files`.
        image_shape: (height, width, channels) to which images are fitted, as in `fit_images`.
        split: `"train"` or `"test"`.

    Raises:
        FileNotFoundError: If there is no such folder, or an image of its table is missing.
        ValueError: If an image cannot be read, a class has fewer than three images, or as `list_files`.
    """
    return load_own("folder", path, image_shape).split(split)


def from_store(path: str | os.PathLike, split: str = "train") -> ImageSet:
    """Returns a split of a store that `write_store` has made. Its images stay in their files.

    Args:
        path: Folder of the store.
        split: `"train"` or `"test"`.

    Raises:
        FileNotFoundError: If there is no such store.
        ValueError: If the store is not whole, is damaged, or has another format.
    """
    return load_own("store", path, None).split(split)


def unreadable_images(kind: str, path: str | os.PathLike, image_shape: Sequence[int]) -> list[str]:
    """Reads all images of a folder or a store, and returns for each that cannot be read the reason with its file.

    Args:
        kind: `folder` or `store`.
        path: Its path.
        image_shape: (height, width, 1 or 3) to which images are fitted.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If the kind is another, or as `list_files` and `ImageStore`.
    """
    if kind not in ("folder", "store"):
        raise ValueError(f"Images of folder:PATH and store:PATH can be checked beforehand; received {kind}:{path}.")
    path = pathlib.Path(path)
    images = ImageStore(path) if kind == "store" else FolderImages(list_files(path), image_shape)
    return unreadable(images, f"Checking {path}")


def _npz(path: pathlib.Path, image_shape: Sequence[int] | None, name: str) -> OwnData:
    types = npz_types(path)
    keys = image_keys(types, path)
    # A store holds uint8 images only. Others are read into memory, however many they are.
    is_bytes, size = all(types[key][1] == np.uint8 for key in keys), sum(math.prod(types[key][0]) for key in keys)
    is_large = is_bytes and not fits_memory([size])
    arrays = read_npz(path, without=keys if is_large else ())
    if is_large:
        images: Images = _prepared(path, keys, image_shape, name)
        counts = [types[key][0][0] for key in keys]
    else:
        parts = [_in_memory(arrays[key], image_shape, name) for key in keys]
        _check_alike(parts, name)
        images = parts[0] if len(parts) == 1 else np.concatenate(parts)
        counts = [len(part) for part in parts]
    names = next((_names(arrays[key], key, name) for key in _NAMES if key in arrays), None)
    own = with_labels(images, labels_of(arrays, keys, counts, name), names, name)
    return OwnData(own, {"train": (0, counts[0]), "test": (counts[0], len(own))} if len(keys) > 1 else {})


def image_keys(names: Collection[str], path: pathlib.Path) -> Sequence[str]:
    """Returns the names of the arrays of images among those of a `.npz` file, one for each split that it has.

    Raises:
        ValueError: If there are none.
    """
    keys = next((keys for keys in _IMAGE_KEYS if set(names) >= set(keys)), None)
    if keys is None:
        raise ValueError(f"{path} has no images; it has {', '.join(names)}.")
    return keys


def labels_of(
    arrays: Mapping[str, np.ndarray], keys: Sequence[str], counts: Sequence[int], name: str
) -> np.ndarray | None:
    """Returns the labels of a `.npz` file, those of all splits one after the other; None if there are none.

    Args:
        arrays: The arrays of the file, without images.
        keys: Names of the arrays of images.
        counts: Numbers of these images.
        name: Name of the data, for errors.

    Raises:
        ValueError: If only one of two splits has labels, or as `check_labels`.
    """
    label_keys = [re.sub("images|frames", "labels", key) for key in keys]
    labels = [arrays[key] for key in label_keys if key in arrays]
    if labels and len(labels) < len(keys):
        raise ValueError(f"{name} must have both or none of {' and '.join(label_keys)}.")
    for label, count in zip(labels, counts, strict=False):
        check_labels(label, count, name)
    return np.concatenate(labels) if labels else None


def _prepared(path: pathlib.Path, keys: Sequence[str], image_shape: Sequence[int] | None, name: str) -> ImageStore:
    """Returns the images of a large `.npz` file as a store in the cache, which is made once."""
    status = path.stat()
    state = [os.fspath(path.resolve()), status.st_size, status.st_mtime_ns, image_shape]
    fingerprint = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]

    def extracted(folder: pathlib.Path) -> ImageSet:
        parts = [_checked_images(extract_npz(path, key, folder / f"{key}.npy"), name) for key in keys]
        _check_alike(parts, name)
        return ImageSet(name, "all", fit(JoinedImages(parts, fingerprint), image_shape), None, ())

    return cached_store(fingerprint, os.fspath(path), extracted)


def _folder(path: pathlib.Path, image_shape: Sequence[int] | None, name: str) -> OwnData:
    if image_shape is None:
        raise ValueError(f"{name}: a folder of images needs image_shape.")
    check_shape(image_shape)
    files = list_files(path)
    images = held(FolderImages(files, image_shape), f"Reading {name}")
    return OwnData(with_labels(images, files.labels, files.label_names, name))


def _store(path: pathlib.Path, image_shape: Sequence[int] | None, name: str) -> OwnData:
    store = ImageStore(path)
    return OwnData(with_labels(fit(store, image_shape), store.labels, store.label_names, name), store.splits)


def _check_alike(parts: Sequence[np.ndarray], name: str) -> None:
    if len({(part.shape[1:], part.dtype) for part in parts}) > 1:
        received = " and ".join(f"{part.dtype} {part.shape[1:]}" for part in parts)
        raise ValueError(f"{name}: images of both splits must have one shape and type; received {received}.")


def _in_memory(images: Any, image_shape: Sequence[int] | None, name: str) -> np.ndarray:
    """Returns checked images of a shape, uint8 or float32."""
    images = _checked_images(images, name)
    if image_shape is not None:
        images = fit_images(images, image_shape)
    return images if images.dtype == np.uint8 else images.astype(np.float32, copy=False)


def check_labels(labels: np.ndarray, count: int, name: str) -> None:
    """Raises ValueError unless the labels of `count` images are integers [n], or finite floating [n, K]."""
    # NumPy counts durations among the integers.
    classes = labels.dtype.kind in "iu" and labels.ndim == 1
    attributes = np.issubdtype(labels.dtype, np.floating) and labels.ndim == 2 and labels.shape[1] > 0
    if not classes and not attributes:
        raise ValueError(
            f"{name}: labels must be integers [n] or floating [n, K], K >= 1; received {labels.dtype} {labels.shape}."
        )
    if len(labels) != count:
        raise ValueError(f"{name}: there are {count} images and {len(labels)} labels.")
    if attributes and not np.all(fit := np.abs(labels) <= np.finfo(np.float32).max):
        raise ValueError(f"{name}: attributes of row {np.argwhere(~fit)[0][0]} are not finite in 32 bits.")


def _checked_images(images: Any, name: str) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            f"{name}: images must be [n, H, W] or [n, H, W, 1 or 3], n >= 1, H >= 1, W >= 1; received {images.shape}."
        )
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"{name}: images must be uint8 or floating; received {images.dtype}.")
    if images.dtype != np.uint8 and not np.all(np.abs(images) <= 1):
        raise ValueError(
            f"{name}: floating images must lie in [-1, 1]; received values from {images.min()} to {images.max()}."
        )
    return images


def _check_classes(labels: np.ndarray, name: str) -> None:
    if labels.min() < 0:
        raise ValueError(f"{name}: classes count from 0; received {labels.min()}.")
    if labels.max() >= len(labels):
        raise ValueError(
            f"{name}: classes count from 0 without gaps, and there are {len(labels)} images; received {labels.max()}."
        )
    counts = np.bincount(labels.astype(np.int64))
    if len(counts) < 2:
        raise ValueError(f"{name}: there must be two classes or more; all images are of class 0.")
    if counts.min() < 2:
        raise ValueError(f"{name}: each class needs two images or more; class {counts.argmin()} has {counts.min()}.")


def _names(texts: np.ndarray, key: str, name: str) -> list[str]:
    if texts.ndim != 1:
        raise ValueError(f"{name}: {key} must be texts [K]; received {texts.dtype} {texts.shape}.")
    return [text.decode(errors="replace") if isinstance(text, bytes) else str(text) for text in texts.tolist()]
