import dataclasses

import numpy as np
import pytest

import papers
from papers.frame import Trial
from tfgans import data


@pytest.fixture
def mnist(monkeypatch):
    """Digits on 28 pixels in the place of MNIST, which is not everywhere."""

    def load_splits(name, splits, **source):
        return [grown(split) for split in splits] if name == "mnist" else original(name, splits, **source)

    def grown(split):
        digits = data.digits("train" if split.startswith("train") else "test")
        larger = np.kron(digits.image, np.ones((1, 3, 3, 1), "float32"))
        return dataclasses.replace(digits, image=np.pad(larger, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=-1))

    original = data.load_splits
    monkeypatch.setattr(data, "load_splits", load_splits)


@pytest.fixture
def short_classifier(monkeypatch, tmp_path):
    """A classifier of a moment, in a cache of its own."""
    monkeypatch.setattr("tfgans.evaluation.classifier._MOST_STEPS", 20)
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run_for_a_moment(tmp_path):
    """Takes every step of some rows of an item for a moment, and draws its figures."""

    def run(paper, name, rows, figures, data_dir=None):
        (item,) = papers.find(paper).only([name]).items
        trials = [Trial(item.settings[row], 0, item.scale, True, tmp_path / str(row), data_dir, False) for row in rows]
        for trial in trials:
            measured = item.run(trial)
            assert measured.values
            assert all(np.isfinite(value) for value in measured.values.values())
            assert measured.protocol
        if item.figures is not None:
            item.figures(trials, tmp_path)
        assert len(list(tmp_path.glob("*.png"))) == figures

    return run
