import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans.latent import Normal, Uniform
from tfgans.networks import conditional_dcgan_generator


def test_normal_has_the_mean_and_spread_of_the_paper():
    latent = Normal(100, mean=-1.0, std=1.0).sample(2_000, seed=[0, 1]).numpy()
    assert latent.shape == (2_000, 100)
    # 200,000 draws: the standard error of the mean is .0022.
    assert latent.mean() == pytest.approx(-1.0, abs=0.01)
    assert latent.std() == pytest.approx(1.0, abs=0.01)


def test_bias_of_the_projection_absorbs_the_mean(random):
    """G with bias b on z - 1 equals G with bias b - W 1 on z (summed over the rows of z only)."""
    generator = conditional_dcgan_generator((8, 8, 1), 6, 3, widths=(8, 4))
    latent, condition = tf.constant(random.normal(size=(5, 6)), tf.float32), tf.one_hot([0, 1, 2, 0, 1], 3)
    shifted = generator([latent - 1, condition])
    projection = next(layer for layer in generator.layers if isinstance(layer, keras.layers.Dense))
    kernel, bias = projection.get_weights()
    projection.set_weights([kernel, bias - kernel[:6].sum(0)])
    np.testing.assert_allclose(generator([latent, condition]), shifted, atol=1e-5)
    assert np.ptp(shifted) > 1e-3


def test_same_seed_same_batch_and_other_seed_another():
    prior = Normal(4)
    first, again, other = (prior.sample(3, seed=[0, last]).numpy() for last in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)


def test_rows_depend_on_their_own_seed_only():
    prior = Normal(4)
    together = prior.sample_rows(tf.constant([7, 2**40, -3], tf.int64)).numpy()
    alone = prior.sample_rows(tf.constant([2**40], tf.int64)).numpy()
    np.testing.assert_array_equal(together[1], alone[0])
    assert len(np.unique(together)) == together.size


def test_rows_of_another_use_are_others():
    seeds = tf.constant([7, 8], tf.int64)
    first, other = (Uniform(3, 0.0, 1.0).sample_rows(seeds, use=use).numpy() for use in (0, 1))
    np.testing.assert_array_equal(first, Uniform(3, 0.0, 1.0).sample_rows(seeds))
    assert len(np.unique([first, other])) == 12


def test_rows_follow_the_distribution():
    # Row by row, a thousand rows take seconds without a graph.
    sample_rows = tf.function(Normal(50, mean=2.0, std=0.5).sample_rows)
    rows = sample_rows(tf.range(1_000, dtype=tf.int64), dtype="float64").numpy()
    assert rows.dtype == np.float64
    assert rows.mean() == pytest.approx(2.0, abs=0.01)
    assert rows.std() == pytest.approx(0.5, abs=0.01)


def test_serialises_by_its_fields():
    prior = Normal(3, mean=-1.0)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(prior))
    assert copy == prior


@pytest.mark.parametrize(("arguments", "message"), [({"size": 0}, "size=0"), ({"size": 2, "std": 0.0}, "std=0.0")])
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Normal(**arguments)


def test_uniform_fills_its_range():
    latent = Uniform(3, low=-2.0, high=1.0).sample(5_000, seed=[0, 1]).numpy()
    assert latent.shape == (5_000, 3)
    assert -2 <= latent.min() < -1.99
    assert 0.99 < latent.max() <= 1
    assert latent.mean() == pytest.approx(-0.5, abs=0.03)
    for wrong in ({"size": 0}, {"size": 2, "low": 1.0, "high": 1.0}):
        with pytest.raises(ValueError, match="must be"):
            Uniform(**wrong)
