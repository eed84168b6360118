"""Callbacks of the user in a run."""

import keras
import numpy as np
import pytest
import run_files
import tensorflow as tf
from short_runs import read_events, tiny

from tfgans import training


class Recording(keras.callbacks.Callback):
    """Notes epochs and steps, and draws from all global generators, as the user's code may."""

    def __init__(self, stop_at=None):
        super().__init__()
        self.seen, self.logs, self._stop_at = [], [], stop_at

    def on_epoch_end(self, epoch, logs=None):
        step = int(self.model.step.numpy())
        self.seen.append((epoch, step))
        self.logs.append(set(logs))
        np.random.random()  # noqa: NPY002 - as old code does
        tf.random.uniform([])
        keras.random.normal([])
        logs.clear()
        self.model.stop_training = step == self._stop_at


def ring(steps):
    return tiny("gan/ring8", f"steps={steps}", "log_every=2", "grid_every=2", "checkpoint_every=2")


def run(path, steps, *acting):
    return training.run(ring(steps), path, progress=False, callbacks=acting)


def files(path):
    metrics, kept = run_files.without_times(run_files.contents(path))
    checkpoint = max(path.glob("checkpoints/*.h5"))
    return metrics, kept.keys(), {name: array.tobytes() for name, array in run_files.tensors(checkpoint).items()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The files of a run of seven steps without callbacks of the user."""
    from short_runs import quick_runs

    path = tmp_path_factory.mktemp("runs") / "alone"
    with quick_runs():
        run(path, 7)
    return files(path)


@pytest.mark.usefixtures("quick")
def test_a_callback_ends_a_run_whose_continuation_has_the_bits_of_a_run_without_any(tmp_path, alone):
    stopping, following = Recording(stop_at=4), Recording()
    result = run(tmp_path / "run", 7, stopping)
    assert stopping.seen == [(0, 2), (1, 4)]
    assert {"generator_loss", "spacing", "alarms"} <= stopping.logs[0]
    assert int(result.model.step.numpy()) == 4
    assert {score["protocol"]["step"] for score in result.scores} == {4}
    run(tmp_path / "run", 7, following)
    assert following.seen == [(2, 6), (3, 7)]
    assert files(tmp_path / "run") == alone


@pytest.mark.usefixtures("quick")
def test_an_error_of_a_callback_leaves_a_run_that_resumes(tmp_path, alone):
    def fail(epoch, logs):
        if epoch == 1:
            raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        run(tmp_path / "run", 7, keras.callbacks.LambdaCallback(on_epoch_end=fail))
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [2]
    run(tmp_path / "run", 7)
    assert files(tmp_path / "run") == alone


@pytest.mark.usefixtures("quick")
def test_tensorboard_has_the_pictures_of_a_run(tmp_path):
    recipe = tiny("logan/digits", "steps=2", "log_every=2", "grid_every=2", "checkpoint_every=2")
    training.run(recipe, tmp_path / "run", progress=False)
    events = read_events(tmp_path / "run" / "tensorboard")
    for name in ("grids", "codes"):
        for step in (0, 2):
            file = (tmp_path / "run" / name / f"step_{step:08d}.png").read_bytes()
            np.testing.assert_array_equal(events[step, name], tf.io.decode_png(file))
