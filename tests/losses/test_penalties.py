import numpy as np
import pytest
import tensorflow as tf

from tfgans import losses


def linear(weights):
    return lambda x: tf.reduce_sum(x * weights, axis=[1, 2, 3])


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_linear_critic_has_the_norm_of_its_weights(random, epsilon):
    """f = w.x has (||w|| - 1)^2 wherever the points lie."""
    weights = random.normal(size=(2, 3, 1))
    real, generated = random.normal(size=(2, 5, 2, 3, 1))
    parts = losses.InterpolatedGradientPenalty()(
        linear(weights), tf.constant(real), tf.constant(generated), tf.fill([5], tf.constant(epsilon, tf.float64))
    )
    norm = np.linalg.norm(weights)
    assert float(parts["gradient_norm"]) == pytest.approx(norm)
    assert float(parts["gradient_penalty"]) == pytest.approx((norm - 1) ** 2)


def test_unit_weights_have_no_penalty():
    weights = tf.reshape(tf.constant([0.6, 0.8]), [1, 2, 1])
    parts = losses.InterpolatedGradientPenalty()(
        linear(weights), tf.zeros([3, 1, 2, 1]), tf.ones([3, 1, 2, 1]), tf.fill([3], 0.5)
    )
    assert float(parts["gradient_penalty"]) == pytest.approx(0.0, abs=1e-10)


def test_points_lie_between_the_pair_at_places_of_their_own():
    """f = x^2 / 2 has the gradient x_hat itself."""
    real, generated = tf.fill([3, 1], 10.0), tf.fill([3, 1], 20.0)
    gradient = losses.interpolated_gradient(
        lambda x: tf.reduce_sum(x**2, 1) / 2, real, generated, tf.constant([0.0, 0.25, 1.0])
    )
    np.testing.assert_allclose(gradient, [[20.0], [17.5], [10.0]])


def test_full_norm_against_the_form_of_the_authors_code():
    """A gradient of .25 on 4x4x1: norm 1 over the sample, but .5 over a column of height 4."""

    def quarter(x):
        return tf.reduce_sum(x, axis=[1, 2, 3]) / 4

    arguments = quarter, tf.zeros([2, 4, 4, 1]), tf.ones([2, 4, 4, 1]), tf.constant([0.1, 0.9])
    assert float(losses.InterpolatedGradientPenalty()(*arguments)["gradient_penalty"]) == pytest.approx(0, abs=1e-9)
    assert float(losses.HeightAxisGradientPenalty()(*arguments)["gradient_penalty"]) == pytest.approx(0.25)


def test_full_form_scores_the_mean_of_patches_and_the_authors_their_sum():
    def patches(x):
        return tf.tile(x, [1, 2, 2, 1])

    arguments = patches, tf.zeros([1, 1, 1, 1]), tf.ones([1, 1, 1, 1]), tf.constant([0.5])
    assert float(losses.InterpolatedGradientPenalty()(*arguments)["gradient_norm"]) == pytest.approx(1.0)
    assert float(losses.HeightAxisGradientPenalty()(*arguments)["gradient_norm"]) == pytest.approx(4.0)


def test_target_and_range_of_pixels():
    """In [-1, 1] the same critic has half the gradient: 40 (n/2 - .5)^2 = 10 (n - 1)^2."""
    for norm in (0.2, 1.0, 3.0):
        unit = 10 * losses.gradient_penalty(tf.constant([norm]))
        halved = 40 * losses.gradient_penalty(tf.constant([norm / 2]), target=0.5)
        assert float(unit) == pytest.approx(float(halved), abs=1e-5)


def test_zero_gradient_is_safe_to_the_second_order():
    scale = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        parts = losses.InterpolatedGradientPenalty()(
            lambda x: scale * tf.reduce_sum(x, [1, 2, 3]), tf.zeros([2, 2, 2, 1]), tf.ones([2, 2, 2, 1]), tf.zeros([2])
        )
    assert float(parts["gradient_penalty"]) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(tape.gradient(parts["gradient_penalty"], scale))


def test_penalty_trains_the_critic():
    """d (|w| - 1)^2 / dw = 2 (|w| - 1) at w = 3."""
    weight = tf.Variable([[3.0]])
    with tf.GradientTape() as tape:
        parts = losses.InterpolatedGradientPenalty()(
            lambda x: x @ weight, tf.zeros([2, 1]), tf.ones([2, 1]), tf.fill([2], 0.5)
        )
    np.testing.assert_allclose(tape.gradient(parts["gradient_penalty"], weight), [[4.0]], rtol=1e-5)


def pairwise(slope, real, generated, **options):
    """The pair-wise penalty of l = slope . x on pairs of points."""
    real, generated = (tf.constant(value, tf.float64) for value in (real, generated))
    weights = tf.fill([len(real)], tf.constant(0.3, tf.float64))
    penalty = losses.PairwiseGradientPenalty(**options)
    return float(penalty(lambda x: tf.linalg.matvec(x, slope), real, generated, weights)["gradient_penalty"])


def test_pairwise_penalty_is_of_size_and_direction(random):
    """E ||a - u||: 0 where the slope is the unit vector from the reconstruction to x, 2 where it is its opposite."""
    unit = np.array([0.6, 0.8])
    reconstructed = random.normal(size=(4, 2))
    real = reconstructed + unit * random.uniform(0.1, 3, size=(4, 1))
    assert pairwise(unit, real, reconstructed) == pytest.approx(0.0, abs=2e-6)
    assert pairwise(-unit, real, reconstructed) == pytest.approx(2.0)
    assert pairwise(-unit, real, reconstructed, power=2) == pytest.approx(4.0)
    slope = np.array([2.0, -1.0])
    assert pairwise(slope, real, reconstructed) == pytest.approx(np.linalg.norm(slope - unit))


def test_pairwise_penalty_of_a_perfect_reconstruction_is_finite():
    """u is 0 / 0 there: the slope is asked to be 0."""
    slope, points = tf.Variable([3.0, 4.0]), tf.ones([2, 2])
    with tf.GradientTape() as tape:
        found = losses.PairwiseGradientPenalty()(
            lambda x: tf.linalg.matvec(x, slope), points, points, tf.constant([0.0, 1.0])
        )["gradient_penalty"]
    assert float(found) == pytest.approx(5.0)
    np.testing.assert_allclose(tape.gradient(found, slope), [0.6, 0.8], rtol=1e-5)


def test_power_of_the_distance_to_the_target():
    norms = tf.constant([0.0, 4.0])
    assert float(losses.gradient_penalty(norms, target=1.0, power=1)) == pytest.approx(2.0)
    assert float(losses.gradient_penalty(norms, target=1.0, power=2)) == pytest.approx(5.0)
    with pytest.raises(ValueError, match="power must be 1 or 2; received 3"):
        losses.gradient_penalty(norms, power=3)


@pytest.mark.parametrize(("options", "message"), [({"weight": -1.0}, "weight"), ({"power": 3}, "power")])
def test_refuses_numbers_out_of_range(options, message):
    with pytest.raises(ValueError, match=rf"{message} must be .*; received {options[message]}"):
        losses.InterpolatedGradientPenalty(**options)


def test_a_one_sided_penalty_leaves_small_norms_free():
    """Norms .5, 1 and 4 have the distances 0, 0 and 3."""
    norms = tf.constant([0.5, 1.0, 4.0])
    assert float(losses.gradient_penalty(norms, one_sided=True)) == pytest.approx(3.0)
    assert float(losses.gradient_penalty(norms)) == pytest.approx((0.25 + 9) / 3)


def test_zero_centered_penalties_by_hand():
    """l = |x|^2 / 2 + z has the gradient (x, 1), with the squared norm |x|^2 + 1, at real and at generated rows."""

    def logits(x, z):
        return tf.reduce_sum(x**2, 1) / 2 + z[:, 0]

    real, generated = tf.constant([[3.0, 4.0], [0.0, 0.0]]), tf.constant([[1.0, 0.0], [0.0, 2.0]])
    latent = tf.zeros([2, 1])
    parts = losses.ZeroCenteredPenalty(10.0, 4.0)(logits, [real, latent], [generated, latent])
    assert {name: float(value) for name, value in parts.items()} == pytest.approx(
        {"r1": (26 + 1) / 2, "r2": (2 + 5) / 2, "zero_centered_penalty": 10 / 2 * 13.5 + 4 / 2 * 3.5}
    )


def test_zero_centered_penalties_take_the_mean_of_patches():
    """The mean of patches x^2 and 3 x has the slope x + 3/2: 5/2 at 1, and 1 at -1/2. That of the sum is twice this."""
    parts = losses.ZeroCenteredPenalty(1.0, 1.0)(
        lambda x: tf.concat([x**2, 3 * x], axis=1), [tf.constant([[1.0]])], [tf.constant([[-0.5]])]
    )
    assert (float(parts["r1"]), float(parts["r2"])) == pytest.approx((6.25, 1.0))


@pytest.mark.parametrize(
    ("factors", "names"), [((1.0, 0.0), ("r1",)), ((0.0, 1.0), ("r2",)), ((1.0, 2.0), ("r1", "r2"))]
)
def test_zero_centered_penalties_of_one_kind(factors, names):
    penalty = losses.ZeroCenteredPenalty(*factors)
    parts = penalty(lambda x: x[:, 0], [tf.ones([2, 1])], [tf.ones([2, 1])])
    assert tuple(parts) == penalty.log_names == (*names, "zero_centered_penalty")
    assert float(parts["zero_centered_penalty"]) == pytest.approx(sum(factors) / 2)


@pytest.mark.parametrize("factors", [(0.0, 0.0), (-1.0, 2.0)])
def test_zero_centered_penalties_that_are_refused(factors):
    with pytest.raises(ValueError, match="Expected r1 >= 0 and r2 >= 0, one of them positive"):
        losses.ZeroCenteredPenalty(*factors)


def test_a_zero_centered_penalty_trains_the_critic():
    """d (gamma / 2 w^2) / dw = gamma w."""
    weight = tf.Variable([[3.0]])
    with tf.GradientTape() as tape:
        parts = losses.ZeroCenteredPenalty(2.0)(lambda x: x @ weight, [tf.ones([2, 1])], [tf.ones([2, 1])])
    np.testing.assert_allclose(tape.gradient(parts["zero_centered_penalty"], weight), [[6.0]], rtol=1e-5)
