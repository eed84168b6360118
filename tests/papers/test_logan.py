import numpy as np
import pytest
from short_runs import quick_runs

import papers
from papers.frame import Trial
from papers.logan.experiments import score_every
from tfgans import recipes


def smoke(setting, workdir, data_dir=None):
    return Trial(setting, 0, "small", True, workdir, data_dir, False)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [
        ("fig3", [0, 15], 1),
        ("fig4", [1], 1),
        ("table1_2_3_mnist", [0, 7], 5),
        ("junction", [0, 2], 1),
        ("direct", [1], 0),
    ],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, prepared, mnist):
    run_for_a_moment("logan", name, rows, figures, prepared)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
def test_reconstructions_are_scored_where_there_is_an_encoder(tmp_path):
    (item,) = papers.find("logan").only(["penalty"]).items
    with_one = item.settings[0]
    without = {**with_one, "form": "gan", "penalty": "interpolated"}
    with quick_runs():
        measured = [item.run(smoke(one, tmp_path / one["form"])) for one in (with_one, without)]
    assert all(one.protocol for one in measured)
    found = [one.values for one in measured]
    assert {"score/classifier", "frechet/classifier"} <= found[1].keys()
    assert found[0].keys() - found[1].keys() == {"best_reconstruction_ssim"}
    assert np.all(np.isfinite([value for values in found for value in values.values()]))


def test_frames_of_the_junction_come_from_the_folder_of_data(tmp_path):
    (item,) = papers.find("logan").only(["junction"]).items
    with pytest.raises(FileNotFoundError, match=r"takes its images from .*junction_frames96x54\.npz"):
        item.run(smoke(item.settings[0], tmp_path, str(tmp_path)))


def test_vanilla_has_no_penalty():
    for item in papers.find("logan").items:
        for setting in item.settings:
            if item.name != "penalty":
                assert (setting["penalty"] == "none") == (setting["objective"] == "v")


def test_wasserstein_has_five_updates_and_as_much_time(tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr("papers.logan.experiments.train", lambda trial, name, *changes: taken.append((name, changes)))
    monkeypatch.setattr("papers.logan.experiments.scored", lambda result: None)
    (item,) = papers.find("logan").only(["fig4"]).items
    for setting in item.settings[:2]:
        item.run(smoke(setting, tmp_path))
    assert [name for name, _ in taken] == ["bigan/ring8"] * 2
    assert {"n_critic=1", "penalty=none", "steps=6000", "latent_size=1"} <= set(taken[0][1])
    assert {"n_critic=5", "penalty=pairwise", "steps=1800", "latent_size=1"} <= set(taken[1][1])


def test_at_the_papers_scale_wasserstein_has_as_many_updates_of_the_discriminator(tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr("papers.logan.experiments.train", lambda trial, name, *changes: taken.append(changes))
    monkeypatch.setattr("papers.logan.experiments.scored", lambda result: None)
    (item,) = papers.find("logan").only(["fig4"]).items
    for setting in item.settings[:2]:
        item.run(Trial(setting, 0, "paper", False, tmp_path, None, False))
    # 40,000 updates, as many as those of the other objectives.
    assert not any(change.startswith("steps=") for change in taken[0])
    assert {"n_critic=5", "steps=8000"} <= set(taken[1])


@pytest.mark.parametrize(("name", "steps"), [("table1_2_3_mnist", 4_000), ("penalty", 1_200)])
def test_images_are_scored_where_a_line_of_metrics_is_written(name, steps, tmp_path):
    """At most ten times; recipes refuse other numbers, which runs of a moment do not ask for."""
    (item,) = papers.find("logan").only([name]).items
    for setting in item.settings:
        trial = Trial(setting, 0, item.scales[0], False, tmp_path, None, False)
        every = score_every(trial)
        lines = recipes.get(f"{setting['form']}/{setting['data']}", item.scales[0]).log_every
        assert every % lines == 0
        assert 6 <= (0.3 * steps if setting["objective"] == "w" else steps) / every <= 10
