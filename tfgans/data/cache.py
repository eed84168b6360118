"""A cache of what takes long to make: lists of files, networks trained on real images, and features."""

import contextlib
import os
import pathlib
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import numpy as np

from tfgans._files import lock, temporary_file
from tfgans.data.files import read_npz

# Seconds that a process waits at most for what another one makes, which may have been stopped for good.
_LONGEST_WAIT = 3_600.0
_PAUSE = 0.2


def cache_folder() -> pathlib.Path:
    """Returns `$TFGANS_CACHE`, else `tfgans` in `$XDG_CACHE_HOME`, else `~/.cache/tfgans`.

    The folder may be removed while nothing runs: a run reads images of large sets from it.
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
    """Lets one process at a time make what the cache has under a key; others wait, and say for which process.

    A process that has waited finds it in the cache. The lock ends with its process, however that ends. Nobody waits
    where the cache cannot be written, and nobody for more than an hour: two processes may then make the same.

    Args:
        key: File name without suffix.
    """
    path = cache_folder() / f"{key}.lock"
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(open(path, "a+", encoding="utf-8"))
            _wait_for(file, f"{key} in {path.parent}")
        yield


def _wait_for(file: IO[str], what: str) -> None:
    """Locks a file, which then has the name of this process, or gives up after the longest wait."""
    end = None
    while end is None or time.monotonic() < end:
        if lock(file):
            file.truncate(0)
            file.write(f"Process {os.getpid()} on {platform.node()}")
            file.flush()
            return
        if end is None:
            end = time.monotonic() + _LONGEST_WAIT
            file.seek(0)
            holder = file.read() or "Another process"
            print(f"{holder} makes {what}; this one waits for it, an hour at most.", file=sys.stderr)
        time.sleep(_PAUSE)
    print(f"This process waits no longer, and makes {what} itself.", file=sys.stderr)


def write_to_cache(path: pathlib.Path, write: Callable[[pathlib.Path], object]) -> bool:
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
