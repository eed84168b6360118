import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans.equilibrium import Equilibrium, Margin, Schedule


def move(controller, real_error, generated_error):
    """k and M after a step, as numbers."""
    moved = controller.update(tf.constant(real_error, tf.float64), tf.constant(generated_error, tf.float64))
    return float(moved["k"]), float(moved["convergence"])


@pytest.fixture
def controller(float64):
    """Makes controllers in double precision, with k where it is wanted."""

    def make(k=0.0, **gains):
        made = Equilibrium(**gains)
        made.k.assign(k)
        return made

    return make


def test_k_begins_at_zero_and_training_does_not_reach_it():
    controller = Equilibrium()
    assert [float(variable.numpy()) for variable in controller.variables] == [0.0, 0.0, 0.0]
    assert controller.trainable_variables == []


def test_one_step_by_hand(controller):
    """e = .5 * .1 - .04 = .01, which moves k by 1e-5; M = .1 + .01."""
    k, convergence = move(controller(k=0.2, ratio=0.5, integral=1e-3), 0.1, 0.04)
    assert k == pytest.approx(0.20001, rel=1e-12)
    assert convergence == pytest.approx(0.11, rel=1e-12)


def test_convergence_counts_a_negative_error_by_its_size(controller):
    """e = .5 * .1 - .09 = -.04, so that M = .14."""
    assert move(controller(k=0.2), 0.1, 0.09)[1] == pytest.approx(0.14, rel=1e-12)


@pytest.mark.parametrize(("generated_error", "direction"), [(0.125, 0), (0.12, 1), (0.13, -1)])
def test_k_rests_only_where_the_ratio_is_held(controller, generated_error, direction):
    """With gamma = .5 and L(x) = .25 that is L(G(z)) = .125."""
    k, _ = move(controller(k=0.5, ratio=0.5, integral=0.1), 0.25, generated_error)
    assert np.sign(k - 0.5) == direction


def test_k_rests_where_no_error_ever_was(controller):
    held = controller(k=0.3, ratio=0.5, integral=0.1, proportional=0.2, derivative=0.3)
    assert [move(held, real, real / 2)[0] for real in (0.25, 1.0, 4.0)] == [0.3] * 3


def test_a_ratio_far_above_one(controller):
    """gamma = 25 and both errors 1, as on the toy world: each step adds 24 * 1e-4."""
    greedy = controller(ratio=25.0, integral=1e-4)
    found = [move(greedy, 1.0, 1.0)[0] for _ in range(417)]
    np.testing.assert_allclose(found[:3], [0.0024, 0.0048, 0.0072], rtol=1e-9)
    assert found[-2] == pytest.approx(416 * 0.0024, rel=1e-9)
    assert found[-1] == 1


def test_k_stays_between_zero_and_one_and_leaves_at_once(controller):
    """What was cut off is not remembered."""
    held = controller(k=0.9, ratio=1.0, integral=0.25)
    assert [move(held, 1.0, 0.0)[0] for _ in range(3)] == [1, 1, 1]
    assert move(held, 0.0, 1.0)[0] == 0.75
    assert [move(held, 0.0, 2.0)[0] for _ in range(3)] == [0.25, 0, 0]
    assert move(held, 1.0, 0.0)[0] == 0.25


def test_constant_error_with_the_gains_of_avae(controller):
    """e = 1 after none: the first step moves by all three gains, 1e-3 + 1e-5 + 1e-5; the second by
    1e-3 - 1e-5, since e - 2 e' + e'' = -1; the others by the integral alone."""
    held = controller(ratio=0.5, integral=1e-3, proportional=1e-5, derivative=1e-5)
    found = [move(held, 2.0, 0.0)[0] for _ in range(4)]
    np.testing.assert_allclose(found, [0.00102, 0.00201, 0.00301, 0.00401], rtol=1e-12)


@pytest.mark.parametrize(
    ("proportional", "derivative", "expected"),
    # Errors 1, 3, 0 change by 1, 2, -3, and these by 1, 1, -5.
    [(0.0, 0.0, (0.51, 0.54, 0.54)), (0.1, 0.0, (0.61, 0.84, 0.54)), (0.0, 0.01, (0.52, 0.56, 0.51))],
)
def test_each_gain_by_hand(controller, proportional, derivative, expected):
    held = controller(k=0.5, ratio=1.0, integral=0.01, proportional=proportional, derivative=derivative)
    found = [move(held, error, 0.0)[0] for error in (1.0, 3.0, 0.0)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_velocity_form_is_the_position_form_within_the_bounds(controller, random):
    """k_t = k_0 + l_1 (e_1 + ... + e_t) + l_2 e_t + l_3 (e_t - e_{t-1}) where nothing is cut off."""
    real, generated = random.uniform(0, 1, size=(2, 50))
    held = controller(k=0.5, ratio=0.7, integral=2e-3, proportional=3e-2, derivative=4e-2)
    found = [move(held, *pair)[0] for pair in zip(real, generated, strict=True)]
    errors = 0.7 * real - generated
    expected = 0.5 + 2e-3 * np.cumsum(errors) + 3e-2 * errors + 4e-2 * np.diff(errors, prepend=0)
    assert expected.min() > 0
    assert expected.max() < 1
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_without_proportional_and_derivative_it_is_that_of_began(controller, random):
    """k <- clip(k + lambda (gamma L(x) - L(G(z)))), through both bounds."""
    held, k = controller(ratio=0.5, integral=0.3, proportional=0.0, derivative=0.0), 0.0
    touched = set()
    for real, generated in zip(*random.uniform(0, [[4], [2]], size=(2, 60)), strict=True):
        k = min(max(k + 0.3 * (0.5 * real - generated), 0.0), 1.0)
        touched |= {k} & {0.0, 1.0}
        found, convergence = move(held, real, generated)
        assert found == pytest.approx(k, rel=1e-10, abs=1e-12)
        assert convergence == pytest.approx(real + abs(0.5 * real - generated), rel=1e-12)
    assert touched == {0.0, 1.0}


def test_a_graph_moves_k_as_often_as_it_is_called(controller):
    held = controller(ratio=1.0, integral=0.1)
    update = tf.function(lambda: held.update(tf.constant(1.0, tf.float64), tf.constant(0.5, tf.float64))["k"])
    np.testing.assert_allclose([update() for _ in range(3)], [0.05, 0.1, 0.15], rtol=1e-12)


def test_state_survives(controller, tmp_path):
    """The copy goes on from k and from both of the last errors."""
    gains = {"ratio": 0.6, "integral": 0.01, "proportional": 0.02, "derivative": 0.03}
    first = controller(k=0.5, **gains)
    for error in (1.0, 3.0):
        move(first, error, 0.0)
    tf.train.Checkpoint(controller=first).write(str(tmp_path / "state"))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(first))
    assert {name: getattr(copy, name) for name in gains} == gains
    assert float(copy.k.numpy()) == 0
    tf.train.Checkpoint(controller=copy).read(str(tmp_path / "state")).assert_consumed()
    # Errors .6, 1.8 and then 1.2: -.6 of change, whose change is -1.8.
    expected = float(first.k.numpy()) + 0.01 * 1.2 - 0.02 * 0.6 - 0.03 * 1.8
    assert move(copy, 2.0, 0.0)[0] == pytest.approx(expected, rel=1e-12)


def test_k_begins_where_it_is_told_and_stays_below_its_limit(float64):
    """gamma = 25 pushes k up by 24 * .01 a step, to .8 and no further."""
    capped = Equilibrium(25.0, 0.01, k_start=0.3, k_limit=0.8)
    assert [move(capped, 1.0, 1.0)[0] for _ in range(3)] == pytest.approx([0.54, 0.78, 0.8])


def test_a_schedule_moves_k_on_a_line_whatever_the_errors_are(float64):
    """From .8 to .3 in five steps, and no further."""
    schedule = Schedule(0.8, 0.3, steps=5)
    found = [float(schedule.update(tf.constant(9.0), tf.constant(error))["k"]) for error in range(7)]
    assert found == pytest.approx([0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3])
    assert schedule.log_names == ("k", "allowed_density")


@pytest.mark.parametrize(("k", "bound"), [(0.25, 4.0), (1.0, 1.0), (0.0, 1_000.0)])
def test_the_log_has_the_density_that_k_allows(float64, k, bound):
    """1 / k, which stays finite where k is 0."""
    for balance in (Schedule(k, k, 1), Equilibrium(k_start=k, integral=0.0)):
        one = tf.constant(1.0, tf.float64)
        assert float(balance.update(one, one)["allowed_density"]) == pytest.approx(bound)


def test_a_schedule_weighs_by_the_k_of_before_the_step(float64):
    """L(x) - k mean(errors) = 1 - .8 * 2."""
    assert float(Schedule(0.8, 0.3, 5).discriminator_loss(tf.constant(1.0), tf.constant([1.0, 3.0]))) == pytest.approx(
        -0.6
    )


def test_the_step_of_a_schedule_survives(float64, tmp_path):
    first = Schedule(0.0, 1.0, 4)
    first.update(tf.constant(0.0), tf.constant(0.0))
    tf.train.Checkpoint(controller=first).write(str(tmp_path / "state"))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(first))
    tf.train.Checkpoint(controller=copy).read(str(tmp_path / "state")).assert_consumed()
    assert float(copy.update(tf.constant(0.0), tf.constant(0.0))["k"]) == 0.5


@pytest.mark.parametrize("arguments", [(-0.1, 0.5, 9), (0.5, 1.1, 9), (0.5, 0.5, 0)])
def test_a_schedule_refuses(arguments):
    with pytest.raises(ValueError, match=r"k_start and k_end in \[0, 1\], steps >= 1; received"):
        Schedule(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ratio": -0.1}, r"ratio >= 0 and integral >= 0; received -0\.1 and 0\.001"),
        ({"integral": -1e-3}, r"received 0\.5 and -0\.001"),
        ({"k_start": 0.6, "k_limit": 0.5}, r"0 <= k_start <= k_limit <= 1; received 0\.6 and 0\.5"),
        ({"k_limit": 1.5}, r"received 0\.0 and 1\.5"),
    ],
)
def test_equilibrium_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Equilibrium(**arguments)


def test_margin_asks_for_no_more_than_itself():
    """Of .3 for real images, and generated ones .2 below and .1 beyond a margin of .5."""
    # The last: of two samples, of which one is below it, half of .2; their mean .5 would ask for nothing.
    for generated, loss in ((0.3, 0.5), (0.6, 0.3), ([0.3, 0.7], 0.4)):
        found = Margin(0.5).discriminator_loss(tf.constant(0.3), tf.constant(generated))
        assert float(found) == pytest.approx(loss)
    assert Margin(0.5).update(tf.constant(0.3), tf.constant(0.3)) == {}
    with pytest.raises(ValueError, match="margin must be positive; received 0"):
        Margin(0)
