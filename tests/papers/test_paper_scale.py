import json
import math
import os

import numpy as np
import pytest

import papers
from papers import paper_scale
from papers.paper_scale import cost, duration, generated_data, recipe_of, recipes_of, take_two_steps, two_steps
from tfgans import recipes
from tfgans._errors import NonFiniteError

OF_PAPERS = [name for name in recipes.names() if "paper" in recipes.presets(name)]
TINY = "cwgan/digits generator_widths=(8,4) discriminator_widths=(4,8) n_critic=1"


AT_THIS_SCALE = [item for paper in papers.PAPERS for item in paper.items if "paper" in item.scales]


@pytest.mark.parametrize("item", AT_THIS_SCALE, ids=[f"{item.paper}/{item.name}" for item in AT_THIS_SCALE])
def test_every_row_of_an_item_at_this_scale_has_a_recipe_of_its_own(item, recipes_of_rows):
    assert all(recipe.preset == "paper" for recipe in recipes_of_rows(item, "paper"))


@pytest.mark.slow
def test_two_steps_are_measured_and_stored(tmp_path):
    """Two processes; other recipes that stand stay."""
    results = tmp_path / "results"
    texts = [TINY, "bigan/ring8 widths=(8,) data=line7 image_shape=(1,)"]
    for text in texts:
        (line,) = take_two_steps([text], results)
        assert line.startswith(f"{text}: ")
    stored = json.loads((results / "paper_scale.json").read_text())["recipes"]
    assert list(stored) == texts
    assert stored[TINY]["batch_size"] == recipes.get("cwgan/digits", "paper").batch_size
    # A line of 8 units: z of 2 to 8 to 1 and back, and (x, z) to 8 to 1.
    assert stored[texts[1]]["parameters"] == (2 * 8 + 8 + 8 + 1) + (8 + 8 + 2 * 8 + 2) + (3 * 8 + 8 + 8 + 1)
    assert all(row["seconds_a_step"] > 0 and row["gigabytes"] > 0.1 for row in stored.values())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:No class has")
@pytest.mark.parametrize(
    "text",
    [
        "xgan/digits",
        "avae/digits filters=2",
        "cwgan/sprites generator_widths=(8,4,4) discriminator_widths=(4,4,8) n_critic=1",
    ],
)
def test_two_steps_of_what_has_a_bank_an_encoder_or_attributes(text):
    assert two_steps(text, 16)["batch_size"] == 16


def test_half_the_batch_where_memory_does_not_hold_it(monkeypatch):
    def alone(function, text, batch_size):
        tried.append(batch_size)
        return None if batch_size > 16 else {"batch_size": batch_size}

    tried = []
    monkeypatch.setattr(paper_scale, "alone", alone)
    assert paper_scale._measured("cwgan/digits") == {"batch_size": 16}
    assert tried == [64, 32, 16]
    monkeypatch.setattr(paper_scale, "alone", lambda *arguments: None)
    with pytest.raises(RuntimeError, match="a batch of one image"):
        paper_scale._measured("cwgan/digits")


def test_a_process_that_wants_too_much_memory_or_is_ended(monkeypatch):
    assert paper_scale.alone(bytearray, 2**40) is None
    # The others need no TensorFlow, which takes seconds to load.
    monkeypatch.setattr(paper_scale, "_begin", int)
    assert paper_scale.alone(math.sqrt, 4) == 2
    assert paper_scale.alone(os.abort) is None


def test_no_recipes_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="None of these items belongs to"):
        take_two_steps([], tmp_path)


def test_one_that_breaks_does_not_stop_the_others(tmp_path, monkeypatch):
    def measured(text):
        if text == "cwgan/mnist":
            raise NonFiniteError(0, ["generator_loss"])
        return {"batch_size": 64, "parameters": 5, "seconds_a_step": 0.5, "gigabytes": 1.0, "cores": 2}

    monkeypatch.setattr(paper_scale, "_measured", measured)
    with pytest.raises(RuntimeError, match="cwgan/mnist: NonFiniteError"):
        take_two_steps(["cwgan/mnist", "cwgan/digits"], tmp_path)
    assert list(paper_scale.read_costs(tmp_path)) == ["cwgan/digits"]


def test_cost_by_hand():
    """18,740 steps of five batches of 64; half the batch takes half the time."""
    measured = {"batch_size": 32, "parameters": 9_336_834, "seconds_a_step": 0.5, "gigabytes": 2.0, "cores": 2}
    assert cost("cwgan/mnist", None) == "18,740 steps, 5,996,800 images, not measured"
    assert cost("cwgan/mnist", measured) == (
        "18,740 steps, 5,996,800 images, 9,336,834 parameters, 1 s a step on 2 cores: 5 h 12 min"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 s"), (61, "1 min 1 s"), (7_260, "2 h 1 min"), (90_000, "1 d 1 h")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("name", OF_PAPERS)
def test_generated_data_are_what_a_paper_recipe_is_made_for(name):
    recipe = recipe_of(name)
    if np.prod(recipe.image_shape) > 64**2 * 3:
        recipe = recipe.override(["batch_size=2"])
    generated = generated_data(recipe)
    assert generated.sample_shape == recipe.image_shape
    if recipe.takes_labels:
        assert (generated.conditioning, len(generated.label_names)) == recipe.takes_labels


def test_recipes_of_a_paper():
    of_an_item = recipes_of(papers.find("cwgan").only(["fig3", "fig3_10"]), every=False)
    assert of_an_item == ["cwgan/mnist", "cgan/celeba", "cwgan/celeba", "cwgan/efigi"]
    every = [text for paper in papers.PAPERS for text in recipes_of(paper, every=True)]
    assert set(OF_PAPERS) <= set(every)


def test_plan_adds_up_what_was_measured(tmp_path):
    measured = {"batch_size": 64, "parameters": 5, "seconds_a_step": 2.0, "gigabytes": 1.0, "cores": 2}
    (tmp_path / "paper_scale.json").write_text(json.dumps({"recipes": {"cwgan/mnist": measured}}))
    lines = list(paper_scale.describe_costs([papers.find("cwgan").only(["fig3", "fig3_10"])], tmp_path))
    assert lines[0] == "cwgan, Fig. 3: needs GPU"
    assert lines[-1].startswith("4 runs with one seed; the steps of the 1 that were measured take 10 h 24 min in all.")


def test_what_differs_in_scores_alone_is_one_run():
    runs = recipes_of(papers.find("logan").only(["table1_2_3_mnist"]), every=False)
    assert runs.count("bigan/cifar10") == 1
    assert not any("score_" in text for text in runs)
