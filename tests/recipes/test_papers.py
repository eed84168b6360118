"""Settings of the papers that follow from the sizes of their data, or hold for all recipes."""

import pytest

from tfgans import recipes


@pytest.mark.parametrize(
    ("name", "preset", "images", "epochs", "batches_a_step"),
    [
        ("cwgan/mnist", "paper", 60_000, 100, 5),
        ("cwgan/celeba", "paper", 182_637, 100, 5),
        ("cwgan/efigi", "paper", 4_012, 100, 5),
        ("cwgan/sprites", "paper", 8_000, 100, 5),
        ("cgan/mnist", "paper", 60_000, 100, 1),
        # The epochs of the authors' code count generator steps.
        ("cwgan/mnist", "code", 50_000, 100, 1),
        ("cwgan/celeba", "code", 182_732, 100, 1),
        ("cwgan/efigi", "code", 4_012, 1_000, 1),
        ("cgan/mnist", "code", 50_000, 100, 1),
        ("cgan/celeba", "code", 182_732, 25, 1),
        ("logan/digits", "paper", 1_437, 256, 1),
        ("logan/mnist", "paper", 60_000, 256, 1),
        ("logan/cifar10", "paper", 50_000, 256, 1),
        ("logan/cifar10", "code", 50_000, 160, 1),
        ("logan/celeba128", "paper", 162_770, 256, 1),
        ("began_cs/digits", "paper", 1_437, 300, 1),
        ("began_cs/mnist", "paper", 60_000, 300, 1),
        ("began_cs/cifar10", "paper", 50_000, 300, 1),
        ("began_cs/celeba64", "paper", 162_770, 300, 1),
        ("began_cs/celeba128", "paper", 162_770, 300, 1),
        ("xgan/digits", "paper", 1_437, 16, 1),
        ("xgan/mnist", "paper", 60_000, 16, 1),
        ("xgan/flowers102", "paper", 6_149, 16, 1),
        ("xgan/facescrub", "paper", 39_708, 16, 1),
        ("md_gan/mnist", "paper", 60_000, 100, 1),
        ("cvae_gan/mnist", "paper", 60_000, 50, 1),
    ],
)
def test_steps_are_the_epochs_of_the_paper(name, preset, images, epochs, batches_a_step):
    recipe = recipes.get(name, preset)
    steps = epochs * (images // recipe.batch_size) / batches_a_step
    assert recipe.steps == pytest.approx(steps, rel=1e-3)


def test_presets_of_public_code_have_the_epsilon_of_tensorflow_1():
    """Three papers have public code; the presets of their rivals follow it too."""
    systems = ("cwgan", "cgan", "logan", "bigan", "gan", "began_cs", "began", "veegan")
    for name in recipes.names():
        for preset, recipe in recipes.presets(name).items():
            if name.split("/")[0] in systems:
                assert recipe.epsilon == (1e-8 if preset == "code" else 1e-7), (name, preset)


def test_presets_are_the_text_the_authors_code_where_there_is_some_and_minutes_or_an_hour():
    """The adversarial VAE and X-GAN have no public code, and rivals of none of the papers are small alone."""
    presets = {name: ["paper", "small"] for name in ("avae", "vae", "xgan", "md_gan", "cvae_gan")}
    presets |= {name: ["small"] for name in ("pacgan", "rpgan")}
    presets |= {f"pacgan/{data}": ["paper", "small"] for data in ("ring8", "grid25", "stacked_mnist")}
    systems_of = {
        "cwgan cgan": "mnist fashion_mnist avatars",
        "logan bigan gan": "mnist cifar10 portraits junction",
        "began_cs began": "ring8 grid25 cifar10 portraits portraits16 avatars",
        "avae vae": "cifar10 portraits avatars",
        "xgan md_gan cvae_gan": "avatars fashion_mnist olivetti flowers17",
    }
    hours = {f"{a}/{b}" for systems, sets in systems_of.items() for a in systems.split() for b in sets.split()}
    new_sets = {"avatars", "fashion_mnist", "portraits", "portraits16", "olivetti"}
    alone = {name for name in hours if name.split("/")[1] in new_sets}
    for name in recipes.names():
        others = presets.get(name, presets.get(name.split("/")[0], ["paper", "code", "small"]))
        expected = [*([] if name in alone else others), *(["hour"] if name in hours else [])]
        assert list(recipes.presets(name)) == expected, name
        assert all(recipe.preset == preset for preset, recipe in recipes.presets(name).items())
