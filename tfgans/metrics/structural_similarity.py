"""Similarity of two images as an eye sees it, and its moving average."""

from typing import Any

import numpy as np
import tensorflow as tf

LEGACY_RANGE = 2.0
"""Value range that scikit-image once took for floating images of any scale; LOGAN's Table 2 was taken with it."""

_FILTER_SIZE = 11
# Wang, Simoncelli and Bovik 2003, section 3.2; from the finest scale to the coarsest.
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim(first: Any, second: Any, value_range: float) -> np.ndarray:
    """SSIM of each pair of images (Wang et al. 2004), K_1 = .01, K_2 = .03, over a Gaussian of sigma 1.5.

    Args:
        first: [n, H, W, C].
        second: [n, H, W, C].
        value_range: L, the distance between the largest and the smallest value that an image can have: 2 for
            [-1, 1], 255 for bytes. `LEGACY_RANGE` with values in [0, 255] gives the scale of LOGAN's Table 2.

    Returns:
        float32 [n], at most 1. The Gaussian spans 11 pixels, or the image where that is smaller.

    Raises:
        ValueError: If shapes differ, `value_range` is not positive, or a value is not finite.
    """
    first, second = _images(first, second, value_range)
    size = min(_FILTER_SIZE, *first.shape[1:3])
    return tf.image.ssim(first, second, value_range, filter_size=size).numpy()


def ms_ssim(first: Any, second: Any, value_range: float, scales: int = 5) -> np.ndarray:
    """Multi-scale SSIM of each pair of images (Wang, Simoncelli and Bovik 2003).

    Args:
        first: [n, H, W, C].
        second: [n, H, W, C].
        value_range: As for `ssim`.
        scales: Number of scales; with fewer than five, their weights are scaled to sum to 1.

    Returns:
        float32 [n], from 0 to 1.

    Raises:
        ValueError: As `ssim`, or if images are too small for the scales, with the number that fits.
    """
    first, second = _images(first, second, value_range)
    # At the coarsest scale the window must still fit.
    most = int(np.log2(min(first.shape[1:3]) / _FILTER_SIZE)) + 1 if min(first.shape[1:3]) >= _FILTER_SIZE else 0
    if not 1 <= scales <= min(most, len(_SCALE_WEIGHTS)):
        raise ValueError(
            f"Images of {tuple(first.shape[1:3])} hold {min(most, len(_SCALE_WEIGHTS))} scales of {_FILTER_SIZE} "
            f"pixels; received scales={scales}."
        )
    weights = np.array(_SCALE_WEIGHTS[:scales]) / sum(_SCALE_WEIGHTS[:scales])
    return tf.image.ssim_multiscale(first, second, value_range, tuple(weights)).numpy()


def moving_average(values: Any, width: int = 20) -> np.ndarray:
    """Means of every `width` consecutive values, as LOGAN's Table 2 takes of SSIM (section 4.2).

    Args:
        values: [n], n >= width.
        width: Values in a mean.

    Returns:
        float64 [n - width + 1].

    Raises:
        ValueError: If there are fewer values than `width`.
    """
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or not 1 <= width <= len(values):
        raise ValueError(f"Expected a series of {width} values or more; received shape {values.shape}.")
    return np.convolve(values, np.full(width, 1 / width), mode="valid")


def _images(first: Any, second: Any, value_range: float) -> tuple[tf.Tensor, tf.Tensor]:
    first, second = (tf.constant(np.asarray(images), tf.float32) for images in (first, second))
    if first.shape.rank != 4 or first.shape != second.shape:
        raise ValueError(f"Expected images [n, H, W, C] of one shape; received {first.shape} and {second.shape}.")
    if value_range <= 0 or not (tf.reduce_all(tf.math.is_finite(first)) and tf.reduce_all(tf.math.is_finite(second))):
        raise ValueError(f"Images must be finite and value_range positive; received value_range={value_range}.")
    return first, second
