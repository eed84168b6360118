import dataclasses

import numpy as np
import pytest

from tfgans import data


@pytest.fixture
def mnist(monkeypatch):
    """Digits on 28 pixels in the place of MNIST, which is not everywhere."""

    def load(name, split="train", **source):
        if name != "mnist":
            return original(name, split, **source)
        digits = data.digits("train" if split.startswith("train") else "test")
        grown = np.kron(digits.image, np.ones((1, 3, 3, 1), "float32"))
        return dataclasses.replace(digits, image=np.pad(grown, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=-1))

    original = data.load
    monkeypatch.setattr(data, "load", load)


@pytest.fixture
def short_classifier(monkeypatch, tmp_path):
    """A classifier of a moment, in a cache of its own."""
    monkeypatch.setattr("tfgans.evaluation.classifier._MOST_STEPS", 20)
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "cache"))
