import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from table import assert_same_state, state

import tfgans
from tfgans import callbacks, data, recipes, serving, training

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "train.py"
TINY = [
    "generator_widths=(8, 4)",
    "discriminator_widths=(4, 8)",
    "n_critic=2",
    "batch_size=16",
    "log_every=10",
    "checkpoint_every=20",
    "grid_every=100",
    "score_samples=200",
]


def tiny(steps, *more):
    return recipes.get("cwgan/digits").override([*TINY, f"steps={steps}", *more])


def lines(workdir):
    """The metrics, which are fingerprints of the batches seen, without the time that they took."""
    written = [json.loads(line) for line in (workdir / "metrics.jsonl").read_text().splitlines()]
    return {line.pop("step"): {name: value for name, value in line.items() if name != "seconds"} for line in written}


def stop_in_the_middle(workdir, number, at, steps):
    """Starts the script, sends it a signal once a checkpoint of step `at` is there, and waits."""
    overrides = [f"--set={assignment}" for assignment in TINY]
    process = subprocess.Popen(
        [sys.executable, SCRIPT, f"--workdir={workdir}", f"--steps={steps}", *overrides],
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while max(training.RunFolder(workdir).checkpoint_files(), default=0) < at and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGUSR1, 138)]
)
def test_a_signal_to_the_script_saves_the_run_and_is_its_exit_code(tmp_path, number, code):
    found, errors = stop_in_the_middle(tmp_path / "run", number, at=20, steps=4_000)
    assert found == code, errors
    stopped_at = next(iter(training.RunFolder(tmp_path / "run").checkpoint_files()))
    assert 20 <= stopped_at < 4_000
    assert stopped_at % 10 == 0
    assert f"Stopped and saved at step {stopped_at}" in errors
    assert "the same command resumes" in errors
    assert list(lines(tmp_path / "run"))[-1] == stopped_at


def test_steps_in_one_call_of_the_graph_are_the_same_steps(tmp_path):
    """Also where they do not divide what is left."""
    training.run(tiny(20), tmp_path / "one", progress=False)
    training.run(tiny(7, "steps_per_execution=5"), tmp_path / "five", progress=False)
    training.run(tiny(20, "steps_per_execution=5"), tmp_path / "five", progress=False)
    assert_same_state(tfgans.load(tmp_path / "five"), tfgans.load(tmp_path / "one"))


def test_a_signal_before_the_first_step_is_heard_after_the_first_line(tmp_path, monkeypatch):
    number = signal.SIGUSR1
    original = data.ImageSet.batches

    def interrupted(*args, **kwargs):
        os.kill(os.getpid(), number)
        return original(*args, **kwargs)

    before = signal.getsignal(number)
    monkeypatch.setattr(data.ImageSet, "batches", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Stopped and saved at step 10") as stop:
        training.run(tiny(20, "grid_every=10"), tmp_path / "run", progress=False)
    assert stop.value.signal == number
    assert signal.getsignal(number) == before
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [10]
    assert list(lines(tmp_path / "run")) == [10]
    assert (tmp_path / "run" / "grids" / "step_00000010.png").is_file()


def test_another_process_is_refused_before_the_checkpoint_is_read(finished, monkeypatch):
    _, workdir = finished
    before = files(workdir)
    reads = []
    monkeypatch.setattr(training.RunFolder, "restore", lambda *_: reads.append(1))
    with training.RunFolder(workdir).claim(tiny(20)), pytest.raises(ValueError, match="Another process runs in"):
        training.run(tiny(40), workdir, progress=False)
    assert not reads
    assert files(workdir) == before


def test_a_finished_run_that_was_killed_while_it_was_scored_is_not_exported_again(finished, tmp_path, monkeypatch):
    _, workdir = finished
    shutil.copytree(workdir, tmp_path / "run")
    (tmp_path / "run" / "scores.json").unlink()
    training.run(tiny(20), tmp_path / "run", progress=False)
    assert serving.versions(tmp_path / "run" / "saved_model") == [1]
    assert (tmp_path / "run" / "scores.json").is_file()


def test_damaged_lines_of_metrics_are_put_aside(finished, tmp_path, capsys):
    _, workdir = finished
    shutil.copytree(workdir, tmp_path / "run")
    damaged = b"".join(
        text + b"\n"
        for text in (b"half", b"[]", b'{"step": -1}', b'{"step": "3"}', b'{"step": 15, "k": null}', b"\xff")
    )
    file = tmp_path / "run" / "metrics.jsonl"
    file.write_bytes(damaged + file.read_bytes())
    training.run(tiny(30), tmp_path / "run", progress=False)
    assert list(lines(tmp_path / "run")) == [10, 20, 30]
    assert file.with_suffix(".damaged").read_bytes() == damaged
    assert "metrics.jsonl (6 in all) is now in" in capsys.readouterr().err


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "run"
    return training.run(tiny(20), workdir, progress=False), workdir


def test_leaves_everything_behind(finished):
    result, workdir = finished
    assert result.grid == workdir / "grids" / "step_00000020.png"
    assert (workdir / "grids" / "step_00000000.png").is_file()
    assert json.loads((workdir / "recipe.json").read_text())["name"] == "cwgan/digits"
    assert [path.name for path in (workdir / "tensorboard").iterdir()]
    assert list(lines(workdir)) == [10, 20]
    scores = json.loads(result.scores_file.read_text())
    assert scores == result.scores
    assert [score["metric"] for score in scores] == ["label_accuracy/judge", "intra_class_distance_share/pixels"]
    for score in scores:
        assert {"data", "split", "samples", "seed", "averaged", "step"} <= score["protocol"].keys()
    assert {"extractor", "extractor_hash", "resize"} <= scores[0]["protocol"].keys()
    assert scores[0]["protocol"]["judge_test_score"][0] > 0.98
    assert tf.saved_model.contains_saved_model(str(result.saved_model))


def test_running_again_changes_nothing(finished):
    result, workdir = finished
    before = files(workdir)
    again = training.run(tiny(20), workdir, progress=False)
    assert again.scores == result.scores
    assert again.saved_model == result.saved_model
    assert files(workdir) == before


def files(workdir):
    """Every file with the time of its last change; opening the lock touches that."""
    paths = [path for path in workdir.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path: path.stat().st_mtime_ns for path in paths}


def test_what_is_missing_from_a_finished_run_is_made_again(finished, tmp_path):
    _, workdir = finished
    shutil.copytree(workdir, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "saved_model")
    (tmp_path / "run" / "metrics.jsonl").write_text("\0\0\n" + (workdir / "metrics.jsonl").read_text())
    result = training.run(tiny(30), tmp_path / "run", progress=False)
    assert tf.saved_model.contains_saved_model(str(result.saved_model))
    assert list(lines(tmp_path / "run")) == [10, 20, 30]


def test_refuses_to_end_before_the_step_it_is_at(finished):
    _, workdir = finished
    before = files(workdir)
    with pytest.raises(ValueError, match="at step 20 already; received steps=10"):
        training.run(tiny(10), workdir, progress=False)
    assert files(workdir) == before


def test_loads_averaged_or_not(finished):
    result, workdir = finished
    model = tfgans.load(workdir)
    images = model.sample(4, labels=[0, 1, 2, 3], seed=0)
    np.testing.assert_array_equal(images, result.model.sample(4, labels=[0, 1, 2, 3], seed=0))
    raw = tfgans.load(workdir, step=20, averaged=False).sample(4, labels=[0, 1, 2, 3], seed=0)
    assert np.any(raw != images)


def test_starts_from_the_networks_of_another_run(finished, tmp_path, monkeypatch):
    """Each network has the other's weights before the first step; step and optimizers begin anew."""
    result, workdir = finished
    started = []

    def stop(model, *_):
        started.append(model)
        raise RuntimeError("before the first step")

    monkeypatch.setattr("tfgans.training.loop.train", stop)
    with pytest.raises(RuntimeError, match="before the first step"):
        training.run(tiny(20, f"init_from={workdir}", "seed=5"), tmp_path / "new", progress=False)
    (model,) = started
    for name in ("discriminator", "generator", "averaged_generator"):
        pairs = zip(getattr(model, name).weights, getattr(result.model, name).weights, strict=True)
        for ours, theirs in pairs:
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=f"{name}: {ours.path}")
    assert int(model.step.numpy()) == 0
    assert [int(optimizer.iterations.numpy()) for optimizer in model.optimizers.values()] == [0, 0]


def test_refuses_to_start_from_other_networks(finished, tmp_path):
    _, workdir = finished
    recipe = tiny(20, "generator_widths=(6, 4)", f"init_from={workdir}")
    with pytest.raises(ValueError, match="other shapes"):
        training.run(recipe, tmp_path / "new", progress=False)
    assert not (tmp_path / "new").exists()


def test_stops_where_training_breaks_and_keeps_the_last_good_checkpoint(tmp_path, monkeypatch):
    broken_at = 27

    def breaking(images, batch_size, *, seed, start):
        def spoil(number, batch):
            factor = tf.where(start + number >= 2 * broken_at, float("nan"), 1.0)
            return {**batch, "image": batch["image"] * factor}

        return data.batches(images.arrays, batch_size, seed=seed, start=start).enumerate().map(spoil)

    monkeypatch.setattr(data.ImageSet, "batches", breaking)
    with pytest.raises(callbacks.NonFiniteError) as error:
        training.run(tiny(100), tmp_path / "run", progress=False)
    assert error.value.step == broken_at
    assert "discriminator_loss" in error.value.names
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [20]
    assert all(np.all(np.isfinite(value)) for value in state(tfgans.load(tmp_path / "run")).values())


def test_refuses_before_writing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        training.run(tiny(20), tmp_path / "file" / "run", progress=False)
    with pytest.raises(ValueError, match="batch_size must be at most 1437"):
        training.run(tiny(20, "batch_size=5000"), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match=r"has \(shape, conditioning, its size\) \(\(8, 8, 1\), 'class', 10\)"):
        training.run(tiny(20, "image_shape=(16, 16, 1)"), tmp_path / "run", progress=False)
    missing = recipes.get("cwgan/mnist").override(["steps=20"])
    with pytest.raises(FileNotFoundError, match="not prepared"):
        training.run(missing, tmp_path / "run", data_dir=os.fspath(tmp_path / "nowhere"), progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_own_arrays_in_place_of_the_recipes(tmp_path, random):
    """Coloured images of another size, three classes: the recipe takes its condition from them."""
    images = random.integers(0, 256, (60, 12, 10, 3), dtype=np.uint8)
    own = data.from_arrays(images, np.arange(60) % 3, label_names=["a", "b", "c"])
    result = training.run(tiny(2), tmp_path / "run", own=own, progress=False)
    assert result.model.labels.count == 3
    assert training.RunFolder(tmp_path / "run").label_names() == ("a", "b", "c")
    assert tfgans.load(tmp_path / "run").sample(3, labels=[0, 1, 2]).shape == (3, 8, 8, 1)


def test_attributes_are_scored_and_shown(tmp_path):
    recipe = recipes.get("cwgan/sprites").override([*TINY, "batch_size=16", "steps=2", "n_critic=1"])
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert [score["metric"] for score in result.scores] == [
        f"attribute_r2/{name}/judge" for name in data.SPRITE_ATTRIBUTES
    ]
    assert min(result.scores[0]["protocol"]["judge_test_score"]) > 0.9
    assert result.grid.is_file()


@pytest.mark.parametrize("name", [name for name in recipes.names() if len(recipes.get(name).image_shape) == 3])
def test_own_data_work_in_every_recipe(name, tmp_path, random):
    np.savez(tmp_path / "own.npz", images=random.integers(0, 256, (30, 9, 9, 3), np.uint8), labels=np.arange(30) % 2)
    for recipe in recipes.presets(name).values():
        adapted, train, test = training.load_data(
            recipe.override([f"data=npz:{tmp_path / 'own.npz'}"]), None, None, False
        )
        assert (len(train), len(test)) == (24, 6)
        assert train.image.shape[1:] == recipe.image_shape
        if isinstance(recipe, recipes.ConditionalRecipe):
            assert adapted.takes_labels == ("class", 2)
        assert training.default_workdir(adapted) != training.default_workdir(recipe)


def test_default_workdir():
    assert training.default_workdir(recipes.get("cwgan/digits")) == pathlib.Path("runs/cwgan/digits/0")
    assert training.default_workdir(recipes.get("cgan/mnist", "paper")) == pathlib.Path("runs/cgan/mnist/paper/0")


def test_load_refuses(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        tfgans.load(tmp_path)
    folder = training.RunFolder(tmp_path / "run")
    with folder.claim(tiny(20)):
        folder.begin(tiny(20), ())
    with pytest.raises(FileNotFoundError, match="no checkpoint yet"):
        tfgans.load(tmp_path / "run")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "toy"
    recipe = recipes.get("logan/ring8").override(
        ["steps=20", "widths=(8,)", "log_every=10", "grid_every=10", "checkpoint_every=10", "score_every=10"]
    )
    return training.run(recipe, workdir, progress=False), workdir


def test_a_toy_world_is_trained_on_counted_and_shown(toy):
    result, workdir = toy
    names = ("modes", "high_quality_share", "reverse_kl")
    assert [score["metric"] for score in result.scores] == [f"{name}/points" for name in names]
    assert result.scores[0]["protocol"]["modes_there_are"] == 8
    curve = (workdir / "score_curves.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in curve] == [10, 20]
    assert result.grid.is_file()
    assert tfgans.load(workdir).reconstruct(np.zeros((3, 2))).shape == (3, 2)
    recipe = training.RunFolder(workdir).recipe()
    assert training.run(recipe, workdir, progress=False).scores == result.scores


def test_modes_are_counted_in_the_units_of_the_world(toy):
    """The model's points times the scale, counted by hand."""
    result, workdir = toy
    (score, *_) = tfgans.evaluate(workdir, scorer=training.run_scorer(workdir, samples=300, sets=1))
    world = data.toy_world("ring8")
    points = tfgans.load(workdir).sample(300, seed=0) * world.scale
    distances = np.linalg.norm(points[:, None] - world.centers, axis=-1)
    near = distances.min(axis=1) <= 3 * world.sigma
    assert score["value"] == len(set(distances.argmin(axis=1)[near]))
    assert training.RunFolder(workdir).scores()[:3] == result.scores
    with pytest.raises(ValueError, match="Of a toy world, modes are counted; received frechet"):
        tfgans.evaluate(workdir, ["frechet"])


def test_samples_of_a_model_without_labels(toy, tmp_path):
    _, workdir = toy
    script = SCRIPT.with_name("sample.py")
    command = [sys.executable, script, f"--workdir={workdir}", "--count=7", f"--out={tmp_path / 'points.npz'}"]
    subprocess.run(command, check=True, capture_output=True)
    assert list(np.load(tmp_path / "points.npz")) == ["images"]
    np.testing.assert_array_equal(np.load(tmp_path / "points.npz")["images"], tfgans.load(workdir).sample(7, seed=0))
    command = [sys.executable, script, f"--workdir={workdir}", "--label=3", f"--out={tmp_path / 'none.npz'}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "LOGAN takes no labels; received --label=3" in done.stderr


def test_images_without_labels_are_trained_on_and_scored(tmp_path, random):
    frames = random.integers(0, 256, (40, 9, 16, 3), dtype=np.uint8)
    np.savez(tmp_path / "frames.npz", frames=frames)
    changes = ["steps=2", "widths=(4, 6)", "head_width=5", "batch_size=8", "score_samples=20", "image_shape=(8, 8, 3)"]
    recipe = recipes.get("logan/junction").override([*changes, f"data=npz:{tmp_path / 'frames.npz'}"])
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert {score["metric"] for score in result.scores} == {
        f"{name}/pixels" for name in ("precision", "recall", "density", "coverage")
    }
    assert result.grid.is_file()


def test_own_images_do_not_fit_a_toy_world(tmp_path, random):
    own = data.from_arrays(random.integers(0, 256, (60, 8, 8, 1), dtype=np.uint8))
    with pytest.raises(ValueError, match="logan/ring8 is made for points"):
        training.run(recipes.get("logan/ring8"), tmp_path / "run", own=own, progress=False)


def test_codes_of_a_model_with_an_encoder_are_shown(tmp_path):
    recipe = recipes.get("began_cs/ring8").override(["steps=4", "log_every=2", "grid_every=2", "checkpoint_every=4"])
    folder = training.RunFolder(tmp_path / "run")
    training.run(recipe, folder.path, progress=False)
    assert [file.name for file in sorted(folder.codes.glob("*.png"))] == [f"step_{n:08d}.png" for n in (0, 2, 4)]
    lines = [json.loads(line) for line in (folder.codes / "variances.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [0, 2, 4]
    assert all(line["real"] > 0 for line in lines)
    assert [json.loads(line)["step"] for line in folder.metrics_file.read_text().splitlines()] == [2, 4]
    assert not folder.alarms_file.exists()


def test_a_fraction_is_trained_on_and_all_is_scored_against(tmp_path, monkeypatch, random):
    seen = []
    original = data.ImageSet.batches
    monkeypatch.setattr(
        data.ImageSet,
        "batches",
        lambda self, *args, **kwargs: seen.append(len(self)) or original(self, *args, **kwargs),
    )
    np.savez(tmp_path / "images.npz", images=random.integers(0, 256, (125, 8, 8, 1), np.uint8))
    recipe = recipes.get("began/digits").override(
        [
            f"data=npz:{tmp_path / 'images.npz'}",
            "train_fraction=0.2",
            "steps=1",
            "batch_size=10",
            "score_samples=20",
            "filters=2",
        ]
    )
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert seen == [20]
    assert {score["protocol"]["real_images"] for score in result.scores} == {20}
    with pytest.raises(ValueError, match="batch_size must be at most 20"):
        training.run(recipe.override(["batch_size=21"]), tmp_path / "other", progress=False)
    with pytest.raises(ValueError, match="grid25 is drawn without end"):
        training.run(recipes.get("began/grid25").override(["train_fraction=0.5"]), tmp_path / "other", progress=False)
