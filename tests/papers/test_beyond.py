import pytest

import papers

ROWS = [
    (item, row) for item in papers.find("beyond").items for row in item.settings if "real images" not in row.values()
]


@pytest.mark.parametrize(
    ("item", "row"), ROWS, ids=lambda value: getattr(value, "name", None) or "_".join(value.values())
)
def test_every_row_trains_a_recipe_that_there_is(item, row, asked):
    asked(item, row)


# The name of a system promises these settings. R1 and R2 have the weights of RpGAN: these on points, and 1 on images.
NAMED = {
    "GAN": {"system": "GAN", "objective": "v", "packing": 1, "r1": 0, "r2": 0},
    "PacGAN2": {"system": "GAN", "objective": "v", "packing": 2, "r1": 0, "r2": 0},
    "RpGAN + R1 + R2": {"system": "GAN", "objective": "rp", "packing": 1, "r1": 0.01, "r2": 0.01},
    "LOGAN lol1": {"system": "LOGAN", "objective": "lol1", "penalty": "pairwise", "r1": 0, "r2": 0},
    "lol1 without an encoder": {"system": "GAN", "objective": "lol1", "penalty": "interpolated", "r1": 0, "r2": 0},
    "LOGAN lol1 + R1 + R2": {
        "system": "LOGAN",
        "objective": "lol1",
        "penalty": "pairwise",
        "r1": 0.01,
        "r2": 0.01,
    },
    "X-GAN, unsupervised": {"system": "XGAN", "supervision": "none"},
}


def rows_of(*items):
    return [
        pytest.param(item, row, id="_".join([item.name, *row.values()])) for item, row in ROWS if item.name in items
    ]


@pytest.mark.parametrize(
    ("item", "row"), rows_of("toy_worlds", "wide_generator", "stacked_mnist_pacgan", "stacked_mnist_weak")
)
def test_a_system_has_the_settings_that_it_is_named_after(item, row, asked):
    recipe, expected = asked(item, row), dict(NAMED[row["system"]])
    if "data" in row:
        expected["data"] = row["data"]
    elif expected.get("r1"):
        expected |= {"r1": 1, "r2": 1}
    assert {name: getattr(recipe, name) for name in expected} == expected


def test_a_wide_generator_has_the_discriminator_of_the_toy_worlds(asked):
    items = {item.name: item for item in papers.find("beyond").items}
    row = {"data": "grid25", "system": "RpGAN + R1 + R2"}
    wide, usual = asked(items["wide_generator"], row), asked(items["toy_worlds"], row)
    assert wide.widths == (400,) * 4 != usual.widths == wide.discriminator_widths


@pytest.mark.parametrize(("item", "row"), rows_of("stacked_mnist_pacgan", "stacked_mnist_weak"))
def test_a_discriminator_has_64_answers_a_batch_in_pacgans_protocol(item, row, asked):
    """Of 64 packs of two, or of 64 images, for 20,000 steps with z of 100; X-GAN has its own."""
    recipe = asked(item, row)
    if row["system"] == "X-GAN, unsupervised":
        assert recipe.data == "stacked_mnist"
        return
    assert recipe.batch_size / recipe.packing == 64
    assert (recipe.data, recipe.latent_size, recipe.steps) == ("stacked_mnist/pacgan", 100, 20_000)
    # The generator's maps have 64, 32 and 16 channels; a weak discriminator has the share of 1/2 or 1/4 of 8, 16, 32.
    widths = {None: (None, 256), "1/2": ((4, 8, 16), 16), "1/4": ((2, 4, 8), 8)}[row.get("discriminator")]
    assert (recipe.discriminator_widths, recipe.head_width) == widths


@pytest.mark.parametrize(("item", "row"), rows_of("augmentation", "memorisation"))
def test_a_system_learns_from_the_share_and_with_the_augmentation_of_its_row(item, row, asked):
    recipe, digits = asked(item, row), {"60,000": 1.0, "1,200": 1_200 / 60_000}
    fraction = float(row["fraction"]) if "fraction" in row else digits[row["images"]]
    kinds = row.get("augmentation", "none")
    assert recipe.train_fraction == pytest.approx(fraction)
    assert recipe.augmentation == (() if kinds == "none" else tuple(kinds.split(", ")))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("item", "rows", "pictures"),
    [
        ("stacked_mnist", [0, 3], 1),
        ("toy_worlds", [0, 8], 2),
        ("augmentation", [3], 1),
        ("memorisation", [1], 1),
        ("monitor", [9], 0),
    ],
)
def test_every_step_of_a_count_for_a_moment(item, rows, pictures, run_for_a_moment, mnist):
    run_for_a_moment("beyond", item, rows, pictures)
