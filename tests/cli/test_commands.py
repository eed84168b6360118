import importlib
import json
import pathlib
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from short_runs import (
    SCRIPTS,
    call,
    flags_of,
    new_run,
    quick_classifiers,
    quick_runs,
    run_script,
    tiny,
    tiny_changes,
)

import tfgans
from tfgans import ConditionalWGANGP, plots, recipes, training
from tfgans.cli import compare, explore, export, publish, sample, train
from tfgans.cli._figures import indices
from tfgans.cli.sample import parse_labels


@pytest.mark.parametrize(
    "name", ["train", "evaluate", "export", "sample", "explore", "compare", "publish", "client", "prepare"]
)
def test_help_names_the_flags_without_loading_tensorflow(name):
    code = (
        f"import sys; sys.argv = ['{name}', '--help']\n"
        f"from tfgans.cli import {name}\n"
        f"try: {name}.run()\n"
        "except SystemExit: print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    flags = {"client": "--server", "compare": "--out", "prepare": "--image_shape"}
    assert flags.get(name, "--workdir") in done.stdout
    sentence, _, *examples, _, group = done.stdout.splitlines()[:6]
    assert sentence.endswith(f"or `tfgans-{name}`.")
    assert all(example.startswith(f"  python scripts/{name}.py ") for example in examples)
    assert re.fullmatch(r"[A-Z].*:", group)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    "name", ["train", "evaluate", "export", "sample", "explore", "client", "prepare", "compare", "publish"]
)
def test_the_examples_of_help_have_flags_that_there_are(name):
    command = importlib.import_module(f"tfgans.cli.{name}")
    examples = [line.split()[1:] for line in command.__doc__.splitlines() if line.startswith("scripts/")]
    assert len(examples) == 2
    for example in examples:
        with flags_of(command) as values:
            values([name, *example])


def test_help_has_groups_choices_and_defaults():
    lines = run_script("train", "--help").stdout.splitlines()
    groups = [line for line in lines if line and not line.startswith(" ")][1:]
    assert groups == ["Recipe:", "Devices:", "Data and folders:", "Data sets:", "Look before the run:", "Errors:"]
    assert "  --strategy=default|mirrored|multi_worker" in lines
    assert "  --steps=NUMBER" in lines
    assert "  --dry_run" in lines
    assert any(line.endswith("[default]") for line in lines)
    assert "  --[no]averaged" in run_script("sample", "-h").stdout.splitlines()


def test_help_whose_reader_has_gone_says_nothing():
    with subprocess.Popen(
        [sys.executable, SCRIPTS / "train.py", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


def test_list():
    head, *lines, _, note = run_script("train", "--list").stdout.splitlines()
    assert head.split() == ["recipe", "presets", "data", "samples", "labels", "minutes"]
    assert [line.split()[0] for line in lines] == recipes.names()
    assert "two CPU cores" in note


def test_list_of_some():
    _, *lines, _, _ = run_script("train", "--list=cwgan").stdout.splitlines()
    assert {line.split()[0].split("/")[0] for line in lines} == {"cwgan"}
    cells = {line.split()[0]: re.split(r" {2,}", line)[1:] for line in lines}
    # 159.9 s for 700 steps on two cores; the preset has 4,000.
    assert cells["cwgan/mnist"] == ["paper, code, small, hour", "mnist", "28x28 grey", "10 classes", "15"]
    assert cells["cwgan/celeba"] == ["paper, code, small", "celeb_a", "64x64 colour", "9 attributes", "-"]


def test_dry_run_prints_the_whole_recipe_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["--recipe=cgan/mnist", "--preset=paper", "--steps=7", "--seed=3", "--set=batch_size=8"]
    # The data are checked after the fields are printed.
    with pytest.raises(FileNotFoundError, match="'mnist' is not prepared"):
        call(train, *arguments, "--dry_run", f"--data_dir={tmp_path}")
    expected = recipes.get("cgan/mnist", "paper").override(["steps=7", "seed=3", "batch_size=8"])
    assert json.loads(capsys.readouterr().out) == expected.to_dict()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--recipe=cwgan/nothing"], "There is no recipe 'cwgan/nothing'. There are cwgan/avatars, cwgan/celeba"),
        (["--recipe=lgan/ring8"], "Did you mean logan/ring8"),
        (["--recipe=dcgan"], "The systems are avae, began"),
        (["--list=lgan/ring8"], "Did you mean logan/ring8"),
        (["--preset=large"], "There are paper, code, small"),
        (["--set=batch_size=many"], "batch_size takes int"),
        (["--set=zzz=1"], "no field 'zzz' to set. There are augmentation, batch_norm_scale"),
        (["--set=n_critics=1"], "Did you mean n_critic?"),
        (["--steps=0"], "steps must be at least 1"),
        (["stray"], "received stray"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, message, tmp_path):
    done = run_script("train", *arguments, cwd=tmp_path)
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
        ("export", ["--workdir=nowhere", "--out=model.onnx", "--format=tflite"], "must end in .tflite"),
        ("export", ["--workdir=nowhere", "--out=a.onnx", "--format=onnx", "--warmup"], "takes no --warmup"),
        ("client", [], "--model"),
        ("client", ["--model=m", "--out=samples.npz"], "must end in .png"),
        ("sample", [], "--workdir"),
        ("sample", ["--workdir=nowhere", "--out=samples.jpg"], "must end in .png or .npz"),
        ("explore", ["--workdir=nowhere", "--out=nowhere/a.png"], "no folder nowhere"),
        ("explore", ["--workdir=nowhere", "--figure=cube"], "--figure=cube: There are swap, corners"),
        ("explore", ["--workdir=nowhere", "--figure=swop"], "Did you mean swap"),
        ("explore", [], "--workdir names the folder of a run"),
        ("explore", ["--serve"], "either --workdir or --saved_model"),
        ("compare", [], "Name the folders of one or more runs"),
        ("compare", ["run", "--out=page.png"], "must end in .html"),
        ("prepare", ["--data=folder:photos"], "--out"),
        ("publish", ["--workdir=nowhere", "--out=model"], "--licence"),
    ],
)
def test_wrong_flags_are_refused(name, arguments, message):
    done = run_script(name, *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_ends_a_command_with_its_exit_code(number):
    code = f"import os\nfrom tfgans.cli import _app\n_app.run(lambda: None, lambda: os.kill(os.getpid(), {number:d}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 128 + number
    assert "Traceback" not in done.stderr


def test_train(tmp_path, capsys):
    changes = [f"--set={change}" for change in tiny_changes("gan/ring8")]
    with quick_runs():
        call(train, "--recipe=gan/ring8", "--steps=1", f"--workdir={tmp_path / 'run'}", *changes)
    printed = capsys.readouterr()
    paths = dict(line.split(": ", 1) for line in printed.out.splitlines())
    assert {"modes/points", "samples", "scores", "SavedModel"} <= paths.keys()
    assert all(pathlib.Path(paths[name]).exists() for name in ("samples", "scores", "SavedModel"))
    assert "1/1" in printed.err


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A run of a conditional model at step 0."""
    return new_run(tmp_path_factory.mktemp("runs") / "run", tiny("cwgan/digits"), tuple("0123456789")).path


@pytest.mark.parametrize("command", [sample, explore])
def test_pictures_of_a_conditional_model(digits, tmp_path, capsys, command):
    out = tmp_path / "picture.png"
    call(command, f"--workdir={digits}", f"--out={out}")
    assert out.is_file()
    assert capsys.readouterr().out.splitlines()[-1].endswith(f": {out}")


def test_explorer_serves_a_run_until_it_is_ended(digits, monkeypatch, capsys):
    from tfgans.pages import page

    served = []
    monkeypatch.setattr(page, "serve", lambda *given: served.append(given))
    call(explore, f"--workdir={digits}", "--serve", "--port=7999")
    ((explorer, host, port),) = served
    assert explorer.loaded.title == "cwgan/digits at step 0"
    assert explorer.loaded.label_names == tuple("0123456789")
    assert (host, port) == ("127.0.0.1", 7999)
    call(explore, "--saved_model=logan_digits", "--serve")
    assert served[1][0].sections == ("samples", "directions", "pictures")
    with pytest.raises(ValueError, match="--saved_model takes no --step and no --averaged"):
        call(explore, "--saved_model=logan_digits", "--serve", "--step=3", "--noaveraged")


def test_the_explorers_button_loads_the_newest_checkpoint(tmp_path, monkeypatch):
    from tfgans import pages

    asked = []
    monkeypatch.setattr(pages, "load_run", lambda workdir, step, averaged: asked.append(step))
    # The page calls it as it begins, and then at each press of the button.
    monkeypatch.setattr(pages, "Explorer", lambda load, **_: (load(), load()))
    monkeypatch.setattr(pages.page, "serve", lambda *given: None)
    call(explore, f"--workdir={tmp_path}", "--serve", "--step=3")
    assert asked == [3, None]


def test_page_of_a_run(digits, tmp_path, capsys):
    call(compare, digits, f"--out={tmp_path / 'page.html'}")
    assert capsys.readouterr().out == f"page: {tmp_path / 'page.html'}\n"
    assert "cwgan/digits" in (tmp_path / "page.html").read_text()


def test_export(digits, tmp_path):
    out = tmp_path / "saved_models" / "digits"
    call(export, f"--workdir={digits}", f"--out={out}", "--warmup")
    assert (out / "1" / "saved_model.pb").is_file()
    assert (out / "1" / "assets.extra" / "tf_serving_warmup_requests").is_file()
    assert 'name: "digits"' in (out.parent / "models.config").read_text()


def test_publish(digits, tmp_path, capsys):
    call(publish, f"--workdir={digits}", f"--out={tmp_path / 'model'}", "--licence=mit", "--data_licence=CC0")
    assert capsys.readouterr().out == f"published: {tmp_path / 'model'}\n"
    assert tfgans.from_pretrained(tmp_path / "model").card["licence"] == "mit"


def test_export_to_one_file(digits, tmp_path, capsys):
    call(export, f"--workdir={digits}", f"--out={tmp_path / 'digits.tflite'}", "--format=tflite")
    assert capsys.readouterr().out == f"tflite: {tmp_path / 'digits.tflite'}\n"
    # The identifier of the format is behind the first four bytes.
    assert (tmp_path / "digits.tflite").read_bytes()[4:8] == b"TFL3"


def test_samples_of_a_model_without_labels(tmp_path):
    workdir = new_run(tmp_path / "run", tiny("gan/ring8")).path
    out = tmp_path / "points.npz"
    call(sample, f"--workdir={workdir}", "--count=7", f"--out={out}")
    with np.load(out) as arrays:
        assert list(arrays) == ["images"]
        np.testing.assert_array_equal(arrays["images"], tfgans.load(workdir).sample(7, seed=0))
    with pytest.raises(ValueError, match="GAN takes no labels; received --label=3"):
        call(sample, f"--workdir={workdir}", "--label=3", f"--out={tmp_path / 'none.npz'}")


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
        ([], "attributes", "Expected --label with the attributes a, b"),
        (["1"], "attributes", "takes 2 numbers"),
        (["1,x"], "attributes", "numbers with commas; received '1,x'"),
    ],
)
def test_texts_that_are_no_labels(texts, conditioning, message):
    with pytest.raises(ValueError, match=message):
        parse_labels(texts, ("a", "b"), conditioning)


def test_attributes_of_a_figure():
    assert indices(["b", "0"], ("a", "b"), 2) == [1, 0]
    for texts in (["a"], ["a", "c"], ["a", "2"], ["a", "0"]):
        with pytest.raises(ValueError, match="takes 2 of --attribute"):
            indices(texts, ("a", "b"), 2)


def test_export_of_no_run_writes_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        call(export, f"--workdir={tmp_path / 'nothing'}", f"--out={tmp_path / 'out'}")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def asked(monkeypatch):
    """The conditions that a conditional model is asked for, call by call."""
    conditions = []

    def generate(model, latent, labels=None):
        conditions.append(np.asarray(labels))
        return np.zeros((len(latent), *model.sample_shape), np.float32)

    monkeypatch.setattr(ConditionalWGANGP, "generate", generate)
    return conditions


_LOW_TO_HIGH = ["--low=0", "--high=2", "--size=3"]
_DIGITS = np.eye(10)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--figure=swap"], np.tile(2 * _DIGITS, (3, 1))),
        (["--figure=sweep", "--attribute=4"], np.tile([0 * _DIGITS[4], _DIGITS[4], 2 * _DIGITS[4]], (3, 1))),
        (
            ["--figure=plane", "--attribute=4", "--attribute=7"],
            [a * _DIGITS[4] + b * _DIGITS[7] for a in range(3) for b in range(3)],
        ),
    ],
)
def test_conditions_of_figures_of_classes(flags, expected, tmp_path, digits, asked):
    call(explore, f"--workdir={digits}", *flags, *_LOW_TO_HIGH, f"--out={tmp_path / 'figure.png'}")
    np.testing.assert_allclose(asked[0], expected)


def test_corners_are_four_classes_with_their_mixtures_between_them(tmp_path, digits, asked, drawn):
    call(explore, f"--workdir={digits}", "--figure=corners", "--size=3", f"--out={tmp_path / 'corners.png'}")
    rows = asked[0].reshape(3, 3, 10)
    corners = [rows[place] for place in ((0, 0), (0, 2), (2, 0), (2, 2))]
    assert sorted(corner.max() for corner in corners) == [1, 1, 1, 1]
    names = [str(corner.argmax()) for corner in corners]
    assert len(set(names)) == 4
    np.testing.assert_allclose(rows[1, 1], np.mean(corners, axis=0))
    assert drawn[-1].axes[0].get_xlabel() == (
        f"upper left {names[0]}, right {names[1]}; lower left {names[2]}, right {names[3]}"
    )


def test_attributes_that_a_figure_does_not_vary_have_their_middle_value(tmp_path, asked):
    widths = ["generator_widths=(4, 4, 4)", "discriminator_widths=(4, 4, 4, 4)"]
    workdir = new_run(tmp_path / "run", recipes.get("cwgan/sprites").override(widths), tuple("abcd")).path
    flags = [f"--workdir={workdir}", f"--out={tmp_path / 'sweep.png'}"]
    call(explore, *flags, "--figure=sweep", "--attribute=b", *_LOW_TO_HIGH)
    np.testing.assert_allclose(asked[0], [[1, value, 1, 1] for value in (0, 1, 2)] * 3)


def test_morph_asks_for_four_test_images(tmp_path, random, drawn):
    """A fifth of 15 images is held out for tests."""
    np.savez(tmp_path / "few.npz", images=random.integers(0, 256, (15, 8, 8, 1), np.uint8))
    recipe = tiny("bigan/digits", f"data=npz:{tmp_path / 'few.npz'}", "batch_size=4")
    workdir = new_run(tmp_path / "run", recipe).path
    with pytest.raises(ValueError, match=r"morph needs 4 test images; .*few\.npz has 3"):
        call(explore, f"--workdir={workdir}", "--figure=morph", f"--out={tmp_path / 'morph.png'}")
    # Three images make one pair.
    call(explore, f"--workdir={workdir}", "--figure=interpolations", "--seed=1", f"--out={tmp_path / 'pair.png'}")
    assert len(drawn[-1].axes[0].images[0].get_array()) == 8


def test_a_seed_is_the_number_of_the_first_test_image(tmp_path, random, monkeypatch):
    """Of three test images, one pair is shown; it begins with the second."""
    np.savez(tmp_path / "few.npz", images=random.integers(0, 256, (15, 8, 8, 1), np.uint8))
    workdir = new_run(tmp_path / "run", tiny("bigan/digits", f"data=npz:{tmp_path / 'few.npz'}", "batch_size=4")).path
    shown = []
    monkeypatch.setattr(plots, "interpolation_grid", lambda generate, images, *others, **named: shown.append(images))
    call(explore, f"--workdir={workdir}", "--figure=interpolations", "--seed=1", f"--out={tmp_path / 'pair.png'}")
    test = training.load_data_of(workdir, None, None, False)[2]
    np.testing.assert_array_equal(shown[0], test.unit_images[1:3])


def test_figures_that_a_model_can_have_and_cannot(tmp_path, drawn):
    workdir = new_run(tmp_path / "run", tiny("bigan/digits"), tuple("0123456789")).path
    for figure in ("reconstructions", "interpolations", "traversals"):
        out = tmp_path / f"{figure}.png"
        call(explore, f"--workdir={workdir}", f"--figure={figure}", f"--out={out}", "--size=2")
        assert out.is_file()
    # The digits have classes, so neighbours are by pixels and by a classifier.
    with quick_classifiers():
        for flags, columns in ((["--extractor=pixels"], 5), ([], 9)):
            out = tmp_path / f"{columns}.png"
            call(explore, f"--workdir={workdir}", *flags, "--figure=neighbours", f"--out={out}", "--size=2")
            assert len(drawn[-1].axes[0].get_xticklabels()) == columns
    with pytest.raises(ValueError, match="--figure=swap needs a conditional model; received a BiGAN"):
        call(explore, f"--workdir={workdir}", f"--out={tmp_path / 'swap.png'}")
    # The classes of X-GAN's samples are those of the codes that it combines, so that `generate` takes no label.
    new_run(tmp_path / "xgan", tiny("xgan/digits", "bank_size=30"), [str(digit) for digit in range(10)])
    with pytest.raises(ValueError, match="--figure=swap needs a conditional model; received a XGAN"):
        call(explore, f"--workdir={tmp_path / 'xgan'}", f"--out={tmp_path / 'swap.png'}")
    concatenated = tiny("xgan/digits", "bank_size=30", "supervision=concatenated")
    new_run(tmp_path / "concatenated", concatenated, [str(digit) for digit in range(10)])
    with pytest.raises(ValueError, match="draws latents from a prior and mixes labels"):
        call(explore, f"--workdir={tmp_path / 'concatenated'}", f"--out={tmp_path / 'swap.png'}")
    # With a prior, X-GAN's samples take classes and their mixtures.
    prior = tiny("xgan/digits", "latents=normal", "supervision=concatenated")
    new_run(tmp_path / "prior", prior, [str(digit) for digit in range(10)])
    call(explore, f"--workdir={tmp_path / 'prior'}", f"--out={tmp_path / 'swap.png'}", "--size=2")
    assert (tmp_path / "swap.png").is_file()
