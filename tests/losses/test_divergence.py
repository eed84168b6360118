import numpy as np
import pytest
import tensorflow as tf

from tfgans import losses


def test_by_hand():
    """N(0, 1) has none; mean 1 and variance 4 in one entry has (4 + 1 - 1 - ln 4) / 2."""
    mean, variance = (
        tf.constant([[0.0, 0.0], [1.0, 0.0]], tf.float64),
        tf.constant([[1.0, 1.0], [4.0, 1.0]], tf.float64),
    )
    found = losses.normal_divergence(mean, tf.math.log(variance))
    np.testing.assert_allclose(found, [0, 1.306853], atol=1e-6)


def test_gradient_of_the_mean_is_the_mean(random):
    mean = tf.constant(random.normal(size=(3, 2)))
    with tf.GradientTape() as tape:
        tape.watch(mean)
        total = tf.reduce_sum(losses.normal_divergence(mean, tf.zeros([3, 2], tf.float64)))
    np.testing.assert_allclose(tape.gradient(total, mean), mean, rtol=1e-12)


@pytest.mark.parametrize(("reduction", "divisor"), [("sum", 1), ("mean", 2), ("per_pixel", 48)])
def test_reductions_divide_the_sum_over_entries(reduction, divisor):
    """Means (1, 0) and (0, 3) at variance 1: 1/2 and 9/2, in the mean 5/2."""
    mean = tf.constant([[1.0, 0.0], [0.0, 3.0]])
    found = losses.reduced_divergence(mean, tf.zeros([2, 2]), reduction, image_size=48)
    assert float(found) == pytest.approx(2.5 / divisor)


def test_refuses_a_reduction_that_there_is_not():
    with pytest.raises(ValueError, match="kl_reduction must be one of per_pixel, sum, mean; received 'batch'"):
        losses.reduced_divergence(tf.zeros([1, 1]), tf.zeros([1, 1]), "batch", 1)


def test_certain_posteriors_have_finite_divergences_and_gradients():
    """The standard deviation of the second one is 0 in float32."""
    log_variance = tf.Variable([[-80.0], [-250.0]])
    with tf.GradientTape() as tape:
        found = losses.normal_divergence(tf.zeros([2, 1]), log_variance)
    np.testing.assert_allclose(found, [0.5 * 79, 0.5 * 249])
    np.testing.assert_allclose(tape.gradient(found, log_variance), [[-0.5], [-0.5]])
