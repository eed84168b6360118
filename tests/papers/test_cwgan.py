import pytest

import papers
from papers.frame import Trial
from tfgans import training
from tfgans.callbacks import NonFiniteError


def smoke(setting, workdir):
    return Trial(setting, 0, "small", True, workdir, None, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "figures"), [("fig3", 2, 4), ("fig4_6", 2, 6), ("fig7_10", 1, 0), ("penalty", 2, 0)]
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist):
    run_for_a_moment("cwgan", name, range(rows), figures)


def test_a_run_that_breaks_has_failed(tmp_path, monkeypatch):
    def breaks(*args, **kwargs):
        raise NonFiniteError(7, ["generator_loss"])

    monkeypatch.setattr(training, "run", breaks)
    (item,) = papers.find("cwgan").only(["fig7_10"]).items
    assert item.run(smoke(item.settings[0], tmp_path)).values == {"failed": 1.0}
