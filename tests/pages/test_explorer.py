import pickle

import numpy as np
import pytest
import served_models
from PIL import Image
from short_runs import new_run, tiny
from table import TABLE

from tfgans import data, latent, serving
from tfgans._files import append_line
from tfgans.pages import Explorer, Loaded, load_run, load_saved_model, loaded_model

# Pairs, an auto-encoder, a bank of codes, labels of generator and encoder, and a model without an encoder.
EXPLORED = ("LOGAN", "AdversarialVAE", "XGAN", "CVAEGAN", "ConditionalGAN")
IMAGES = [row for row in TABLE if row.name in EXPLORED]


class Linear:
    """A model whose images have a latent as their two pixels; seed s has the latent (s / 10, 0)."""

    def sample(self, n, labels=None, seed=None):
        return self.generate(np.stack([np.asarray(seed) / 10, np.zeros(n)], axis=1), labels)

    def generate(self, latent, labels=None):
        shift = 0 if labels is None else np.reshape(labels, (-1, 1)) / 10
        return (np.asarray(latent, np.float32) * [1.0, 0.5] + shift).reshape(-1, 1, 2, 1)

    def encode(self, images, labels=None):
        return images.reshape(-1, 2)

    def reconstruct(self, images, labels=None):
        return images / 2

    def interpolate(self, images_a, images_b, weights, labels=None):
        weights = weights[:, None, None, None]
        return (1 - weights) * images_a + weights * images_b

    def morph(self, images, weights, labels=None):
        return np.einsum("nc,nc...->n...", weights, images)


FACES = {
    "sample": {"seed"},
    "generate": {"latent"},
    "encode": {"image"},
    "reconstruct": {"image"},
    "interpolate": {"image_a", "image_b", "weight"},
    "morph": {"images", "weights"},
}


def linear(faces=tuple(FACES), conditioning=None, names=(), labelled=("sample", "generate")):
    inputs = {
        name: frozenset(FACES[name] | ({"label"} if conditioning and name in labelled else set())) for name in faces
    }
    return Explorer(lambda: Loaded(Linear(), "linear", inputs, (1, 2, 1), None, conditioning, names))


def pixels(sheet, rows, columns):
    """The left and the right pixel of each image of a sheet, in [-1, 1]; images have 1 x 2 pixels and gaps of one."""
    factor = 96
    small = sheet[::factor, ::factor, 0] / 127.5 - 1
    assert small.shape == (2 * rows - 1, 3 * columns - 1)
    return np.stack([small[::2, ::3], small[::2, 1::3]], axis=-1)


def picture(path, left, right):
    Image.fromarray(np.array([[left, right]], np.uint8)).save(path)
    return path


def test_samples_are_in_the_order_of_their_seeds():
    sheet = linear().samples(4, seed=2)
    assert sheet.dtype == np.uint8
    assert sheet.shape[-1] == 3
    np.testing.assert_allclose(pixels(sheet, 2, 2)[..., 0], [[0.2, 0.3], [0.4, 0.5]], atol=0.005)


@pytest.mark.parametrize(("conditioning", "label", "shown"), [("class", 3, 0.3), ("attributes", [0.5], 0.05)])
def test_a_label_is_that_of_all_samples(conditioning, label, shown):
    explorer = linear(conditioning=conditioning, names=("a",))
    np.testing.assert_allclose(pixels(explorer.samples(2, 0, label), 1, 2)[0, :, 1], shown, atol=0.005)


def test_a_sheet_of_any_number_is_about_square():
    """A prime number of samples leaves the rest of the last row white."""
    shown = pixels(linear().samples(7, 0), 3, 3)[..., 0]
    np.testing.assert_allclose(shown, [[0, 0.1, 0.2], [0.3, 0.4, 0.5], [0.6, 1, 1]], atol=0.005)


def test_sliders_move_along_the_direction_of_most_change():
    """The left pixel changes twice as much as the right. The latents of eight seeds have the deviation .229 there."""
    explorer = linear()
    assert explorer.direction_count == 2
    before, after = (pixels(explorer.moved(2, 1, amounts), 1, 2)[0] for amounts in ([0, 0], [2, 0]))
    np.testing.assert_allclose(before, [[0.1, 0], [0.2, 0]], atol=0.005)
    np.testing.assert_allclose(after - before, [[2 * np.std(np.arange(8) / 10), 0]] * 2, atol=0.01)


def test_pictures_are_read_and_answered(tmp_path):
    black, white = picture(tmp_path / "a.png", 0, 0), picture(tmp_path / "b.png", 255, 255)
    explorer = linear()
    shown = pixels(explorer.reconstructions([black, white]), 2, 2)[..., 0]
    np.testing.assert_allclose(shown, [[-1, 1], [-0.5, 0.5]], atol=0.005)
    way = pixels(explorer.between([black, white]), 1, 10)[0, :, 0]
    np.testing.assert_allclose(way, [-1, *np.linspace(-1, 1, 8), 1], atol=0.005)
    array = pixels(explorer.morphed([black, white, black, white]), 8, 8)[..., 0]
    np.testing.assert_allclose(array, [np.linspace(-1, 1, 8)] * 8, atol=0.005)


def test_files_that_are_no_pictures_are_refused(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (tmp_path.joinpath("harm").touch, ())

    (tmp_path / "a.png").write_bytes(pickle.dumps(Harmful()))
    explorer = linear()
    with pytest.raises(ValueError, match=r"a\.png is not an image that can be read"):
        explorer.reconstructions([tmp_path / "a.png"])
    assert not (tmp_path / "harm").exists()
    with pytest.raises(ValueError, match="4 or more pictures; received 1"):
        explorer.morphed([picture(tmp_path / "b.png", 0, 0)])
    with pytest.raises(ValueError, match="1 or more pictures; received 0"):
        explorer.reconstructions([])


def test_a_model_offers_what_it_can_answer():
    assert linear().sections == ("samples", "directions", "pictures")
    assert linear(["sample", "generate"]).sections == ("samples",)


@pytest.mark.parametrize("row", IMAGES, ids=lambda row: row.name)
def test_systems_of_images_can_be_explored(row, tmp_path):
    model = row.make()
    explorer = Explorer(lambda: loaded_model(model, "model"))
    label = explorer.first_label
    assert explorer.samples(2, 0, label).ndim == 3
    amounts = np.zeros(explorer.direction_count)
    still, moved = (explorer.moved(2, 0, each, label) for each in (amounts, amounts + 3))
    assert still.shape == moved.shape
    assert np.any(still != moved)
    assert ("pictures" in explorer.sections) == ("encode" in model.faces())
    if "pictures" in explorer.sections:
        files = [picture(tmp_path / f"{shade}.png", shade, 255 - shade) for shade in (0, 90, 180, 255)]
        for answer in (explorer.reconstructions, explorer.between, explorer.morphed):
            assert answer(files, label).dtype == np.uint8


def test_points_are_refused():
    with pytest.raises(ValueError, match=r"shows images; energies makes points \[2\]"):
        Explorer(lambda: loaded_model(served_models.energies(), "energies"))


def test_a_saved_model_shows_what_its_model_shows(tmp_path):
    model = served_models.conditional()
    path = serving.export(model, tmp_path / "model", label_names=["a", "b", "c"])
    here = Explorer(lambda: loaded_model(model, "model", ["a", "b", "c"]))
    there = Explorer(lambda: load_saved_model(path))
    assert there.loaded.prior == latent.Normal(4)
    assert there.loaded.label_names == here.loaded.label_names == ("a", "b", "c")
    assert there.sections == here.sections == ("samples", "directions")
    for ask in (lambda explorer: explorer.samples(4, 3, 1), lambda explorer: explorer.moved(2, 0, [1, 0, -1, 2], 2)):
        difference = ask(here).astype(int) - ask(there)
        assert np.abs(difference).max() <= 1


def test_a_run_shows_its_training_and_its_neighbours(tmp_path, monkeypatch):
    run = new_run(tmp_path / "run", tiny("cwgan/digits"), tuple("0123456789"))
    explorer = Explorer(lambda: load_run(run.path), workdir=run.path)
    assert explorer.sections == ("samples", "directions", "neighbours", "training")
    assert explorer.newest_grid() is None
    assert explorer.curves() is None
    assert explorer.progress() == f"Step 0 of {run.recipe().steps:,}. No alarms."
    append_line(run.metrics_file, {"step": 20, "seconds": 1.0, "loss": 0.5})
    append_line(run.alarms_file, {"step": 10, "overlap": 0.125})
    run.grids.mkdir()
    picture(run.grids / "step_00000010.png", 0, 0)
    picture(run.grids / "step_00000020.png", 255, 0)
    assert explorer.progress() == f"Step 20 of {run.recipe().steps:,}. Alarms: step 10: overlap 0.125."
    assert explorer.newest_grid()[0, :, 0].tolist() == [255, 0]
    assert explorer.curves().shape == (300, 400, 3)
    # Samples that are training images have themselves as their nearest neighbours.
    copies = data.digits("train").first(2).unit_images
    monkeypatch.setattr(explorer.loaded.model, "sample", lambda n, labels, seed: copies)
    sheet = explorer.neighbours(2, 0, 0)
    gap, edge = 12, 96
    np.testing.assert_array_equal(sheet[:, :edge], sheet[:, edge + gap : 2 * edge + gap])


def test_an_export_of_an_older_version_is_refused(tmp_path):
    version = serving.export(served_models.conditional(), tmp_path / "model")
    (version / "assets.extra" / "tfgans.json").unlink()
    with pytest.raises(ValueError, match="records neither its prior nor its labels; export the run again"):
        load_saved_model(version)


@pytest.mark.usefixtures("event_loops")
@pytest.mark.filterwarnings("ignore")
def test_the_page_draws_again_when_it_is_opened_and_when_its_title_changes():
    """Another checkpoint has another title."""
    pytest.importorskip("gradio", reason="needs the extra `explore`")
    from tfgans.pages.page import make_page

    config = make_page(linear()).get_config_file()
    (title,) = (part["id"] for part in config["components"] if part["props"].get("value") == "## linear")
    names = {part["id"]: part["props"].get("label") for part in config["components"]}
    drawn = {names[event["outputs"][0]]: event["targets"] for event in config["dependencies"] if event["outputs"]}
    for picture in ("Samples", "Moved samples"):
        assert (title, "change") in map(tuple, drawn[picture])
        assert "load" in {event for _, event in drawn[picture]}
