"""Files that others read, and the versions that go into them."""

import contextlib
import importlib.metadata
import json
import os
import pathlib
import platform
from collections.abc import Iterator, Mapping
from typing import Any

import tfgans

_PACKAGES = ("tensorflow", "keras", "tensorflow-probability", "numpy")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a result depends on."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), "tfgans": tfgans.__version__, **packages}


@contextlib.contextmanager
def temporary_file(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file to write that becomes `path` in one move, so that a reader finds the old or the new one.

    It becomes so when the context ends without an error, is on the disk then, also after a power cut, and
    has the suffix of `path`. After an error it is removed.
    """
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: pathlib.Path, value: Any) -> None:
    """Writes a JSON file in one move."""
    with temporary_file(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def read_json(path: pathlib.Path) -> Any:
    """The value of a JSON file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not JSON, with its name.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}.") from error


def append_line(path: pathlib.Path, value: Mapping[str, Any]) -> None:
    """Adds a JSON object as a line of a file."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def read_lines(path: pathlib.Path) -> list[dict[str, Any]]:
    """The JSON objects of a file of lines, without those that are damaged; none where there is no file."""
    lines = []
    if path.exists():
        for text in path.read_text(encoding="utf-8").splitlines():
            # A process that was killed may have left half a line.
            with contextlib.suppress(ValueError):
                lines.append(json.loads(text))
    return lines


def cut_lines(path: pathlib.Path, step: int) -> None:
    """Removes lines whose `step` lies beyond one: a resumed run will write them again."""
    if path.exists():
        kept = [line for line in read_lines(path) if isinstance(line, dict) and 0 <= line.get("step", -1) <= step]
        with temporary_file(path) as temporary:
            temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
