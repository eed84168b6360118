"""Readers of untrusted files. They refuse a file with its name and the reason in one line."""

import contextlib
import errno
import math
import os
import pathlib
import shutil
import zipfile
from collections.abc import Collection, Iterator
from typing import IO

import numpy as np
from PIL import Image, ImageOps

MOST_PIXELS = 2**26
"""Most pixels of an image, 8,192 x 8,192. Decoding takes memory by their number, however small the file is."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
"""Ends of the names of files that are read as images."""

_IMAGE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_GREY_MODES = ("1", "L", "LA", "I", "F")
_LONGEST_REASON = 200
_HIDDEN = (".", "__")
_COPIED_AT_ONCE = 2**20
_Member = tuple[zipfile.ZipInfo, IO[bytes]]
_ARRAY_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def check_file(path: str | os.PathLike) -> None:
    """Refuses FIFOs, sockets, devices and folders, since reading them could wait forever or never end.

    Raises:
        FileNotFoundError: If there is no such file, or it is a link to nowhere.
        ValueError: If it is no regular file.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file {path}.")
    if not os.path.isfile(path):
        raise ValueError(f"{path} is no regular file.")


def reason(error: Exception) -> str:
    """Returns the message of an error in one line of limited length, or its type if it has no message."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}..."


def is_hidden(path: pathlib.PurePath) -> bool:
    """Returns whether a part of a path has a name that systems and tools use for files of their own."""
    return any(part.startswith(_HIDDEN) for part in path.parts)


def image_files(folder: pathlib.Path, recursive: bool = True) -> list[pathlib.Path]:
    """Returns the image files of a folder, or of all folders below it too, sorted by name."""
    paths = folder.rglob("*") if recursive else folder.iterdir()
    images = (path for path in paths if path.suffix.lower() in IMAGE_SUFFIXES)
    return sorted(path for path in images if not is_hidden(path.relative_to(folder)))


def read_image(file: str | os.PathLike) -> np.ndarray:
    """Returns the pixels of an image file, as `decode_image` does.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no regular one, or cannot be decoded.
    """
    check_file(file)
    return decode_image(file, file)


def decode_image(source: str | os.PathLike | IO[bytes], name: str | os.PathLike) -> np.ndarray:
    """Returns the pixels of an image file upright, uint8 [H, W, 1] or [H, W, 3], as the file is in grey or in colour.

    Args:
        source: A PNG, JPEG, BMP, GIF or WebP file, or its bytes; the first image of an animation is read.
        name: Name of the file, for errors.

    Raises:
        ValueError: If the source cannot be read as an image, or declares more than `MOST_PIXELS`.
    """
    try:
        with Image.open(source, formats=_IMAGE_FORMATS) as image:
            if not 0 < math.prod(image.size) <= MOST_PIXELS:
                width, height = image.size
                raise ValueError(f"it declares {width} x {height} pixels; 1 to {MOST_PIXELS} can be read")
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I;16"):
                # Pillow clips 16 bits at 255 instead of scaling them.
                upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
            is_grey = upright.mode in _GREY_MODES
            pixels = np.asarray(upright.convert("L" if is_grey else "RGB"))
    # The decoders raise nearly any error for a damaged file.
    except Exception as error:
        raise ValueError(f"{name} is not an image that can be read: {reason(error)}.") from error
    return pixels[..., np.newaxis] if is_grey else pixels


def read_npz(path: str | os.PathLike, without: Collection[str] = ()) -> dict[str, np.ndarray]:
    """Returns the arrays of a `.npz` file by name.

    Args:
        path: The file.
        without: Names of arrays that are not read.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, has anything but arrays without objects, or an array's header declares
            another size than its data have.
    """
    with _open_npz(path) as members:
        return {name: _read_array(*member) for name, member in members if name not in without}


def npz_types(path: str | os.PathLike) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Returns the shape and the type of the arrays of a `.npz` file by name; errors are those of `read_npz`."""
    with _open_npz(path) as members:
        return {name: _read_header(*member) for name, member in members}


def extract_npz(path: str | os.PathLike, name: str, out: pathlib.Path) -> np.ndarray:
    """Copies an array of a `.npz` file to a file, and returns it as a memory map; errors are those of `read_npz`."""
    with _open_npz(path) as members:
        info, source = dict(members)[name]
        _read_header(info, source)
        source.seek(0)
        with out.open("wb") as target:
            shutil.copyfileobj(source, target, _COPIED_AT_ONCE)
        return np.load(out, mmap_mode="r")


def read_text(path: str | os.PathLike) -> str:
    """Returns the text of a file in UTF-8, without a byte order mark and with unchanged ends of lines.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has another encoding.
    """
    check_file(path)
    try:
        return pathlib.Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not encoded in UTF-8: {reason(error)}.") from error


@contextlib.contextmanager
def _open_npz(path: str | os.PathLike) -> Iterator[Iterator[tuple[str, _Member]]]:
    """Opens a `.npz` file: names and members."""
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive, contextlib.ExitStack() as files:
            yield (
                (member.filename.removesuffix(".npy"), (member, files.enter_context(archive.open(member))))
                for member in archive.infolist()
            )
    # The decoders raise nearly any error for a damaged file.
    except Exception as error:
        # A full disk and too little memory are no damage.
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ValueError(f"{path} is not a whole .npz file of arrays without objects: {reason(error)}.") from error


def _read_header(member: zipfile.ZipInfo, file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Returns shape and type of an array, after a check that its member has as many bytes."""
    version = np.lib.format.read_magic(file)
    if version not in _ARRAY_HEADERS:
        raise ValueError(f"{member.filename} has version {version} of the .npy format")
    shape, _, dtype = _ARRAY_HEADERS[version](file)
    # NumPy allocates the size that the header declares before it reads.
    declared, present = math.prod(shape) * dtype.itemsize, member.file_size - file.tell()
    if not dtype.hasobject and (declared != present or not dtype.itemsize or min(shape, default=0) < 0):
        raise ValueError(f"{member.filename} declares {dtype} {shape}, and {present} bytes follow")
    return shape, dtype


def _read_array(member: zipfile.ZipInfo, file: IO[bytes]) -> np.ndarray:
    _read_header(member, file)
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)
