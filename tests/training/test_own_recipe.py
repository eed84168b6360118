import pytest

from tfgans import recipes, training
from tfgans.data import Look


def look(image_shape, conditioning="none", condition_size=0, train_count=1_000):
    return Look("npz:own.npz", 1_250, train_count, image_shape, 1, conditioning, condition_size)


@pytest.mark.parametrize(
    ("image_shape", "labels", "name", "expected"),
    [
        ((64, 64, 3), (), "gan/cifar10", (64, 64, 3)),
        ((480, 640, 3), (), "gan/cifar10", (48, 64, 3)),
        ((28, 28, 1), (), "gan/cifar10", (28, 28, 1)),
        ((8, 8, 1), (), "gan/digits", (8, 8, 1)),
        ((4, 6, 3), (), "gan/digits", (8, 12, 3)),
        ((8, 8, 3), ("class", 5), "cwgan/digits", (8, 8, 3)),
        ((28, 28, 1), ("class", 2), "cwgan/mnist", (28, 28, 1)),
        ((512, 512, 3), ("attributes", 4), "cwgan/celeba", (64, 64, 3)),
    ],
)
def test_size_colour_and_labels_come_from_the_data(image_shape, labels, name, expected):
    recipe = training.recipe_for(look(image_shape, *labels))
    assert (recipe.name, recipe.data, recipe.image_shape) == (name, "npz:own.npz", expected)
    assert recipe.takes_labels == labels
    assert not training.lost_by(recipe, look(expected))


@pytest.mark.parametrize(
    "image_shape", [(8, 8, 1), (9, 16, 3), (17, 17, 3), (31, 20, 1), (33, 40, 3), (10, 64, 1), (64, 64, 3)]
)
@pytest.mark.parametrize("labels", [("none", 0), ("class", 3)])
def test_the_networks_can_be_made(image_shape, labels):
    model = training.build(training.recipe_for(look(image_shape, *labels)))
    assert model.sample_shape == image_shape


def test_a_batch_has_at_most_all_images():
    assert training.recipe_for(look((8, 8, 1), train_count=30)).batch_size == 30
    assert training.recipe_for(look((8, 8, 1), "class", 1_500)).score_samples == 3_000


def test_what_a_recipe_loses():
    digits = recipes.get("cwgan/digits")
    assert training.lost_by(digits, look((64, 64, 3))) == ["turns colour to grey", "shrinks images of 64x64 to 8x8"]
    assert training.lost_by(digits, look((16, 16, 1))) == []
    assert training.lost_by(digits, look((17, 16, 1))) == ["shrinks images of 17x16 to 8x8"]
    assert training.lost_by(recipes.get("gan/cifar10"), look((28, 28, 1))) == []
