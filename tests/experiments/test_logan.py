import numpy as np
import pytest

from tfgans import experiments
from tfgans.experiments import Trial


@pytest.mark.parametrize(("name", "rows", "figures"), [("fig3", [0, 9], 1), ("fig4", [3], 0)])
def test_every_step_of_an_item_for_a_moment(name, rows, figures, tmp_path):
    (item,) = experiments.items("logan", [name])
    trials = [Trial(item.settings[row], 0, "small", True, tmp_path / str(row), None, False) for row in rows]
    for trial in trials:
        measured = item.run(trial)
        assert all(np.isfinite(value) for value in measured.values.values())
        assert measured.values["modes/points"] <= 25
        assert measured.protocol
    if item.figures is not None:
        item.figures(trials, tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == figures


def test_vanilla_has_no_penalty_and_wasserstein_five_updates():
    for item in experiments.items("logan"):
        for setting in item.settings:
            assert (setting["penalty"] == "none") == (setting["objective"] == "v")
