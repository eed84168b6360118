"""Results that are made once: what was trained on real images, or computed of them."""

import os
import pathlib
import sys
from collections.abc import Callable, Mapping

import numpy as np

from tfgans import data
from tfgans._files import temporary_file


def cache_folder() -> pathlib.Path:
    """`$TFGANS_CACHE`, else `tfgans` in `$XDG_CACHE_HOME`, else `~/.cache/tfgans`. It may be removed at any time."""
    if os.environ.get("TFGANS_CACHE"):
        return pathlib.Path(os.environ["TFGANS_CACHE"])
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tfgans"


def cached_arrays(key: str, make: Callable[[], Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The arrays of a key, made and stored where they are not there yet; made only, where nothing can be stored.

    Args:
        key: Name of a file without suffix, which changes with everything that the arrays depend on.
        make: Makes them.

    Returns:
        The arrays by name.
    """
    path = cache_folder() / f"{key}.npz"
    if path.exists():
        try:
            return data.read_npz(path)
        except (OSError, ValueError) as error:
            print(f"Cannot read {path} ({error}); it is made anew.", file=sys.stderr)
    arrays = dict(make())
    write_to_cache(path, lambda temporary: np.savez(temporary, **arrays))
    return arrays


def write_to_cache(path: pathlib.Path, write: Callable[[pathlib.Path], None]) -> bool:
    """Writes a file of the cache, whose making may have taken hours: where it cannot be, that is said and no error.

    Args:
        path: The file.
        write: Writes it at another path, from which it is moved.

    Returns:
        Whether it was written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_file(path) as temporary:
            write(temporary)
    except OSError as error:
        print(f"Cannot keep {path} ({error}); it will be made again.", file=sys.stderr)
        return False
    return True
