"""Items of an hour a run."""

import pytest

import papers
from papers.frame import Trial

ITEMS = {f"{paper.name}/{item.name}": item for paper in papers.PAPERS for item in paper.items if item.scale == "hour"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has", "ignore:.* could not be taken")
@pytest.mark.parametrize("name", ITEMS)
def test_every_step_of_an_item_for_a_moment(name, run_for_a_moment, prepared, mnist, short_classifier, easy):
    run_for_a_moment(*name.split("/"), [len(ITEMS[name].settings) - 1], None, prepared)


@pytest.mark.parametrize("name", [name for name in ITEMS if "portraits" in name or "olivetti" in name])
def test_photographs_come_from_the_folder_of_data(name, tmp_path):
    item = ITEMS[name]
    with pytest.raises(FileNotFoundError, match=r"takes its images from .*64\.npz"):
        item.run(Trial(item.settings[0], 0, "hour", True, tmp_path, str(tmp_path), False))
