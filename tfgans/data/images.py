"""Images that are read by their rows, wherever they are."""

import abc
import collections
import concurrent.futures
import hashlib
import itertools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import tensorflow as tf
import tqdm

MOST_IN_MEMORY = 2**28
"""Bytes of an array that is held in memory; a larger one stays in files."""

_PART = 2**22
_THREADS = 2
_AHEAD = 3

_Result = TypeVar("_Result")


class ReadingError(ValueError):
    """An image that stays in a file cannot be read; the message has its name."""


class StoredImages(abc.ABC):
    """Images [n, H, W, C], uint8, that stay in files. Any rows can be read at any time.

    Args:
        shape: (n, height, width, channels).
        fingerprint: A text that changes when an image does.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, shape: tuple[int, int, int, int], fingerprint: str) -> None:
        self.shape, self.fingerprint = shape, fingerprint

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """Returns the images of some rows, in their order.

        Raises:
            ValueError: If an image cannot be read, with the name of its file.
        """
        return self.read(np.arange(len(self))[rows] if isinstance(rows, slice) else rows)

    @abc.abstractmethod
    def read(self, rows: np.ndarray) -> np.ndarray:
        """Returns the images [m, H, W, C] of rows [m]; errors are those of `[]`."""

    def read_in_graph(self, index: tf.Tensor) -> tf.Tensor:
        """Returns the images [m, H, W, C] of rows [m], as `read` does, in the graph of a `tf.data` pipeline."""
        return in_python(self.read, [index], tf.uint8)


Images = np.ndarray | StoredImages
"""Images [n, H, W, C]: in memory, uint8 in [0, 255] or float32 in [-1, 1]; or in files."""


class SomeImages(StoredImages):
    """Some rows of stored images.

    Args:
        images: All images.
        rows: Numbers of the rows [n].
    """

    def __init__(self, images: StoredImages, rows: np.ndarray) -> None:
        super().__init__(
            (len(rows), *images.shape[1:]), f"{images.fingerprint} {hashlib.sha256(rows.tobytes()).hexdigest()}"
        )
        self._images, self._rows = images, rows

    def read(self, rows: np.ndarray) -> np.ndarray:
        return self._images.read(self._rows[rows])

    def read_in_graph(self, index: tf.Tensor) -> tf.Tensor:
        return self._images.read_in_graph(tf.gather(self._rows, index))


class JoinedImages(StoredImages):
    """Images of several arrays, one after the other.

    Args:
        parts: Images uint8 [n, H, W, C], such as memory maps.
        fingerprint: A text that changes when an image does.
    """

    def __init__(self, parts: Sequence[np.ndarray], fingerprint: str) -> None:
        super().__init__((sum(map(len, parts)), *parts[0].shape[1:]), fingerprint)
        self._parts, self._starts = parts, np.cumsum([0, *map(len, parts)])[:-1]

    def read(self, rows: np.ndarray) -> np.ndarray:
        images = np.empty((len(rows), *self.shape[1:]), np.uint8)
        numbers = np.searchsorted(self._starts, rows, side="right") - 1
        for number in np.unique(numbers):
            here = numbers == number
            images[here] = self._parts[number][rows[here] - self._starts[number]]
        return images


class MirroredImages(StoredImages):
    """Stored images, turned left to right.

    Args:
        images: The images.
    """

    def __init__(self, images: StoredImages) -> None:
        super().__init__(images.shape, f"{images.fingerprint}, mirrored")
        self._images = images

    def read(self, rows: np.ndarray) -> np.ndarray:
        return self._images.read(rows)[:, :, ::-1]


def in_python(work: Callable[..., np.ndarray], inputs: Sequence[tf.Tensor], dtype: tf.DType) -> tf.Tensor:
    """Returns what a function of arrays makes of tensors in a graph. Errors of files become `ReadingError`s."""

    def run(*arrays: np.ndarray) -> np.ndarray:
        try:
            return work(*arrays)
        except (OSError, ValueError) as error:
            raise ReadingError(str(error)) from error

    return tf.numpy_function(run, inputs, dtype, stateful=False)


def reading_error(error: tf.errors.OpError) -> ReadingError | None:
    """Returns the error of an image that could not be read, of which TensorFlow only passes on the text, or None."""
    ours, of_tensorflow = rf"{ReadingError.__name__}: (.*)", r"(?:: |}} )([^:]*; .*)\n.*/ReadFile"
    found = re.search(f"{ours}|{of_tensorflow}", error.message)
    return ReadingError(found[1] or found[2]) if found else None


def select(images: Images, rows: slice | np.ndarray) -> Images:
    """Returns some rows; those of stored images stay in their files."""
    if isinstance(images, StoredImages):
        return SomeImages(images, np.arange(len(images))[rows])
    return images[rows]


def mirrored(images: Images) -> Images:
    """Returns images turned left to right; those of stored images are turned when they are read."""
    return MirroredImages(images) if isinstance(images, StoredImages) else images[:, :, ::-1]


def in_parts(images: Images, what: str, start: int = 0) -> Iterator[np.ndarray]:
    """Reads images in their order, a part [m, H, W, C] at a time, with a progress bar on a terminal.

    Args:
        images: The images.
        what: Words before the bar.
        start: Row of the first image.
    """
    return _by_parts(images.__getitem__, images, what, start)


def unreadable(images: StoredImages, what: str) -> list[str]:
    """Reads all images, and returns for each that cannot be read the reason with the name of its file.

    Args:
        images: The images.
        what: Words before the progress bar.
    """

    def error(row: int) -> str | None:
        try:
            images.read(np.array([row]))
        except (OSError, ValueError) as error:
            return str(error)
        return None

    def errors(rows: slice) -> list[str]:
        try:
            images[rows]
        except (OSError, ValueError):
            return [found for row in range(*rows.indices(len(images))) if (found := error(row)) is not None]
        return []

    return list(itertools.chain.from_iterable(_by_parts(errors, images, what)))


def _by_parts(work: Callable[[slice], _Result], images: Images, what: str, start: int = 0) -> Iterator[_Result]:
    """Works on parts of images in their order. Two threads work ahead, since decoders run beside each other."""
    rows = max(1, _PART // math.prod(images.shape[1:]))
    parts = [slice(first, min(first + rows, len(images))) for first in range(start, len(images), rows)]
    bar = tqdm.tqdm(total=len(images), initial=start, desc=what, unit=" images", delay=1, disable=None)
    pool = concurrent.futures.ThreadPoolExecutor(_THREADS)
    with bar:
        ahead = collections.deque(pool.submit(work, part) for part in parts[:_AHEAD])
        try:
            for part, later in itertools.zip_longest(parts, parts[_AHEAD:]):
                yield ahead.popleft().result()
                bar.update(part.stop - part.start)
                if later is not None:
                    ahead.append(pool.submit(work, later))
        finally:
            # Whoever gives up the parts may be the garbage collector, which can wait for no thread: it may have
            # interrupted the start of one, with a lock that the end of another needs.
            pool.shutdown(wait=False, cancel_futures=True)


def fits_memory(shape: Sequence[int], dtype: np.dtype = StoredImages.dtype) -> bool:
    """Returns whether an array of this size is held in memory."""
    return math.prod(shape) * dtype.itemsize <= MOST_IN_MEMORY


def held(images: StoredImages, what: str) -> Images:
    """Returns images in memory if they have at most `MOST_IN_MEMORY` bytes, and else as they are.

    Args:
        images: The images.
        what: Words before the progress bar.

    Raises:
        ValueError: If an image cannot be read, with the name of its file.
    """
    return np.concatenate(list(in_parts(images, what))) if fits_memory(images.shape) else images


def identity(images: Images) -> memoryview | bytes:
    """Returns the bytes that tell images from others: their values in memory, or the fingerprint of stored ones."""
    return images.fingerprint.encode() if isinstance(images, StoredImages) else np.ascontiguousarray(images).data


def unit_images(images: np.ndarray) -> np.ndarray:
    """Returns uint8 images as float32 in [-1, 1], and others unchanged."""
    return images.astype(np.float32) / 127.5 - 1.0 if images.dtype == np.uint8 else images
