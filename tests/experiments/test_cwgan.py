import dataclasses

import numpy as np
import pytest

from tfgans import data, experiments, training
from tfgans.callbacks import NonFiniteError
from tfgans.experiments import Trial


def smoke(setting, workdir):
    return Trial(setting, 0, "small", True, workdir, None, False)


@pytest.fixture
def mnist(monkeypatch):
    """Digits on 28 pixels in the place of MNIST, which is not everywhere."""

    def load(name, split, **source):
        if name != "mnist":
            return original(name, split, **source)
        digits = data.digits("train" if split.startswith("train") else "test")
        grown = np.kron(digits.image, np.ones((1, 3, 3, 1), "float32"))
        return dataclasses.replace(digits, image=np.pad(grown, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=-1))

    original = data.load
    monkeypatch.setattr(data, "load", load)


@pytest.mark.parametrize(
    ("name", "rows", "figures"), [("fig3", 2, 4), ("fig4_6", 2, 6), ("fig7_10", 1, 0), ("penalty", 2, 0)]
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, tmp_path, mnist):
    (item,) = experiments.items("cwgan", [name])
    trials = [smoke(setting, tmp_path / str(row)) for row, setting in enumerate(item.settings[:rows])]
    for trial in trials:
        measured = item.run(trial)
        assert measured.values
        assert all(np.isfinite(value) for value in measured.values.values())
        assert measured.protocol
    if item.figures is not None:
        item.figures(trials, tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == figures


def test_a_run_that_breaks_has_failed(tmp_path, monkeypatch):
    def breaks(*args, **kwargs):
        raise NonFiniteError(7, ["generator_loss"])

    monkeypatch.setattr(training, "run", breaks)
    (item,) = experiments.items("cwgan", ["fig7_10"])
    assert item.run(smoke(item.settings[0], tmp_path)).values == {"failed": 1.0}
