from typing import get_args

import numpy as np
import pytest
import tensorflow as tf

from tfgans import choices, losses


@pytest.mark.parametrize("shape", [(2, 3, 4), (7,)])
@pytest.mark.parametrize("error", [0.3, -0.3])
def test_constant_error_has_the_size_of_each_norm(random, shape, error):
    """u - D(u) = c: |c|, |c| sqrt(d), and |c| sqrt(d / B)."""
    first = tf.constant(random.normal(size=(5, *shape)))
    entries = np.prod(shape)
    expected = {"l1_mean": 0.3, "l2_sample": 0.3 * np.sqrt(entries), "l2_batch": 0.3 * np.sqrt(entries / 5)}
    assert set(expected) == set(get_args(choices.Norm))
    for norm, size in expected.items():
        assert float(losses.reconstruction_error(first, first - error, norm)) == pytest.approx(size, rel=1e-9)


def test_unequal_errors_by_hand():
    """Errors (3, 4) and (0, -12): means 3.5 and 6, norms 5 and 12, and 13 over the batch."""
    first, second = tf.constant([[4.0, 6.0], [1.0, 0.0]]), tf.constant([[1.0, 2.0], [1.0, 12.0]])
    for norm, size in (("l1_mean", 4.75), ("l2_sample", 8.5), ("l2_batch", 6.5)):
        assert float(losses.reconstruction_error(first, second, norm)) == pytest.approx(size, rel=1e-6)
    for norm, sizes in (("l1_mean", [3.5, 6.0]), ("l2_sample", [5.0, 12.0]), ("l2_batch", [5.0, 12.0])):
        np.testing.assert_allclose(losses.sample_errors(first, second, norm), sizes, rtol=1e-6)


def test_images_have_one_error_each():
    """Errors of two images of 2x1 pixels with two channels: (1, 2, 2, 4), and (0, -3, 0, 0)."""
    errors = np.array([[[[1.0, 2.0]], [[2.0, 4.0]]], [[[0.0, -3.0]], [[0.0, 0.0]]]])
    for norm, expected in (("l1_mean", [2.25, 0.75]), ("l2_sample", [5.0, 3.0])):
        sizes = losses.sample_errors(
            tf.constant(errors + 0.5), tf.fill(errors.shape, tf.constant(0.5, tf.float64)), norm
        )
        np.testing.assert_allclose(sizes, expected, rtol=1e-12)


@pytest.mark.parametrize("norm", get_args(choices.Norm))
def test_equal_images_have_no_error_and_a_finite_gradient(norm):
    image = tf.ones([4, 3], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(image)
        error = losses.reconstruction_error(image, tf.ones([4, 3], tf.float64), norm)
    assert 0 <= float(error) <= 1.001e-6
    np.testing.assert_array_equal(tape.gradient(error, image), np.zeros((4, 3)))


def test_refuses_a_norm_that_there_is_not():
    for function in (losses.sample_errors, losses.reconstruction_error):
        with pytest.raises(ValueError, match="norm must be one of l1_mean, l2_sample, l2_batch; received 'l3'"):
            function(tf.ones([2, 2]), tf.ones([2, 2]), "l3")


def test_difference_of_means_by_hand():
    """Means (2, 0) and (1, 2): (1 + 2) / 2, whichever row is whose."""
    first, second = tf.constant([[1.0, -1.0], [3.0, 1.0]]), tf.constant([[0.0, 4.0], [2.0, 0.0]])
    for rows in (second, second[::-1]):
        assert float(losses.mean_difference(first, rows)) == pytest.approx(1.5)
