"""A run that dies at any of its writes, or finds the disk full there, goes on and ends with the same bits.

The way SQLite tests itself: a run is watched, and every state that its folder has between two writes is kept. It is the
state that SIGKILL leaves there. A run is resumed from each of them. For a full disk, each of the writes fails in turn.
"""

import errno
import itertools
import os
import pathlib
import shutil
import sys

import keras
import pytest
import tensorflow as tf
from matplotlib.figure import Figure
from run_files import contents, tensors, without_times
from short_runs import eager_answers
from table import assert_same

from tfgans import recipes, serving, training
from tfgans.models import XGAN, AdversarialModel

pytestmark = pytest.mark.slow

PICTURE = tf.io.encode_png(tf.zeros([2, 2, 3], tf.uint8)).numpy()

COMMON = ["steps=4", "log_every=2", "grid_every=2", "checkpoint_every=2"]
# Labelled images; points, with codes and scores while it trains; and a bank, with a classifier of its own.
CHANGES = {
    "cwgan/digits": ["generator_widths=(4, 3)", "discriminator_widths=(3, 4)", "n_critic=1", "score_samples=40"],
    "logan/ring8": ["widths=(6,)", "score_samples=40", "score_every=2"],
    "xgan/digits": [
        "widths=(6, 5)",
        "refresh_every=2",
        "classifier_steps=20",
        "least_accuracy=0.0",
        "neighbours=6",
        "score_samples=40",
    ],
}
_WRITES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


class Watch:
    """Calls back before each write below a folder; audit hooks cannot be taken away again."""

    def __init__(self):
        self._folder, self._call = None, None
        sys.addaudithook(self._hear)

    def run(self, recipe, folder, call):
        self._folder, self._call = os.fspath(folder), call
        try:
            return training.run(recipe, folder, progress=False)
        finally:
            self._call = None

    def _hear(self, event, arguments):
        if self._call is None or event not in _WRITES | {"open"}:
            return
        path = arguments[1] if event == "os.rename" else arguments[0]
        writes = event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        # TensorBoard's events are written elsewhere, and no run reads them.
        if writes and isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self._folder):
            # It writes itself.
            call, self._call = self._call, None
            try:
                call(event, os.fspath(path))
            finally:
                self._call = call


@pytest.fixture(scope="module")
def watch():
    return Watch()


class States:
    """The different states of a run's folder, each before another write, and those with half of a last line.

    Attributes:
        folders: Copies of the run's folder.
        before: What the run's folder holds before a write that may find the disk full, by the write's number; the
            first such write of each state.
    """

    def __init__(self, folder, kept):
        self._folder, self._kept, self._last, self._count = folder, kept, None, 0
        self.folders, self.before = [], {}

    def __call__(self, event, path):
        files = contents(self._folder)
        if self._folder.exists() and files != self._last:
            self._keep("whole")
            for name, content in files.items():
                if name.endswith(".jsonl") and content != (self._last or {}).get(name):
                    torn = self._keep(f"torn-{pathlib.Path(name).stem}") / name
                    torn.write_bytes(content[: -len(content.splitlines()[-1]) // 2])
        # A folder that is there already needs no room.
        needs_room = event in ("open", "os.rename") or (event == "os.mkdir" and not os.path.exists(path))
        if needs_room and files not in self.before.values():
            self.before[self._count] = files
        self._last = files
        self._count += 1

    def _keep(self, kind):
        target = self._kept / f"{self._count:03}-{kind}"
        shutil.copytree(self._folder, target)
        self.folders.append(target)
        return target


@pytest.fixture
def _cheap(quick, monkeypatch):
    """Cheap stand-ins for training and pictures; every other part of a run, and each of its files, is what it is.

    A step makes numbers that depend on those before it, so that the bits of the end tell where a run went on.
    """

    def fit(model, batches, *, initial_epoch, epochs, steps_per_epoch, callbacks, **_):
        acting = keras.callbacks.CallbackList(callbacks, model=model)
        acting.on_train_begin()
        for epoch in range(initial_epoch, epochs):
            model.step.assign_add(steps_per_epoch)
            for weight in model.trainable_variables:
                weight.assign(weight * (1 + 0.01 * float(model.step)))
            acting.on_epoch_end(epoch, dict.fromkeys(model.log_names, 0.5))
        acting.on_train_end()

    for kind in (AdversarialModel, XGAN):
        monkeypatch.setattr(kind, "fit", fit)
    monkeypatch.setattr(Figure, "savefig", lambda figure, path, **_: pathlib.Path(path).write_bytes(PICTURE))
    with eager_answers():
        yield


def watched(name, watch, folder):
    """The recipe of a short run, and the states of its folder."""
    recipe = recipes.get(name).override([*COMMON, *CHANGES[name]])
    # What is kept of real images is made once, and no write of the run.
    training.run(recipe, folder / "before", progress=False)
    states = States(folder / "through", folder / "states")
    watch.run(recipe, folder / "through", states)
    assert len(states.folders) > 15
    return recipe, states


@pytest.mark.usefixtures("_cheap")
@pytest.mark.parametrize("name", CHANGES)
def test_a_run_that_died_before_any_of_its_writes_ends_with_the_same_bits(name, watch, tmp_path):
    recipe, states = watched(name, watch, tmp_path)
    last = f"checkpoints/step_{recipe.steps:08d}.weights.h5"
    through, expected = tensors(tmp_path / "through" / last), without_times(contents(tmp_path / "through"))
    assert through
    for folder in states.folders:
        training.run(recipe, folder, progress=False)
        assert_same(tensors(folder / last), through)
        found = {file: content for file, content in contents(folder).items() if not file.endswith(".damaged")}
        assert without_times(found) == expected, folder.name
        assert serving.versions(folder / "saved_model") == [1], folder.name


@pytest.mark.usefixtures("_cheap")
@pytest.mark.parametrize("name", CHANGES)
def test_a_full_disk_at_any_write_leaves_what_a_kill_there_leaves(name, watch, tmp_path):
    """A run goes on from that, as the test above shows."""
    recipe, states = watched(name, watch, tmp_path)
    for number, before in states.before.items():
        run = tmp_path / f"full-{number}"
        writes = itertools.count()

        def fail(event, path, number=number, writes=writes):
            if next(writes) == number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

        with pytest.raises(OSError, match=r"No space left on device.*full-"):
            watch.run(recipe, run, fail)
        assert without_times(contents(run)) == without_times(before), number
        assert contents(run).keys() == before.keys(), number
        assert not list(run.rglob(f".{os.getpid()}-*")), number
