import os
import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tfgans import data


def write_faces(folder, count=20):
    """A tiny copy of the layout: a folder a person; grey levels tell person and number."""
    for person, name in enumerate(("Ann_Actress", "Bob_Actor")):
        faces = folder / "faces" / name
        faces.mkdir(parents=True)
        for number in range(count):
            pixels = np.full((40 + person, 40, 3), 100 * person + number, np.uint8)
            Image.fromarray(pixels).save(faces / f"{number:03d}.png")


class FaceScrubTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = data.FaceScrub
    SPLITS = {"train": 36, "test": 4}
    SKIP_TF1_GRAPH_MODE = True

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.EXAMPLE_DIR = pathlib.Path(folder.name) / "face_scrub"
        write_faces(cls.EXAMPLE_DIR)
        super().setUpClass()


def test_people_are_classes_and_every_tenth_face_is_held_out(tmp_path):
    write_faces(tmp_path / "downloads" / "manual")
    train, test = (
        data.load_split("face_scrub", split, data_dir=str(tmp_path), download=True) for split in ("train", "test")
    )
    assert train.image.shape == (36, 128, 128, 3)
    assert train.label_names == ("Ann_Actress", "Bob_Actor")
    assert train.conditioning == "class"
    np.testing.assert_array_equal(train.image[:, 0, 0, 0] // 100, train.label)
    assert sorted(test.image[:, 0, 0, 0].tolist()) == [9, 19, 109, 119]


def test_a_fifo_among_the_faces_is_refused(tmp_path, deadline):
    write_faces(tmp_path / "downloads" / "manual", count=2)
    os.mkfifo(tmp_path / "downloads" / "manual" / "faces" / "Ann_Actress" / "x.png")
    with pytest.raises(ValueError, match=r"x\.png is no regular file"):
        data.load_split("face_scrub", data_dir=str(tmp_path), download=True)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="faces"):
        data.load_split("face_scrub", data_dir=str(tmp_path), download=True)
    (tmp_path / "downloads" / "manual" / "photographs").mkdir(parents=True)
    with pytest.raises(
        FileNotFoundError, match=r"There is no folder .*faces; it must have a subfolder for each person"
    ):
        data.load_split("face_scrub", data_dir=str(tmp_path), download=True)
