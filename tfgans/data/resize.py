"""Images brought to one shape."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from tfgans.data.images import Images, StoredImages

_VALUES_AT_ONCE = 2**22
# Shares of red, green and blue in luma (ITU-R BT.601), which Pillow's mode `L` and TensorFlow have too.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def fit_images(images: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
    """Fits images to a shape: cuts them to its proportions about their centre, and resizes them.

    Grey is the luma of ITU-R BT.601, and a grey image that becomes one in colour has three equal colours.

    Args:
        images: [n, H, W, 1 or 3], uint8 or floating.
        image_shape: (height, width, 1 or 3).

    Returns:
        [n, height, width, channels]; uint8 if `images` are, else float32.

    Raises:
        ValueError: If one of the shapes is another, or images have no pixels.
    """
    check_shape(image_shape)
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
    if channels < images.shape[-1]:
        floating = (floating @ _LUMA)[..., np.newaxis]
    if (kept_rows, kept_columns) != (height, width):
        # TensorFlow's averages may leave the range of an image by their rounding.
        least, most = (edge(floating, axis=(1, 2, 3), keepdims=True) for edge in (np.min, np.max))
        method = "area" if kept_rows > height else "bilinear"
        floating = np.clip(tf.image.resize(floating, (height, width), method).numpy(), least, most)
    floating = np.broadcast_to(floating, (*floating.shape[:-1], channels))
    return np.round(floating).astype(np.uint8) if images.dtype == np.uint8 else floating


def fitted_fingerprint(fingerprint: str, image_shape: Sequence[int]) -> str:
    """Returns the fingerprint of images after they are fitted to a shape."""
    return f"{fingerprint} fitted to {' '.join(map(str, image_shape))}"


class FittedImages(StoredImages):
    """Stored images that are fitted to a shape when they are asked for.

    Args:
        images: The images.
        image_shape: (height, width, channels), as in `fit_images`.
    """

    def __init__(self, images: StoredImages, image_shape: Sequence[int]) -> None:
        height, width, channels = image_shape
        super().__init__((len(images), height, width, channels), fitted_fingerprint(images.fingerprint, image_shape))
        self._images = images

    def read(self, rows: np.ndarray) -> np.ndarray:
        return np.concatenate(list(fitted(self._images.read(rows), self.shape[1:])))


def fit(images: Images, image_shape: Sequence[int] | None) -> Images:
    """Returns images of a shape, as `fit_images` does; stored ones are fitted when they are asked for.

    Raises:
        ValueError: If the shape is no shape of images.
    """
    if image_shape is None or tuple(image_shape) == images.shape[1:]:
        return images
    check_shape(image_shape)
    return FittedImages(images, image_shape) if isinstance(images, StoredImages) else fit_images(images, image_shape)


def fitted(images: Iterable[np.ndarray], image_shape: Sequence[int]) -> Iterator[np.ndarray]:
    """Fits images [H, W, C] in parts [n, height, width, channels], with consecutive images of one size together."""
    for (shape, _), alike in itertools.groupby(images, lambda image: (image.shape, image.dtype)):
        count = max(1, _VALUES_AT_ONCE // max(math.prod(shape), math.prod(image_shape)))
        while part := list(itertools.islice(alike, count)):
            yield fit_images(np.stack(part), image_shape)


def check_shape(image_shape: Sequence[int]) -> None:
    """Raises ValueError unless a shape is (height, width, 1 or 3)."""
    if len(image_shape) != 3 or min(image_shape) < 1 or image_shape[-1] not in (1, 3):
        raise ValueError(f"image_shape must be (height, width, 1 or 3); received {tuple(image_shape)}.")
