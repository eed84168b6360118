import numpy as np
import pytest

from tfgans import experiments
from tfgans.experiments import Trial


@pytest.mark.parametrize("name", ["fig4_6", "fig7_10", "penalty"])
def test_smoke(name, tmp_path):
    """Every step of an item for a moment; fig3 is the same code on MNIST, which is not everywhere."""
    (item,) = experiments.items("cwgan", [name])
    trial = Trial(item.settings[0], 0, "small", True, tmp_path / "run", None)
    values = item.run(trial)
    assert values
    assert all(np.isfinite(value) for value in values.values())
    if item.figures is not None:
        item.figures([trial], tmp_path)
        assert len(list(tmp_path.glob("*.png"))) == 3


def test_a_run_that_breaks_has_failed(tmp_path, monkeypatch):
    from tfgans import training
    from tfgans.callbacks import NonFiniteError

    def breaks(*args, **kwargs):
        raise NonFiniteError(7, ["generator_loss"])

    monkeypatch.setattr(training, "run", breaks)
    (item,) = experiments.items("cwgan", ["fig7_10"])
    assert item.run(Trial(item.settings[0], 0, "small", True, tmp_path, None)) == {"failed": 1.0}
