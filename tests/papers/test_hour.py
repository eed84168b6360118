"""Items of an hour a run."""

import pathlib
import types

import pytest

import papers
from papers.frame import Trial
from papers.runs import shown_images
from papers.xgan import experiments
from tfgans import data, plots, training

ITEMS = {
    f"{paper.name}/{item.name}": item for paper in papers.PAPERS for item in paper.items if item.scales[0] == "hour"
}

# Other tests, or other items at this scale or the small one, take the same steps.
REPEATED = {
    "avae/table1_cifar10",
    "began_cs/fig7_k",
    "began_cs/portraits16",
    "cwgan/fig3_10",
    "logan/junction",
    "logan/table1_2_3_cifar10",
    "logan/table1_2_3_mnist",
    "xgan/fashion_mnist",
}


@pytest.mark.parametrize("name", ITEMS)
def test_every_row_trains_a_recipe_of_its_own(name, recipes_of_rows):
    assert all(recipe.preset == "hour" for recipe in recipes_of_rows(ITEMS[name], "hour"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has", "ignore:.* could not be taken")
@pytest.mark.parametrize("name", [name for name in ITEMS if name not in REPEATED])
def test_every_step_of_an_item_for_a_moment(name, run_for_a_moment, prepared, mnist, easy):
    settings = ITEMS[name].settings
    real = [row for row, setting in enumerate(settings) if "real images" in setting.values()]
    run_for_a_moment(*name.split("/"), [*real, len(settings) - 1], None, prepared)


@pytest.mark.parametrize("name", [name for name in ITEMS if "portraits" in name or "olivetti" in name])
def test_photographs_come_from_the_folder_of_data(name, tmp_path):
    item = ITEMS[name]
    with pytest.raises(FileNotFoundError, match=r"takes its images from .*64\.npz"):
        item.run(Trial(item.settings[0], 0, "hour", True, tmp_path, str(tmp_path), False))


_SAMPLES = ["fig4_{}_xgan.png"]
_REAL = ["fig4_{}_real.png", "fig5_{}_train.png", "fig5_{}_test.png", "neighbours_{}.png"]


@pytest.mark.parametrize(("images", "shown"), [("olivetti", _SAMPLES), ("flowers17", _SAMPLES + _REAL)])
def test_photographs_of_people_are_not_shown(images, shown, tmp_path, monkeypatch):
    drawn = []

    def draw(*arguments, **options):
        drawn.extend(argument.name for argument in arguments if isinstance(argument, pathlib.Path))

    model = types.SimpleNamespace(samples_by_label=False, sample=lambda *arguments, seed: None, morph=None)
    monkeypatch.setattr(training, "load", lambda folder: model)
    monkeypatch.setattr(experiments, "splits", lambda trial: [data.digits("train"), data.digits("test")])
    for module, name in ((plots, "image_grid"), (plots, "morph_grid"), (experiments, "neighbour_sheet")):
        monkeypatch.setattr(module, name, draw)
    trial = Trial({"data": images, "system": "xgan"}, 0, "hour", True, tmp_path, str(tmp_path), False)
    experiments.few_figures([trial], tmp_path)
    assert drawn == [name.format(images) for name in shown]


def test_real_photographs_whose_licence_forbids_it_are_refused(tmp_path):
    trial = Trial({"data": "olivetti"}, 0, "hour", True, tmp_path, str(tmp_path), False)
    with pytest.raises(ValueError, match="licence of olivetti forbids"):
        shown_images(trial, 1)
