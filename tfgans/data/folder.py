"""Folders of images: their list of files, and images that are decoded when they are asked for."""

import csv
import dataclasses
import hashlib
import io
import itertools
import json
import os
import pathlib
import reprlib
from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np
import tensorflow as tf
import tqdm

from tfgans.data.cache import cached_arrays
from tfgans.data.files import check_file, decode_image, image_files, is_hidden, read_text, reason
from tfgans.data.images import StoredImages, in_python
from tfgans.data.resize import fitted, fitted_fingerprint

_ATTRIBUTE_TABLE = "attributes.csv"
_FILES_AT_ONCE = 16


@dataclasses.dataclass(frozen=True)
class FileList:
    """The image files of a folder, as they were when the list was made.

    Attributes:
        folder: The folder.
        names: Paths of the files below it [n].
        sizes: Bytes of each file, int64 [n].
        times: Time of the last change of each file in nanoseconds, int64 [n].
        labels: Classes [n], or attributes [n, K], or None.
        label_names: Name of each class, or of each attribute, or None.
    """

    folder: pathlib.Path
    names: list[str]
    sizes: np.ndarray
    times: np.ndarray
    labels: np.ndarray | None
    label_names: list[str] | None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of names, sizes and times."""
        digest = hashlib.sha256("\0".join(self.names).encode(errors="surrogateescape"))
        digest.update(self.sizes.tobytes())
        digest.update(self.times.tobytes())
        return digest.hexdigest()

    def path(self, row: int) -> pathlib.Path:
        """Returns the path of a file.

        Raises:
            ValueError: If the file is gone, or is not the one that was listed.
        """
        path = self.folder / self.names[row]
        try:
            status = path.stat()
        except OSError as error:
            raise ValueError(f"{path} was listed as an image and cannot be read now: {reason(error)}.") from error
        if (status.st_size, status.st_mtime_ns) != (self.sizes[row], self.times[row]):
            raise ValueError(
                f"{path} has changed since the images of {self.folder} were listed. "
                f"`touch {self.folder}` makes the next start list them again."
            )
        return path


class FolderImages(StoredImages):
    """The images of a folder, decoded and fitted to a shape when they are asked for.

    Args:
        files: The files.
        image_shape: (height, width, 1 or 3) to which images are fitted, as in `fit_images`.
    """

    def __init__(self, files: FileList, image_shape: Sequence[int]) -> None:
        height, width, channels = image_shape
        super().__init__(
            (len(files.names), height, width, channels), fitted_fingerprint(files.fingerprint, image_shape)
        )
        self.files = files

    def read(self, rows: np.ndarray) -> np.ndarray:
        paths = [self.files.path(row) for row in rows]
        return self._decoded(paths, paths)

    def read_in_graph(self, index: tf.Tensor) -> tf.Tensor:
        def listed(rows: np.ndarray) -> np.ndarray:
            return np.array([os.fsencode(self.files.path(row)) for row in rows])

        def decoded(names: np.ndarray, contents: np.ndarray) -> np.ndarray:
            return self._decoded(map(os.fsdecode, names), map(io.BytesIO, contents))

        names = in_python(listed, [index], tf.string)
        # TensorFlow opens several files at once, which hides the delay of a disk in a network.
        contents = tf.map_fn(tf.io.read_file, names, parallel_iterations=_FILES_AT_ONCE)
        return in_python(decoded, [names, contents], tf.uint8)

    def _decoded(self, names: Iterable[str | os.PathLike], sources: Iterable[os.PathLike | IO[bytes]]) -> np.ndarray:
        images = (decode_image(source, name) for name, source in zip(names, sources, strict=True))
        return np.concatenate(list(fitted(images, self.shape[1:])))


def list_files(folder: pathlib.Path) -> FileList:
    """Returns the image files of a folder with their labels. The cache keeps the list until the folder changes.

    A folder changes if a file is added, removed or renamed in it or in one of its subfolders, or if its table changes.
    A file that changes later is refused when it is read.

    Args:
        folder: Folder with a subfolder of images for each class; or with a table `attributes.csv`; or with images and
            no subfolders, which have no labels. The first column of the table has names of image files below the
            folder, and each other column an attribute, with a heading.

    Raises:
        FileNotFoundError: If there is no such folder, or an image of the table is missing.
        ValueError: If there are no images, or the table is no CSV in UTF-8, names a file outside of the folder or
            twice, or has an attribute that is not a number.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    table = folder / _ATTRIBUTE_TABLE
    if has_table := os.path.lexists(table):
        check_file(table)
    state = [
        (os.fspath(path.resolve()), path.stat().st_mtime_ns)
        for path in (folder, *([table] if has_table else _subfolders(folder)))
    ]

    def make() -> dict[str, np.ndarray]:
        files, labels, label_names = _attribute_rows(table) if has_table else _class_rows(folder)
        listing = tqdm.tqdm(files, desc=f"Listing {folder.name}", delay=1, disable=None)
        status = np.array([(found.st_size, found.st_mtime_ns) for found in map(_status, listing)], np.int64)
        lists = {"names": [os.path.relpath(file, folder) for file in files], "label_names": label_names}
        texts = np.frombuffer(json.dumps(lists).encode(), np.uint8)
        return {"texts": texts, "status": status, **({} if labels is None else {"labels": labels})}

    key = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]
    arrays = cached_arrays(f"files-{key}", make)
    lists = json.loads(arrays["texts"].tobytes())
    sizes, times = arrays["status"].T
    return FileList(folder, lists["names"], sizes, times, arrays.get("labels"), lists["label_names"])


def _status(file: pathlib.Path) -> os.stat_result:
    check_file(file)
    return file.stat()


def _subfolders(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not is_hidden(path.relative_to(folder)))


def _class_rows(folder: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray | None, list[str] | None]:
    paths = _subfolders(folder)
    if not paths and (files := image_files(folder, recursive=False)):
        return files, None, None
    classes = {path.name: image_files(path, recursive=False) for path in paths}
    empty = [name for name, files in classes.items() if not files]
    if not classes or empty:
        raise ValueError(
            f"{folder} must have a subfolder of images a class, {_ATTRIBUTE_TABLE}, or images and no subfolders; "
            f"{'no images in ' + ', '.join(empty) if empty else 'there are no images in subfolders'}."
        )
    labels = np.repeat(np.arange(len(classes)), [len(files) for files in classes.values()])
    return list(itertools.chain(*classes.values())), labels, list(classes)


def _attribute_rows(table: pathlib.Path) -> tuple[list[pathlib.Path], np.ndarray, list[str]]:
    try:
        heading, *lines = [line for line in csv.reader(io.StringIO(read_text(table), newline="")) if line] or [[]]
    except csv.Error as error:
        raise ValueError(f"{table} is no CSV file: {reason(error)}.") from error
    if len(heading) < 2 or not lines:
        raise ValueError(f"{table} must have headings, a column of files, at least one of attributes, and rows.")
    if len(set(heading)) < len(heading):
        raise ValueError(f"{table}: headings must differ; received {reprlib.repr(heading)}.")
    attributes = {}
    for file, *texts in lines:
        name, path = reprlib.repr(file), pathlib.PurePath(file)
        try:
            values = np.array([float(text) for text in texts])
        except ValueError as error:
            raise ValueError(f"{table}: attributes of {name} must be numbers; {reason(error)}.") from error
        if len(values) != len(heading) - 1 or not np.all(np.abs(values) <= np.finfo(np.float32).max):
            raise ValueError(
                f"{table}: {name} must have {len(heading) - 1} finite attributes; received {reprlib.repr(texts)}."
            )
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{table} must name files below its folder; received {name}.")
        if path in attributes:
            raise ValueError(f"{table} names {name} twice.")
        if not os.path.exists(table.parent / path):
            raise FileNotFoundError(f"{table} names {name}, which is not in {table.parent}.")
        attributes[path] = values
    return [table.parent / path for path in attributes], np.array(list(attributes.values())), heading[1:]
