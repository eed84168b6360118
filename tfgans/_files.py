"""Files that other processes may read at any time, and the package versions that are stored in them."""

import contextlib
import fcntl
import importlib.metadata
import itertools
import json
import os
import pathlib
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import IO, Any

import tfgans

_PACKAGES = ("tensorflow", "keras", "tensorflow-probability", "numpy")


CHECKPOINTS = "checkpoints"
"""Name of the folder of a run's checkpoints."""

_CHECKPOINT_NAME = re.compile(r"step_(\d+)\.weights\.h5")


def checkpoints_by_step(folder: pathlib.Path) -> dict[int, pathlib.Path]:
    """Lists the checkpoints in a folder by step, newest first; none if there is no folder."""
    names = [(path, _CHECKPOINT_NAME.fullmatch(path.name)) for path in folder.glob("step_*")]
    files = {int(match[1]): path for path, match in names if match}
    return dict(sorted(files.items(), reverse=True))


def package_versions() -> dict[str, str]:
    """Returns the versions of Python and of the packages that results depend on."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), "tfgans": tfgans.__version__, **packages}


@contextlib.contextmanager
def temporary_file(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Gives a temporary file that is renamed to `path` at the end, so that a reader finds the old file or the new one.

    The rename happens when the context ends without an error. The file and its name are then on the disk, and survive a
    power cut. After an error the temporary file is removed. It has the suffix of `path`.

    Raises:
        OSError: If the file cannot be written. The error has the name of `path`.
    """
    temporary = path.with_name(f"{temporary_prefix()}{path.name}")
    try:
        yield temporary
        flush_to_disk(temporary)
        temporary.replace(path)
        flush_to_disk(path.parent)
    except OSError as error:
        raise _with_name(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def temporary_prefix() -> str:
    """Returns the beginning of the names of this process's temporary files and folders."""
    return f".{os.getpid()}-"


def remove_leftovers(folder: pathlib.Path, names: str = ".*-*") -> None:
    """Removes the temporary files and folders of some names that killed processes left below a folder.

    It keeps those of other processes that still run. It removes those with the number of this process, since a
    container gives its process the same number at each start.
    """
    for path in sorted(folder.rglob(names)):
        number = path.name[1:].partition("-")[0]
        if not number.isdecimal() or (int(number) != os.getpid() and _is_running(int(number))):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def flush_to_disk(path: pathlib.Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_name(error: OSError, path: pathlib.Path) -> OSError:
    """Adds the name of a file to an error, since an error of writing has none."""
    if error.filename is not None or error.errno is None:
        return error
    return type(error)(error.errno, os.strerror(error.errno), os.fspath(path))


def lock(file: IO[str]) -> bool:
    """Locks a file until it is closed or its process ends; returns False if another process has the lock.

    Raises:
        OSError: If the file system has no locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        what = f"No lock keeps another process away ({error.strerror}); mount the file system with locks"
        raise OSError(error.errno, what, file.name) from error
    return True


@contextlib.contextmanager
def changing(path: pathlib.Path) -> Iterator[None]:
    """Lets one process at a time read a file and write it anew, so that none undoes what another has added.

    The lock is that of the folder, which exists. Where the file system has no locks, nobody waits.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def write_json(path: pathlib.Path, value: Any) -> None:
    """Writes a JSON file through `temporary_file`."""
    with temporary_file(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def read_json(path: pathlib.Path) -> Any:
    """Reads a JSON file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}.") from error


def put_aside(path: pathlib.Path, reason: str) -> None:
    """Renames a damaged file that is not needed, to a name that is free, and reports it on standard error."""
    names = (path.with_suffix(f".{number}.damaged" if number else ".damaged") for number in itertools.count())
    aside = next(name for name in names if not os.path.lexists(name))
    path.replace(aside)
    print(f"{reason} It is now {aside}.", file=sys.stderr)


def append_line(path: pathlib.Path, values: Mapping[str, float]) -> None:
    """Appends a line to a file: a JSON object of numbers, one of which is `step`.

    Raises:
        OSError: If the line cannot be written. The error has the file's name.
    """
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")
    except OSError as error:
        raise _with_name(error, path) from error


def read_lines(path: pathlib.Path) -> list[dict[str, Any]]:
    """Reads the lines that `append_line` wrote, without damaged ones; none if there is no file."""
    return [line for _, line in _texts_and_lines(path) if line is not None]


def cut_lines(path: pathlib.Path, step: int) -> None:
    """Removes the lines of steps after `step`, which a resumed run will write again.

    It moves damaged lines to another file, and reports that on standard error.
    """
    lines = _texts_and_lines(path)
    damaged = [text for text, line in lines if line is None]
    if damaged:
        aside = path.with_suffix(".damaged")
        with open(aside, "ab") as file:
            file.write(b"".join(text + b"\n" for text in damaged))
        print(f"Damaged lines of {path} ({len(damaged)} in all) are now in {aside}.", file=sys.stderr)
    kept = b"".join(text + b"\n" for text, line in lines if line is not None and line["step"] <= step)
    # A last line may be whole but for its end, and the next one would be appended to it.
    if path.exists() and path.read_bytes() != kept:
        with temporary_file(path) as temporary:
            temporary.write_bytes(kept)


def _texts_and_lines(path: pathlib.Path) -> list[tuple[bytes, dict[str, Any] | None]]:
    """Reads each line of a file as its bytes and its object, which is None for a damaged line."""
    if not path.exists():
        return []
    return [(text, _parsed(text)) for text in path.read_bytes().split(b"\n") if text]


def _parsed(text: bytes) -> dict[str, Any] | None:
    # A killed process may have left half a line.
    try:
        line = json.loads(text)
    except ValueError:
        return None
    is_valid = isinstance(line, dict) and all(type(value) in (int, float) for value in line.values())
    return line if is_valid and type(line.get("step")) is int and line["step"] >= 0 else None
