"""Results that are made once: what was trained on real images, or computed of them."""

import os
import pathlib
import sys
import zipfile
from collections.abc import Callable, Mapping

import numpy as np

from tfgans._files import temporary_file


def cache_folder() -> pathlib.Path:
    """`$TFGANS_CACHE`, else `tfgans` in `$XDG_CACHE_HOME`, else `~/.cache/tfgans`. It may be removed at any time."""
    if os.environ.get("TFGANS_CACHE"):
        return pathlib.Path(os.environ["TFGANS_CACHE"])
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tfgans"


def cached_arrays(key: str, make: Callable[[], Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The arrays of a key, made and stored where they are not there yet.

    Args:
        key: Name of a file without suffix, which changes with everything that the arrays depend on.
        make: Makes them.

    Returns:
        The arrays by name.
    """
    path = cache_folder() / f"{key}.npz"
    if path.exists():
        try:
            with np.load(path) as file:
                return dict(file)
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            print(f"Cannot read {path} ({error}); it is made anew.", file=sys.stderr)
    arrays = dict(make())
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_file(path) as temporary:
        np.savez(temporary, **arrays)
    return arrays
