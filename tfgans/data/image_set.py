"""Images with their labels."""

import dataclasses
import functools
import hashlib
import math
from typing import ClassVar

import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

from tfgans.choices import LabelKind
from tfgans.data.images import Images, identity, mirrored, select, unit_images
from tfgans.data.pipeline import Machine, batches
from tfgans.data.split import DataSplit, SampleKind

_TEST_SHARE = 0.2
_SPLIT_SEED = 0
_LEAST_A_CLASS = 3


@dataclasses.dataclass(frozen=True)
class ImageSet:
    """One split of a data set of images.

    Attributes:
        name: Name of the data set, such as `digits`.
        split: Name of the split, for the protocols of scores.
        image: uint8 [n, H, W, C] in [0, 255] or float32 [n, H, W, C] in [-1, 1]; in memory, or in files.
        label: int32 [n], the class; or float32 [n, K], the attributes; or None.
        label_names: Name of each class, or of each attribute.
    """

    name: str
    split: str
    image: Images
    label: np.ndarray | None
    label_names: tuple[str, ...]

    kind: ClassVar[SampleKind] = "image"

    def __len__(self) -> int:
        return len(self.image)

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.sample_shape))
        labels = {"none": "no labels", "class": "classes", "attributes": "attributes"}[self.conditioning]
        count = "" if self.label is None else f"{len(self.label_names)} "
        return f"<ImageSet {self.name} {self.split}: {len(self):,} images {shape}, {count}{labels}>"

    @property
    def count(self) -> int:
        """Number of images."""
        return len(self)

    @property
    def arrays(self) -> dict[str, Images]:
        """Images and, if there are any, labels, under the names that they have in a batch."""
        return {"image": self.image} if self.label is None else {"image": self.image, "label": self.label}

    @property
    def conditioning(self) -> LabelKind:
        """Kind of the labels: `class`, `attributes` or `none`."""
        if self.label is None:
            return "none"
        return "class" if self.label.ndim == 1 else "attributes"

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 of images and labels with their shapes and types, first 12 hexadecimal digits; many take seconds."""
        digest = hashlib.sha256()
        for column in self.arrays.values():
            digest.update(f"{column.shape} {column.dtype}".encode())
            digest.update(identity(column))
        return digest.hexdigest()[:12]

    def first(self, count: int) -> "ImageSet":
        """Returns the first `count` images and their labels."""
        return self.rows(slice(count))

    def rows(self, index: slice | np.ndarray) -> "ImageSet":
        """Returns the images and labels of some rows."""
        label = None if self.label is None else self.label[index]
        return dataclasses.replace(self, image=select(self.image, index), label=label)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(height, width, channels)."""
        return self.image.shape[1:]

    def part(self, fraction: float) -> "ImageSet":
        """Returns a fixed random part of the images, at least one. A larger fraction contains the smaller ones.

        Raises:
            ValueError: If `fraction` lies outside (0, 1].
        """
        if not 0 < fraction <= 1:
            raise ValueError(f"A fraction of a data set lies in (0, 1]; received {fraction}.")
        if fraction == 1:
            return self
        order = np.random.default_rng(0).permutation(len(self))
        return self.rows(np.sort(order[: max(1, round(fraction * len(self)))]))

    def examples(self, most: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns a fixed random part of the images, n of `most` or fewer, and their labels or None.

        The images are float32 [n, H, W, C] in [-1, 1].
        """
        part = self.part(min(1.0, most / len(self)))
        return part.unit_images, part.label

    def mirrored(self) -> "ImageSet":
        """Returns the mirror images, which a run with `flip` learns too, in the order of the images."""
        return dataclasses.replace(self, split=f"{self.split}, mirrored", image=mirrored(self.image))

    def batches(
        self, batch_size: int, *, seed: int = 0, start: int = 0, flip: bool = False, machine: Machine = (0, 1)
    ) -> tf.data.Dataset:
        """Returns an endless dataset of batches as `data.batches` does, each a function of (seed, number).

        Batches have `index` beside the names of `arrays`: the rows of their images, int64 [B].
        """
        columns = {**self.arrays, "index": np.arange(len(self))}
        return batches(columns, batch_size, seed=seed, start=start, flip=flip, machine=machine)

    @property
    def unit_images(self) -> np.ndarray:
        """All images as float32 [n, H, W, C] in [-1, 1], in memory."""
        return unit_images(self.image[:])


def as_images(split: DataSplit) -> ImageSet:
    """Returns a split of images as `ImageSet`.

    Raises:
        ValueError: If its samples are points.
    """
    if not isinstance(split, ImageSet):
        raise ValueError(f"Expected a data set of images; received the points of {split.name}.")
    return split


def hold_out(images: ImageSet, split: str) -> ImageSet:
    """Returns a split of a data set that has none of its own: a fixed fifth for testing, or the rest.

    The fifth is stratified by class. It is always the same, so that scores of different runs use the same images.

    Args:
        images: The whole data set.
        split: `"train"` or `"test"`.

    Raises:
        ValueError: If `split` is unknown, a class has fewer than three images, or there are too few images.
    """
    if split not in ("train", "test"):
        raise ValueError(f"{images.name} has the splits train and test; received split={split!r}.")
    strata, least = None, 1
    if images.label is not None and images.conditioning == "class":
        strata, least = images.label, len(images.label_names)
        counts = np.bincount(images.label, minlength=least)
        if counts.min() < _LEAST_A_CLASS:
            raise ValueError(
                f"{images.name}: a class needs {_LEAST_A_CLASS} images, of which one is held out for testing; "
                f"{images.label_names[counts.argmin()]} has {counts.min()}."
            )
    if len(images) < 3 * least:
        raise ValueError(f"{images.name}: {len(images)} images are too few to hold some out for testing.")
    test_count = held_out_count(len(images), least)
    train, test = train_test_split(
        np.arange(len(images)), test_size=test_count, random_state=_SPLIT_SEED, stratify=strata
    )
    if strata is not None:
        _hold_out_every_class(train, test, strata)
    return dataclasses.replace(images.rows(train if split == "train" else test), split=split)


def _hold_out_every_class(train: np.ndarray, test: np.ndarray, labels: np.ndarray) -> None:
    """Changes rows between a split's parts so that the test part has a row of each class.

    Stratification gives a class its share, which is none if the class has few images among many.
    """
    for missing in np.setdiff1d(labels, labels[test]):
        (first, *_) = np.flatnonzero(labels[train] == missing)
        (*_, last) = np.flatnonzero(labels[test] == np.bincount(labels[test]).argmax())
        train[first], test[last] = test[last], train[first]


def held_out_count(count: int, classes: int) -> int:
    """Returns how many of `count` images are held out: a fifth, and at least one of each class."""
    return max(classes, math.ceil(_TEST_SHARE * count))
