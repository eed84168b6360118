import json
import pathlib
import shutil

import numpy as np
import pytest
import served_models

import tfgans
from tfgans import serving

EXAMPLES = pathlib.Path(__file__).parents[2] / "saved_models"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A model, and the folder of its versions."""
    model = served_models.encoding()
    folder = tmp_path_factory.mktemp("models") / "encoding"
    serving.export(model, folder)
    return model, folder


def test_a_pretrained_model_answers_as_the_model_does(exported):
    model, folder = exported
    pretrained = tfgans.from_pretrained(folder)
    # More rows than one request has.
    images = model.sample(300, seed=5)
    np.testing.assert_allclose(pretrained.sample(300, seed=5), images, atol=1e-5)
    np.testing.assert_allclose(pretrained.encode(images[:3]), model.encode(images[:3]), atol=1e-5)
    assert pretrained.kind == "image"
    assert pretrained.versions() == [1]
    with pytest.raises(ValueError, match="takes seed; received seed, label"):
        pretrained.sample(1, labels=0, seed=0)
    with pytest.raises(ValueError, match="value out of range"):
        pretrained.traverse(images[:1], [99], [0.0])


def test_a_version_is_chosen_by_its_folder(exported):
    _, folder = exported
    assert tfgans.from_pretrained(folder / "1").path == (folder / "1").resolve()
    client = serving.Client(f"file://{folder.parent}", "encoding", version=9)
    with pytest.raises(ValueError, match=r"NOT_FOUND: the folder has the versions \[1\]; received version 9"):
        client.signatures()


def test_a_version_has_a_number(exported, tmp_path):
    """The first version of a folder may be 0; a copy under a name is none."""
    _, folder = exported
    for name in ("0", "2", "best"):
        shutil.copytree(folder / "1", tmp_path / name)
    (tmp_path / "0" / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(OSError, match="DATA_LOSS"):
        tfgans.from_pretrained(tmp_path / "0").sample(1)
    with pytest.raises(ValueError, match=r"has a number for a name, such as .*best/1; received .*best\."):
        tfgans.from_pretrained(tmp_path / "best")


def test_a_name_is_a_model_of_the_checkout():
    pretrained = tfgans.from_pretrained("cwgan_digits")
    assert pretrained.path == EXAMPLES / "cwgan_digits" / "1"
    assert pretrained.sample(2, labels=[3, 8], seed=0).shape == (2, 8, 8, 1)


def test_unknown_names_and_empty_folders_are_refused(tmp_path):
    models = "the models are avae_digits, avae_portraits, began_cs_digits"
    with pytest.raises(FileNotFoundError, match=f"no folder nothing, .* {models}"):
        tfgans.from_pretrained("nothing")
    with pytest.raises(FileNotFoundError, match="holds no SavedModel"):
        tfgans.from_pretrained(tmp_path)


def test_a_damaged_graph_is_an_error_of_one_sentence(tmp_path):
    version = serving.export(served_models.conditional(), tmp_path / "model")
    next((version / "variables").glob("*.index")).unlink()
    with pytest.raises(OSError, match="DATA_LOSS: this SavedModel cannot be loaded"):
        tfgans.from_pretrained(version).sample(1, labels=0)


def test_an_export_records_prior_and_labels(exported, tmp_path):
    version = serving.export(served_models.conditional(), tmp_path / "model", label_names=["a", "b", "c"])
    mark = json.loads((version / "assets.extra" / "tfgans.json").read_text())
    assert mark["labels"] == {"conditioning": "class", "names": ["a", "b", "c"]}
    assert mark["prior"]["config"] == {"size": 4, "mean": 0.0, "std": 1.0}
    assert tfgans.from_pretrained(exported[1]).mark["labels"] is None
    bank = serving.mark_of(served_models.bank())
    assert bank["prior"] is None
    assert bank["labels"] == {"conditioning": "class", "names": ["0", "1"]}
