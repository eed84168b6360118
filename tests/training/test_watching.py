import types

import numpy as np
import pytest
from short_runs import read_lines

from tfgans import data, evaluation, recipes
from tfgans.training import RunFolder, watching

RECIPE = recipes.get("gan/ring8")


class Model:
    samples_by_label = False

    def __init__(self):
        self.at, self.asked = 0, []
        self.step = types.SimpleNamespace(numpy=lambda: np.int64(self.at))

    def sample(self, count, **options):
        self.asked.append((count, options))
        return np.zeros((count, 2))


@pytest.fixture
def alarms(tmp_path, monkeypatch):
    """Returns the alarms of a run in which one measure takes some values and the others are 1: their numbers and facts.

    The numbers count measurements from 1.
    """

    def run(measure, values):
        every_one = evaluation.Diversity(*[1.0] * len(evaluation.Diversity._fields))
        scripted = iter([every_one._replace(**{measure: value}) for value in values])

        class Scripted(evaluation.DiversityMonitor):
            def __call__(self, samples):
                return next(scripted)

        monkeypatch.setattr(evaluation, "DiversityMonitor", Scripted)
        model, folder = Model(), RunFolder(tmp_path)
        (monitor,) = watching.monitors(RECIPE, folder, model, data.toy_world("ring8"))
        monitor.set_model(model)
        monitor.on_train_begin()
        for _ in values:
            model.at += RECIPE.grid_every
            monitor.on_epoch_end(0)
        assert model.asked == [(200, {"labels": None, "seed": 0})] * len(values)
        lines = read_lines(folder.alarms_file) if folder.alarms_file.exists() else []
        return [(line.pop("step") // RECIPE.grid_every, line) for line in lines]

    return run


@pytest.mark.parametrize(("measure", "least"), [("overlap", 0.1), ("spacing", 0.2)])
def test_a_run_warns_of_a_fall_below_half_of_a_highest_value_that_counts(measure, least, alarms):
    high = 4 * least
    found = alarms(measure, [high, 0.51 * high, 0.49 * high])
    assert [(number, facts["highest"]) for number, facts in found if "highest" in facts] == [(3, pytest.approx(high))]


@pytest.mark.parametrize(("measure", "least"), [("overlap", 0.1), ("spacing", 0.2)])
@pytest.mark.parametrize(("highest", "count"), [(0.99, 0), (1.01, 1)])
def test_a_run_does_not_warn_of_a_fall_from_next_to_nothing(measure, least, highest, count, alarms):
    found = alarms(measure, [highest * least, 0.1 * least])
    assert len([facts for _, facts in found if "highest" in facts]) == count


@pytest.mark.parametrize(
    ("values", "warned"), [([0.29] * 3, [3]), ([0.31] * 3, []), ([0.29, 0.29, 0.31, 0.29, 0.29], [])]
)
def test_a_run_warns_of_a_spacing_below_three_tenths_three_times_in_a_row(values, warned, alarms):
    found = [(number, facts["limit"]) for number, facts in alarms("spacing", values) if "limit" in facts]
    assert found == [(number, 0.3) for number in warned]
