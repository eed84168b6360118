import numpy as np
import pytest

from tfgans import experiments
from tfgans.experiments import Trial
from tfgans.experiments.avae import plant


@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [("table1", [2, 3], 4), ("controller", [2], 0), ("fig6_7", [0], 1), ("fig8", [1], 0), ("kl", [0], 0)],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, tmp_path, mnist, short_classifier):
    (item,) = experiments.items("avae", [name])
    trials = [Trial(item.settings[row], 0, "small", True, tmp_path / str(row), None, False) for row in rows]
    for trial in trials:
        measured = item.run(trial)
        assert measured.values
        assert all(np.isfinite(value) for value in measured.values.values())
        assert measured.protocol
    if item.figures is not None:
        item.figures(trials, tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == figures


def test_plant_by_hand():
    """e = .5 - .2 = .3 and k = .03; then L(G(z)) = .2 + .018 / 50 and k = .03 + .1 (.5 - .20036)."""
    errors, ks = plant((0.1, 0.0, 0.0), steps=2)
    np.testing.assert_allclose(errors, [0.3, 0.29964], rtol=1e-5)
    np.testing.assert_allclose(ks, [0.03, 0.059964], rtol=1e-5)


def test_plant_settles_at_one_half():
    errors, ks = plant((3e-3, 1e-2, 0.0), steps=5_000)
    assert abs(errors[-1]) < 1e-3
    assert ks[-1] == pytest.approx(0.5, abs=2e-3)
