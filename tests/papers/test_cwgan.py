import pytest

import papers
from papers.cwgan import experiments
from papers.frame import Measured, Trial
from tfgans import training
from tfgans.callbacks import NonFiniteError


def smoke(setting, workdir):
    return Trial(setting, 0, "small", True, workdir, None, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "figures"), [("fig3", 2, 4), ("fig4_6", 2, 6), ("learning_rates", 1, 0), ("penalty", 2, 0)]
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist):
    run_for_a_moment("cwgan", name, range(rows), figures)


def test_a_run_that_breaks_has_failed(tmp_path, monkeypatch):
    def breaks(*args, **kwargs):
        raise NonFiniteError(7, ["generator_loss"])

    monkeypatch.setattr(training, "run", breaks)
    (item,) = papers.find("cwgan").only(["learning_rates"]).items
    assert item.run(smoke(item.settings[0], tmp_path)).values == {"failed": 1.0}


@pytest.mark.parametrize(
    ("accuracy", "diversity", "failed"), [(0.8, 0.5, 0.0), (0.79, 1.0, 1.0), (1.0, 0.49, 1.0), (float("nan"), 1.0, 1.0)]
)
def test_a_run_with_wrong_labels_or_equal_images_has_failed(tmp_path, monkeypatch, accuracy, diversity, failed):
    values = {"label_accuracy/judge": accuracy, "intra_class_distance_share/pixels": diversity}
    monkeypatch.setattr(experiments, "train", lambda *arguments: None)
    monkeypatch.setattr(experiments, "scored", lambda result: Measured(values, {}))
    (item,) = papers.find("cwgan").only(["learning_rates"]).items
    assert item.run(smoke(item.settings[0], tmp_path)).values["failed"] == failed
