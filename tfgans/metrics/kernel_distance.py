"""The kernel distance: maximum mean discrepancy of two sets of features under a cubic kernel."""

from typing import Any, NamedTuple

import tensorflow as tf

from tfgans.metrics import _checks, _tfgan


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
    distance = _tfgan.module("classifier_metrics").kernel_classifier_distance_and_std_from_activations
    mean, error = distance(
        tf.constant(real, tf.float64), tf.constant(generated, tf.float64), max_block_size=block_size, dtype=tf.float64
    )
    return KernelDistance(float(mean), float(error) if blocks > 1 else None)
