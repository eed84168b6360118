"""Files that others read, and the versions that go into them."""

import importlib.metadata
import json
import os
import pathlib
import platform
from typing import Any

import tfgans

_PACKAGES = ("tensorflow", "keras", "tensorflow-probability", "numpy")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a result depends on."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), "tfgans": tfgans.__version__, **packages}


def write_json(path: pathlib.Path, value: Any) -> None:
    """Writes a JSON file in one move, so that a reader finds the old or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}")
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(json.dumps(value, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


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
