import errno
import io
import os
import socket
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from tfgans import data

MOST = 2**26


def png(width, height):
    """The bytes of a grey PNG that declares a size and has few pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def bmp(width, height):
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 154, 0, 0, 54, 40, width, height, 1, 24, 0, 100, 0, 0, 0, 0)


def gif(width, height):
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x01\x4c\x00;"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + frame


def npy(descr, shape, content=b"", version=1):
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + content


def write_zip(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def socket_at(path):
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


NO_FILES = {
    "fifo": os.mkfifo,
    "socket": socket_at,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "folder": os.mkdir,
}
READERS = {
    "image": lambda path: data.read_image(path),
    "npz": data.read_npz,
    "efigi": data.read_efigi_attributes,
    "load_npz": lambda path: data.load_split(f"npz:{path}"),
    "load_folder": lambda path: data.from_folder(path.parent, (8, 8, 1)),
    "table": lambda path: data.from_folder(path.rename(path.parent / "attributes.csv").parent, (8, 8, 1)),
}


def one_line(error):
    return "\n" not in str(error.value) and len(str(error.value)) < 500


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", NO_FILES)
def test_only_regular_files_are_read(tmp_path, monkeypatch, deadline, kind, reader):
    # A socket's path may have 107 letters only.
    monkeypatch.chdir(tmp_path)
    for number in range(6):
        Image.new("L", (8, 8)).save(f"{number}.png")
    path = tmp_path / "x.png"
    NO_FILES[kind](path.relative_to(tmp_path))
    # A folder in a folder of images is a class.
    with pytest.raises(
        ValueError, match=r"(x\.png|attributes\.csv) is no regular file\.$|no images in x\.png"
    ) as error:
        READERS[reader](path)
    assert one_line(error)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("target", ["x.png", "nowhere"])
def test_links_that_lead_nowhere_are_missing_files(tmp_path, deadline, target, reader):
    (tmp_path / "x.png").symlink_to(target)
    with pytest.raises(FileNotFoundError, match=r"There is no file .*(x\.png|attributes\.csv)\.$"):
        READERS[reader](tmp_path / "x.png")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(60_000, 60_000), "3600000000 pixels"),
        (bmp(60_000, 60_000), "3600000000 pixels"),
        (gif(60_000, 60_000), "3600000000 pixels"),
        (png(1, 2**31 - 1), "2147483647 pixels"),
        (png(8_193, 8_192), rf"it declares 8193 x 8192 pixels; 1 to {MOST} can be read"),
        (png(8_192, 8_192), "truncated"),
        (png(0, 5), "cannot identify"),
        (bmp(0, 5), "cannot identify|declares 0 x 5|truncated"),
        (b"", "cannot identify"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "cannot identify"),
    ],
)
def test_images_that_are_refused(tmp_path, content, message):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(ValueError, match=rf"x\.png is not an image that can be read: .*({message})") as error:
        data.read_image(tmp_path / "x.png")
    assert one_line(error)


def test_the_first_image_of_an_animation_is_read(tmp_path):
    frames = [Image.new("L", (3, 2), value) for value in (10, 200)]
    # A GIF has a palette of colours.
    for kind, channels in (("gif", 3), ("png", 1)):
        frames[0].save(tmp_path / f"x.{kind}", save_all=True, append_images=frames[1:])
        np.testing.assert_array_equal(data.read_image(tmp_path / f"x.{kind}"), np.full((2, 3, channels), 10))


@pytest.mark.parametrize("error", [SyntaxError("broken PNG file"), struct.error("unpack"), IndexError("range")])
def test_whatever_a_decoder_raises_names_the_file(tmp_path, monkeypatch, error):
    def load(*_, **__):
        raise error

    Image.new("L", (3, 2)).save(tmp_path / "x.png")
    monkeypatch.setattr(Image, "open", load)
    with pytest.raises(ValueError, match=rf"x\.png is not an image that can be read: {error}"):
        data.read_image(tmp_path / "x.png")


@pytest.mark.parametrize("error", [MemoryError("Unable to allocate"), OSError(errno.EDQUOT, "Quota exceeded")])
def test_too_little_memory_or_disk_is_no_damage_of_a_file(tmp_path, monkeypatch, error):
    def read(*_, **__):
        raise error

    np.savez(tmp_path / "x.npz", images=np.zeros((2, 3, 3), np.uint8))
    monkeypatch.setattr(np.lib.format, "read_array", read)
    with pytest.raises(type(error), match=str(error.args[-1])):
        data.read_npz(tmp_path / "x.npz")


@pytest.mark.parametrize("encoding", ["png", "jpeg", "gif", "bmp", "webp", "npz"])
def test_damaged_files_are_read_or_refused_by_name(tmp_path, random, deadline, encoding):
    pixels = np.kron(random.integers(0, 256, (4, 4, 3), np.uint8), np.ones((4, 4, 1), np.uint8))
    whole = io.BytesIO()
    if encoding == "npz":
        np.savez(whole, images=pixels[None])
    else:
        Image.fromarray(pixels).save(whole, encoding)
    for _ in range(40):
        damaged = np.frombuffer(whole.getvalue(), np.uint8).copy()
        places = random.integers(0, min(len(damaged), 120), 3)
        damaged[places] = random.choice(np.array([0, 127, 255], np.uint8), 3)
        (tmp_path / "x").write_bytes(damaged[: random.integers(len(damaged) // 2, 2 * len(damaged))].tobytes())
        try:
            data.read_npz(tmp_path / "x") if encoding == "npz" else data.read_image(tmp_path / "x")
        except ValueError as error:
            message = str(error)
        else:
            continue
        assert message.startswith(str(tmp_path / "x"))
        assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy("<f8", "(1000000000000000,)"), r"images\.npy declares float64 \(1000000000000000,\), and 0 bytes follow"),
        (npy("|u1", "(3, 4)", bytes(13)), r"declares uint8 \(3, 4\), and 13 bytes follow"),
        (npy("|u1", "(9223372036854775807, 4)"), "declares uint8"),
        (npy("|u1", "(-2, -2)", bytes(4)), "declares uint8"),
        (npy("|V0", "(1000000000000000,)"), "declares .V0"),
        (npy("|S0", "(1000000000000000,)"), "declares .S0"),
        (npy("|u1", "(0, 100000000000000000000)"), "too large"),
        (npy("|u1", "(" + "1," * 100 + ")", bytes(1)), "dimension"),
        (npy("|u1", "(" * 100), ""),
        (npy("nothing", "(1,)"), ""),
        (npy("|O", "(1,)", bytes(8)), "Object arrays cannot be loaded"),
        (npy("|u1", "(1,)", bytes(1), version=3), r"images\.npy has version \(3, 0\)"),
        (b"a text", "magic string"),
        (b"", ""),
    ],
)
def test_npz_headers_that_are_refused(tmp_path, content, message):
    path = write_zip(tmp_path / "x.npz", images=content)
    for read in (data.read_npz, data.from_npz):
        with pytest.raises(ValueError, match=rf"x\.npz is not a whole \.npz file .*: .*{message}") as error:
            read(path)
        assert one_line(error)


def test_an_npz_of_many_kinds_is_read(tmp_path):
    arrays = {
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big_endian": np.arange(3, dtype=">i8"),
        "scalar": np.int64(7),
        "empty": np.zeros((3, 0)),
        "texts": np.array(["a", "bc"]),
        "half": np.ones(2, np.float16),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "x.npz", **arrays)
        read = data.read_npz(tmp_path / "x.npz")
        assert list(read) == list(arrays)
        for name, array in arrays.items():
            assert read[name].dtype == array.dtype
            np.testing.assert_array_equal(read[name], array)
