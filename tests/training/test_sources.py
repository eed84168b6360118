"""Runs do not depend on where their images are."""

import contextlib
import os
import re
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
# More steps than batches are read ahead.
STEPS = 12
CHANGES = ("log_every=2", "checkpoint_every=2", "flip=True", "score_samples=20")


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


@contextlib.contextmanager
def no_memory():
    """No folder is small enough for memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_images, "MOST_IN_MEMORY", 0)
        yield


def run(path, workdir, steps=STEPS):
    with quick_runs():
        return training.run(tiny("cwgan/digits", f"data={path}", f"steps={steps}", *CHANGES), workdir, progress=False)


@pytest.fixture(scope="module")
def in_memory(folder, tmp_path_factory):
    """The folder and the result of a run with all images in memory."""
    workdir = tmp_path_factory.mktemp("in_memory")
    return workdir, run(f"folder:{folder}", workdir)


@pytest.fixture(params=["files", "store"])
def place(request, folder, store):
    """Images that stay in files."""
    with no_memory():
        place = f"folder:{folder}" if request.param == "files" else f"store:{store}"
        assert isinstance(data.load_split(place, image_shape=SHAPE).image, data.StoredImages)
        yield place


def test_files_and_stores_train_the_weights_of_memory_and_resume_with_them(place, in_memory, tmp_path):
    workdir, expected = in_memory
    run(place, tmp_path, STEPS // 2)
    result = run(place, tmp_path)
    assert_same_state(result.model, expected.model)
    assert metrics_of(tmp_path) == metrics_of(workdir)
    assert [score["value"] for score in result.scores] == [score["value"] for score in expected.scores]


def test_a_file_that_vanishes_stops_the_run_with_its_name(folder, in_memory, tmp_path, monkeypatch):
    """The run resumes from its last checkpoint when the file is back."""
    save, away = training.RunFolder.save, tmp_path / "away"

    def save_and_lose(run_folder, model):
        save(run_folder, model)
        if not away.exists():
            (folder / "dog").rename(away)

    with no_memory():
        with monkeypatch.context() as patch:
            patch.setattr(training.RunFolder, "save", save_and_lose)
            with pytest.raises(data.ReadingError, match=r"dog/\d\d\.png was listed as an image and cannot be read"):
                run(f"folder:{folder}", tmp_path / "run")
        away.rename(folder / "dog")
        assert_same_state(run(f"folder:{folder}", tmp_path / "run").model, in_memory[1].model)


def test_a_check_names_all_damaged_files_before_anything_else(folder, tmp_path, capsys):
    broken = tmp_path / "pets"
    shutil.copytree(folder, broken)
    for name in ("cat/03.png", "dog/11.png"):
        (broken / name).write_bytes((broken / name).read_bytes()[:60])
    flags = (f"--data=folder:{broken}", "--check_data", "--dry_run")
    with pytest.raises(ValueError, match=r"2 images of folder:.* cannot be read; the lines above name them"):
        call(train, *flags)
    assert re.search(r"^.*cat/03\.png.*\n.*dog/11\.png.*$", capsys.readouterr().err, re.MULTILINE)
    with pytest.raises(ValueError, match="can be checked beforehand; received digits:"):
        call(train, "--check_data", "--dry_run")
    with pytest.raises(ValueError, match="--check_data with --strategy=multi_worker needs --dry_run"):
        call(train, flags[0], "--check_data", "--strategy=multi_worker")


def test_a_check_of_whole_files_says_so(folder, store, capsys):
    for path in (f"folder:{folder}", f"store:{store}"):
        call(train, f"--data={path}", "--check_data", "--dry_run")
        assert f"All images of {path} can be read.\n" in capsys.readouterr().out


def test_points_are_not_flipped():
    with pytest.raises(ValueError, match="flip turns images; ring8 has points"):
        data.toy_world("ring8").batches(4, flip=True)


@pytest.mark.parametrize("shape", ["8,8", "8,8,1,1", "8,x,1", "0,8,1", "8,8,2"])
def test_prepare_refuses_a_shape(folder, tmp_path, shape):
    with pytest.raises(ValueError, match=f"takes HEIGHT,WIDTH,1 or HEIGHT,WIDTH,3; received {shape}"):
        call(prepare, f"--data=folder:{folder}", f"--image_shape={shape}", f"--out={tmp_path / 'store'}")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(
    ("place", "message"),
    [("folder:nowhere", "There is no folder nowhere"), ("digits", "npz:FILE or store:PATH; received digits:")],
)
def test_prepare_refuses_what_is_not_there(tmp_path, place, message):
    with pytest.raises((FileNotFoundError, ValueError), match=message):
        call(prepare, f"--data={place}", "--image_shape=8,8,1", f"--out={tmp_path / 'store'}")
    assert not os.listdir(tmp_path)
