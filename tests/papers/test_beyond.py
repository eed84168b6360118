import pytest

import papers
from papers.beyond import experiments
from papers.frame import Trial
from tfgans import recipes

ROWS = [
    (item, row) for item in papers.find("beyond").items for row in item.settings if "real images" not in row.values()
]


class AskedError(Exception):
    """A recipe that was to be trained."""


@pytest.mark.parametrize(
    ("item", "row"), ROWS, ids=lambda value: getattr(value, "name", None) or "_".join(value.values())
)
def test_every_row_trains_a_recipe_that_there_is(item, row, tmp_path, monkeypatch):
    def train(trial, name, *changes):
        raise AskedError(recipes.get(name).override(changes))

    monkeypatch.setattr(experiments, "train", train)
    with pytest.raises(AskedError):
        item.run(Trial(row, 0, "small", False, tmp_path, None, False))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("item", "rows", "pictures"),
    [
        ("stacked_mnist", [0, 3], 1),
        ("toy_worlds", [0, 8], 2),
        ("wide_generator", [0], 1),
        ("stacked_mnist_weak", [7], 1),
        ("augmentation", [3], 1),
        ("memorisation", [1], 1),
        ("monitor", [9], 0),
    ],
)
def test_every_step_of_a_count_for_a_moment(item, rows, pictures, run_for_a_moment, mnist, short_classifier):
    run_for_a_moment("beyond", item, rows, pictures)
