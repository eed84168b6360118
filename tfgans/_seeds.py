"""Seeds of samples, one a row."""

import secrets
from collections.abc import Sequence

import numpy as np


def row_seeds(n: int, seed: int | Sequence[int] | None) -> np.ndarray:
    """One int64 seed a row: `seed`, `seed + 1`, ... or the given ones; drawn afresh for None."""
    if seed is None:
        seed = secrets.randbits(62)
    if not np.issubdtype(np.asarray(seed).dtype, np.integer):
        raise ValueError(f"Seeds must be integers; received {seed!r}.")
    seeds = np.asarray(seed, np.int64)
    seeds = seeds + np.arange(n) if seeds.ndim == 0 else seeds
    if n < 1 or seeds.shape != (n,):
        raise ValueError(f"Expected n >= 1 and one seed or n of them; received n={n}, seeds {seeds.shape}.")
    return seeds
