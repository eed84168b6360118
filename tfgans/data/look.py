"""A look at the user's own data before a run: size and colour of the images, and the kind of their labels."""

import collections
import dataclasses
import pathlib

import numpy as np

from tfgans.choices import LabelKind
from tfgans.data.files import decode_image, npz_types, read_npz
from tfgans.data.folder import list_files
from tfgans.data.image_set import held_out_count
from tfgans.data.own import image_keys, labels_of
from tfgans.data.store import ImageStore

# Images of a folder that are decoded for the look, spread over the whole folder.
_MOST_DECODED = 32


@dataclasses.dataclass(frozen=True)
class Look:
    """A look at the user's own data shows this.

    Attributes:
        name: Name of the data, such as `folder:photos`.
        count: Number of images, with those that are held out.
        train_count: Number of images to train on.
        image_shape: (height, width, channels). Of images of several sizes it is the most frequent size among those that
            were looked at; images whose colours are all grey have one channel.
        sizes: Number of different sizes among the images that were looked at.
        conditioning: Kind of the labels: `class`, `attributes` or `none`.
        condition_size: Number of classes or attributes; 0 without labels.
    """

    name: str
    count: int
    train_count: int
    image_shape: tuple[int, int, int]
    sizes: int
    conditioning: LabelKind
    condition_size: int

    def __str__(self) -> str:
        height, width, channels = self.image_shape
        colour = "colour" if channels == 3 else "grey"
        sizes = f"{height}x{width}" if self.sizes == 1 else f"several sizes, mostly {height}x{width},"
        labels = {
            "none": "without labels",
            "class": f"in {self.condition_size} classes",
            "attributes": f"with {self.condition_size} attributes",
        }
        return f"{self.name} has {self.count:,} {colour} images of {sizes} {labels[self.conditioning]}"


def look_at(name: str) -> Look:
    """Looks at the user's own data, and decodes at most a few of the images.

    Args:
        name: `folder:PATH`, `npz:FILE` or `store:PATH`.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If the kind is unknown, or the data do not have the form that their kind has.
    """
    kind, _, path = name.partition(":")
    looks = {"folder": _folder, "npz": _npz, "store": _store}
    if kind not in looks or not path:
        raise ValueError(f"The user's own data are folder:PATH, npz:FILE or store:PATH; received {name}.")
    count, train_count, shapes, labels = looks[kind](pathlib.Path(path))
    conditioning, condition_size = _conditioning(labels)
    if train_count is None:
        train_count = count - held_out_count(count, condition_size if conditioning == "class" else 1)
    shape, _ = collections.Counter(shapes).most_common(1)[0]
    return Look(name, count, train_count, shape, len({shape[:2] for shape in shapes}), conditioning, condition_size)


_Seen = tuple[int, int | None, list[tuple[int, int, int]], np.ndarray | None]
"""Number of images, and of those to train on, or None if some are to be held out; shapes of some of them; labels."""


def _folder(path: pathlib.Path) -> _Seen:
    files = list_files(path)
    count = len(files.names)
    rows = np.unique(np.linspace(0, count - 1, min(count, _MOST_DECODED)).astype(int))
    images = [decode_image(files.path(row), files.path(row)) for row in rows]
    channels = 1 if all(_is_grey(image) for image in images) else 3
    return count, None, [(*image.shape[:2], channels) for image in images], files.labels


def _npz(path: pathlib.Path) -> _Seen:
    types = npz_types(path)
    keys = image_keys(types, path)
    shapes = [types[key][0] for key in keys]
    for key, shape in zip(keys, shapes, strict=True):
        if len(shape) not in (3, 4):
            raise ValueError(f"{path}: {key} must be [n, H, W] or [n, H, W, 1 or 3]; received {shape}.")
    counts, (_, height, width, *channels) = [shape[0] for shape in shapes], shapes[0]
    seen = (height, width, channels[0] if channels else 1)
    labels = labels_of(read_npz(path, without=keys), keys, counts, str(path))
    return sum(counts), counts[0] if len(counts) > 1 else None, [seen], labels


def _store(path: pathlib.Path) -> _Seen:
    store = ImageStore(path)
    height, width, channels = store.shape[1:]
    first, end = store.splits.get("train", (0, 0))
    return len(store), end - first or None, [(height, width, channels)], store.labels


def _is_grey(image: np.ndarray) -> bool:
    return bool((image == image[..., :1]).all())


def _conditioning(labels: np.ndarray | None) -> tuple[LabelKind, int]:
    if labels is None:
        return "none", 0
    return ("class", int(labels.max()) + 1) if labels.ndim == 1 else ("attributes", labels.shape[1])
