import os
import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tfgans import data


def write_table(path, galaxies):
    lines = ["# PGC name and 17 attributes, each with its lower and upper bound"]
    for name, values in galaxies.items():
        numbers = [f"{value} {value - 0.25} {value + 0.25}" for value in values]
        lines.append(f"{name} {' '.join(numbers)}")
    path.write_text("\n".join(lines) + "\n")


def write_galaxies(folder, count=3):
    """A tiny copy of the original layout: the table, and one 255x255 image a galaxy."""
    folder.joinpath("png").mkdir(parents=True)
    galaxies = {f"PGC{i:07d}": np.arange(17) / 16 - (i == 1) for i in range(count)}
    write_table(folder / "EFIGI_attributes.txt", galaxies)
    for i, name in enumerate(galaxies):
        pixels = np.full((255, 255, 3), 40 * i, np.uint8)
        Image.fromarray(pixels).save(folder / "png" / f"{name}.png")
    return galaxies


class EfigiTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = data.Efigi
    SPLITS = {"train": 3}
    SKIP_TF1_GRAPH_MODE = True

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.EXAMPLE_DIR = pathlib.Path(folder.name) / "efigi"
        write_galaxies(cls.EXAMPLE_DIR)
        super().setUpClass()


def test_loads_four_attributes_at_64_pixels(tmp_path):
    galaxies = write_galaxies(tmp_path / "downloads" / "manual")
    images = data.load_split("efigi", data_dir=str(tmp_path), download=True)
    assert images.image.shape == (3, 64, 64, 3)
    assert images.image.dtype == np.uint8
    assert images.label_names == data.CWGAN_EFIGI_ATTRIBUTES
    order = np.argsort(images.image[:, 0, 0, 0])
    expected = np.array(list(galaxies.values()))[:, [2, 3, 10, 16]]
    np.testing.assert_allclose(images.label[order], expected, atol=1e-6)


def test_missing_manual_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"EFIGI_attributes\.txt"):
        data.load_split("efigi", data_dir=str(tmp_path), download=True)


def test_reads_the_values_and_not_the_bounds(tmp_path):
    values = np.round(np.random.default_rng(0).uniform(-1, 1, (4, 17)), 2)
    galaxies = {f"PGC{i}": row for i, row in enumerate(values)}
    write_table(tmp_path / "table.txt", galaxies)
    read = data.read_efigi_attributes(tmp_path / "table.txt")
    assert list(read) == list(galaxies)
    np.testing.assert_allclose(list(read.values()), values, atol=1e-6)


def test_reads_the_whole_catalogue(tmp_path):
    """The 4,458 galaxies of the published table, where TFGANS_TEST_DATA names a folder that has them."""
    source = pathlib.Path(os.environ.get("TFGANS_TEST_DATA", "")) / "efigi_attributes.npz"
    if not source.is_file():
        pytest.skip("TFGANS_TEST_DATA names no folder with efigi_attributes.npz")
    with np.load(source) as file:
        values, lower, upper = file["values"], file["lower"], file["upper"]
        names, attributes = file["pgc_name"], tuple(file["attribute_names"])
    columns = np.stack([values, lower, upper], axis=-1).reshape(len(values), -1)
    lines = [f"{name} {' '.join(map(str, row))}" for name, row in zip(names, columns, strict=True)]
    (tmp_path / "table.txt").write_text("\n".join(lines))
    read = data.read_efigi_attributes(tmp_path / "table.txt")
    assert attributes == data.EFIGI_ATTRIBUTES
    assert list(read) == list(names)
    np.testing.assert_array_equal(list(read.values()), values)


def test_names_a_table_in_another_encoding(tmp_path):
    (tmp_path / "table.txt").write_bytes("# é".encode("latin-1"))
    with pytest.raises(ValueError, match=r"table\.txt is not encoded in UTF-8"):
        data.read_efigi_attributes(tmp_path / "table.txt")


def test_refuses_a_fifo_among_the_galaxies(tmp_path, deadline):
    folder = tmp_path / "downloads" / "manual"
    write_galaxies(folder)
    (folder / "png" / "PGC0000001.png").unlink()
    os.mkfifo(folder / "png" / "PGC0000001.png")
    with pytest.raises(ValueError, match=r"PGC0000001\.png is no regular file"):
        data.load_split("efigi", data_dir=str(tmp_path), download=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("PGC1 1 2 3", "line 2: expected 52"),
        ("PGC1 x", "line 2: could not"),
        ("PGC1" + 51 * " nan", "line 2: values must be finite"),
    ],
)
def test_refuses_a_line(tmp_path, line, message):
    (tmp_path / "table.txt").write_text(f"# heading\n{line}\n")
    with pytest.raises(ValueError, match=message):
        data.read_efigi_attributes(tmp_path / "table.txt")
