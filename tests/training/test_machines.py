import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from short_runs import quick_runs

import tfgans
from tfgans import data, recipes, training

PROGRAM = pathlib.Path(__file__).with_name("machine.py")
RECIPE = ["widths=(16, 16)", "log_every=5", "grid_every=10", "checkpoint_every=5", "score_samples=100"]
# A controller, and batch normalisation with a bank.
OTHERS = {
    "began_cs/digits": ["filters=2", *RECIPE[1:], "score_samples=150"],
    "xgan/digits": [*RECIPE, "refresh_every=5", "classifier_steps=20", "least_accuracy=0.0", "neighbours=8"],
}
SLOW = pytest.mark.slow


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Machines:
    """Two machines of one run, on this one."""

    def __init__(self, folder, workdir, steps, *options, recipe="logan/ring8", changes=RECIPE):
        self.weights = [folder / f"weights{index}.npz" for index in range(2)]
        self.logs = [folder / f"log{index}.txt" for index in range(2)]
        cluster = {"worker": [f"127.0.0.1:{port}" for port in free_ports(2)]}
        flags = [f"--recipe={recipe}", f"--steps={steps}", "--strategy=multi_worker", f"--workdir={workdir}"]
        flags += [f"--set={change}" for change in changes]
        self.processes = []
        for index, (weights, log) in enumerate(zip(self.weights, self.logs, strict=True)):
            environment = {
                **os.environ,
                "TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}}),
                "TF_NUM_INTRAOP_THREADS": "1",
            }
            command = [sys.executable, str(PROGRAM), str(weights), *options, "--", *flags]
            with open(log, "w", encoding="utf-8") as file:
                self.processes.append(subprocess.Popen(command, env=environment, stdout=file, stderr=file))

    def wait(self):
        codes = [process.wait(timeout=240) for process in self.processes]
        return codes, [log.read_text(encoding="utf-8") for log in self.logs]

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def starting(path):
    started = []

    def of(*arguments, **changes):
        folder = path / f"start{len(started)}"
        folder.mkdir()
        started.append(Machines(folder, *arguments, **changes))
        return started[-1]

    try:
        yield of
    finally:
        for machines in started:
            machines.end()


@pytest.fixture
def start(tmp_path):
    with starting(tmp_path) as of:
        yield of


class Whole:
    """A run of ten steps from its beginning to its end."""

    def __init__(self, path, start):
        self.folder = path / "run"
        machines = start(self.folder, 10)
        codes, self.logs = machines.wait()
        assert codes == [0, 0], self.logs
        self.weights = [weights_of(file) for file in machines.weights]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole")
    with starting(path) as of:
        return Whole(path, of)


def weights_of(file):
    with np.load(file) as arrays:
        return [arrays[name] for name in arrays.files]


def numbers(model):
    return [variable.numpy() for variable in model.weights]


def trained_alone(recipe, workdir):
    with quick_runs():
        return training.run(recipe, workdir, progress=False).model


@SLOW
def test_two_machines_train_one_model_and_the_chief_writes(whole, tmp_path):
    assert "This machine is done; the chief writes." in whole.logs[1]
    assert "SavedModel: " in whole.logs[0]
    for mine, theirs in zip(*whole.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    lines = (whole.folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [5, 10]
    # One process with the same global batch; sums are taken in another order.
    alone = trained_alone(recipes.get("logan/ring8").override([*RECIPE, "steps=10"]), tmp_path / "alone")
    for mine, theirs in zip(numbers(tfgans.load(whole.folder)), numbers(alone), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-3, atol=2e-4)


@SLOW
@pytest.mark.parametrize("recipe", OTHERS)
def test_machines_agree_on_statistics_controllers_and_banks(start, tmp_path, recipe):
    """The second machine begins with other numbers than the chief, and each refresh of a bank finds them again."""
    machines = start(tmp_path / "run", 10, recipe=recipe, changes=OTHERS[recipe])
    codes, logs = machines.wait()
    assert codes == [0, 0], logs
    first, second = (weights_of(file) for file in machines.weights)
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    alone = trained_alone(recipes.get(recipe).override([*OTHERS[recipe], "steps=10"]), tmp_path / "alone")
    for mine, theirs in zip(numbers(tfgans.load(tmp_path / "run")), numbers(alone), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-3, atol=2e-3)


@SLOW
def test_each_machine_reads_its_own_rows_of_each_batch(start, tmp_path):
    """The first pixel of an image is its number: both machines together train on each image of an epoch once."""
    numbered = np.broadcast_to(np.arange(50, dtype=np.uint8)[:, None, None, None], (50, 8, 8, 1))
    images = data.from_arrays(numbered, np.arange(50) % 2)
    data.write_store(tmp_path / "store", images, splits={"train": (0, 40), "test": (40, 50)})
    changes = [f"data=store:{tmp_path / 'store'}", "batch_size=8", "score_samples=40", *RECIPE[:4]]
    machines = start(tmp_path / "run", 5, "rows", recipe="gan/digits", changes=changes)
    codes, logs = machines.wait()
    assert codes == [0, 0], logs
    first, second = (np.load(file) for file in machines.weights)
    assert set(second["reads"]) == {4}
    assert first["steps"].shape == second["steps"].shape == (5, 4)
    np.testing.assert_array_equal(np.sort(np.concatenate([first["steps"], second["steps"]], axis=None)), np.arange(40))


@SLOW
def test_a_killed_machine_and_a_restart_of_both_end_with_the_same_bits(start, whole, tmp_path):
    killed = start(tmp_path / "run", 10, "dies")
    assert killed.processes[0].wait(timeout=240) == -signal.SIGKILL
    killed.end()
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [5]
    codes, logs = start(tmp_path / "run", 10).wait()
    assert codes == [0, 0], logs
    assert "Resuming" in logs[0]
    for mine, theirs in zip(numbers(tfgans.load(tmp_path / "run")), numbers(tfgans.load(whole.folder)), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@SLOW
def test_keras_alone_still_fails_on_several_machines(start, tmp_path):
    """A failure means that `AdversarialModel` no longer needs `_maybe_symbolic_build` and `_as_logs`."""
    machines = start(tmp_path / "run", 5, "plain")
    deadline = time.monotonic() + 120
    while all(process.poll() is None for process in machines.processes) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert any(process.poll() not in (None, 0) for process in machines.processes)
    machines.end()
    assert any("Error" in log.read_text() for log in machines.logs)


def test_several_machines_need_to_be_named(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(ValueError, match="needs TF_CONFIG, which names them"):
        training.strategy_of("multi_worker")
