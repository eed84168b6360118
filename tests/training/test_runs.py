import dataclasses
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
from short_runs import eager_steps, metrics_of, new_run, quick_runs, read_lines, tiny
from table import assert_same_state, state

import tfgans
from tfgans import _profile, callbacks, data, recipes, serving, training
from tfgans.training import loading, loop
from tfgans.training.execution import Execution

# Two steps between lines of metrics, pictures and checkpoints.
EVERY_TWO = ("log_every=2", "grid_every=2", "checkpoint_every=2")
SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "train.py"


def digits(steps, *changes):
    return tiny("cwgan/digits", f"steps={steps}", *changes)


def ring(steps, *changes):
    """A GAN of points, whose steps and whose SavedModel are the quickest."""
    return tiny("gan/ring8", f"steps={steps}", *changes)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_the_script_saves_the_run_and_is_its_exit_code(tmp_path, number, code):
    recipe = digits(4_000, "log_every=10", "checkpoint_every=20")
    small = dataclasses.asdict(recipes.get("cwgan/digits"))
    changes = [f"--set={name}={value}" for name, value in dataclasses.asdict(recipe).items() if value != small[name]]
    process = subprocess.Popen(
        [sys.executable, SCRIPT, f"--workdir={tmp_path / 'run'}", *changes], stderr=subprocess.PIPE, text=True
    )
    folder, deadline = training.RunFolder(tmp_path / "run"), time.monotonic() + 120
    while max(folder.checkpoint_files(), default=0) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    stopped_at = next(iter(folder.checkpoint_files()))
    assert 20 <= stopped_at < 4_000
    assert stopped_at % 10 == 0
    assert f"Stopped and saved at step {stopped_at}" in errors
    assert "the same command resumes" in errors
    assert list(metrics_of(tmp_path / "run"))[-1] == stopped_at


def test_steps_in_one_call_of_the_graph_are_the_same_steps(monkeypatch):
    """Also where they do not divide the steps that are left."""
    models = []
    for at_once, ends in ((1, (8,)), (2, (3, 8))):
        monkeypatch.setattr("tfgans.training.execution.STEPS_A_CALL", at_once)
        recipe = ring(8, "log_every=4", "grid_every=4", "checkpoint_every=4")
        world, model = data.toy_world(recipe.data), training.build(recipe)
        execution = Execution(model, xla=False)
        for end in ends:
            loop.train(model, dataclasses.replace(recipe, steps=end), world, execution, [])
        models.append(model)
    assert [int(model.step.numpy()) for model in models] == [8, 8]
    assert_same_state(*models)


@pytest.mark.usefixtures("quick")
def test_a_signal_before_the_first_step_is_heard_after_the_first_line(tmp_path, monkeypatch):
    number = signal.SIGUSR1
    original = data.ToyWorld.batches

    def interrupted(*args, **kwargs):
        os.kill(os.getpid(), number)
        return original(*args, **kwargs)

    before = signal.getsignal(number)
    monkeypatch.setattr(data.ToyWorld, "batches", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Stopped and saved at step 2") as stop:
        training.run(ring(4, *EVERY_TWO), tmp_path / "run", progress=False)
    assert stop.value.signal == number
    assert signal.getsignal(number) == before
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [2]
    assert list(metrics_of(tmp_path / "run")) == [2]
    assert (tmp_path / "run" / "grids" / "step_00000002.png").is_file()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "run"
    with eager_steps():
        return training.run(digits(2), workdir, progress=False), workdir


def test_leaves_everything_behind(finished):
    result, workdir = finished
    assert result.grid == workdir / "grids" / "step_00000002.png"
    assert (workdir / "grids" / "step_00000000.png").is_file()
    assert json.loads((workdir / "recipe.json").read_text())["name"] == "cwgan/digits"
    assert [path.name for path in (workdir / "tensorboard").iterdir()]
    assert list(metrics_of(workdir)) == [1, 2]
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
    again = training.run(digits(2), workdir, progress=False)
    assert again.scores == result.scores
    assert again.saved_model == result.saved_model
    assert files(workdir) == before


def files(workdir):
    """Every file with the time of its last change; opening the lock touches that."""
    paths = [path for path in workdir.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path: path.stat().st_mtime_ns for path in paths}


def test_another_process_is_refused_before_the_checkpoint_is_read(finished, monkeypatch):
    _, workdir = finished
    before = files(workdir)
    reads = []
    monkeypatch.setattr(training.RunFolder, "restore", lambda *_: reads.append(1))
    with training.RunFolder(workdir).claim(digits(2)), pytest.raises(ValueError, match="Another process runs in"):
        training.run(digits(4), workdir, progress=False)
    assert not reads
    assert files(workdir) == before


def test_a_finished_run_that_was_killed_while_it_was_scored_is_not_exported_again(toy, tmp_path):
    _, workdir = toy
    shutil.copytree(workdir, tmp_path / "run")
    (tmp_path / "run" / "scores.json").unlink()
    training.run(training.RunFolder(workdir).recipe(), tmp_path / "run", progress=False)
    assert serving.versions(tmp_path / "run" / "saved_model") == [1]
    assert (tmp_path / "run" / "scores.json").is_file()


@pytest.mark.usefixtures("quick")
def test_a_longer_run_makes_missing_files_again_and_puts_damaged_lines_aside(toy, tmp_path, capsys):
    _, workdir = toy
    shutil.copytree(workdir, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "saved_model")
    damaged = b"".join(
        text + b"\n"
        for text in (b"half", b"[]", b'{"step": -1}', b'{"step": "3"}', b'{"step": 1, "k": null}', b"\xff", b"\0\0")
    )
    file = tmp_path / "run" / "metrics.jsonl"
    file.write_bytes(damaged + file.read_bytes())
    recipe = dataclasses.replace(training.RunFolder(workdir).recipe(), steps=3)
    assert recipe.decay == "cosine"
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert tf.saved_model.contains_saved_model(str(result.saved_model))
    assert list(metrics_of(tmp_path / "run")) == [1, 2, 3]
    assert file.with_suffix(".damaged").read_bytes() == damaged
    told = capsys.readouterr().err
    assert "metrics.jsonl (7 in all) are now in" in told
    assert f"A schedule of {recipe.name} is stretched from 2 to 3 steps." in told


def test_refuses_to_end_before_the_step_it_is_at(finished):
    _, workdir = finished
    before = files(workdir)
    with pytest.raises(ValueError, match="at step 2 already; received steps=1"):
        training.run(digits(1), workdir, progress=False)
    assert files(workdir) == before


def test_loads_averaged_or_not(finished):
    result, workdir = finished
    model = tfgans.load(workdir)
    images = model.sample(4, labels=[0, 1, 2, 3], seed=0)
    np.testing.assert_array_equal(images, result.model.sample(4, labels=[0, 1, 2, 3], seed=0))
    raw = tfgans.load(workdir, step=2, averaged=False).sample(4, labels=[0, 1, 2, 3], seed=0)
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
        training.run(digits(2, f"init_from={workdir}", "seed=5"), tmp_path / "new", progress=False)
    (model,) = started
    for name in ("discriminator", "generator", "averaged_generator"):
        pairs = zip(getattr(model, name).weights, getattr(result.model, name).weights, strict=True)
        for ours, theirs in pairs:
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=f"{name}: {ours.path}")
    assert int(model.step.numpy()) == 0
    assert [int(optimizer.iterations.numpy()) for optimizer in model.optimizers.values()] == [0, 0]


def test_refuses_to_start_from_other_networks(finished, tmp_path):
    _, workdir = finished
    recipe = digits(2, "generator_widths=(6, 4)", f"init_from={workdir}")
    with pytest.raises(ValueError, match="other shapes"):
        training.run(recipe, tmp_path / "new", progress=False)
    with pytest.raises(ValueError, match="The ConditionalWGANGP of the run in init_from has no encoder"):
        training.run(tiny("bigan/digits", f"init_from={workdir}"), tmp_path / "new", progress=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("quick")
def test_stops_where_training_breaks_and_keeps_the_last_good_checkpoint(tmp_path, monkeypatch):
    broken_at, original = 3, data.ToyWorld.batches

    def breaking(world, batch_size, *, start, **options):
        def spoil(number, batch):
            factor = tf.where(start + number >= broken_at, float("nan"), 1.0)
            return {**batch, "image": batch["image"] * factor}

        return original(world, batch_size, start=start, **options).enumerate().map(spoil)

    monkeypatch.setattr(data.ToyWorld, "batches", breaking)
    with pytest.raises(callbacks.NonFiniteError) as error:
        training.run(ring(6, *EVERY_TWO), tmp_path / "run", progress=False)
    assert error.value.step == broken_at
    assert "discriminator_loss" in error.value.names
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [2]
    assert all(np.all(np.isfinite(value)) for value in state(tfgans.load(tmp_path / "run")).values())


def test_each_replica_has_whole_packs():
    """Batches of six are three packs of two, which three replicas can share and two cannot."""
    recipe, points = tiny("pacgan/ring8", "batch_size=6"), data.toy_world("ring8")
    loading.check_data(recipe, points, 3)
    with pytest.raises(ValueError, match="must be a multiple of packing, 2; received 6 for 2 replicas"):
        loading.check_data(recipe, points, 2)


def test_refuses_before_writing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        training.run(digits(2), tmp_path / "file" / "run", progress=False)
    with pytest.raises(ValueError, match="batch_size must be at most 1437"):
        training.run(digits(2, "batch_size=5000"), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match=r"has \(shape, .*\) \(\(8, 8, 1\), 'class', 10\); the recipe expects \(\(16,"):
        training.run(digits(2, "image_shape=(16, 16, 1)"), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="score cannot be taken: it needs 10 samples or more, and there are 5"):
        training.run(tiny("gan/digits", "score_samples=5"), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="flip turns images; ring8 has points"):
        training.run(tiny("gan/ring8", "flip=True"), tmp_path / "run", progress=False)
    missing = recipes.get("cwgan/mnist").override(["steps=20"])
    with pytest.raises(FileNotFoundError, match="not prepared"):
        training.run(missing, tmp_path / "run", data_dir=os.fspath(tmp_path / "nowhere"), progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("labels", "names", "label", "metrics"),
    [
        (np.arange(60) % 3, ["a", "b", "c"], 2, ["label_accuracy/judge", "intra_class_distance_share/pixels"]),
        (
            np.eye(2)[np.arange(60) % 2],
            ["a", "b"],
            [0.5, 0.5],
            [f"{score}/{name}/judge" for score in ("attribute_r2", "attribute_r2_of_test") for name in "ab"],
        ),
    ],
    ids=["classes", "attributes"],
)
def test_own_arrays_in_place_of_the_recipes(tmp_path, random, labels, names, label, metrics):
    """Coloured images of another size: the recipe takes its condition from them."""
    images = random.integers(0, 256, (60, 12, 10, 3), dtype=np.uint8)
    own = data.from_arrays(images, labels, label_names=names)
    result = training.run(digits(1), tmp_path / "run", own=own, progress=False)
    assert result.model.labels.count == len(names)
    assert [score["metric"] for score in result.scores] == metrics
    assert result.grid.is_file()
    assert training.RunFolder(tmp_path / "run").label_names() == tuple(names)
    assert tfgans.load(tmp_path / "run").sample(3, labels=[label] * 3).shape == (3, 8, 8, 1)
    learned = data.hold_out(data.from_arrays(images, labels, image_shape=(8, 8, 1)), "train")
    near = training.nearest_training_images(tmp_path / "run", learned.unit_images[:2], ["pixels"], 1, own=own)
    np.testing.assert_array_equal(near["pixels"].images[:, 0], learned.image[:2])


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
        if isinstance(recipe, recipes.XGANRecipe):
            # Its image classifier has the classes of the data, also where nothing else takes labels.
            assert adapted.learns_labels == ("class", 2)
        assert adapted.default_workdir != recipe.default_workdir


@pytest.mark.usefixtures("quick")
def test_a_run_does_not_go_on_with_more_images(tmp_path, random):
    """Another fifth of them would be held out, so that the run would be tested on images that it has learned from."""

    images = random.integers(0, 256, (31, 8, 8, 1), np.uint8)

    def save(count):
        np.savez(tmp_path / "own.npz", images=images[:count])

    recipe = tiny("bigan/digits", f"data=npz:{tmp_path / 'own.npz'}", "batch_size=4", "steps=1")
    save(30)
    training.run(recipe, tmp_path / "run", progress=False)
    save(31)
    message = r"has 24 training and 7 test images; it had 24 and 6 when the run in .* began"
    with pytest.raises(ValueError, match=message):
        training.run(recipe, tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match=message):
        training.run_scorer(tmp_path / "run", "pixels")
    save(30)
    training.run_scorer(tmp_path / "run", "pixels")


@pytest.mark.usefixtures("quick")
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
def test_a_run_does_not_go_on_with_other_images_or_labels(tmp_path, random):
    images, labels = random.integers(0, 256, (30, 8, 8, 1), np.uint8), np.arange(30) % 2

    def save(**arrays):
        np.savez(tmp_path / "own.npz", **arrays)
        return tiny("bigan/digits", f"data=npz:{tmp_path / 'own.npz'}", "batch_size=4", "steps=1")

    training.run(save(images=images, labels=labels), tmp_path / "run", progress=False)
    for other in (
        {"images": images[::-1], "labels": labels},
        {"images": images, "labels": 1 - labels},
        {"images": images},
    ):
        with pytest.raises(ValueError, match=r"npz:.* has other images or labels than when the run in .* began"):
            training.run(save(**other), tmp_path / "run", progress=False)
    by_another_decoder = np.minimum(images, 254) + (np.arange(8) % 2 == 0).astype(np.uint8)[:, None]
    recipe = save(images=by_another_decoder, labels=labels)
    training.run(recipe.override(["steps=2"]), tmp_path / "run", progress=False)


@pytest.mark.usefixtures("quick")
def test_a_damaged_note_of_the_data_is_put_aside_and_made_anew(tmp_path, random, capsys):
    np.savez(tmp_path / "own.npz", images=random.integers(0, 256, (30, 8, 8, 1), np.uint8))
    recipe = tiny("bigan/digits", f"data=npz:{tmp_path / 'own.npz'}", "batch_size=4", "steps=1")
    training.run(recipe, tmp_path / "run", progress=False)
    note = training.RunFolder(tmp_path / "run").data_file
    before = note.read_text()
    note.write_text("{")
    training.run(recipe.override(["steps=2"]), tmp_path / "run", progress=False)
    assert note.read_text() == before
    assert "data.json" in capsys.readouterr().err


def test_default_workdir():
    assert recipes.get("cwgan/digits").default_workdir == pathlib.Path("runs/cwgan/digits/0")
    assert recipes.get("cgan/mnist", "paper").default_workdir == pathlib.Path("runs/cgan/mnist/paper/0")


def test_load_refuses(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        tfgans.load(tmp_path)
    folder = training.RunFolder(tmp_path / "run")
    with folder.claim(ring(2)):
        folder.begin(ring(2), ())
    with pytest.raises(FileNotFoundError, match="no checkpoint yet"):
        tfgans.load(tmp_path / "run")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "toy"
    with quick_runs():
        return training.run(tiny("logan/ring8", "steps=2", "score_every=1"), workdir, progress=False), workdir


def test_a_toy_world_is_trained_on_counted_and_shown(toy):
    result, workdir = toy
    names = ("modes", "high_quality_share", "reverse_kl")
    assert [score["metric"] for score in result.scores] == [f"{name}/points" for name in names]
    assert result.scores[0]["protocol"]["modes_there_are"] == 8
    assert [line["step"] for line in read_lines(workdir / "score_curves.jsonl")] == [1, 2]
    assert result.grid.is_file()
    assert tfgans.load(workdir).reconstruct(np.zeros((3, 2))).shape == (3, 2)


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
    with pytest.raises(ValueError, match="scores of a toy world are modes, or all; received frechet"):
        tfgans.evaluate(workdir, ["frechet"])


@pytest.mark.usefixtures("quick")
def test_images_without_labels_are_trained_on_and_scored(tmp_path, random):
    frames = random.integers(0, 256, (40, 9, 16, 3), dtype=np.uint8)
    np.savez(tmp_path / "frames.npz", frames=frames)
    changes = ["steps=1", "batch_size=8", "score_samples=20", "image_shape=(8, 8, 3)"]
    recipe = tiny("gan/junction", *changes, f"data=npz:{tmp_path / 'frames.npz'}")
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert {score["metric"] for score in result.scores} == {
        f"{name}/pixels" for name in ("precision", "recall", "density", "coverage")
    }
    assert result.grid.is_file()


def test_own_images_of_a_run_are_asked_for(tmp_path):
    path = new_run(tmp_path / "run", tiny("gan/digits", "data=own:x-1")).path
    with pytest.raises(ValueError, match=r"learned from arrays of a program \(own:x-1\); give them again as `own`"):
        training.run_scorer(path, "pixels")


def test_own_images_do_not_fit_a_toy_world(tmp_path, random):
    own = data.from_arrays(random.integers(0, 256, (60, 8, 8, 1), dtype=np.uint8))
    with pytest.raises(ValueError, match="logan/ring8 is made for points of a toy world; received own images"):
        training.run(recipes.get("logan/ring8"), tmp_path / "run", own=own, progress=False)


@pytest.mark.usefixtures("quick")
def test_codes_of_a_model_with_an_encoder_are_shown(tmp_path):
    recipe = tiny("began_cs/ring8", "steps=4", *EVERY_TWO)
    folder = training.RunFolder(tmp_path / "run")
    training.run(recipe, folder.path, progress=False)
    assert [file.name for file in sorted(folder.codes.glob("*.png"))] == [f"step_{n:08d}.png" for n in (0, 2, 4)]
    variances = read_lines(folder.codes / "variances.jsonl")
    assert [line["step"] for line in variances] == [0, 2, 4]
    assert all(line["real"] > 0 for line in variances)
    assert list(metrics_of(folder.path)) == [2, 4]


@pytest.mark.usefixtures("quick")
def test_the_diversity_of_a_run_is_measured_and_its_fall_is_noted(tmp_path, monkeypatch, capsys):
    """Samples lie over real points at step 2, and are all the same at step 4."""
    real = data.toy_world("ring8").examples(200)[0]

    def sample(model, n, labels=None, seed=None):
        return real[:n] if int(model.step.numpy()) < 4 else np.zeros((n, 2), np.float32)

    monkeypatch.setattr(tfgans.AdversarialModel, "sample", sample)
    folder = training.RunFolder(tmp_path / "run")
    training.run(tiny("gan/ring8", "steps=4", *EVERY_TWO), folder.path, progress=False)
    lines = read_lines(folder.diversity_file)
    assert [line["step"] for line in lines] == [2, 4]
    assert lines[0]["coverage"] > 0.9
    assert lines[1]["spacing"] == 0
    assert [set(line) for line in read_lines(folder.alarms_file)] == [
        {"step", "overlap", "highest"},
        {"step", "spacing", "highest"},
    ]
    assert "Step 4: the overlap of samples fell to" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_a_fraction_is_trained_on_and_all_is_scored_against(tmp_path, monkeypatch, random):
    """Of 125 images 100 are in the train split; 20 are a fifth of these."""
    sizes, learned = [], []
    original, sources = data.ImageSet.batches, training.Scorer.sources
    monkeypatch.setattr(
        training.Scorer,
        "sources",
        lambda self, *args: learned.append(len(self.learned)) or sources(self, *args),
    )
    monkeypatch.setattr(
        data.ImageSet,
        "batches",
        lambda self, *args, **kwargs: sizes.append(len(self)) or original(self, *args, **kwargs),
    )
    np.savez(tmp_path / "images.npz", images=random.integers(0, 256, (125, 8, 8, 1), np.uint8))
    changes = [f"data=npz:{tmp_path / 'images.npz'}", "train_fraction=0.2", "batch_size=10", "score_samples=60"]
    recipe = tiny("gan/digits", "steps=1", *changes)
    result = training.run(recipe, tmp_path / "run", progress=False)
    assert sizes == [20]
    assert {score["protocol"]["real_images"] for score in result.scores} == {60}
    assert learned == [20]
    with pytest.raises(ValueError, match="batch_size must be at most 20"):
        training.run(recipe.override(["batch_size=21"]), tmp_path / "other", progress=False)
    with pytest.raises(ValueError, match="grid25 is drawn without end"):
        training.run(recipes.get("began/grid25").override(["train_fraction=0.5"]), tmp_path / "other", progress=False)


def test_a_profile_names_where_the_time_of_a_run_goes(tmp_path, monkeypatch):
    """The run has two graphs: of three steps a call, and of the one that is left over."""
    monkeypatch.setattr("tfgans.training.execution.STEPS_A_CALL", 3)
    recipe = ring(7, "log_every=3", "grid_every=3", "checkpoint_every=3")
    with _profile.profiled() as profile:
        training.run(recipe, tmp_path / "run", progress=False)
        rows = profile.rows()
    stored = json.loads((tmp_path / "run" / "profile.json").read_text())
    assert [row["part"] for row in stored] == [row["part"] for row in rows]
    calls = {row["part"]: row["calls"] for row in stored}
    assert calls[_profile.FIRST_CALL] == 2
    assert calls[_profile.STEPS] == 1
    # At the end of three epochs, and at the beginning and the end of two calls of `fit`.
    assert calls["callback Checkpoint"] == 3 + 2 * 2
    assert {"data", "build", "callback SamplePoints", "export", "final scores"} <= calls.keys()
    assert all(row["seconds"] >= 0 for row in stored)
    assert sum(row["share"] for row in stored) == pytest.approx(1, abs=0.01)
