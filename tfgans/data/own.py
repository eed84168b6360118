"""Data of the user's own: arrays, datasets, `.npz` files and folders of images."""

import csv
import os
import pathlib
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps, UnidentifiedImageError

from tfgans.data.image_set import ImageSet, hold_out

_IMAGE_FILES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_HIDDEN = (".", "__")
_ATTRIBUTE_TABLE = "attributes.csv"


def from_arrays(
    images: Any,
    labels: Any = None,
    *,
    image_shape: Sequence[int] | None = None,
    label_names: Sequence[str] | None = None,
    name: str = "arrays",
    split: str = "all",
) -> ImageSet:
    """A data set of arrays.

    Args:
        images: [n, H, W, C] or [n, H, W], C being 1 or 3; uint8 in [0, 255] or floating in [-1, 1].
        labels: Integers [n] from 0 on, the class; or floating [n, K], attributes; or None.
        image_shape: (height, width, channels) that a recipe wants: images are cut to its proportions about
            their centre and resized; colours become their mean, and grey becomes three equal colours.
        label_names: Name of each class, or of each attribute; by default its number.
        name: Name of the data set, for protocols.
        split: What part of it this is, for protocols.

    Returns:
        The data set.

    Raises:
        ValueError: If a shape, a type or a value does not fit this, or a class has one image only.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or len(images) == 0:
        raise ValueError(f"{name}: images must be [n, H, W] or [n, H, W, 1 or 3], n >= 1; received {images.shape}.")
    _check_pixels(images, name)
    if image_shape is not None:
        images = fit_images(images, image_shape)
    if labels is None:
        return ImageSet(name, split, images, None, ())
    labels = np.asarray(labels)
    if len(labels) != len(images):
        raise ValueError(f"{name}: there are {len(images)} images and {len(labels)} labels.")
    if np.issubdtype(labels.dtype, np.integer) and labels.ndim == 1:
        labels, size = labels.astype(np.int32), int(labels.max()) + 1
        _check_classes(labels, name)
    elif np.issubdtype(labels.dtype, np.floating) and labels.ndim == 2:
        labels, size = labels.astype(np.float32), labels.shape[1]
        if not np.all(np.isfinite(labels)):
            raise ValueError(f"{name}: attributes of row {np.argwhere(~np.isfinite(labels))[0][0]} are not finite.")
    else:
        raise ValueError(
            f"{name}: labels must be integers [n] or floating [n, K]; received {labels.dtype} {labels.shape}."
        )
    names = tuple(label_names) if label_names is not None else tuple(str(number) for number in range(size))
    if len(names) < size:
        raise ValueError(f"{name}: there are {size} classes or attributes, and names for {len(names)}.")
    return ImageSet(name, split, images, labels, names)


def from_dataset(dataset: tf.data.Dataset, **options: Any) -> ImageSet:
    """A data set of the examples of a finite `tf.data.Dataset`, read into memory.

    Args:
        dataset: Single examples, not batches: dicts with `image` and `label`, or pairs (image, label).
        **options: As for `from_arrays`.

    Returns:
        The data set.

    Raises:
        ValueError: If the dataset has no end, or as `from_arrays`.
    """
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError("The dataset has no end; use dataset.take(n).")
    images, labels = [], []
    shape = options.get("image_shape")
    for number, example in enumerate(dataset.as_numpy_iterator()):
        pair = (example.get("image"), example.get("label")) if isinstance(example, dict) else example
        if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] is None or pair[1] is None:
            raise ValueError(f"Example {number} of the dataset has no image and label.")
        image = pair[0][..., np.newaxis] if np.ndim(pair[0]) == 2 else pair[0]
        if images and shape is None and image.shape != images[0].shape:
            raise ValueError(f"Example {number} has shape {image.shape}, others {images[0].shape}; give image_shape.")
        images.append(image if shape is None else fit_images(image[np.newaxis], shape)[0])
        labels.append(pair[1])
    return from_arrays(np.array(images), np.array(labels), **options)


def from_npz(path: str | os.PathLike, split: str = "train", image_shape: Sequence[int] | None = None) -> ImageSet:
    """A data set of a `.npz` file.

    Args:
        path: File with `images`, or `frames` of a video, and, if they are known, `labels`, of which a
            fifth is held out as the test split; or with `images_train`, `labels_train`, `images_test` and
            `labels_test`. Optional `class_names`, or `attribute_names`. Arrays as for `from_arrays`.
        split: `"train"` or `"test"`.
        image_shape: As for `from_arrays`.

    Returns:
        The split.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such file, there are no images, or as `from_arrays`.
    """
    name = f"npz:{pathlib.Path(path).name}"
    if split not in ("train", "test"):
        raise ValueError(f"{name} has the splits train and test; received split={split!r}.")
    arrays = read_npz(path)
    if "frames" in arrays:
        arrays["images"] = arrays.pop("frames")
    suffix = f"_{split}" if f"images_{split}" in arrays else ""
    if f"images{suffix}" not in arrays:
        raise ValueError(f"{path} has no images; it has {', '.join(arrays)}.")
    names = next((arrays[key] for key in ("class_names", "attribute_names") if key in arrays), None)
    whole = from_arrays(
        arrays[f"images{suffix}"],
        arrays.get(f"labels{suffix}"),
        image_shape=image_shape,
        label_names=None if names is None else [str(text) for text in names],
        name=name,
        split=split,
    )
    return whole if suffix else hold_out(whole, split)


def read_npz(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """The arrays of a `.npz` file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, or holds objects.
    """
    try:
        with open(path, "rb") as handle, np.load(handle) as file:
            return {key: file[key] for key in file.files}
    except FileNotFoundError:
        raise
    except (ValueError, EOFError, OSError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is not a whole .npz file of arrays without objects: {error}.") from error


def from_folder(path: str | os.PathLike, image_shape: Sequence[int], split: str = "train") -> ImageSet:
    """A data set of a folder of images, of which a fifth is held out as the test split.

    Args:
        path: Folder with one subfolder of images a class; or with `attributes.csv`, whose first column
            names an image file below the folder and whose others are attributes, a heading above each; or
            with images and no subfolders, which have no labels.
        image_shape: As for `from_arrays`.
        split: `"train"` or `"test"`.

    Returns:
        The split.

    Raises:
        FileNotFoundError: If there is no such folder, or an image of the table is missing.
        ValueError: If an image cannot be read, an attribute is not a number, a class has one image only, or
            there are no images.
    """
    folder = pathlib.Path(path)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    table = folder / _ATTRIBUTE_TABLE
    files, labels, names = _attribute_rows(table) if table.is_file() else _class_rows(folder)
    images = np.concatenate([fit_images(read_image(file, image_shape[-1])[np.newaxis], image_shape) for file in files])
    whole = from_arrays(images, labels, label_names=names, name=f"folder:{folder.name}")
    return hold_out(whole, split)


def fit_images(images: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
    """Brings images to a shape: cut to its proportions about the centre, resized, colours mixed or repeated.

    Args:
        images: [n, H, W, C], C being 1 or 3, uint8 or floating.
        image_shape: (height, width, channels), channels being 1 or 3.

    Returns:
        [n, height, width, channels] of the same type.
    """
    height, width, channels = image_shape
    rows, columns = images.shape[1:3]
    kept_rows, kept_columns = min(rows, round(columns * height / width)), min(columns, round(rows * width / height))
    top, left = (rows - kept_rows) // 2, (columns - kept_columns) // 2
    result = images[:, top : top + kept_rows, left : left + kept_columns]
    floating = result.astype(np.float32)
    if (kept_rows, kept_columns) != (height, width):
        floating = tf.image.resize(floating, (height, width), "area" if kept_rows > height else "bilinear").numpy()
    if channels < images.shape[-1]:
        floating = floating.mean(axis=-1, keepdims=True)
    floating = np.broadcast_to(floating, (*floating.shape[:-1], channels))
    return np.round(floating).astype(np.uint8) if images.dtype == np.uint8 else floating


def _class_rows(folder: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray | None, list[str] | None]:
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(_HIDDEN))
    if not classes and (files := image_files(folder, recursive=False)):
        return files, None, None
    rows = [(file, number) for number, path in enumerate(classes) for file in image_files(path, recursive=False)]
    empty = [path.name for path in classes if not image_files(path, recursive=False)]
    if not rows or empty:
        raise ValueError(
            f"{folder} must hold one subfolder of images a class, {_ATTRIBUTE_TABLE}, or images and no subfolders; "
            f"{'no images in ' + ', '.join(empty) if empty else 'there are no images in subfolders'}."
        )
    files, labels = zip(*rows, strict=True)
    return list(files), np.array(labels), [path.name for path in classes]


def image_files(folder: pathlib.Path, recursive: bool = True) -> list[pathlib.Path]:
    """The image files of a folder, or of all folders below it, in the order of their names."""
    paths = folder.rglob("*") if recursive else folder.iterdir()
    images = (path for path in paths if path.suffix.lower() in _IMAGE_FILES)
    return sorted(
        path for path in images if not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    )


def _attribute_rows(table: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray, list[str]]:
    with open(table, newline="", encoding="utf-8") as file:
        heading, *lines = [line for line in csv.reader(file) if line] or [[]]
    if len(heading) < 2 or not lines:
        raise ValueError(f"{table} must have a heading, a column of files and at least one of attributes, and rows.")
    files, attributes = [], []
    for line in lines:
        try:
            values = [float(text) for text in line[1:]]
        except ValueError as error:
            raise ValueError(f"{table}: attributes of {line[0]} must be numbers; {error}.") from error
        if len(values) != len(heading) - 1 or not np.all(np.isfinite(values)):
            raise ValueError(f"{table}: {line[0]} must have {len(heading) - 1} finite attributes; received {line[1:]}.")
        file = table.parent / line[0]
        if not file.is_file():
            raise FileNotFoundError(f"{table} names {line[0]}, which is not in {table.parent}.")
        files.append(file)
        attributes.append(values)
    return files, np.array(attributes), heading[1:]


def read_image(file: pathlib.Path, channels: int) -> np.ndarray:
    """The pixels of an image file, uint8 [H, W, channels], upright, grey or in colour.

    Raises:
        ValueError: If it cannot be read.
    """
    try:
        with Image.open(file) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I;16"):
                # Pillow cuts 16 bits at 255 instead of scaling them.
                upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
            pixels = np.asarray(upright.convert("L" if channels == 1 else "RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{file} is not an image that can be read: {error}.") from error
    return pixels.reshape(*pixels.shape[:2], channels)


def _check_pixels(images: np.ndarray, name: str) -> None:
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"{name}: images must be uint8 or floating; received {images.dtype}.")
    if images.dtype != np.uint8 and not np.all(np.abs(images) <= 1):
        raise ValueError(
            f"{name}: floating images must lie in [-1, 1]; received values from {images.min()} to {images.max()}."
        )


def _check_classes(labels: np.ndarray, name: str) -> None:
    if labels.min() < 0:
        raise ValueError(f"{name}: classes count from 0; received {labels.min()}.")
    counts = np.bincount(labels)
    if len(counts) < 2:
        raise ValueError(f"{name}: there must be two classes or more; all images are of class 0.")
    if counts.min() < 2:
        raise ValueError(f"{name}: each class needs two images or more; class {counts.argmin()} has {counts.min()}.")
