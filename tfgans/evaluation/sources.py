"""Sets of images to score, which are read in parts."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tfgans import data
from tfgans.data.own import check_labels
from tfgans.evaluation.extractor import file_hash

Rows = tuple[np.ndarray, np.ndarray | None]
Reconstruct = Callable[[np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Source:
    """A set of images, in random order.

    Attributes:
        read: Returns the rows from `start` to `stop`: images uint8 [n, H, W, C], and labels [n] or [n, K] or None.
        count: Number of images.
        protocol: Entries in the protocol of a score.
        fingerprint: Hash of the images and their order, under which their features are cached; None for no caching.
        labelled: Whether there are labels.
        reconstruct: Returns reconstructions of images uint8 [n, H, W, C] by the model that generates this set, in
            [0, 255] and not rounded; None if the model has no encoder.
    """

    read: Callable[[int, int], Rows]
    count: int
    protocol: Mapping[str, Any]
    fingerprint: str | None = None
    labelled: bool = False
    reconstruct: Reconstruct | None = None


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Returns images as uint8, as a PNG stores them, so that a model and a folder of its images have equal scores.

    Args:
        images: uint8, or floating in [-1, 1], of any shape.

    Raises:
        ValueError: If the type is another, or a value is not finite or out of range.
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"Images must be uint8, or floating in [-1, 1]; received {images.dtype}.")
    if not np.all(np.abs(images) <= 1):
        raise ValueError(
            f"Images must be uint8, or floating in [-1, 1]; received {images.dtype}, {images.min()} to {images.max()}."
        )
    return np.round((images + 1.0) * 127.5).astype(np.uint8)


def image_set_source(images: data.ImageSet, seed: int = 0) -> Source:
    """Returns the images and labels of a data set in a random order drawn from `seed`."""
    read = _shuffled(images.image, images.label, seed)
    protocol = {"data": images.name, "split": images.split}
    return Source(read, len(images), protocol, f"{images.fingerprint}-{seed}", images.label is not None)


def _shuffled(images: data.Images, labels: np.ndarray | None, seed: int) -> Callable[[int, int], Rows]:
    """Returns a function that reads rows of the images and labels in a random order."""
    order = np.random.default_rng(seed).permutation(len(images))

    def read(start: int, stop: int) -> Rows:
        rows = order[start:stop]
        return to_bytes(images[rows]), None if labels is None else labels[rows]

    return read


def generated_source(place: str, image_shape: Sequence[int]) -> Source:
    """Returns generated images from files, in a fixed random order.

    Args:
        place: `folder:PATH` for all image files below a folder; or `npz:FILE` for a file with `images` and, optionally,
            `labels`.
        image_shape: (height, width, channels) that the images must have.

    Returns:
        The images, with the labels of a `.npz` file. The protocol has a hash of the images beside their place, since
        many folders have the same name.

    Raises:
        FileNotFoundError: If there is no such folder or file.
        ValueError: If `place` has another form, there are no images, or an image has another shape. Images of a folder
            are checked when they are read.
    """
    kind, _, path = place.partition(":")
    if kind == "npz" and path:
        return _npz_source(pathlib.Path(path), tuple(image_shape))
    if kind == "folder" and path:
        return _folder_source(pathlib.Path(path), tuple(image_shape))
    raise ValueError(f"Generated images come from folder:PATH or npz:FILE; received {place!r}.")


def _npz_source(path: pathlib.Path, image_shape: tuple[int, ...]) -> Source:
    arrays = data.read_npz(path)
    if "images" not in arrays:
        raise ValueError(f"{path} has no images; it has {', '.join(arrays)}.")
    images, labels = arrays["images"], arrays.get("labels")
    images = images[..., np.newaxis] if images.ndim == 3 else images
    if images.shape[1:] != image_shape or len(images) == 0:
        raise ValueError(f"{path} must hold images [n, {', '.join(map(str, image_shape))}]; received {images.shape}.")
    if labels is not None:
        check_labels(labels, len(images), str(path))
    try:
        images = to_bytes(images)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    digest = hashlib.sha256(np.ascontiguousarray(images).data)
    if labels is not None:
        digest.update(np.ascontiguousarray(labels).data)
    protocol = {"generated": f"npz:{path.name}", "generated_hash": digest.hexdigest()[:12]}
    return Source(_shuffled(images, labels, seed=0), len(images), protocol, labelled=labels is not None)


def _folder_source(path: pathlib.Path, image_shape: tuple[int, ...]) -> Source:
    if not path.is_dir():
        raise FileNotFoundError(f"There is no folder {path}.")
    files = data.image_files(path)
    if not files:
        raise ValueError(f"There are no images below {path}.")
    order = np.random.default_rng(0).permutation(len(files))

    def read(start: int, stop: int) -> Rows:
        images = []
        for number in order[start:stop]:
            image = data.read_image(files[number])
            image = data.fit_images(image[np.newaxis], (*image.shape[:2], image_shape[-1]))[0]
            if image.shape != image_shape:
                raise ValueError(f"{files[number]} has shape {image.shape}; expected {image_shape}.")
            images.append(image)
        return np.stack(images), None

    hashes = "".join(file_hash(file) for file in files)
    protocol = {
        "generated": f"folder:{path.resolve().name}",
        "generated_hash": hashlib.sha256(hashes.encode()).hexdigest()[:12],
    }
    return Source(read, len(files), protocol)
