import numpy as np
import pytest

import papers
from papers.avae.experiments import plant


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of")
@pytest.mark.parametrize(
    ("name", "rows", "figures"),
    [("table1", [2, 3], 6), ("controller", [3], 4), ("fig8", [1], 1), ("kl", [0], 0)],
)
def test_every_step_of_an_item_for_a_moment(name, rows, figures, run_for_a_moment, mnist):
    run_for_a_moment("avae", name, rows, figures)


def test_plant_by_hand():
    """e = .5 - .2 = .3 and k = .03; then L(G(z)) = .2 + .018 / 50 and k = .03 + .1 (.5 - .20036)."""
    errors, ks = plant((0.1, 0.0, 0.0), steps=2)
    np.testing.assert_allclose(errors, [0.3, 0.29964], rtol=1e-5)
    np.testing.assert_allclose(ks, [0.03, 0.059964], rtol=1e-5)


def test_plant_settles_at_one_half():
    """A simulation by hand has e = 7e-5 and k = .4999 after 400 steps."""
    errors, ks = plant((4e-2, 1.5, 0.0), steps=400)
    assert abs(errors[-1]) < 1e-3
    assert ks[-1] == pytest.approx(0.5, abs=2e-3)


@pytest.mark.parametrize(
    ("item", "scale"), [("table1", "small"), ("table1_cifar10", "hour"), ("table1_cifar10", "paper")]
)
def test_began_is_trained_as_avae_is(item, scale, recipes_of_rows):
    """The presets of BEGAN, which are those of another paper, have other batches, rates and gains."""
    (item,) = papers.find("avae").only([item]).items
    rows = {row["row"]: recipe for row, recipe in zip(item.settings, recipes_of_rows(item, scale), strict=True)}
    ours, began = rows["VAE + BEGAN* + LSM"], rows["BEGAN* + LSM"]
    for name in ("steps", "batch_size", "ratio", "integral", "proportional", "derivative", "similarity_weight"):
        assert getattr(began, name) == getattr(ours, name), name
    assert began.discriminator_learning_rate == began.generator_learning_rate == ours.learning_rate
    assert began.norm == "l1_mean"
    assert (rows["BEGAN"].proportional, rows["BEGAN"].similarity_weight) == (0, 0)
