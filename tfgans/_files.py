"""Files that others read, and the versions that go into them."""

import importlib.metadata
import json
import pathlib
import platform
from typing import Any

_PACKAGES = ("tfgans", "tensorflow", "keras", "tensorflow-probability", "numpy")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a result depends on."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in _PACKAGES}}


def write_json(path: pathlib.Path, value: Any) -> None:
    """Writes a JSON file in one move, so that a reader finds the old or the new one."""
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
