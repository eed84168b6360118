"""The sliced Wasserstein distance between the patches of two sets of images, scale by scale."""

import warnings

import numpy as np
import tensorflow as tf

from tfgans.metrics import _tfgan

_LEAST_PIXELS = 16
# It is above the rounding errors of flat images in [-1, 1].
_LEAST_SCALE = 1e-6


def sliced_wasserstein_distance(
    real: np.ndarray,
    generated: np.ndarray,
    *,
    patches_per_image: int = 64,
    patch_size: int = 7,
    projections: int = 512,
    seed: int = 0,
) -> dict[str, float]:
    """Returns the sliced Wasserstein distance of patches of Laplacian pyramids (Karras et al. 2018, section 5).

    The patches of a level are centred and scaled channel by channel over the set, as in the paper. The pyramid is
    TF-GAN's. TF-GAN's distance scales each patch alone, and divides zero by zero for flat patches, such as those of
    handwritten digits.

    Args:
        real: [n, H, W, C] in [-1, 1].
        generated: [n, H, W, C] in [-1, 1], as many.
        patches_per_image: Number of patches that are drawn from an image at each level.
        patch_size: Edge of a patch.
        projections: Number of random directions, whose distances are averaged.
        seed: Seed of places and directions.

    Returns:
        The distance of each level, such as `{"32x32": ..., "16x16": ...}`, in standard deviations of the patches'
        values. The last level has 16 pixels, or an odd edge.

    Raises:
        ValueError: If shapes differ, images are smaller than a patch, a number is below 1, or a value is not finite.
    """
    real, generated = np.asarray(real, np.float32), np.asarray(generated, np.float32)
    if real.shape != generated.shape or real.ndim != 4 or len(real) < 2:
        raise ValueError(
            f"Expected as many generated images as real ones, two or more, of one shape [n, H, W, C]; received "
            f"{generated.shape} and {real.shape}."
        )
    if min(patches_per_image, patch_size, projections) < 1:
        raise ValueError(
            f"Numbers must be 1 or more; received patches_per_image={patches_per_image}, patch_size={patch_size} and "
            f"projections={projections}."
        )
    if min(real.shape[1:3]) < patch_size:
        raise ValueError(f"Images of {real.shape[1:3]} hold no patch of {patch_size} pixels.")
    if not (np.isfinite(real).all() and np.isfinite(generated).all()):
        raise ValueError("Images must be finite.")
    random = np.random.default_rng(seed)
    pyramid = _tfgan.module("sliced_wasserstein").laplacian_pyramid
    levels = [pyramid(tf.constant(images), _levels(real.shape[1:3])) for images in (real, generated)]
    distances = {}
    for ours, theirs in zip(*levels, strict=True):
        patches = [_patches(level.numpy(), patches_per_image, patch_size, random) for level in (ours, theirs)]
        directions = random.normal(size=(patches[0].shape[1], projections)).astype(np.float32)
        directions /= np.linalg.norm(directions, axis=0)
        distances[f"{ours.shape[1]}x{ours.shape[2]}"] = float(
            np.mean([_distance_on_a_line(*(part @ line for part in patches)) for line in directions.T])
        )
    return distances


def _levels(size: tuple[int, int]) -> int:
    """Returns the number of levels: the image, and its halves down to `_LEAST_PIXELS` or an odd edge."""
    count, (height, width) = 1, size
    while height % 2 == width % 2 == 0 and min(height, width) // 2 >= _LEAST_PIXELS:
        count, height, width = count + 1, height // 2, width // 2
    return count


def _patches(images: np.ndarray, count: int, size: int, random: np.random.Generator) -> np.ndarray:
    """Returns random patches [n * count, size * size * C], centred and scaled channel by channel."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    rows, columns = (random.integers(edge, size=len(images) * count) for edge in windows.shape[1:3])
    patches = windows[np.repeat(np.arange(len(images)), count), rows, columns]  # [n * count, C, size, size]
    scale = patches.std(axis=(0, 2, 3), keepdims=True)
    flat = scale < _LEAST_SCALE
    if flat.any():
        warnings.warn("A channel is the same in all patches of a set.", stacklevel=3)
    patches = (patches - patches.mean(axis=(0, 2, 3), keepdims=True)) / np.where(flat, 1, scale)
    return patches.reshape(len(patches), -1)


def _distance_on_a_line(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.mean(np.abs(np.sort(first) - np.sort(second))))
