"""Files of unknown origin: each is read, or refused with its name and the reason in one line."""

import math
import os
import pathlib
import zipfile

import numpy as np
from PIL import Image, ImageOps

MOST_PIXELS = 2**26
"""Pixels that an image may declare, 8,192 x 8,192; decoding takes memory by them, however small the file is."""

_IMAGE_FILES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_IMAGE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_LONGEST_REASON = 200
_HIDDEN = (".", "__")
_ARRAY_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def check_file(path: str | os.PathLike) -> None:
    """Refuses paths whose reading could wait forever or never end: FIFOs, sockets, devices and folders.

    Raises:
        FileNotFoundError: If there is nothing, or a link leads nowhere.
        ValueError: If it is no regular file.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file {path}.")
    if not os.path.isfile(path):
        raise ValueError(f"{path} is no regular file.")


def reason(error: Exception) -> str:
    """The message of an error in one line that is not too long, or its type where it has none."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}..."


def is_hidden(path: pathlib.PurePath) -> bool:
    """Whether a part of a path is what systems and tools put beside data."""
    return any(part.startswith(_HIDDEN) for part in path.parts)


def image_files(folder: pathlib.Path, recursive: bool = True) -> list[pathlib.Path]:
    """The image files of a folder, or of all folders below it, in the order of their names."""
    paths = folder.rglob("*") if recursive else folder.iterdir()
    images = (path for path in paths if path.suffix.lower() in _IMAGE_FILES)
    return sorted(path for path in images if not is_hidden(path.relative_to(folder)))


def read_image(file: str | os.PathLike, channels: int) -> np.ndarray:
    """The pixels of an image file, uint8 [H, W, channels], upright, grey or in colour; of an animation, the first.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no PNG, JPEG, BMP, GIF or WebP that can be read, or declares more than `MOST_PIXELS`.
    """
    check_file(file)
    try:
        with Image.open(file, formats=_IMAGE_FORMATS) as image:
            if not 0 < math.prod(image.size) <= MOST_PIXELS:
                width, height = image.size
                raise ValueError(f"it declares {width} x {height} pixels; 1 to {MOST_PIXELS} can be read")
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I;16"):
                # Pillow cuts 16 bits at 255 instead of scaling them.
                upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
            pixels = np.asarray(upright.convert("L" if channels == 1 else "RGB"))
    # The decoders raise nearly anything where a file is damaged.
    except Exception as error:
        raise ValueError(f"{file} is not an image that can be read: {reason(error)}.") from error
    return pixels.reshape(*pixels.shape[:2], channels)


def read_npz(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """The arrays of a `.npz` file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, holds anything but arrays or holds objects, or an array's header declares
            another size than the file has.
    """
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                member.filename.removesuffix(".npy"): _read_member(archive, member) for member in archive.infolist()
            }
    # The decoders raise nearly anything where a file is damaged.
    except Exception as error:
        raise ValueError(f"{path} is not a whole .npz file of arrays without objects: {reason(error)}.") from error


def read_text(path: str | os.PathLike) -> str:
    """The text of a file in UTF-8, with or without a byte order mark; ends of lines are as they are in the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it has another encoding.
    """
    check_file(path)
    try:
        return pathlib.Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not encoded in UTF-8: {reason(error)}.") from error


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version not in _ARRAY_HEADERS:
            raise ValueError(f"{member.filename} has version {version} of the .npy format")
        shape, _, dtype = _ARRAY_HEADERS[version](file)
        # NumPy makes room for what the header declares before it reads.
        declared, present = math.prod(shape) * dtype.itemsize, member.file_size - file.tell()
        if not dtype.hasobject and (declared != present or not dtype.itemsize or min(shape, default=0) < 0):
            raise ValueError(f"{member.filename} declares {dtype} {shape}, and {present} bytes follow")
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)
