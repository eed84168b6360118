import json
import subprocess
import sys

import numpy as np
import pytest
from short_runs import call, new_run, quick_runs, tiny

from tfgans import recipes, training
from tfgans.cli import train


@pytest.fixture
def photos(tmp_path, random):
    """A `.npz` file of the user's own colour images without labels."""
    np.savez(tmp_path / "photos.npz", images=random.integers(0, 256, (40, 20, 20, 3), np.uint8))
    return tmp_path / "photos.npz"


@pytest.fixture
def run(tmp_path):
    """A run of two steps at step 0, with a recipe that is not the default one."""
    return new_run(tmp_path / "run", tiny("gan/ring8", "steps=2")).path


def dry_run(capsys, *arguments):
    call(train, *arguments, "--dry_run")
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def test_own_images_choose_the_recipe(photos, capsys):
    recipe, said = dry_run(capsys, f"--data=npz:{photos}", "--set=widths=(4,6)")
    assert (recipe["name"], recipe["image_shape"], recipe["widths"]) == ("gan/cifar10", [20, 20, 3], [4, 6])
    (line,) = [line for line in said.splitlines() if "the recipe is" in line]
    assert "40 colour images of 20x20 without labels: the recipe is gan/cifar10" in line
    assert "Warning" not in said


def test_a_recipe_that_loses_colour_warns(photos, capsys):
    arguments = [f"--data=npz:{photos}", "--recipe=gan/digits", "--set=batch_size=16"]
    _, said = dry_run(capsys, *arguments)
    lost = "turns colour to grey and shrinks images of 20x20 to 8x8"
    assert f"Warning: gan/digits {lost}; --set=image_shape=20,20,3 would not." in said
    _, said = dry_run(capsys, *arguments, "--set=image_shape=20,20,3")
    assert "Warning" not in said


def test_large_images_are_shrunk_without_a_warning_where_all_recipes_do(tmp_path, capsys):
    np.savez(tmp_path / "large.npz", images=np.zeros((10, 200, 150, 3), np.uint8))
    recipe, said = dry_run(capsys, f"--data=npz:{tmp_path / 'large.npz'}")
    assert recipe["image_shape"] == [64, 48, 3]
    assert "Warning" not in said


def test_a_folder_of_a_run_brings_its_recipe_and_takes_more_steps(run, capsys):
    with quick_runs():
        call(train, f"--workdir={run}", "--steps=3")
    said = capsys.readouterr().err
    assert "holds a run of gan/ring8 (small), which continues to step 3." in said
    assert recipes.of_run(run) == tiny("gan/ring8", "steps=3")
    assert max(training.RunFolder(run).checkpoint_files()) == 3


def test_flags_that_agree_with_the_folder_continue_it(run, capsys):
    recipe, _ = dry_run(capsys, f"--workdir={run}", "--recipe=gan/ring8", "--preset=small", "--set=batch_size=16")
    assert recipe == tiny("gan/ring8", "steps=2").to_dict()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--recipe=logan/ring8", "name is 'gan/ring8' there and 'logan/ring8' here"),
        ("--preset=paper", "preset is 'small' there and 'paper' here"),
        ("--set=batch_size=32", "batch_size is 16 there and 32 here"),
        ("--data=grid25", "data is 'ring8' there and 'grid25' here"),
        ("--seed=7", "seed is 0 there and 7 here"),
    ],
)
def test_flags_that_contradict_the_folder(run, argument, message):
    with pytest.raises(ValueError, match=f"{message}. Name another --workdir"):
        call(train, f"--workdir={run}", argument)


def test_fewer_steps_than_the_run_has_taken(run):
    checkpoint = run / "checkpoints" / "step_00000002.weights.h5"
    checkpoint.write_bytes(b"")
    with pytest.raises(ValueError, match="is at step 2 already; received steps=1"):
        call(train, f"--workdir={run}", "--steps=1")


def test_a_contradiction_is_found_without_tensorflow(run):
    code = (
        f"import sys; sys.modules['tensorflow'] = None; sys.argv = ['train', '--workdir={run}', '--seed=7']\n"
        "from tfgans.cli import train; train.run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "seed is 0 there and 7 here" in done.stderr


def test_a_contradiction_with_the_default_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    new_run(recipes.get("gan/ring8").default_workdir, tiny("gan/ring8"))
    with pytest.raises(ValueError, match="latent_size is 2 there and 5 here"):
        call(train, "--recipe=gan/ring8", "--set=latent_size=5")


def test_a_run_on_arrays_is_continued_in_python(tmp_path):
    path = new_run(tmp_path / "run", tiny("gan/digits", "data=own:x-1")).path
    with pytest.raises(ValueError, match="run on arrays of a program"):
        call(train, f"--workdir={path}")


def test_a_dry_run_checks_the_data(photos, tmp_path, capsys):
    _, said = dry_run(capsys, f"--data=npz:{photos}", "--recipe=gan/digits", "--set=batch_size=16")
    assert f"data: npz:{photos} has 32 images of 8x8x1 to train on and 8 to test on; no labels." in said
    _, said = dry_run(capsys, "--recipe=gan/ring8")
    assert "data: ring8 draws points of 2 numbers." in said
    with pytest.raises(ValueError, match="batch_size must be at most 32"):
        call(train, f"--data=npz:{photos}", "--recipe=gan/digits", "--dry_run")
    photos.write_bytes(b"")
    with pytest.raises(ValueError, match=r"not a whole \.npz file"):
        call(train, f"--data=npz:{photos}", "--dry_run")
    with pytest.raises(FileNotFoundError, match="'mnist' is not prepared"):
        call(train, "--recipe=gan/mnist", f"--data_dir={tmp_path}", "--dry_run")
