import contextlib
import dataclasses
import functools
import json

import numpy as np
import pytest
from short_runs import eager_answers, quick_classifiers, quick_runs

import papers
from papers import styles
from papers.frame import Trial
from papers.logan import experiments as logan
from tfgans import data, recipes, training
from tfgans.metrics import judge

# One item of each paper trains by graphs and exports its models, as a user's runs do.
WHOLE = {
    ("avae", "kl"),
    ("began_cs", "fig7"),
    ("beyond", "toy_worlds"),
    ("cwgan", "penalty"),
    ("logan", "direct"),
    ("xgan", "dimension"),
}


@pytest.fixture
def mnist(monkeypatch):
    """Digits in the place of MNIST, Fashion-MNIST and CIFAR-10, which are not everywhere."""
    margins = {"mnist": 2, "fashion_mnist": 2, "cifar10": 4}

    def load_splits(name, splits, **source):
        return [grown(name, split) for split in splits] if name in margins else original(name, splits, **source)

    def grown(name, split):
        digits, margin = data.digits("train" if split.startswith("train") else "test"), margins[name]
        larger = np.kron(digits.image, np.ones((1, 3, 3, 3 if name == "cifar10" else 1), "float32"))
        around = ((0, 0), (margin, margin), (margin, margin), (0, 0))
        return dataclasses.replace(digits, image=np.pad(larger, around, constant_values=-1))

    original = data.load_splits
    monkeypatch.setattr(data, "load_splits", load_splits)


@pytest.fixture
def prepared(tmp_path, random):
    """A folder of prepared data with noise in the place of photographs."""

    def noise(name, shape, classes=0, **arrays):
        # A tenth of the training images fills a batch.
        for split, count in (("train", 8 * max(classes, 30)), ("test", 2 * max(classes, 30))):
            arrays[f"images_{split}"] = random.integers(0, 256, (count, *shape), np.uint8)
            if classes:
                arrays[f"labels_{split}"] = np.arange(count) % classes
        np.savez(tmp_path / name, **arrays)

    noise("portraits64.npz", (64, 64, 3), source_test=np.arange(60) % 2)
    noise("olivetti64.npz", (64, 64, 1), 40)
    noise("flowers17_64.npz", (64, 64, 3), 12)
    np.savez(tmp_path / "junction_frames96x54.npz", frames=random.integers(0, 256, (100, 54, 96, 3), np.uint8))
    return str(tmp_path)


@pytest.fixture
def easy(monkeypatch):
    """X-GAN's classifiers of some steps, of which nothing is asked."""

    def get(*arguments):
        recipe = original(*arguments)
        changes = ["classifier_steps=20", "least_accuracy=0"] if recipe.name.startswith("xgan") else []
        return recipe.override(changes)

    original = recipes.get
    monkeypatch.setattr(recipes, "get", get)


class AskedError(Exception):
    """A recipe that was to be trained."""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Returns the recipe that the row of an item would train, at the item's own scale or another."""

    def train(trial, name, *changes):
        raise AskedError(recipes.get(name, trial.scale).override(changes))

    def run(item, row, scale=None):
        monkeypatch.setattr(f"papers.{item.paper}.experiments.train", train)
        with pytest.raises(AskedError) as error:
            item.run(Trial(row, 0, scale or item.scales[0], False, tmp_path, None, False))
        return error.value.args[0]

    return run


@pytest.fixture
def recipes_of_rows(asked):
    """Returns the recipes that an item's rows would train at a scale; two rows with one recipe are an error."""

    def read(item, scale):
        rows = [row for row in item.settings if "real images" not in row.values()]
        found = [asked(item, row, scale) for row in rows]
        assert len({json.dumps(recipe.to_dict()) for recipe in found}) == len(found)
        return found

    return read


@contextlib.contextmanager
def _short():
    """Runs without a graph, which are loaded once, and measures on few images."""
    with quick_runs(), eager_answers(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "load", functools.cache(training.load))
        patch.setattr(styles, "_KNOWN", dict.fromkeys(styles._KNOWN, 200))
        patch.setattr(styles, "CHANGED", 20)
        patch.setattr(judge, "_TREES", 10)
        patch.setattr(logan, "_JUNCTION_SAMPLES", 50)
        yield


@pytest.fixture
def run_for_a_moment(tmp_path):
    """Takes every step of some rows of an item for a moment, and draws its figures."""

    def run(paper, name, rows, figures, data_dir=None):
        (item,) = papers.find(paper).only([name]).items
        trials = [
            Trial(item.settings[row], 0, item.scales[0], True, tmp_path / str(row), data_dir, False) for row in rows
        ]
        with quick_classifiers() if (paper, name) in WHOLE else _short():
            for trial in trials:
                measured = item.run(trial)
                assert measured.values
                assert all(np.isfinite(value) for value in measured.values.values())
                assert measured.protocol
            if item.figures is not None:
                item.figures(trials, tmp_path)
        drawn = len(list(tmp_path.glob("*.png")))
        assert drawn > 0 if figures is None else drawn == figures

    return run
