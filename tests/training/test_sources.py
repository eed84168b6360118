"""Runs do not depend on where their images are."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image
from short_runs import call, metrics_of, quick_runs, tiny
from table import assert_same_state

from tfgans import data, training
from tfgans.cli import prepare, train
from tfgans.data import images as stored_images

SHAPE = (8, 8, 1)
CHANGES = ("steps=4", "log_every=2", "checkpoint_every=2", "flip=True", "score_samples=20")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Noise in two classes, 40 files each."""
    folder, random = tmp_path_factory.mktemp("pets"), np.random.default_rng(0)
    for name in ("cat", "dog"):
        (folder / name).mkdir()
        for number in range(40):
            Image.fromarray(random.integers(0, 256, (9, 9), np.uint8)).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture(scope="module")
def store(folder, tmp_path_factory):
    """The store that the command makes of the folder."""
    out = tmp_path_factory.mktemp("prepared") / "store"
    call(prepare, f"--data=folder:{folder}", "--image_shape=8,8,1", f"--out={out}")
    return out


@pytest.fixture
def read_late(monkeypatch):
    """No folder is small enough for memory."""
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)


def run(path, workdir, *changes):
    recipe = tiny("cwgan/digits", f"data={path}", *CHANGES, *changes)
    with quick_runs():
        return training.run(recipe, workdir, progress=False)


def test_memory_files_and_stores_train_the_same_weights(folder, store, tmp_path, monkeypatch):
    in_memory = run(f"folder:{folder}", tmp_path / "memory")
    monkeypatch.setattr(stored_images, "MOST_IN_MEMORY", 0)
    for kind, path in (("files", f"folder:{folder}"), ("store", f"store:{store}")):
        assert isinstance(data.load_split(path, image_shape=SHAPE).image, data.StoredImages)
        result = run(path, tmp_path / kind)
        assert_same_state(result.model, in_memory.model)
        assert metrics_of(tmp_path / kind) == metrics_of(tmp_path / "memory")
        assert [score["value"] for score in result.scores] == [score["value"] for score in in_memory.scores]


def test_a_run_from_a_store_resumes_with_the_same_bits(store, tmp_path):
    run(f"store:{store}", tmp_path / "halves", "steps=2")
    halves, whole = run(f"store:{store}", tmp_path / "halves"), run(f"store:{store}", tmp_path / "whole")
    assert_same_state(halves.model, whole.model)


@pytest.mark.usefixtures("read_late")
def test_a_file_that_vanishes_stops_the_run_with_its_name(folder, tmp_path, monkeypatch):
    """The run resumes from its last checkpoint when the file is back."""
    whole = run(f"folder:{folder}", tmp_path / "whole", "steps=20")
    save, away = training.RunFolder.save, tmp_path / "away"

    def save_and_lose(run_folder, model):
        save(run_folder, model)
        if not away.exists():
            (folder / "dog").rename(away)

    with monkeypatch.context() as patch:
        patch.setattr(training.RunFolder, "save", save_and_lose)
        with pytest.raises(data.ReadingError, match=r"dog/\d\d\.png was listed as an image and cannot be read"):
            run(f"folder:{folder}", tmp_path / "run", "steps=20")
    away.rename(folder / "dog")
    assert_same_state(run(f"folder:{folder}", tmp_path / "run", "steps=20").model, whole.model)


def test_a_check_names_all_damaged_files_before_anything_else(folder, tmp_path, monkeypatch):
    broken = tmp_path / "pets"
    shutil.copytree(folder, broken)
    for name in ("cat/03.png", "dog/11.png"):
        (broken / name).write_bytes((broken / name).read_bytes()[:60])
    flags = (f"--data=folder:{broken}", "--check_data", "--dry_run")
    with pytest.raises(ValueError, match=r"2 images of folder:.* cannot be read:\n.*cat/03\.png.*\n.*dog/11\.png"):
        call(train, *flags)
    with pytest.raises(ValueError, match="can be checked beforehand; received digits:"):
        call(train, "--check_data", "--dry_run")


def test_a_check_of_whole_files_says_so(folder, store, capsys):
    for path in (f"folder:{folder}", f"store:{store}"):
        call(train, f"--data={path}", "--check_data", "--dry_run")
        assert f"All images of {path} can be read.\n" in capsys.readouterr().out


def test_points_are_not_flipped():
    with pytest.raises(ValueError, match="flip turns images; ring8 has points"):
        data.toy_world("ring8").batches(4, flip=True)


@pytest.mark.parametrize("shape", ["8,8", "8,8,1,1", "8,x,1", "0,8,1"])
def test_prepare_refuses_a_shape(folder, tmp_path, shape):
    with pytest.raises(ValueError, match=f"takes height,width,channels, such as 64,64,3; received {shape}"):
        call(prepare, f"--data=folder:{folder}", f"--image_shape={shape}", f"--out={tmp_path / 'store'}")
    assert not os.listdir(tmp_path)
