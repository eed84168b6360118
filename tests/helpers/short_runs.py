"""Helpers of several test files: recipes of runs that take a moment, the files of runs, and calls of commands."""

import contextlib
import functools
import json
import pathlib
import subprocess
import sys

import pytest
import tensorflow as tf
from absl import flags

from tfgans import recipes, training
from tfgans.evaluation import classifier
from tfgans.models import AdversarialModel
from tfgans.serving import saved_model

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"

_SHORT = ("batch_size=16", "log_every=1", "grid_every=100", "checkpoint_every=1", "score_samples=200")
_WIDTHS = {
    "began": ("filters=2", "widths=(6,)"),
    "began_cs": ("filters=2", "widths=(6,)"),
    "bigan": ("widths=(4, 6)", "head_width=5", "latent_size=2"),
    "cvae_gan": ("widths=(12, 10)",),
    "cwgan": ("generator_widths=(8, 4)", "discriminator_widths=(4, 8)", "n_critic=1"),
    "gan": ("widths=(4, 6)", "head_width=5", "latent_size=2"),
    "logan": ("widths=(4, 6)", "head_width=5", "latent_size=2"),
    "md_gan": ("widths=(12, 10)",),
    "pacgan": ("widths=(4, 6)", "head_width=5", "latent_size=2"),
    "rpgan": ("widths=(4, 6)", "head_width=5", "latent_size=2"),
    "xgan": ("widths=(12, 10)", "refresh_every=1", "classifier_steps=60", "least_accuracy=0.5", "neighbours=8"),
}


def tiny_changes(name):
    """Fields of the small recipe of a name that make its networks tiny, and its intervals short."""
    unused = recipes.get(name).unused_fields
    return [change for change in (*_SHORT, *_WIDTHS[name.split("/")[0]]) if change.split("=")[0] not in unused]


def tiny(name, *changes):
    """The small recipe of a name, with tiny networks and short intervals."""
    return recipes.get(name).override([*tiny_changes(name), *changes])


def new_run(path, recipe, label_names=()):
    """The folder of a run at step 0, whose networks are as they were initialised."""
    folder = training.RunFolder(path)
    with folder.claim(recipe):
        folder.begin(recipe, label_names)
        folder.save(training.build(recipe))
    return folder


def read_lines(path):
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def read_events(folder):
    """The scalars of a folder of TensorBoard events, by step and tag; and the pixels of its pictures."""
    values = {
        (event.step, value.tag): tf.make_ndarray(value.tensor)
        for file in folder.iterdir()
        for event in tf.compat.v1.train.summary_iterator(str(file))
        for value in event.summary.value
    }
    # A picture is its width, its height and its file.
    return {
        key: float(value) if value.ndim == 0 else tf.io.decode_png(value[2]).numpy() for key, value in values.items()
    }


def metrics_of(workdir):
    """The metrics of a run by step, which are fingerprints of the batches seen, without the time that they took."""
    lines = read_lines(workdir / "metrics.jsonl")
    return {line.pop("step"): {name: value for name, value in line.items() if name != "seconds"} for line in lines}


@contextlib.contextmanager
def eager_steps():
    """Models take their steps without a graph, which takes longer to make than a few steps do."""
    compile_model = AdversarialModel.compile
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            AdversarialModel,
            "compile",
            lambda *given, **options: compile_model(*given, **{**options, "run_eagerly": True}),
        )
        yield


class _Untraced(dict):
    """The functions of a model's faces, in the place of their graphs.

    Samples have a graph, since each of them has a random number generator.
    """

    def __init__(self, model):
        super().__init__()
        self._model = model

    def __contains__(self, key):
        return key[0] != "sample" or super().__contains__(key)

    def __getitem__(self, key):
        return super().__getitem__(key) if key[0] == "sample" else self._model.faces()[key[0]].function


@contextlib.contextmanager
def eager_answers():
    """Models answer without a graph, as above. Answers differ from those of a graph by rounding."""
    graphs = functools.cached_property(_Untraced)
    graphs.__set_name__(AdversarialModel, "_graphs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AdversarialModel, "_graphs", graphs)
        yield


@contextlib.contextmanager
def quick_classifiers():
    """Classifiers that score learn for 20 steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "_MOST_STEPS", 20)
        # Good classifiers are in the cache too.
        patch.setattr(classifier, "_VERSION", "quick")
        yield


@contextlib.contextmanager
def quick_runs():
    """Runs take eager steps, export an empty SavedModel, and score by a classifier of 20 steps.

    Graphs and the training of a good classifier would take most of the time.
    """

    def save(module, folder, signatures):
        pathlib.Path(folder).mkdir()
        pathlib.Path(folder, "saved_model.pb").write_bytes(b"graph")

    with eager_steps(), quick_classifiers(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_model, "_signatures", lambda model: {})
        patch.setattr(tf.saved_model, "save", save)
        yield


def run_script(name, *arguments, cwd=None):
    """A finished process of a script."""
    command = [sys.executable, SCRIPTS / f"{name}.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=120)


@contextlib.contextmanager
def flags_of(command):
    """The flags of a command are defined; commands share names of flags, so there is one command at a time."""
    before = set(flags.FLAGS)
    command.define_flags()
    try:
        yield flags.FLAGS
    finally:
        for name in set(flags.FLAGS) - before:
            delattr(flags.FLAGS, name)


def call(command, *arguments):
    """Calls a command in this process, since another would take seconds to start TensorFlow."""
    with flags_of(command) as values:
        _, *paths = values([command.__name__, *map(str, arguments)])
        command.main(*paths)
