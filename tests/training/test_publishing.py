"""A run that is published, sent to a stand-in for the Hub, and loaded again."""

import socket

import hub_stub
import numpy as np
import pytest
from short_runs import new_run, tiny

import tfgans
from tfgans import evaluation, training
from tfgans.serving import hub

LICENCES = {"licence": "apache-2.0", "data_licence": "CC BY 4.0"}
SCORES = [
    {
        "metric": "frechet/pixels",
        "value": 1.25,
        "spread": 0.5,
        "protocol": {"step": 0, "averaged": True, "samples": 9, "data": "digits", "seed": [0]},
    },
    {
        "metric": "other/pixels",
        "value": 4.0,
        "spread": None,
        "protocol": {"step": 0, "averaged": False, "samples": 9, "data": "digits", "seed": 0},
    },
    {
        "metric": "old/pixels",
        "value": 9.0,
        "spread": None,
        "protocol": {"step": 7, "averaged": True, "samples": 9, "data": "digits", "seed": 0},
    },
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = new_run(tmp_path_factory.mktemp("runs") / "run", tiny("cwgan/digits"), tuple("abcdefghij"))
    evaluation.add_scores(folder.scores_file, SCORES)
    folder.grids.mkdir()
    (folder.grids / "step_00000000.png").write_bytes(b"picture")
    return folder


@pytest.fixture(scope="module")
def published(run, tmp_path_factory):
    return training.publish(run.path, tmp_path_factory.mktemp("published") / "digits", **LICENCES)


def test_a_card_has_data_licences_recipe_and_scores_of_its_step(run, published):
    model = tfgans.from_pretrained(published)
    card = model.card
    assert (card["name"], card["system"], card["step"]) == ("digits", "ConditionalWGANGP", 0)
    assert card["data"] == {"name": "digits", "shape": [8, 8, 1], "licence": "CC BY 4.0"}
    assert card["licence"] == "apache-2.0"
    assert card["recipe"] == run.recipe().to_dict()
    assert card["labels"] == {"conditioning": "class", "names": list("abcdefghij")}
    assert card["scores"] == SCORES[:1]
    page = (published / "README.md").read_text()
    assert page.startswith('---\nlicense: "apache-2.0"\n')
    assert "| frechet/pixels | 1.25 ± 0.5 | 9 | digits, seeds [0] |\n" in page
    assert "old/pixels" not in page
    assert "model.sample(10, labels=[0] * 10, seed=0)" in page
    assert "![Samples" in page
    assert (published / "samples.png").read_bytes() == b"picture"
    expected = tfgans.load(run.path).sample(3, labels=[1, 2, 3], seed=5)
    np.testing.assert_allclose(model.sample(3, labels=[1, 2, 3], seed=5), expected, atol=1e-5)


def test_a_step_is_exported_once(run, published):
    training.publish(run.path, published, **LICENCES)
    assert tfgans.serving.versions(published) == [1]


@pytest.mark.parametrize("changes", [("seed=1",), ("seed=1", "ema_decay=None")])
def test_other_weights_of_the_same_step_are_another_version(run, tmp_path, changes):
    """A folder that had the model of one run gets that of another, or its generator without the average."""
    folder = training.publish(run.path, tmp_path / "digits", **LICENCES)
    other = new_run(tmp_path / "other", tiny("cwgan/digits", *changes), tuple("abcdefghij"))
    training.publish(other.path, folder, **LICENCES)
    assert tfgans.serving.versions(folder) == [1, 2]
    model = tfgans.from_pretrained(folder)
    assert model.card["recipe"] == other.recipe().to_dict()
    expected = tfgans.load(other.path).sample(3, labels=[1, 2, 3], seed=5)
    np.testing.assert_allclose(model.sample(3, labels=[1, 2, 3], seed=5), expected, atol=1e-5)
    # The other run has drawn no picture, and the first one's would be wrong here.
    assert not (folder / "samples.png").exists()
    assert "![Samples" not in (folder / "README.md").read_text()
    training.publish(other.path, folder, averaged=False, **LICENCES)
    assert tfgans.serving.versions(folder) == ([1, 2, 3] if other.recipe().ema_decay else [1, 2])


def test_a_generator_without_the_average_has_its_own_scores_and_no_picture(run, tmp_path):
    folder = training.publish(run.path, tmp_path / "digits", averaged=False, **LICENCES)
    assert tfgans.from_pretrained(folder).card["scores"] == SCORES[1:2]
    assert not (folder / "samples.png").exists()


def test_a_card_has_a_score_once_that_the_run_took_at_its_end_and_evaluate_again(tmp_path):
    folder = new_run(tmp_path / "run", tiny("cwgan/digits"), tuple("abcdefghij"))
    at_end = {**SCORES[0], "protocol": {**SCORES[0]["protocol"], "taken": "when the run ended"}}
    of_more = {**SCORES[0], "protocol": {**SCORES[0]["protocol"], "samples": 10}}
    evaluation.add_scores(folder.scores_file, [at_end, of_more, SCORES[0]])
    published = training.publish(folder.path, tmp_path / "digits", **LICENCES)
    assert tfgans.from_pretrained(published).card["scores"] == [SCORES[0], of_more]


def test_a_card_names_a_file_without_its_folder(tmp_path):
    paths = {
        "data": "npz:/home/me/secret/digits.npz",
        "init_from": "/home/me/secret/first",
        "score_extractor": "saved_model:/home/me/secret/net",
    }
    recipe = tiny("cwgan/digits", *(f"{name}={path}" for name, path in paths.items()))
    folder = training.publish(
        new_run(tmp_path / "run", recipe, tuple("abcdefghij")).path, tmp_path / "model", **LICENCES
    )
    card = tfgans.from_pretrained(folder).card
    assert card["data"]["name"] == card["recipe"]["data"] == "npz:digits.npz"
    assert card["recipe"]["init_from"] == "first"
    assert card["recipe"]["score_extractor"] == "saved_model:net"
    assert "learned `npz:digits.npz`, of shape 8 x 8 x 1,\nfor " in (folder / "README.md").read_text()
    assert not [path for path in folder.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]


def test_both_licences_are_needed(run, tmp_path):
    with pytest.raises(ValueError, match="both licences; received 'mit' and ' ' for the data"):
        training.publish(run.path, tmp_path / "model", licence="mit", data_licence=" ")
    assert not list(tmp_path.iterdir())


def test_a_model_comes_back_from_the_hub(published, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    (published / "stray.pkl").write_bytes(b"no part of the model")
    with hub_stub.running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        assert hub.push(published, "user/digits") == f"{server.address}/user/digits"
        sent = server.files["user/digits"]
        assert {"card.json", "README.md", "samples.png", "1/saved_model.pb", "1/assets.extra/tfgans.json"} <= set(sent)
        assert "stray.pkl" not in sent
        assert server.commits == ["Publish digits"]
        sent["harm.pkl"] = b"not fetched"
        model = tfgans.from_pretrained("hf://user/digits")
        assert model.card["name"] == "digits"
        assert not list(model.path.parent.glob("*.pkl"))
        here = tfgans.from_pretrained(published).sample(2, labels=0, seed=0)
        np.testing.assert_array_equal(model.sample(2, labels=0, seed=0), here)
        with pytest.raises(FileNotFoundError, match="hf://user/nothing cannot be fetched"):
            tfgans.from_pretrained("hf://user/nothing")


def test_a_hub_that_cannot_be_reached_is_an_error(published, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
    with pytest.raises(OSError, match="user/digits cannot be sent to the Hub"):
        hub.push(published, "user/digits")


def test_an_error_of_the_hub_without_words_has_a_name(published, monkeypatch):
    """A time-out of the Hub's HTTP library may have an empty message."""

    class LateError(Exception):
        pass

    def late(*_, **__):
        raise LateError

    monkeypatch.setattr("huggingface_hub.HfApi.create_repo", late)
    with pytest.raises(OSError, match=r"user/digits cannot be sent to the Hub: LateError$"):
        hub.push(published, "user/digits")


def test_only_what_has_a_card_is_sent(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no card\.json; publish a run there first"):
        hub.push(tmp_path, "user/digits")


def test_a_damaged_card_is_refused(published, tmp_path):
    (tmp_path / "1").symlink_to(published / "1")
    (tmp_path / "card.json").write_text('{"name": "digits"}')
    (tmp_path / "2").mkdir()
    with pytest.raises(ValueError, match="is damaged: a card has data, licence, name, recipe, scores, system"):
        tfgans.serving.card.read_card(tmp_path)
