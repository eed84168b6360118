import math

import keras
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


@pytest.mark.parametrize(
    ("objective", "discriminator", "generator"),
    [
        (losses.Vanilla(patchwise=True), (2.126928 + 0.018150) / 2 + (0.693147 + 2.126928) / 2, 0.410038),
        (losses.Vanilla(patchwise=False), 0.313262 + 1.313262, 0.313262),
        (losses.Minimax(patchwise=True), (2.126928 + 0.018150) / 2 + (0.693147 + 2.126928) / 2, -1.410038),
        (losses.Minimax(patchwise=False), 0.313262 + 1.313262, -1.313262),
        (losses.LogitLoss(squared=False), 0.313262 + 1.313262, -1.0),
        (losses.LogitLoss(squared=True), 0.268941**2 + 0.731059**2, -1.0),
        (losses.Relativistic(), 0.693147, 0.693147),
    ],
)
def test_losses_of_patches_by_hand(objective, discriminator, generator):
    """Real patches -2 and 4, generated ones 0 and 2: only patchwise are they more than their mean, which is 1.

    softplus of 2, -4, 0, -2 is 2.126928, .018150, .693147, .126928; of -1 and 1 it is .313262 and 1.313262.
    """
    real, generated = (tf.reshape(tf.constant(patches), [1, 2, 1, 1]) for patches in ([-2.0, 4.0], [0.0, 2.0]))
    others = (real,) if objective.is_relativistic else ()
    assert float(objective.discriminator_loss(real, generated)) == pytest.approx(discriminator, abs=2e-6)
    assert float(objective.generator_loss(generated, *others)) == pytest.approx(generator, abs=2e-6)


def test_wasserstein_does_not_care_about_patches():
    patches = tf.reshape(tf.constant([-2.0, 4.0]), [1, 2, 1, 1])
    assert float(losses.Wasserstein().generator_loss(patches)) == pytest.approx(-1.0)


def test_mean_over_patches_keeps_the_batch():
    np.testing.assert_allclose(losses.mean_over_patches(tf.reshape(tf.range(8.0), [2, 2, 2, 1])), [1.5, 5.5])


# LOGAN: r = l(x, E(x)) = 2 on the real pair, q = l(G(z), z) = -1 on the generated one.


@pytest.mark.parametrize(
    ("objective", "discriminator", "encoder", "generator"),
    [
        (losses.Vanilla(), 0.440190, math.log1p(math.exp(2)), math.log1p(math.exp(1))),
        (losses.Wasserstein(), -3.0, 2.0, 1.0),
        (losses.LeastSquares(), 2.0, 4.0, 4.0),
        (losses.LogitLoss(squared=False), 0.440190, 2.0, 1.0),
        (losses.LogitLoss(squared=True), 0.0865388, 2.0, 1.0),
    ],
)
def test_logan_losses_by_hand(objective, discriminator, encoder, generator):
    real, generated = tf.constant([2.0]), tf.constant([-1.0])
    assert float(objective.discriminator_loss(real, generated)) == pytest.approx(discriminator, rel=1e-5)
    assert float(objective.encoder_loss(real)) == pytest.approx(encoder)
    assert float(objective.generator_loss(generated)) == pytest.approx(generator)


def test_logan_losses_at_zero():
    zero = tf.zeros([3])
    assert float(losses.LogitLoss(squared=False).discriminator_loss(zero, zero)) == pytest.approx(2 * math.log(2))
    assert float(losses.LogitLoss(squared=True).discriminator_loss(zero, zero)) == pytest.approx(0.5)
    assert float(losses.LogitLoss().encoder_loss(zero) + losses.LogitLoss().generator_loss(zero)) == 0.0


@pytest.mark.parametrize("value", [-30.0, 0.0, 30.0])
def test_followers_of_the_logit_never_saturate(value):
    """dL_G/dq = -1 and dL_E/dr = +1 whatever the logit is."""
    logit = tf.Variable([value])
    for loss, slope in ((losses.LogitLoss().generator_loss, -1.0), (losses.LogitLoss().encoder_loss, 1.0)):
        with tf.GradientTape() as tape:
            result = loss(logit)
        assert float(tape.gradient(result, logit)[0]) == slope


def test_slope_of_the_classifier_is_bounded():
    """By 8/27 in lol2, where s = 1/3; by 1 in lol1."""
    logits = tf.Variable(np.linspace(-8, 8, 4_001))
    for squared, bound, place in ((True, 8 / 27, math.log(1 / 2)), (False, 1.0, None)):
        with tf.GradientTape() as tape:
            loss = losses.LogitLoss(squared).discriminator_loss(logits, tf.zeros([1], tf.float64)) * 4_001
        slopes = np.abs(tape.gradient(loss, logits).numpy())
        assert slopes.max() <= bound + 1e-12
        if place is not None:
            assert slopes.max() == pytest.approx(bound, rel=1e-5)
            assert logits.numpy()[slopes.argmax()] == pytest.approx(place, abs=0.01)


@pytest.mark.parametrize(("logit", "minimax", "nonsaturating"), [(0.0, -0.5, -0.5), (-4.0, -0.01799, -0.98201)])
def test_minimax_saturates_where_the_discriminator_is_sure(logit, minimax, nonsaturating):
    """d/dl log(1 - s(l)) = -s(l), and d/dl -log s(l) = -s(-l)."""
    for objective, slope in ((losses.Minimax(), minimax), (losses.Vanilla(), nonsaturating)):
        logits = tf.Variable([logit])
        with tf.GradientTape() as tape:
            loss = objective.generator_loss(logits)
        assert float(tape.gradient(loss, logits)[0]) == pytest.approx(slope, abs=1e-5)


def test_minimax_is_one_game():
    """What the generator descends is the negative of its part in the discriminator's loss."""
    real, generated = tf.constant([0.3, 2.0]), tf.constant([-1.0, 0.7])
    of_discriminator = losses.Minimax().discriminator_loss(real, generated)
    of_real = tf.reduce_mean(tf.nn.softplus(-real))
    assert float(losses.Minimax().generator_loss(generated)) == pytest.approx(float(of_real - of_discriminator))


def test_hinge_by_hand():
    """max(0, 1 - l(x)) is 0 and .5, max(0, 1 + l(G(z))) is 0 and 3; the generator raises its logits."""
    real, generated = tf.constant([2.0, 0.5]), tf.constant([-4.0, 2.0])
    assert float(losses.Hinge().discriminator_loss(real, generated)) == pytest.approx(0.25 + 1.5)
    assert float(losses.Hinge().generator_loss(generated)) == pytest.approx(1.0)
    assert float(losses.Hinge().encoder_loss(real)) == pytest.approx(1.25)


def test_relativistic_pairs_by_hand():
    """Pairs differ by log 3 and -log 3: log(1 + 1/3) and log(1 + 3) for the discriminator, exchanged for the others."""
    real, generated = tf.constant([math.log(3), 0.0]), tf.constant([0.0, math.log(3)])
    for pair in ((real, generated), (generated, real)):
        mean = (math.log(4 / 3) + math.log(4)) / 2
        assert float(losses.Relativistic().discriminator_loss(*pair)) == pytest.approx(mean)
    first = (real[:1], generated[:1])
    assert float(losses.Relativistic().discriminator_loss(*first)) == pytest.approx(math.log(4 / 3))
    assert float(losses.Relativistic().generator_loss(generated[:1], real[:1])) == pytest.approx(math.log(4))
    assert float(losses.Relativistic().encoder_loss(*first)) == pytest.approx(math.log(4))


def test_relativistic_pairs_are_not_pairs_of_means():
    """Each real sample is compared with its own generated one."""
    real, generated = tf.constant([0.0, 4.0]), tf.constant([4.0, 0.0])
    same = float(losses.Relativistic().discriminator_loss(real, tf.reverse(generated, [0])))
    assert same == pytest.approx(math.log(2))
    assert float(losses.Relativistic().discriminator_loss(real, generated)) > 2


def test_a_relativistic_generator_needs_real_logits():
    with pytest.raises(ValueError, match="compares the logits of real and of generated samples; received one kind"):
        losses.Relativistic().generator_loss(tf.zeros([2]))


def hinge(real_logits, generated_logits):
    hinges = tf.nn.relu(1 - real_logits) + tf.nn.relu(1 + generated_logits)
    return tf.reduce_mean(hinges), -tf.reduce_mean(generated_logits)


class Margin(losses.Objective):
    """An objective of the user's own, without a decorator."""

    def __init__(self, margin=1.0):
        self.margin = margin

    def discriminator_loss(self, real_logits, generated_logits):
        return tf.reduce_mean(tf.nn.relu(self.margin - real_logits) + tf.nn.relu(self.margin + generated_logits))

    def generator_loss(self, generated_logits):
        return -tf.reduce_mean(generated_logits)


@pytest.mark.parametrize("own", [losses.as_objective(hinge), Margin()])
def test_own_losses_are_those_of_the_hinge(own, random):
    real, generated = tf.constant(random.normal(size=(2, 6)), tf.float32)
    known = losses.Hinge()
    others = (real,) if own.is_relativistic else ()
    np.testing.assert_allclose(own.discriminator_loss(real, generated), known.discriminator_loss(real, generated))
    np.testing.assert_allclose(own.generator_loss(generated, *others), known.generator_loss(generated))


@pytest.mark.parametrize("own", [losses.as_objective(hinge), Margin(2.5)])
def test_own_losses_are_saved_by_their_names(own):
    config = keras.saving.serialize_keras_object(own)
    again = keras.saving.deserialize_keras_object(config, custom_objects={"hinge": hinge, "Margin": Margin})
    assert vars(again) == vars(own)


def test_the_default_loss_of_an_encoder_exchanges_the_signs_of_both_logits():
    """With r = log 3 and q = -log 2 it is softplus(-q + r) = log(1 + 6). With q as it is, it is log(1 + 3 / 2)."""
    real, generated = tf.constant([math.log(3)]), tf.constant([-math.log(2)])
    found = losses.Objective.encoder_loss(losses.Relativistic(), real, generated)
    assert float(found) == pytest.approx(math.log(7))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda logits: logits, "takes 1 positional argument"),
        (lambda real, generated: tf.reduce_mean(real), "which are scalars; .* gave"),
        (lambda real, generated: (real, generated), "which are scalars; .* gave"),
        (lambda real, generated: None, "which are scalars; .* gave None"),
        (losses.Hinge, "received the class Hinge, without"),
    ],
)
def test_functions_that_are_no_objectives(function, message):
    with pytest.raises(ValueError, match=message):
        losses.as_objective(function)


def test_the_encoder_of_a_function_follows_its_third_loss_or_exchanged_signs():
    """For a real logit of 3, the third is 3^2, and the generator's loss with exchanged signs is (-3 - 1)^2."""

    def two(real_logits, generated_logits):
        real, generated = tf.reduce_mean(real_logits), tf.reduce_mean(generated_logits)
        return (real - 1) ** 2 + generated**2, (generated - 1) ** 2

    def three(real_logits, generated_logits):
        return *two(real_logits, generated_logits), tf.reduce_mean(real_logits) ** 2

    real, generated = tf.constant([3.0]), tf.constant([0.5])
    assert float(losses.as_objective(three).encoder_loss(real, generated)) == pytest.approx(9)
    assert float(losses.as_objective(two).encoder_loss(real, generated)) == pytest.approx(16)
