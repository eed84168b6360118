import numpy as np
import pytest
import scipy.special

from tfgans.metrics import inception_score


def one_hot(count, classes=10):
    return np.eye(classes)[np.arange(count) % classes]


def formula(probabilities):
    """exp of the mean of KL(p(y|x) || p(y)), with 0 log 0 = 0."""
    return np.exp(scipy.special.rel_entr(probabilities, probabilities.mean(axis=0)).sum(axis=1).mean())


def test_sure_and_varied_is_the_number_of_classes():
    mean, std = inception_score(one_hot(700, 7))
    assert mean == pytest.approx(7)
    assert std == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("row", [np.eye(10)[3], np.full(10, 0.1)], ids=["one_class", "unsure"])
def test_all_alike_is_one(row):
    assert inception_score(np.tile(row, (100, 1))).mean == pytest.approx(1)


def test_nearly_sure_by_hand():
    """.91 ln(.91 / .1) + 9 (.01 ln(.01 / .1)) = ln 6.06356."""
    assert inception_score(0.9 * one_hot(1000) + 0.01).mean == pytest.approx(6.06356, abs=1e-5)


@pytest.mark.parametrize("concentration", [0.01, 1.0])
def test_against_the_formula(random, concentration):
    probabilities = random.dirichlet(np.full(10, concentration), size=500)
    expected = [formula(part) for part in np.split(probabilities, 5)]
    mean, std = inception_score(probabilities, splits=5)
    assert mean == pytest.approx(np.mean(expected), rel=1e-9)
    assert std == pytest.approx(np.std(expected), rel=1e-6)


def test_against_torch_fidelity(inputs, goldens):
    mean, std = inception_score(scipy.special.softmax(inputs.logits(), axis=1))
    assert mean == pytest.approx(goldens["inception_score"]["mean"], rel=1e-9)
    assert std == pytest.approx(goldens["inception_score"]["std"], rel=1e-9)


def test_splits_follow_each_other():
    """One class a half is 1 in each half; over the whole, two classes are told apart."""
    probabilities = np.repeat(np.eye(2), 50, axis=0)
    assert inception_score(probabilities, splits=2).mean == pytest.approx(1)
    assert inception_score(probabilities, splits=1).mean == pytest.approx(2)


def test_float32_rows_need_not_sum_to_one_exactly(random):
    probabilities = random.dirichlet(np.ones(10), size=100)
    expected = inception_score(probabilities).mean
    assert inception_score(probabilities.astype(np.float32)).mean == pytest.approx(expected, rel=1e-6)


def test_refuses_logits(random):
    with pytest.raises(ValueError, match="Logits need a softmax first"):
        inception_score(random.normal(size=(100, 10)))


@pytest.mark.parametrize("splits", [0, 6])
def test_refuses_splits_without_samples(splits):
    with pytest.raises(ValueError, match=f"1 to 5, the number of samples; received {splits}"):
        inception_score(one_hot(5), splits=splits)


def test_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match="1 of 20 samples are not finite, first those of sample 7"):
        inception_score(np.where(np.arange(20)[:, np.newaxis] == 7, np.nan, one_hot(20)))
