import json
import pathlib
import subprocess
import sys
import time

import pytest

from tfgans import recipes, training
from tfgans.cli.explore import indices
from tfgans.cli.sample import parse_labels

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"


def command(name, *arguments, cwd=None):
    return subprocess.run(
        [sys.executable, SCRIPTS / f"{name}.py", *arguments], capture_output=True, text=True, check=False, cwd=cwd
    )


@pytest.mark.parametrize("name", ["train", "evaluate", "export", "sample", "explore", "client"])
def test_help_names_the_flags_without_loading_tensorflow(name):
    code = (
        f"import sys; sys.argv = ['{name}', '--help']\n"
        f"from tfgans.cli import {name}\n"
        f"try: {name}.run()\n"
        "except SystemExit: print('tensorflow' in sys.modules)"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ("--server" if name == "client" else "--workdir") in done.stdout
    assert done.stdout.splitlines()[-1] == "False"
    # Without TensorFlow this takes a tenth of a second; the bound only tells a hang.
    assert time.monotonic() - began < 5


def test_list():
    done = command("train", "--list")
    assert done.stdout.splitlines() == [f"{name}: {', '.join(recipes.presets(name))}" for name in recipes.names()]


def test_dry_run_prints_the_whole_recipe_and_writes_nothing(tmp_path):
    arguments = ["--recipe=cgan/mnist", "--preset=paper", "--steps=7", "--seed=3", "--set=batch_size=8"]
    done = command("train", *arguments, "--dry_run", cwd=tmp_path)
    expected = recipes.get("cgan/mnist", "paper").override(["steps=7", "seed=3", "batch_size=8"])
    assert json.loads(done.stdout) == expected.to_dict()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--recipe=cwgan/nothing"], "There is no recipe 'cwgan/nothing'"),
        (["--preset=large"], "presets paper, code, small"),
        (["--set=batch_size=many"], "batch_size takes int"),
        (["--set=no_such=1"], "no field 'no_such'"),
        (["--steps=0"], "steps must be at least 1"),
        (["stray"], "received stray"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, message, tmp_path):
    done = command("train", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("train", ["--resipe=x"], "Unknown command line flag 'resipe'"),
        ("train", ["--steps=many"], "flag --steps=many"),
        ("export", [], "--out"),
        ("client", [], "--model"),
        ("client", ["--model=m", "--out=samples.npz"], "must end in .png"),
        ("sample", [], "--workdir"),
        ("sample", ["--workdir=nowhere", "--out=samples.jpg"], "must end in .png or .npz"),
        ("explore", ["--workdir=nowhere", "--out=nowhere/a.png"], "no folder nowhere"),
        ("explore", ["--workdir=nowhere", "--figure=cube"], "--figure=cube"),
    ],
)
def test_wrong_flags_are_refused(name, arguments, message):
    done = command(name, *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_train_then_export(tmp_path):
    tiny = ["generator_widths=(8, 4)", "discriminator_widths=(4, 8)", "n_critic=1", "score_samples=200"]
    done = command("train", "--steps=2", f"--workdir={tmp_path / 'run'}", *[f"--set={change}" for change in tiny])
    assert done.returncode == 0, done.stderr
    printed = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert {"label_accuracy/judge", "samples", "scores", "SavedModel"} <= printed.keys()
    assert all(pathlib.Path(printed[name]).exists() for name in ("samples", "scores", "SavedModel"))
    assert "2/2" in done.stderr

    for name in ("sample", "explore"):
        done = command(name, f"--workdir={tmp_path / 'run'}", f"--out={tmp_path / name}.png")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{name}.png").is_file()

    out = tmp_path / "saved_models" / "digits"
    for version, flags in ((1, []), (2, ["--warmup"])):
        done = command("export", f"--workdir={tmp_path / 'run'}", f"--out={out}", *flags)
        assert done.returncode == 0, done.stderr
        assert (out / f"{version}" / "saved_model.pb").is_file()
    warmup = [out / version / "assets.extra" / "tf_serving_warmup_requests" for version in "12"]
    assert [file.is_file() for file in warmup] == [False, True]
    assert 'name: "digits"' in (out.parent / "models.config").read_text()


@pytest.mark.parametrize(
    ("texts", "conditioning", "labels"),
    [
        (["b", "0"], "class", [1, 0]),
        ([], "class", [0, 1]),
        (["1,.5", "0,1"], "attributes", [[1.0, 0.5], [0.0, 1.0]]),
    ],
)
def test_labels_from_their_texts(texts, conditioning, labels):
    assert parse_labels(texts, ("a", "b"), conditioning) == labels


@pytest.mark.parametrize(
    ("texts", "conditioning", "message"),
    [
        (["2"], "class", "classes are a, b; received 2"),
        (["c"], "class", "received c"),
        ([], "attributes", "Name attributes"),
        (["1"], "attributes", "takes 2 numbers"),
        (["1,x"], "attributes", "numbers with commas; received '1,x'"),
    ],
)
def test_texts_that_are_no_labels(texts, conditioning, message):
    with pytest.raises(ValueError, match=message):
        parse_labels(texts, ("a", "b"), conditioning)


def test_attributes_of_a_figure():
    assert indices(["b", "0"], ("a", "b"), 2) == [1, 0]
    for texts in (["a"], ["a", "c"], ["a", "2"]):
        with pytest.raises(ValueError, match="takes 2 of --attribute"):
            indices(texts, ("a", "b"), 2)


def test_export_of_no_run_is_one_clear_error(tmp_path):
    done = command("export", f"--workdir={tmp_path / 'nothing'}", f"--out={tmp_path / 'out'}")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "not the folder of a run" in done.stderr
    assert not list(tmp_path.iterdir())


def test_figures_that_a_model_cannot_have(tmp_path):
    tiny = ["widths=(4, 6)", "head_width=5", "latent_size=3", "batch_size=8", "score_samples=200"]
    recipe = recipes.get("bigan/digits").override([*tiny, "steps=1"])
    folder = training.RunFolder(tmp_path / "run")
    with folder.claim(recipe):
        folder.begin(recipe, tuple("0123456789"))
        folder.save(training.build(recipe))
    for figure in ("reconstructions", "interpolations", "traversals"):
        out = tmp_path / f"{figure}.png"
        done = command("explore", f"--workdir={tmp_path / 'run'}", f"--figure={figure}", f"--out={out}")
        assert done.returncode == 0, done.stderr
        assert out.is_file()
    done = command("explore", f"--workdir={tmp_path / 'run'}", f"--out={tmp_path / 'swap.png'}")
    assert done.returncode == 1
    assert "--figure=swap is of a conditional model; the run is one of BiGAN" in done.stderr
