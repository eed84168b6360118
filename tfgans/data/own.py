"""The user's own data: arrays, datasets, `.npz` files and folders of images."""

import csv
import io
import itertools
import math
import os
import pathlib
import reprlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tqdm

from tfgans.data.files import image_files, is_hidden, read_image, read_npz, read_text, reason
from tfgans.data.image_set import ImageSet, hold_out

_ATTRIBUTE_TABLE = "attributes.csv"
_SPLITS = ("train", "test")
_NAMES = ("class_names", "attribute_names")
_VALUES_AT_ONCE = 2**22


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
    images = _checked_images(images, name)
    if image_shape is not None:
        images = fit_images(images, image_shape)
    if images.dtype != np.uint8:
        images = images.astype(np.float32, copy=False)
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
        for number, example in enumerate(_progress(dataset.as_numpy_iterator(), None, "dataset")):
            pair = (example.get("image"), example.get("label")) if isinstance(example, dict) else example
            if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] is None or pair[1] is None:
                raise ValueError(f"Example {number} of the dataset has no image and label.")
            image = _checked_images(np.asarray(pair[0])[np.newaxis], f"Example {number} of the dataset")[0]
            first = image.shape if first is None else first
            if shape is None and image.shape != first:
                raise ValueError(f"Example {number} has shape {image.shape}, others {first}; give image_shape.")
            labels.append(pair[1])
            yield image

    read = list(images()) if shape is None else list(_fitted(images(), shape))
    if not read:
        raise ValueError("The dataset has no examples.")
    return from_arrays(np.stack(read) if shape is None else np.concatenate(read), np.array(labels), **options)


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
    return npz_splits(path, image_shape, [split])[0]


def npz_splits(path: str | os.PathLike, image_shape: Sequence[int] | None, splits: Sequence[str]) -> list[ImageSet]:
    """Returns several splits of a `.npz` file, as `from_npz` does, but reads the file once."""
    name = f"npz:{pathlib.Path(path).name}"
    _check_splits(splits, name)
    arrays = read_npz(path)
    if "frames" in arrays:
        arrays["images"] = arrays.pop("frames")
    names = next((_names(arrays[key], key, name) for key in _NAMES if key in arrays), None)

    def part(suffix: str, split: str) -> ImageSet:
        if f"images{suffix}" not in arrays:
            raise ValueError(f"{path} has no images; it has {', '.join(arrays)}.")
        return from_arrays(
            arrays[f"images{suffix}"],
            arrays.get(f"labels{suffix}"),
            image_shape=image_shape,
            label_names=names,
            name=name,
            split=split,
        )

    parts = {split: part(f"_{split}", split) for split in splits if f"images_{split}" in arrays}
    if missing := set(splits) - parts.keys():
        whole = part("", "all")
        parts |= {split: hold_out(whole, split) for split in missing}
    return [parts[split] for split in splits]


def from_folder(path: str | os.PathLike, image_shape: Sequence[int], split: str = "train") -> ImageSet:
    """Reads a split of a folder of images, of which a fifth is held out as the test split.

    Args:
        path: Folder with a subfolder of images for each class; or with a table `attributes.csv`; or with images and no
            subfolders, which have no labels. The first column of the table has names of image files below the folder,
            and each other column an attribute, with a heading.
        image_shape: (height, width, channels) to which images are fitted, as in `fit_images`.
        split: `"train"` or `"test"`.

    Raises:
        FileNotFoundError: If there is no such folder, or an image of the table is missing.
        ValueError: If an image cannot be read, the table is no CSV in UTF-8 or names a file outside of the folder or
            twice, an attribute is not a number, a class has fewer than three images, or there are no images.
    """
    return folder_splits(path, image_shape, [split])[0]


def folder_splits(path: str | os.PathLike, image_shape: Sequence[int] | None, splits: Sequence[str]) -> list[ImageSet]:
    """Returns several splits of a folder of images, as `from_folder` does, but reads the images once."""
    folder = pathlib.Path(path)
    name = f"folder:{folder.name}"
    _check_splits(splits, name)
    if image_shape is None:
        raise ValueError(f"{name}: a folder of images needs image_shape.")
    _check_shape(image_shape)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    table = folder / _ATTRIBUTE_TABLE
    files, labels, names = _attribute_rows(table) if os.path.lexists(table) else _class_rows(folder)
    images = (read_image(file, image_shape[-1]) for file in _progress(files, len(files), name))
    whole = from_arrays(np.concatenate(list(_fitted(images, image_shape))), labels, label_names=names, name=name)
    return [hold_out(whole, split) for split in splits]


def fit_images(images: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
    """Fits images to a shape: cuts them to its proportions about their centre, and resizes them.

    Grey is the mean of the colours, and grey images have three equal colours.

    Args:
        images: [n, H, W, 1 or 3], uint8 or floating.
        image_shape: (height, width, 1 or 3).

    Returns:
        [n, height, width, channels]; uint8 if `images` are, else float32.

    Raises:
        ValueError: If one of the shapes is another, or images have no pixels.
    """
    _check_shape(image_shape)
    if images.ndim != 4 or 0 in images.shape or images.shape[-1] not in (1, 3):
        raise ValueError(f"images must be [n, H, W, 1 or 3], and not empty; received {images.shape}.")
    height, width, channels = image_shape
    rows, columns = images.shape[1:3]
    # At least one row and column is left, even of very long images.
    kept_rows = max(1, min(rows, round(columns * height / width)))
    kept_columns = max(1, min(columns, round(rows * width / height)))
    top, left = (rows - kept_rows) // 2, (columns - kept_columns) // 2
    result = images[:, top : top + kept_rows, left : left + kept_columns]
    floating = result.astype(np.float32)
    if (kept_rows, kept_columns) != (height, width):
        floating = tf.image.resize(floating, (height, width), "area" if kept_rows > height else "bilinear").numpy()
    if channels < images.shape[-1]:
        floating = floating.mean(axis=-1, keepdims=True)
    floating = np.broadcast_to(floating, (*floating.shape[:-1], channels))
    return np.round(floating).astype(np.uint8) if images.dtype == np.uint8 else floating


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


def _check_shape(image_shape: Sequence[int]) -> None:
    if len(image_shape) != 3 or min(image_shape) < 1 or image_shape[-1] not in (1, 3):
        raise ValueError(f"image_shape must be (height, width, 1 or 3); received {tuple(image_shape)}.")


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


def _check_splits(splits: Sequence[str], name: str) -> None:
    for split in splits:
        if split not in _SPLITS:
            raise ValueError(f"{name} has the splits train and test; received split={split!r}.")


def _progress(items: Iterable, total: int | None, name: str) -> tqdm.tqdm:
    """Returns the items, with a progress bar on a terminal if they take long."""
    return tqdm.tqdm(items, total=total, desc=f"Reading {name}", delay=1, disable=None)


def _fitted(images: Iterable[np.ndarray], image_shape: Sequence[int]) -> Iterator[np.ndarray]:
    """Fits images [H, W, C] in parts [n, height, width, channels], with consecutive images of one size together."""
    for (shape, _), alike in itertools.groupby(images, lambda image: (image.shape, image.dtype)):
        count = max(1, _VALUES_AT_ONCE // max(math.prod(shape), math.prod(image_shape)))
        while part := list(itertools.islice(alike, count)):
            yield fit_images(np.stack(part), image_shape)


def _class_rows(folder: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray | None, list[str] | None]:
    paths = sorted(path for path in folder.iterdir() if path.is_dir() and not is_hidden(path.relative_to(folder)))
    if not paths and (files := image_files(folder, recursive=False)):
        return files, None, None
    classes = {path.name: image_files(path, recursive=False) for path in paths}
    empty = [name for name, files in classes.items() if not files]
    if not classes or empty:
        raise ValueError(
            f"{folder} must have a subfolder of images a class, {_ATTRIBUTE_TABLE}, or images and no subfolders; "
            f"{'no images in ' + ', '.join(empty) if empty else 'there are no images in subfolders'}."
        )
    labels = np.repeat(np.arange(len(classes)), [len(files) for files in classes.values()])
    return list(itertools.chain(*classes.values())), labels, list(classes)


def _attribute_rows(table: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray, list[str]]:
    try:
        heading, *lines = [line for line in csv.reader(io.StringIO(read_text(table), newline="")) if line] or [[]]
    except csv.Error as error:
        raise ValueError(f"{table} is no CSV file: {reason(error)}.") from error
    if len(heading) < 2 or not lines:
        raise ValueError(f"{table} must have headings, a column of files, at least one of attributes, and rows.")
    if len(set(heading)) < len(heading):
        raise ValueError(f"{table}: headings must differ; received {reprlib.repr(heading)}.")
    attributes = {}
    for file, *texts in lines:
        name, path = reprlib.repr(file), pathlib.PurePath(file)
        try:
            values = np.array([float(text) for text in texts])
        except ValueError as error:
            raise ValueError(f"{table}: attributes of {name} must be numbers; {reason(error)}.") from error
        if len(values) != len(heading) - 1 or not np.all(np.abs(values) <= np.finfo(np.float32).max):
            raise ValueError(
                f"{table}: {name} must have {len(heading) - 1} finite attributes; received {reprlib.repr(texts)}."
            )
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{table} must name files below its folder; received {name}.")
        if path in attributes:
            raise ValueError(f"{table} names {name} twice.")
        if not os.path.exists(table.parent / path):
            raise FileNotFoundError(f"{table} names {name}, which is not in {table.parent}.")
        attributes[path] = values
    return [table.parent / path for path in attributes], np.array(list(attributes.values())), heading[1:]
