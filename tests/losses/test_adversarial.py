import math

import numpy as np
import pytest
import tensorflow as tf

from tfgans import losses


def test_wasserstein_by_hand():
    """Spec values: f(x) = 1 and f(G(z)) = 3 give 2 for the critic and -3 for the generator."""
    real, generated = tf.constant([0.5, 1.5]), tf.constant([2.0, 4.0])
    assert float(losses.wasserstein_discriminator_loss(real, generated)) == pytest.approx(2.0)
    assert float(losses.wasserstein_generator_loss(generated)) == pytest.approx(-3.0)


def test_vanilla_at_zero():
    zeros = tf.zeros([4, 2, 2, 1])
    assert float(losses.vanilla_discriminator_loss(zeros, zeros)) == pytest.approx(2 * math.log(2))
    assert float(losses.nonsaturating_generator_loss(zeros)) == pytest.approx(math.log(2))


def test_vanilla_is_the_cross_entropy_of_probabilities(random):
    real, generated = random.normal(size=(2, 6))
    probability = [1 / (1 + np.exp(-logits)) for logits in (real, generated)]
    expected = -np.log(probability[0]).mean() - np.log(1 - probability[1]).mean()
    assert float(losses.vanilla_discriminator_loss(real, generated)) == pytest.approx(expected)
    assert float(losses.nonsaturating_generator_loss(generated)) == pytest.approx(-np.log(probability[1]).mean())


def test_mirrored_critic_gives_the_same_generator_gradient():
    """The authors minimise E f(x) - E f(G) and E f(G): the same game for a critic with a negated head."""
    real, generated = tf.constant([[1.0, 5.0]]), tf.Variable([[2.0, -4.0]])
    head = tf.Variable([[0.5], [2.0]])
    with tf.GradientTape(persistent=True) as tape:
        ours = losses.wasserstein_generator_loss(generated @ head)
        theirs = tf.reduce_mean(generated @ -head)
        critic = losses.wasserstein_discriminator_loss(real @ head, generated @ head)
        mirrored_critic = tf.reduce_mean(real @ -head) - tf.reduce_mean(generated @ -head)
    np.testing.assert_allclose(tape.gradient(ours, generated), tape.gradient(theirs, generated))
    np.testing.assert_allclose(tape.gradient(ours, generated), [[-0.5, -2.0]])
    np.testing.assert_allclose(tape.gradient(critic, head), tape.gradient(mirrored_critic, head))
    np.testing.assert_allclose(tape.gradient(critic, head), [[1.0], [-9.0]])


def test_patchwise_differs_from_the_loss_of_the_mean_logit_where_patches_differ():
    """Patches -2 and 4: mean of softplus(-l) is (2.126928 + .018150)/2; softplus of minus the mean 1 is .313262."""
    patches = tf.reshape(tf.constant([-2.0, 4.0]), [1, 2, 1, 1])
    assert float(losses.Vanilla(patchwise=True).generator_loss(patches)) == pytest.approx(1.072539, abs=1e-6)
    assert float(losses.Vanilla(patchwise=False).generator_loss(patches)) == pytest.approx(0.313262, abs=1e-6)


def test_wasserstein_does_not_care_about_patches():
    patches = tf.reshape(tf.constant([-2.0, 4.0]), [1, 2, 1, 1])
    assert float(losses.Wasserstein().generator_loss(patches)) == pytest.approx(-1.0)


def test_mean_over_patches_keeps_the_batch():
    np.testing.assert_allclose(losses.mean_over_patches(tf.reshape(tf.range(8.0), [2, 2, 2, 1])), [1.5, 5.5])
