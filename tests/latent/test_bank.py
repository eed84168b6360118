import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans.latent import CodeBank, ConvexSampler, KDESampler, nearest_neighbours

LINE = np.array([[0.0], [1.0], [2.1], [3.3], [10.0], [11.0], [12.5]], np.float32)
CLASSES = np.array([0, 0, 0, 0, 1, 1, 1])


@pytest.fixture
def line():
    bank = CodeBank(7, 1, ConvexSampler(2), neighbours=2, classes=2)
    bank.fill(LINE, CLASSES)
    return bank


def test_neighbours_are_those_beside_and_of_the_class(line):
    """An inner point has the two beside it; of three in a class, each has the two others."""
    index, count = line.neighbours_of(tf.constant([1, 2, 4, 5]))
    np.testing.assert_array_equal(index, [[0, 2], [1, 3], [5, 6], [4, 6]])
    np.testing.assert_array_equal(count, 2)


def test_combinations_lie_between_the_neighbours(line):
    noise = line.noise.sample(400, (1, 2))
    latent = line.combine(tf.fill([400], 1), noise).numpy()
    assert 0 <= latent.min() < 0.1
    assert 2.0 < latent.max() <= 2.1 + 1e-6


def test_the_nearest_code_of_a_place(line):
    np.testing.assert_array_equal(line.nearest(tf.constant([[-5.0], [2.5], [10.6]])), [0, 2, 5])


def test_combination_by_hand(line):
    """Anchor 2 has neighbours at 1 and 3.3. With dirichlet weights of draws .5 and .75 these weigh 1 : 2."""
    bank = CodeBank(7, 1, ConvexSampler(2, "dirichlet"), neighbours=2, classes=2)
    bank.fill(LINE, CLASSES)
    latent = bank.combine(tf.constant([2]), tf.constant([[0.9, 0.1, 0.5, 0.75]]))[0, 0]
    assert float(latent) == pytest.approx((1.0 + 2 * 3.3) / 3, rel=1e-6)
    swapped = bank.combine(tf.constant([2]), tf.constant([[0.1, 0.9, 0.5, 0.75]]))[0, 0]
    assert float(swapped) == pytest.approx((3.3 + 2 * 1.0) / 3, rel=1e-6)


def test_small_classes_combine_all_they_have():
    """A class of three and m = 100: two neighbours, so k is clipped to two."""
    bank = CodeBank(7, 1, ConvexSampler(5), neighbours=100, classes=2)
    with pytest.warns(UserWarning, match="No class has 100 other codes; codes have 3 neighbours at most"):
        bank.fill(LINE, CLASSES)
    _, count = bank.neighbours_of(tf.range(7))
    np.testing.assert_array_equal(count, [3, 3, 3, 3, 2, 2, 2])
    latent = bank.combine(tf.fill([300], 4), bank.noise.sample(300, (1, 2))).numpy()
    assert latent.min() >= 11.0
    assert latent.max() <= 12.5


def test_the_table_is_that_of_nearest_neighbours(random):
    codes, labels = random.normal(size=(60, 5)).astype("float32"), np.arange(60) % 3
    bank = CodeBank(60, 5, neighbours=7, classes=3)
    bank.fill(codes, labels)
    index, _ = bank.neighbours_of(tf.range(60))
    np.testing.assert_array_equal(index, nearest_neighbours(codes, 7, labels).index)


def test_another_filling_finds_other_neighbours(line):
    """Class 0 is at 1, 0, 3.3 and 2.1 now: beside 1 are 0 and 2.1, and beside 2.1 are 1 and 3.3."""
    line.fill(LINE[[1, 0, 3, 2, 4, 5, 6]], CLASSES)
    index, _ = line.neighbours_of(tf.constant([0, 3]))
    np.testing.assert_array_equal(index, [[1, 3], [0, 2]])


def test_statistics_of_classes(line):
    """Class 0 has mean 1.6, class 1 mean 11.1667; the spread is the population's."""
    deviations, members = line.spread_of(tf.constant([0, 6]))
    np.testing.assert_allclose(deviations[:, 0], [LINE[:4].std(), LINE[4:].std()], rtol=1e-6)
    np.testing.assert_array_equal(members, [4, 3])
    distance = line.distance_from_class(tf.constant([0, 6]), tf.constant([[2.6], [11.1666667]]))
    assert float(distance) == pytest.approx(0.5, rel=1e-5)


@pytest.mark.parametrize("mode", ["eager", "graph", "xla"])
def test_codes_are_written_back_in_place(line, mode):
    """Combinations are of the new codes of the old neighbours."""
    keep = {"eager": line.keep, "graph": tf.function(line.keep), "xla": tf.function(line.keep, jit_compile=True)}[mode]
    keep(tf.constant([0, 2], tf.int64), tf.constant([[100.0], [100.0]]))
    np.testing.assert_allclose(line.codes.numpy()[:, 0], [100, 1, 100, 3.3, 10, 11, 12.5])
    latent = line.combine(tf.fill([5], 1), line.noise.sample(5, (1, 2)))
    np.testing.assert_allclose(latent, 100, rtol=1e-6)


def test_codes_are_combined_as_they_were_just_written(line):
    @tf.function
    def step(index, codes, noise):
        line.keep(index, codes)
        return line.combine(tf.constant([1]), noise)

    for value in (50.0, 60.0):
        latent = step(tf.constant([0, 2], tf.int64), tf.fill([2, 1], value), line.noise.sample(1, (1, 2)))
        assert float(latent[0, 0]) == pytest.approx(value)


def test_anchors_are_spread_evenly_over_a_class(line):
    uniform = tf.linspace(0.0, 1.0, 12_001)[:-1]
    everywhere = np.bincount(line.anchors(uniform).numpy(), minlength=7)
    np.testing.assert_allclose(everywhere, 12_000 / 7, atol=1)
    within = np.bincount(line.anchors(uniform, tf.fill([12_000], 1)).numpy(), minlength=7)
    np.testing.assert_array_equal(within, [0, 0, 0, 0, 4000, 4000, 4000])


def test_anchors_at_the_edges(line):
    """The largest number below 1 is a code, and a class out of range is the nearest."""
    edge = np.nextafter(np.float32(1), np.float32(0))
    assert line.anchors(tf.constant([edge]), tf.constant([0])).numpy() in range(4)
    assert line.anchors(tf.constant([edge, 0.0]), tf.constant([99, -1])).numpy().tolist() == [6, 0]


@pytest.mark.parametrize("sampler", [ConvexSampler(2), KDESampler()])
def test_rows_depend_on_their_own_seed_and_label(sampler):
    bank = CodeBank(7, 1, sampler, neighbours=2, classes=2)
    bank.fill(LINE, CLASSES)
    seeds, labels = tf.constant([5, -1, 2**40], tf.int64), tf.constant([0, 1, 0])
    together = bank.sample_rows(seeds, labels).numpy()
    alone = np.concatenate([bank.sample_rows(seeds[i : i + 1], labels[i : i + 1]) for i in range(3)])
    np.testing.assert_array_equal(together, alone)
    assert together[1] > 8
    assert np.all(together[[0, 2]] < 6)


def test_rows_pick_all_anchors_and_all_neighbours():
    """The draw of the anchor does not decide which neighbours win."""
    bank = CodeBank(4, 4, ConvexSampler(1), neighbours=3)
    bank.fill(np.eye(4))
    seeds = tf.range(3000, dtype=tf.int64)
    # In a graph, since a row at a time takes a minute without one.
    winners = tf.function(bank.sample_rows)(seeds).numpy().argmax(axis=1)
    np.testing.assert_allclose(np.bincount(winners) / 3000, 0.25, atol=0.03)
    from_first = winners[bank.anchors(_uniforms(seeds)).numpy() == 0]
    np.testing.assert_allclose(np.bincount(from_first, minlength=4)[1:] / len(from_first), 1 / 3, atol=0.07)
    assert 0 not in from_first


def _uniforms(seeds):
    from tfgans.latent import Uniform

    return tf.function(Uniform(1, 0.0, 1.0).sample_rows)(seeds, use=1)[:, 0]


def test_state_travels(line, tmp_path):
    """Written-back codes and the table of the filling come back, though the codes would have another table."""
    line.keep(tf.constant([0], tf.int64), tf.constant([[11.4]]))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(line))
    assert (copy.sampler, copy.neighbours, copy.classes) == (line.sampler, 2, 2)
    assert not copy.is_filled
    for ours, theirs in zip(line.weights, copy.weights, strict=True):
        theirs.assign(ours)
    assert copy.is_filled
    noise = line.noise.sample(7, (1, 2))
    np.testing.assert_array_equal(line.combine(tf.range(7), noise), copy.combine(tf.range(7), noise))
    np.testing.assert_array_equal(copy.neighbours_of(tf.range(7))[0], line.neighbours_of(tf.range(7))[0])


def test_a_bank_of_one_class_needs_no_labels(random):
    bank = CodeBank(20, 3, neighbours=6)
    bank.fill(random.normal(size=(20, 3)))
    assert bank.is_filled
    np.testing.assert_array_equal(bank.labels.numpy(), 0)
    assert bank.sample_rows([1, 2]).shape == (2, 3)


@pytest.mark.parametrize(
    ("codes", "labels", "message"),
    [
        (np.zeros((6, 1)), CLASSES, r"finite codes \[7, 1\]; received \(6, 1\)"),
        (np.zeros((7, 2)), CLASSES, r"received \(7, 2\)"),
        (np.where(np.arange(7) == 3, np.nan, 0)[:, np.newaxis], CLASSES, "1 numbers not finite"),
        (LINE, None, "A bank of 2 classes needs labels"),
        (LINE, CLASSES[:6], r"Expected integers \[7\] as labels; received int64 \(6,\)"),
        (LINE, CLASSES.astype(float), "received float64"),
        (LINE, CLASSES + 1, "Labels must lie in 0 to 1; received 1 to 2"),
        (LINE, [0, 0, 0, 0, 0, 0, 1], "two codes or more; received {0: 6, 1: 1}"),
        (LINE, np.zeros(7, int), "two codes or more; received {0: 7, 1: 0}"),
    ],
)
def test_refuses_to_be_filled_with(codes, labels, message):
    bank = CodeBank(7, 1, ConvexSampler(2), neighbours=2, classes=2)
    with pytest.raises(ValueError, match=message):
        bank.fill(codes, labels)
    assert not bank.is_filled


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 1}, "received count=1"),
        ({"size": 0}, "size=0"),
        ({"neighbours": 0}, "neighbours=0"),
        ({"classes": 0}, "classes=0"),
        ({"neighbours": 4}, "A sampler of 5 neighbours cannot draw them from 4"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        CodeBank(**{"count": 10, "size": 2, **arguments})


def test_covariance_of_combinations_shrinks_by_the_squares_of_the_weights(random):
    """Five independent codes of one cluster: trace(Cov) is E sum w^2 = .2929 times that of the codes."""
    codes = random.normal(size=(300, 40)).astype("float32")
    bank = CodeBank(300, 40, neighbours=299)
    bank.fill(codes)
    index = tf.constant(list(itertools.islice(itertools.cycle(range(300)), 6000)))
    latent = bank.combine(index, bank.noise.sample(6000, (5, 6)))
    shrinkage = bank.distance_from_class(index, latent) / bank.distance_from_class(index, bank.codes_of(index))
    assert float(shrinkage) == pytest.approx(0.2929, abs=0.006)
