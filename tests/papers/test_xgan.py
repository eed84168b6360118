import numpy as np
import pytest

import papers
from papers.frame import Trial
from tfgans import recipes


@pytest.fixture
def flowers(tmp_path, random):
    """A folder of prepared data with flowers of noise."""
    arrays = {}
    for split, count in (("train", 96), ("test", 24)):
        arrays[f"images_{split}"] = random.integers(0, 256, (count, 64, 64, 3), np.uint8)
        arrays[f"labels_{split}"] = np.arange(count) % 12
    np.savez(tmp_path / "flowers17_64.npz", **arrays, class_names=[f"flower {i}" for i in range(12)])
    return str(tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [("table1_2_3", [0, 2, 3, 5], 7), ("dimension", [0], 0)],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist, short_classifier, easy):
    run_for_a_moment("xgan", name, rows, figures)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has")
def test_flowers_for_a_moment(flowers, run_for_a_moment, short_classifier, easy):
    run_for_a_moment("xgan", "fig4_5", [1, 2], 5, flowers)


def test_flowers_come_from_the_folder_of_data(tmp_path):
    (item,) = papers.find("xgan").only(["fig4_5"]).items
    with pytest.raises(FileNotFoundError, match=r"takes its images from .*flowers17_64\.npz"):
        item.run(Trial(item.settings[2], 0, "small", True, tmp_path, str(tmp_path), False))


@pytest.fixture
def easy(monkeypatch):
    """An image classifier of some steps, of which nothing is asked."""

    def get(*arguments):
        recipe = original(*arguments)
        changes = ["classifier_steps=20", "least_accuracy=0"] if recipe.name.startswith("xgan") else []
        return recipe.override(changes)

    original = recipes.get
    monkeypatch.setattr(recipes, "get", get)
