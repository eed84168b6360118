"""The kernel distance: maximum mean discrepancy of two sets of features under a cubic kernel."""

from typing import Any, NamedTuple

import numpy as np

from tfgans.metrics import _checks


class KernelDistance(NamedTuple):
    """The distance of two sets.

    Attributes:
        mean: Mean over blocks of the unbiased squared distance. It may be below 0 by chance for similar sets.
        standard_error: Standard error of the mean; None for a single block.
    """

    mean: float
    standard_error: float | None


def kernel_distance(real: Any, generated: Any, block_size: int = 1024) -> KernelDistance:
    """Returns the unbiased squared MMD with the kernel (x.y / D + 1)^3 (Binkowski et al. 2018, section 4).

    With features of the 2015 Inception it is KID. Unlike that of the Frechet distance, its expectation does not depend
    on the number of samples.

    Args:
        real: Features [n, D], in random order.
        generated: Features [m, D], in random order.
        block_size: Most samples in a block. Blocks are consecutive, and their sizes differ by at most one.

    Raises:
        ValueError: If a block would have fewer than two samples of either kind, values are not finite, or sizes differ.
    """
    real, generated = _checks.pair(real, generated)
    if block_size < 2:
        raise ValueError(f"block_size must be 2 or more; received {block_size}.")
    blocks = -(-max(len(real), len(generated)) // block_size)
    if min(len(real), len(generated)) < 2 * blocks:
        raise ValueError(
            f"Each of {blocks} blocks needs two samples of either kind; received {len(real)} and {len(generated)}. "
            f"Give counts that are nearer, or a larger block_size than {block_size}."
        )
    pairs = zip(_blocks(real, blocks), _blocks(generated, blocks), strict=True)
    distances = [_unbiased(*(part.astype(np.float64) for part in pair)) for pair in pairs]
    error = float(np.std(distances, ddof=1) / np.sqrt(blocks)) if blocks > 1 else None
    return KernelDistance(float(np.mean(distances)), error)


def _blocks(features: np.ndarray, count: int) -> list[np.ndarray]:
    """Divides rows into consecutive blocks, the smaller ones first."""
    least, larger = divmod(len(features), count)
    return np.split(features, np.cumsum([least] * (count - larger) + [least + 1] * larger)[:-1])


def _unbiased(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns the unbiased squared MMD of two blocks, float64 [n, D] and [m, D]."""

    def within(part: np.ndarray) -> float:
        values = _kernel(part, part)
        return (values.sum() - np.trace(values)) / (len(part) * (len(part) - 1))

    return within(real) + within(generated) - 2 * _kernel(real, generated).mean()


def _kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    values = first @ second.T
    values /= first.shape[1]
    values += 1
    return values * values * values
