import dataclasses
import fcntl
import json
import os
import pathlib
import resource
import subprocess

import numpy as np
import pytest
from short_runs import tiny

from tfgans.training import RunFolder, build

RECIPE = tiny("cwgan/digits", "batch_size=64")


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "run")
    claim(folder)
    return folder


def claim(folder, recipe=RECIPE, label_names=("a", "b")):
    with folder.claim(recipe):
        folder.begin(recipe, label_names)


@pytest.fixture
def model():
    return build(RECIPE)


def save_at(folder, model, *steps):
    for step in steps:
        model.step.assign(step)
        folder.save(model)


def test_claim_writes_recipe_and_versions(folder):
    assert folder.recipe() == RECIPE
    (versions,) = json.loads(folder.versions_file.read_text())
    assert {"python", "tfgans", "tensorflow", "keras"} <= versions.keys()


def test_another_start_changes_nothing_and_other_versions_are_noted(folder, monkeypatch, capsys):
    before = {path: path.stat().st_mtime_ns for path in folder.path.glob("*.json")}
    claim(folder)
    assert before == {path: path.stat().st_mtime_ns for path in folder.path.glob("*.json")}
    monkeypatch.setattr("tfgans.__version__", "99")
    claim(folder)
    assert [versions["tfgans"] for versions in json.loads(folder.versions_file.read_text())][1:] == ["99"]
    assert "began with other package versions" in capsys.readouterr().err


def test_one_process_at_a_time(folder):
    """Locks are of open files, so a second lock is refused within one process too."""
    with folder.claim(RECIPE), pytest.raises(ValueError, match="Another process runs in"):
        claim(RunFolder(folder.path))
    claim(folder)


def test_the_lock_of_a_file_that_is_gone_is_none(tmp_path, monkeypatch):
    """A process that wrote nothing removes its lock while another waits for it with the file open."""
    folder, flock = RunFolder(tmp_path / "run"), fcntl.flock

    def late(file, operation):
        (folder.path / ".lock").unlink()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(ValueError, match="Another process runs in"):
        claim(folder)


def test_a_folder_whose_making_was_cut_short_can_be_claimed(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".recipe.json").write_text("{")
    folder = RunFolder(tmp_path / "run")
    claim(folder)
    assert folder.recipe() == RECIPE


def test_a_damaged_recipe_is_named(folder):
    folder.recipe_file.write_text("")
    with pytest.raises(ValueError, match=r"recipe\.json is damaged"):
        claim(folder)


@pytest.mark.parametrize("text", ["", "[", "3", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["versions.json", "label_names.json"])
def test_a_damaged_file_that_only_informs_is_put_aside(folder, capsys, name, text):
    content = text if isinstance(text, bytes) else text.encode()
    (folder.path / name).write_bytes(content)
    claim(folder)
    assert (folder.path / name).with_suffix(".damaged").read_bytes() == content
    assert "damaged" in capsys.readouterr().err
    assert folder.label_names() == ("a", "b")
    assert len(json.loads(folder.versions_file.read_text())) == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]"])
def test_damaged_scores_are_put_aside_when_a_run_begins(folder, capsys, text):
    assert folder.scores() == []
    folder.scores_file.write_text(text)
    with pytest.raises(ValueError, match=r"scores\.json"):
        folder.scores()
    assert folder.scores_file.read_text() == text
    claim(folder)
    assert folder.scores() == []
    assert not folder.scores_file.exists()
    assert (folder.path / "scores.damaged").read_text() == text
    folder.scores_file.write_text(f"another {text}")
    claim(folder)
    assert (folder.path / "scores.damaged").read_text() == text
    assert (folder.path / "scores.1.damaged").read_text() == f"another {text}"
    assert "scores.damaged" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff"])
def test_damaged_checksums_are_put_aside_when_a_run_begins(folder, model, capsys, content):
    save_at(folder, model, 10)
    folder.checksums_file.write_bytes(content)
    folder.restore(model)
    assert folder.checksums_file.read_bytes() == content
    claim(folder)
    assert folder.checksums_file.with_suffix(".damaged").read_bytes() == content
    assert "checksums.damaged" in capsys.readouterr().err


def test_refuses_another_recipe_and_shows_the_difference(folder):
    before = folder.recipe_file.read_bytes()
    with pytest.raises(ValueError, match="batch_size is 64 there and 32 here; seed is 0 there and 7 here"):
        claim(folder, dataclasses.replace(RECIPE, batch_size=32, seed=7))
    assert folder.recipe_file.read_bytes() == before


def test_a_longer_run_continues(folder):
    claim(folder, dataclasses.replace(RECIPE, steps=10_000))
    assert folder.recipe().steps == 10_000


def test_refuses_a_folder_of_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(ValueError, match="holds no run"):
        claim(RunFolder(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_claim_under_which_nothing_begins_leaves_nothing(tmp_path):
    with RunFolder(tmp_path / "runs" / "one").claim(RECIPE):
        assert (tmp_path / "runs" / "one" / ".lock").is_file()
    assert not list(tmp_path.iterdir())


def test_leftovers_of_killed_processes_are_removed_and_those_of_others_stay(folder):
    done = subprocess.Popen(["true"])
    done.wait()
    (folder.path / "saved_model").mkdir()
    (folder.path / "grids").mkdir()
    killed = [folder.checkpoints / f".{done.pid}-step_00000010.weights.h5", folder.path / "grids" / f".{os.getpid()}-a"]
    running = folder.path / f".{os.getppid()}-scores.json"
    for file in (*killed, running):
        file.write_text("half")
    (folder.path / "saved_model" / f".{done.pid}-x" / "model").mkdir(parents=True)
    claim(folder)
    assert not any(file.exists() for file in killed)
    assert not list((folder.path / "saved_model").iterdir())
    assert running.exists()


def test_no_run_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        RunFolder(tmp_path).recipe()


def test_keeps_the_last_three(folder, model):
    save_at(folder, model, 1, 2, 3, 10, 20)
    assert list(folder.checkpoint_files()) == [20, 10, 3]
    assert len(list(folder.checkpoints.glob("*.h5"))) == 3


def test_a_copy_of_a_checkpoint_is_none(folder, model):
    save_at(folder, model, 10)
    for name in ("step_00000010 (copy).weights.h5", "step_x.weights.h5", "step_00000020.weights.h5.bak"):
        (folder.checkpoints / name).write_bytes(b"")
    assert list(folder.checkpoint_files()) == [10]
    assert folder.restore(model).name == "step_00000010.weights.h5"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", None])
def test_a_checkpoint_without_its_checksum_is_read_and_said_to_be_unchecked(folder, model, capsys, content):
    save_at(folder, model, 10)
    if content is None:
        folder.checksums_file.unlink()
    else:
        folder.checksums_file.write_bytes(content)
    assert folder.restore(model) == folder.checkpoint_files()[10]
    assert "step_00000010.weights.h5, which is read unchecked" in capsys.readouterr().err
    save_at(folder, model, 20)
    folder.restore(model)
    assert "unchecked" not in capsys.readouterr().err


def test_restores_the_newest_or_the_one_asked_for(folder, model):
    save_at(folder, model, 10, 20)
    assert folder.restore(model).name == "step_00000020.weights.h5"
    assert folder.restore(model, 10).name == "step_00000010.weights.h5"
    assert int(model.step.numpy()) == 10
    with pytest.raises(FileNotFoundError, match=r"steps \[10, 20\]; received step 15"):
        folder.restore(model, 15)


def cut_to(size):
    return lambda content: content[:size]


def zero_a_block_at(start):
    return lambda content: content[:start] + bytes(500) + content[start + 500 :]


@pytest.mark.parametrize(
    "damage", [cut_to(0), cut_to(100), cut_to(20_000), zero_a_block_at(0), zero_a_block_at(30_000)]
)
def test_falls_back_from_a_damaged_checkpoint_and_says_so(folder, model, capsys, damage):
    save_at(folder, model, 10)
    expected = model.get_weights()
    model.generator.trainable_variables[0].assign_add(model.generator.trainable_variables[0] * 0 + 1)
    save_at(folder, model, 20)
    newest = folder.checkpoint_files()[20]
    newest.write_bytes(damage(newest.read_bytes()))
    fresh = build(RECIPE)
    assert folder.restore(fresh).name == "step_00000010.weights.h5"
    for ours, theirs in zip(expected, fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert f"Cannot read {newest}" in capsys.readouterr().err


def test_one_bit_of_a_weight_is_damage(folder, model):
    """HDF5 reads the file without an error."""
    save_at(folder, model, 10, 20)
    newest = folder.checkpoint_files()[20]
    content = bytearray(newest.read_bytes())
    content[content.index(model.generator.trainable_variables[0].numpy().tobytes())] ^= 1
    newest.write_bytes(content)
    assert folder.restore(model).name == "step_00000010.weights.h5"


def test_all_checkpoints_broken(folder, model):
    save_at(folder, model, 10)
    folder.checkpoint_files()[10].write_bytes(b"")
    with pytest.raises(ValueError, match=r"None of the checkpoints step_00000010\.weights\.h5 can be read"):
        folder.restore(model)


def test_nothing_to_restore(tmp_path, model):
    assert RunFolder(tmp_path / "nowhere").restore(model) is None


def test_an_interrupted_write_leaves_the_last_checkpoint(folder, model, monkeypatch):
    save_at(folder, model, 10)
    original = pathlib.Path.write_bytes

    def interrupted(path, content):
        original(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(pathlib.Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_at(folder, model, 20)
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == ["checksums.json", "step_00000010.weights.h5"]
    assert folder.restore(model).name == "step_00000010.weights.h5"


def test_a_checkpoint_that_cannot_be_written_is_an_error_with_its_name(folder, model):
    """Files may not grow to the size of a checkpoint. HDF5 would end the process if it wrote the file itself."""
    save_at(folder, model, 10)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large") as error:
            save_at(folder, model, 20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.value.filename == os.fspath(folder.checkpoints / "step_00000020.weights.h5")
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == ["checksums.json", "step_00000010.weights.h5"]


def test_a_file_and_its_name_are_on_the_disk_before_anybody_relies_on_it(folder, model, flushed, moves):
    """The file's bytes before it gets its name, and the name before the save ends."""
    path = folder.save(model)
    before = {target: seen for source, target, seen in moves if source in seen}
    assert before.keys() == {os.fspath(path), os.fspath(folder.checksums_file)}
    assert flushed[len(before[os.fspath(path)]) :] == [os.fspath(folder.checkpoints)]


def test_lines_are_on_the_disk_before_the_checkpoint_after_which_they_are_not_written_again(folder, model, moves):
    folder.codes.mkdir()
    lines = [folder.metrics_file, folder.codes / "variances.jsonl"]
    for path in lines:
        path.write_text('{"step": 10}\n')
    save_at(folder, model, 10)
    (before,) = [flushed for _, path, flushed in moves if path.endswith("step_00000010.weights.h5")]
    assert {os.fspath(path) for path in lines} <= set(before)
