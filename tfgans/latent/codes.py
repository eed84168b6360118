"""Codes of real and of generated samples."""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA


class CodeVariances(NamedTuple):
    """The spread of codes. Generated codes lie close together when modes collapse.

    Attributes:
        real: Mean variance of an entry of the real codes, trace(Cov) / N.
        generated: Mean variance of an entry of the generated codes.
        real_plane: Sum of the variances of the real codes along their first two principal components.
        generated_plane: Sum of the variances of the generated codes along the same two components.
    """

    real: float
    generated: float
    real_plane: float
    generated_plane: float


def code_plane(real: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Codes along the first two principal components of the real ones (BEGAN-CS, Fig. 2).

    Args:
        real: Codes of real samples [n, N]; the components are fitted to them.
        *others: Other codes [m, N], in the same basis.

    Returns:
        [n, 2] and [m, 2]; the second coordinate of codes of one entry is 0.

    Raises:
        ValueError: If there are fewer than two real codes, or sizes differ.
    """
    sizes = [codes.shape for codes in (real, *others)]
    if len(real) < 2 or any(len(size) != 2 or size[1] != sizes[0][1] for size in sizes):
        raise ValueError(f"Expected codes [n, N] of one size N, two or more real ones; received {sizes}.")
    basis = PCA(min(2, real.shape[1]), svd_solver="full").fit(real)
    return [np.pad(plane, ((0, 0), (0, 2 - plane.shape[1]))) for plane in map(basis.transform, (real, *others))]


def code_variances(real: np.ndarray, generated: np.ndarray) -> CodeVariances:
    """Variances of codes [n, N] and [m, N]; the paper does not define its variances."""
    planes = code_plane(real, generated)
    entries = [float(codes.var(axis=0, ddof=1).mean()) for codes in (real, generated)]
    return CodeVariances(*entries, *(float(plane.var(axis=0, ddof=1).sum()) for plane in planes))
