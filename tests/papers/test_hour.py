"""Items of an hour a run."""

import pytest

import papers
from papers.frame import Trial
from papers.xgan import experiments

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


@pytest.mark.parametrize(
    ("images", "shown"), [("olivetti", ["samples"]), ("flowers17", ["samples", "real", "nearest"])]
)
def test_photographs_of_people_are_not_shown(images, shown, tmp_path, monkeypatch):
    drawn = []
    for name, part in (("_draw_samples", "samples"), ("_draw_beside_real", "real"), ("neighbour_sheet", "nearest")):
        monkeypatch.setattr(experiments, name, lambda *arguments, part=part: drawn.append(part))
    trial = Trial({"data": images, "system": "xgan"}, 0, "hour", True, tmp_path, str(tmp_path), False)
    experiments.few_figures([trial], tmp_path)
    assert drawn == shown
