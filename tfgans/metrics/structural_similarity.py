"""The structural similarity of two images, and its moving average."""

from typing import Any, Literal, get_args

import numpy as np
from scipy.ndimage import correlate1d

Window = Literal["gaussian", "uniform"]
"""`gaussian`: sigma 1.5 over 11 pixels (Wang et al. 2004). `uniform`: equal weights over 7 pixels, and sample
covariances, as in scikit-image's defaults and LOGAN's Table 2."""

LEGACY_RANGE = 2.0
"""Value range that older versions of scikit-image assumed for all floating images, as in LOGAN's Table 2."""

_FILTER_SIZE = 11
UNIFORM_SIZE = 7
"""Edge of the uniform window in pixels."""

_FILTER_SIGMA = 1.5
_K1, _K2 = 0.01, 0.03
# Wang, Simoncelli and Bovik 2003, section 3.2; from the finest scale to the coarsest.
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim(first: Any, second: Any, value_range: float, window: Window = "gaussian") -> np.ndarray:
    """Returns the SSIM of each pair of images (Wang et al. 2004), with K_1 = .01 and K_2 = .03.

    Args:
        first: [n, H, W, C].
        second: [n, H, W, C].
        value_range: L, the difference between the largest and the smallest possible value: 2 for [-1, 1], 255 for
            bytes. `LEGACY_RANGE` with values in [0, 255] and a uniform window give LOGAN's Table 2.
        window: Window for means and covariances. The Gaussian spans 11 pixels, or the image if that is smaller.

    Returns:
        float64 [n], at most 1.

    Raises:
        ValueError: If shapes differ, `value_range` is not positive, a value is not finite, the window is unknown, or
            images are smaller than the uniform window.
    """
    first, second = _images(first, second, value_range)
    if window not in get_args(Window):
        raise ValueError(f"window must be one of {', '.join(get_args(Window))}; received {window!r}.")
    if window == "uniform" and min(first.shape[1:3]) < UNIFORM_SIZE:
        raise ValueError(f"A uniform window has {UNIFORM_SIZE} pixels each way; received images {first.shape[1:3]}.")
    similarity, _ = _similarity(first, second, value_range, window)
    return similarity.mean(axis=-1)


def ms_ssim(first: Any, second: Any, value_range: float, scales: int = 5) -> np.ndarray:
    """Returns the multi-scale SSIM of each pair of images (Wang, Simoncelli and Bovik 2003).

    Args:
        first: [n, H, W, C].
        second: [n, H, W, C].
        value_range: As for `ssim`.
        scales: Number of scales. With fewer than five, their weights are scaled to the same sum.

    Returns:
        float64 [n], from 0 to 1.

    Raises:
        ValueError: As `ssim`, or if images are too small; the message has the number of scales that fit.
    """
    first, second = _images(first, second, value_range)
    # The window must fit at the coarsest scale.
    most = sum(min(first.shape[1:3]) > (_FILTER_SIZE - 1) * 2**scale for scale in range(len(_SCALE_WEIGHTS)))
    if not 1 <= scales <= most:
        raise ValueError(
            f"Images of {first.shape[1:3]} hold {most} scales of {_FILTER_SIZE} pixels; received scales={scales}."
        )
    weights = np.array(_SCALE_WEIGHTS[:scales]) * (sum(_SCALE_WEIGHTS) / sum(_SCALE_WEIGHTS[:scales]))
    product = np.ones(first.shape[::3])
    for weight in weights[:-1]:
        _, contrast = _similarity(first, second, value_range)
        product *= np.maximum(contrast, 0) ** weight
        first, second = _halved(first), _halved(second)
    similarity, _ = _similarity(first, second, value_range)
    return (product * np.maximum(similarity, 0) ** weights[-1]).mean(axis=-1)


def moving_average(values: Any, width: int = 20) -> np.ndarray:
    """Returns means of `width` consecutive values, as of SSIM in LOGAN's Table 2 (section 4.3).

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


def _similarity(
    first: np.ndarray, second: np.ndarray, value_range: float, window: Window = "gaussian"
) -> tuple[np.ndarray, np.ndarray]:
    """Returns two means over an image [n, C]: of luminance times contrast and structure, and of the latter alone."""
    means = _smooth(first, window), _smooth(second, window)
    squares = _smooth(first**2, window) + _smooth(second**2, window) - means[0] ** 2 - means[1] ** 2
    products = _smooth(first * second, window) - means[0] * means[1]
    if window == "uniform":
        count = UNIFORM_SIZE**2
        squares, products = (part * count / (count - 1) for part in (squares, products))
    c1, c2 = (_K1 * value_range) ** 2, (_K2 * value_range) ** 2
    luminance = (2 * means[0] * means[1] + c1) / (means[0] ** 2 + means[1] ** 2 + c1)
    contrast = (2 * products + c2) / (squares + c2)
    return (luminance * contrast).mean(axis=(1, 2)), contrast.mean(axis=(1, 2))


def _smooth(images: np.ndarray, window: Window) -> np.ndarray:
    """Returns the means over all windows inside of the image."""
    for axis in (1, 2):
        size = UNIFORM_SIZE if window == "uniform" else min(_FILTER_SIZE, images.shape[axis])
        offsets = np.arange(size) - (size - 1) / 2
        weights = np.ones(size) if window == "uniform" else np.exp(-0.5 * (offsets / _FILTER_SIGMA) ** 2)
        images = correlate1d(images, weights / weights.sum(), axis=axis, mode="constant")
        inside = np.arange(images.shape[axis] - size + 1) + size // 2
        images = images.take(inside, axis=axis)
    return images


def _halved(images: np.ndarray) -> np.ndarray:
    """Returns the means of two by two pixels. The last row or column is repeated if their number is odd."""
    odd = [(0, size % 2) for size in images.shape[1:3]]
    images = np.pad(images, ((0, 0), *odd, (0, 0)), mode="edge")
    count, height, width, channels = images.shape
    return images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def _images(first: Any, second: Any, value_range: float) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.ndim != 4 or first.shape != second.shape or len(first) == 0:
        raise ValueError(f"Expected images [n, H, W, C] of one shape; received {first.shape} and {second.shape}.")
    if not value_range > 0 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError(f"Images must be finite and value_range positive; received value_range={value_range}.")
    return first, second
