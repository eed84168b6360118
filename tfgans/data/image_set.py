"""Images in memory."""

import dataclasses
import hashlib
import math
from typing import ClassVar, Literal

import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

from tfgans.choices import Conditioning
from tfgans.data.pipeline import batches
from tfgans.data.split import SampleKind

_TEST_SHARE = 0.2
_SPLIT_SEED = 0
_LEAST_A_CLASS = 3


@dataclasses.dataclass(frozen=True)
class ImageSet:
    """One split of a data set of images.

    Attributes:
        name: Name of the data set, such as `digits`.
        split: What part of it this is, in words that a protocol can quote.
        image: uint8 [n, H, W, C] in [0, 255] or float32 [n, H, W, C] in [-1, 1].
        label: int32 [n], the class; or float32 [n, K], attributes; or None.
        label_names: Name of each class, or of each attribute.
    """

    name: str
    split: str
    image: np.ndarray
    label: np.ndarray | None
    label_names: tuple[str, ...]

    kind: ClassVar[SampleKind] = "image"

    def __len__(self) -> int:
        return len(self.image)

    @property
    def count(self) -> int:
        """Number of images."""
        return len(self)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The fields of a batch."""
        return {"image": self.image} if self.label is None else {"image": self.image, "label": self.label}

    @property
    def conditioning(self) -> Conditioning | Literal["none"]:
        """The kind of the labels: `class`, `attributes` or `none`."""
        if self.label is None:
            return "none"
        return "class" if self.label.ndim == 1 else "attributes"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of images and labels with their shapes and types, first 12 hexadecimal digits."""
        digest = hashlib.sha256()
        for array in self.arrays.values():
            digest.update(f"{array.shape} {array.dtype}".encode())
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()[:12]

    def first(self, count: int) -> "ImageSet":
        """The first `count` images and their labels."""
        return self.rows(slice(count))

    def rows(self, index: slice | np.ndarray) -> "ImageSet":
        """Some of the images and their labels."""
        label = None if self.label is None else self.label[index]
        return dataclasses.replace(self, image=self.image[index], label=label)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(height, width, channels)."""
        return self.image.shape[1:]

    def part(self, fraction: float) -> "ImageSet":
        """A fixed random part of the images, at least one; the parts of smaller fractions lie in those of larger.

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
        """At most so many images, a fixed random part, float32 [n, H, W, C] in [-1, 1], and their labels, or None."""
        part = self.part(min(1.0, most / len(self)))
        return part.unit_images, part.label

    def batches(self, batch_size: int, *, seed: int = 0, start: int = 0) -> tf.data.Dataset:
        """An endless dataset of batches, each a function of (seed, its number), as `data.batches` makes.

        Beside the fields of `arrays` they have `index`, int64 [B], the numbers of their images.
        """
        return batches({**self.arrays, "index": np.arange(len(self))}, batch_size, seed=seed, start=start)

    @property
    def unit_images(self) -> np.ndarray:
        """float32 images in [-1, 1], [n, H, W, C]."""
        return unit_images(self.image)


def unit_images(images: np.ndarray) -> np.ndarray:
    """float32 in [-1, 1] of uint8; others as they are."""
    return images.astype(np.float32) / 127.5 - 1.0 if images.dtype == np.uint8 else images


def hold_out(images: ImageSet, split: str) -> ImageSet:
    """A fixed fifth of a data set that has no split of its own as its test split, the rest as train.

    The split is stratified by class and always the same, so that scores of different runs are about the
    same images.

    Args:
        images: The whole data set.
        split: `"train"` or `"test"`.

    Returns:
        That part of it.

    Raises:
        ValueError: If `split` is unknown, or a class has fewer than three images.
    """
    if split not in ("train", "test"):
        raise ValueError(f"{images.name} has the splits train and test; received split={split!r}.")
    strata, least = None, 1
    if images.conditioning == "class":
        strata, least = images.label, len(images.label_names)
        counts = np.bincount(images.label, minlength=least)
        if counts.min() < _LEAST_A_CLASS:
            raise ValueError(
                f"{images.name}: to hold one out, a class needs {_LEAST_A_CLASS} images; "
                f"{images.label_names[counts.argmin()]} has {counts.min()}."
            )
    if len(images) < 3 * least:
        raise ValueError(f"{images.name}: {len(images)} images are too few to hold some out.")
    test_count = max(least, math.ceil(_TEST_SHARE * len(images)))
    parts = train_test_split(np.arange(len(images)), test_size=test_count, random_state=_SPLIT_SEED, stratify=strata)
    index = parts[0] if split == "train" else parts[1]
    return dataclasses.replace(images.rows(index), split=split)
