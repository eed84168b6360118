import numpy as np
import pytest
import tensorflow as tf

from tfgans import losses


def test_feature_distance_is_a_sum_of_means():
    """Mean |1 - 3| is 2 on one map, mean of 0 and 4 is 2 on another."""
    first = [tf.fill([2, 3, 3, 1], 1.0), tf.constant([[0.0, 1.0]])]
    second = [tf.fill([2, 3, 3, 1], 3.0), tf.constant([[0.0, 5.0]])]
    assert float(losses.feature_distance(first, second)) == pytest.approx(4)


def test_matching_is_of_means_over_the_batch():
    """Means (1, 2) and (4, 6): half the mean of 9 and 16. Rows may be in any order."""
    first, second = tf.constant([[0.0, 2.0], [2.0, 2.0]]), tf.constant([[4.0, 0.0], [4.0, 12.0]])
    assert float(losses.mean_feature_distance(first, second)) == pytest.approx(0.25 * (9 + 16))
    assert float(losses.mean_feature_distance(second, second[::-1])) == 0


def test_equal_logits_are_the_logarithm_of_the_classes():
    assert float(losses.classification_loss(tf.zeros([3, 7]), tf.constant([0, 3, 6]))) == pytest.approx(np.log(7))


def test_classification_loss_by_hand():
    """softmax of (0, log 3) is (1/4, 3/4)."""
    logits = tf.constant([[0.0, np.log(3.0)]] * 2, tf.float64)
    found = float(losses.classification_loss(logits, tf.constant([0, 1])))
    assert found == pytest.approx(0.5 * (np.log(4) + np.log(4 / 3)))
