"""The texts that show models, data, recipes and results."""

import pathlib

import numpy as np
import served_models

from tfgans import data, recipes, training


def test_a_model_shows_its_shapes_and_sizes():
    text = repr(served_models.conditional())
    assert text.startswith("<ConditionalGAN: images 8 x 8 x 3, Normal(size=4, mean=0.0, std=1.0), 3 classes;")
    assert repr(served_models.energies()).startswith("<BEGAN: points 2, Uniform(size=3, low=-1.0, high=1.0), no labels")


def test_the_summary_says_which_network_is_which(capsys):
    lines = []
    model = served_models.energies()
    model.summary(print_fn=lines.append)
    # The generator has 3 x 6 + 6, 6 x 5 + 5 and 5 x 2 + 2 parameters.
    assert "generator 71" in repr(model)
    assert lines[1:] == [
        "discriminator: the network 'discriminator', from [2] to [2]",
        "generator: the network 'generator', from [3] to [2]",
    ]
    assert capsys.readouterr().out == ""


def test_data_show_their_size_and_not_their_values():
    images = data.from_arrays(np.zeros((1_200, 8, 6, 3), np.uint8), np.arange(1_200) % 3, name="own")
    assert repr(images) == "<ImageSet own all: 1,200 images 8 x 6 x 3, 3 classes>"
    assert repr(images.first(2)) == "<ImageSet own all: 2 images 8 x 6 x 3, 3 classes>"
    stacked = repr(data.load_split("stacked_digits").first(2))
    assert stacked == "<ImageSet stacked_digits train: 2 images 8 x 8 x 3, 1000 classes>"
    assert repr(data.toy_world("ring8")) == "<ToyWorld ring8: 8 modes in 2 dimensions, sigma 0.01>"


def test_recipes_and_results_are_one_line():
    text = repr(recipes.get("cwgan/digits"))
    assert text.startswith("<ConditionalRecipe cwgan/digits, preset small: digits 8 x 8 x 1, 2,500 steps of 64, seed 0")
    scores = [
        {"metric": "frechet/pixels", "value": 1.23456, "spread": 0.05, "protocol": {}},
        {"metric": "modes", "value": 8.0, "spread": None, "protocol": {}},
    ]
    run = pathlib.Path("runs", "a")
    result = training.Result(served_models.energies(), scores, run / "grid.png", run / "scores.json", run / "saved")
    assert repr(result) == "<Result runs/a: frechet/pixels 1.23 ± 0.05, modes 8>"
