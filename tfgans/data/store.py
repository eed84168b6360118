"""A store: images prepared once, in shards that are read by row without being loaded.

A store is a folder with `index.json`, which is written last and so tells that the store is whole; `images-00000.npy`
and further shards, uint8 [m, H, W, C]; and, if the images have labels, `labels.npy`.
"""

import hashlib
import math
import os
import pathlib
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import IO, Any

import numpy as np

from tfgans._files import read_json, remove_leftovers, temporary_file, temporary_prefix, write_json
from tfgans.data.cache import cache_folder, made_once
from tfgans.data.files import check_file, reason
from tfgans.data.image_set import ImageSet
from tfgans.data.images import Images, StoredImages, identity, in_parts

_FORMAT = 1
_INDEX, _PLAN, _LABELS = "index.json", "plan.json", "labels.npy"
_SHARD_BYTES = 2**26
_KEYS = {"name", "shape", "rows_a_shard", "splits", "label_names", "has_labels", "fingerprint"}


class ImageStore(StoredImages):
    """The images of a store.

    Args:
        path: Folder of the store.

    Raises:
        FileNotFoundError: If there is no store.
        ValueError: If the store is not whole, is damaged, or has another format.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = pathlib.Path(path)
        index = _read_index(self.path)
        super().__init__(tuple(index["shape"]), index["fingerprint"])
        self.name, self.label_names, self._rows = index["name"], index["label_names"], index["rows_a_shard"]
        self.splits: dict[str, tuple[int, int]] = {name: tuple(rows) for name, rows in index["splits"].items()}
        self._offsets = [self._offset(number) for number in range(-(-len(self) // self._rows))]
        labels = self.path / _LABELS
        self.labels = _load(labels) if index["has_labels"] else None
        if self.labels is not None and len(self.labels) != len(self):
            raise ValueError(f"{labels} is damaged: it has {len(self.labels)} labels; expected {len(self)}.")

    def read(self, rows: np.ndarray) -> np.ndarray:
        # A memory map would count every page that was ever read as memory of this process.
        images = np.empty((len(rows), math.prod(self.shape[1:])), np.uint8)
        shards, places = np.divmod(rows, self._rows)
        for number in np.unique(shards):
            path = self.path / _shard_name(number)
            with path.open("rb", buffering=0) as file:
                for at in np.flatnonzero(shards == number):
                    place = self._offsets[number] + places[at] * images.shape[1]
                    if os.preadv(file.fileno(), [images[at]], place) != images.shape[1]:
                        raise ValueError(f"{path} is damaged: it has been cut short.")
        return images.reshape(len(rows), *self.shape[1:])

    def _offset(self, number: int) -> int:
        """Returns the place of the first image in a shard, after a check of the shard."""
        path = self.path / _shard_name(number)
        shard = _load(path)
        expected = (min(self._rows, len(self) - number * self._rows), *self.shape[1:])
        if shard.shape != expected or shard.dtype != np.uint8:
            raise ValueError(f"{path} is damaged: it has {shard.dtype} {shard.shape}; expected uint8 {expected}.")
        return shard.offset


def is_whole(path: str | os.PathLike) -> bool:
    """Returns whether a folder is a store that was written to its end."""
    return pathlib.Path(path, _INDEX).exists()


def write_store(
    path: str | os.PathLike, images: ImageSet, *, splits: Mapping[str, tuple[int, int]], shard_bytes: int = _SHARD_BYTES
) -> ImageStore:
    """Writes images to a store. After an interruption, the same call goes on with the next shard.

    Args:
        path: Folder of the store. It need not exist.
        images: Images, uint8, and labels.
        splits: First row and end of each split that the images have of their own; none if a fifth is to be held out.
        shard_bytes: Bytes of a shard.

    Raises:
        FileExistsError: If the folder holds other files, or a store of other images.
        ValueError: If images are not uint8, or one cannot be read.
        OSError: If a file cannot be written. The shards that were written before remain.
    """
    path = pathlib.Path(path)
    if images.image.dtype != np.uint8:
        raise ValueError(f"A store holds uint8 images; received {images.image.dtype}.")
    rows = max(1, shard_bytes // math.prod(images.sample_shape))
    plan = {
        "format": _FORMAT,
        "name": images.name,
        "shape": [len(images), *images.sample_shape],
        "rows_a_shard": rows,
        "splits": {name: list(bounds) for name, bounds in splits.items()},
        "label_names": list(images.label_names),
        "has_labels": images.label is not None,
        "fingerprint": _fingerprint(images),
    }
    _begin(path, plan)
    if not is_whole(path):
        _write_shards(path, images.image, rows)
        if images.label is not None:
            with temporary_file(path / _LABELS) as temporary:
                np.save(temporary, images.label)
        write_json(path / _INDEX, plan)
    (path / _PLAN).unlink(missing_ok=True)
    return ImageStore(path)


def cached_store(key: str, what: str, read: Callable[[pathlib.Path], ImageSet]) -> ImageStore:
    """Returns images as a store in the cache, which is made once.

    Args:
        key: Hexadecimal digits, which must differ whenever the images could differ.
        what: Name of the images, for the message that says that they are copied.
        read: Returns the images. It may keep files in the folder that it gets, which is removed afterwards.

    Raises:
        OSError: If the store cannot be written.
    """
    out = cache_folder() / "stores" / key
    with made_once(f"store-{key}"):
        if is_whole(out):
            return ImageStore(out)
        print(f"{what} is too large for memory; its images are copied to {out}, once.", file=sys.stderr)
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(out.parent, f".*-{key}-*")
        with tempfile.TemporaryDirectory(prefix=f"{temporary_prefix()}{key}-", dir=out.parent) as folder:
            return write_store(out, read(pathlib.Path(folder)), splits={})


def _begin(path: pathlib.Path, plan: dict[str, Any]) -> None:
    """Makes the folder of a store, or checks that the one that is there has the same plan."""
    kept = next((file for file in (path / _INDEX, path / _PLAN) if file.exists()), None)
    if kept is not None:
        if read_json(kept) != plan:
            raise FileExistsError(f"{path} holds a store of other images; received those of {plan['name']}.")
    elif path.exists() and any(not re.fullmatch(rf"\.\d+-{_PLAN}", file.name) for file in path.iterdir()):
        raise FileExistsError(f"{path} holds other files than a store; give a new folder.")
    else:
        path.mkdir(parents=True, exist_ok=True)
        write_json(path / _PLAN, plan)
    remove_leftovers(path)


def _write_shards(path: pathlib.Path, images: Images, rows: int) -> None:
    """Writes the shards that are not there yet."""
    count, number = len(images), 0
    while (path / _shard_name(number)).exists():
        number += 1
    parts = in_parts(images, f"Writing {path}", start=min(count, number * rows))
    rest = np.empty((0, *images.shape[1:]), np.uint8)
    for first in range(number * rows, count, rows):
        shape = (min(rows, count - first), *images.shape[1:])
        with temporary_file(path / _shard_name(first // rows)) as temporary, temporary.open("wb") as file:
            write_header(file, shape)
            missing = shape[0]
            while missing:
                part = rest if len(rest) else next(parts)
                file.write(part[:missing].tobytes())
                missing, rest = missing - len(part[:missing]), part[missing:]


def write_header(file: IO[bytes], shape: tuple[int, ...]) -> None:
    """Writes the header of a `.npy` file for an array uint8 of this shape, whose bytes follow it."""
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})


def _read_index(path: pathlib.Path) -> dict[str, Any]:
    if not path.is_dir():
        raise FileNotFoundError(f"There is no store {path}.")
    if (path / _PLAN).exists() and not (path / _INDEX).exists():
        raise ValueError(f"{path} is not whole; run the command that prepares it again.")
    if not (path / _INDEX).exists():
        raise FileNotFoundError(f"{path} is no store: it has no {_INDEX}.")
    index = read_json(path / _INDEX)
    if not isinstance(index, dict) or index.get("format") != _FORMAT:
        found = index.get("format") if isinstance(index, dict) else type(index).__name__
        raise ValueError(f"{path / _INDEX} has the format {found!r}; this version reads format {_FORMAT}.")
    if _KEYS - index.keys():
        raise ValueError(f"{path / _INDEX} is damaged: it has no {', '.join(sorted(_KEYS - index.keys()))}.")
    return index


def _load(path: pathlib.Path) -> np.memmap:
    """Returns an array that stays in its file."""
    check_file(path)
    try:
        return np.load(path, mmap_mode="r")
    except Exception as error:
        raise ValueError(f"{path} is damaged: {reason(error)}.") from error


def _shard_name(number: int) -> str:
    return f"images-{number:05}.npy"


def _fingerprint(images: ImageSet) -> str:
    """SHA-256 of images in memory, or of the fingerprint of stored ones; the labels are part of it."""
    digest = hashlib.sha256(identity(images.image))
    if images.label is not None:
        digest.update(np.ascontiguousarray(images.label).data)
    return digest.hexdigest()
