"""A cache of what takes long to make: lists of files, networks trained on real images, and features."""

import contextlib
import fcntl
import os
import pathlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tfgans._files import temporary_file
from tfgans.data.files import read_npz


def cache_folder() -> pathlib.Path:
    """Returns `$TFGANS_CACHE`, else `tfgans` in `$XDG_CACHE_HOME`, else `~/.cache/tfgans`.

    The folder may be removed at any time.
    """
    if os.environ.get("TFGANS_CACHE"):
        return pathlib.Path(os.environ["TFGANS_CACHE"])
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tfgans"


def cached_arrays(key: str, make: Callable[[], Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Returns the arrays of a key by name, from the cache if it has them.

    New arrays are written to the cache. A failure to write is printed and raises no error.

    Args:
        key: File name without suffix. It must differ whenever the arrays could differ.
        make: Makes the arrays.
    """
    path = cache_folder() / f"{key}.npz"
    if path.exists():
        try:
            return read_npz(path)
        except (OSError, ValueError) as error:
            print(f"Cannot read {path} ({error}); it is made anew.", file=sys.stderr)
    # `savez` has a keyword that is no array.
    arrays: dict[str, Any] = dict(make())
    write_to_cache(path, lambda temporary: np.savez(temporary, **arrays))
    return arrays


@contextlib.contextmanager
def made_once(key: str) -> Iterator[None]:
    """Lets one process at a time make what the cache has under a key; others wait, and say so.

    A process that has waited finds it in the cache. The lock ends with its process, however that ends. Where the cache
    cannot be written, nobody waits.

    Args:
        key: File name without suffix.
    """
    path = cache_folder() / f"{key}.lock"
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(open(path, "w", encoding="utf-8"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"Another process makes {key} in {path.parent}; this one waits for it.", file=sys.stderr)
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_to_cache(path: pathlib.Path, write: Callable[[pathlib.Path], None]) -> bool:
    """Writes a file of the cache, and returns whether this succeeded.

    The content may have taken hours to compute, so a failure is printed and raises no error.

    Args:
        path: Path of the file.
        write: Writes the content to a temporary path, from which it is moved.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_file(path) as temporary:
            write(temporary)
    except OSError as error:
        print(f"Cannot keep {path} ({error}); it will be made again.", file=sys.stderr)
        return False
    return True
