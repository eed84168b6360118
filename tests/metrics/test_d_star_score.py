import importlib

import numpy as np
import pytest

from tfgans.metrics import d_star_score

CLASSES = 10


def blobs(seed, count, classes=range(CLASSES)):
    """Classes far apart, in equal numbers."""
    random = np.random.default_rng(seed)
    labels = np.resize(list(classes), count)
    return 4 * np.eye(CLASSES)[labels] + 0.3 * random.normal(size=(count, CLASSES)), labels


@pytest.fixture(scope="module")
def sets():
    real, _ = blobs(0, 2000)
    test, labels = blobs(1, 500)
    return real, test, labels


def test_nothing_is_sure_of_a_resample_of_the_real(sets):
    real, test, _ = sets
    resample = real[np.random.default_rng(2).integers(len(real), size=len(real))]
    score = d_star_score(real, resample, test, thresholds=(0.3, 0.9), retrainings=2)
    assert score.mean[0.9] == 0
    # The optimum is 1/2 everywhere.
    assert score.mean[0.3] > 0.95 * len(test)


def test_a_missing_class_is_counted_whole(sets):
    """The optimum is 1 there, and (1/10) / (1/10 + 1/9) = 9/19 in the other classes."""
    real, test, labels = sets
    missing = np.sum(labels == 3)
    generated, _ = blobs(3, 2000, [label for label in range(CLASSES) if label != 3])
    score = d_star_score(real, generated, test, thresholds=(0.3, 0.65, 0.9), retrainings=2)
    assert score.mean[0.9] == score.mean[0.65] == missing == 50
    assert score.std[0.9] == 0
    assert score.mean[0.3] > 0.95 * len(test)
    assert (score.test_images, score.train_images) == (500, 2000)


def test_same_seed_same_numbers(sets):
    real, test, _ = sets
    generated, _ = blobs(4, 300)
    options = {"thresholds": (0.5,), "retrainings": 2}
    first, second, other = (d_star_score(real, generated, test, seed=seed, **options) for seed in (5, 5, 6))
    assert first == second
    assert first.mean != other.mean
    # Of the larger set only as many are used.
    assert first.train_images == 300


@pytest.fixture
def trained(monkeypatch):
    """The trainings of stand-ins of D*, each with its seed and its rows. The first is sure of one test image, the
    second of two, and the others of six."""
    trainings = []

    class StandIn:
        def __init__(self, *_, random_state, **__):
            self.seed = random_state

        def fit(self, rows, labels):
            self.parts = [rows[labels == label][:, 0].astype(int).tolist() for label in (1, 0)]
            trainings.append(self)

        def predict_proba(self, test):
            sure = np.arange(len(test)) < (1, 2, 6, 6)[len(trainings) - 1]
            return np.stack([~sure, sure], axis=1).astype(float)

    monkeypatch.setattr(importlib.import_module("tfgans.metrics.d_star_score"), "MLPClassifier", StandIn)
    return trainings


def numbered(count):
    return np.arange(count, dtype=float)[:, np.newaxis]


def test_mean_and_deviation_of_the_counts_by_hand(trained):
    """Counts 1, 2 and 6 have the mean 3 and the sample variance (4 + 1 + 9) / 2 = 7."""
    score = d_star_score(numbered(5), numbered(5), numbered(8), thresholds=(0.5,), retrainings=3)
    assert score.mean[0.5] == 3
    assert score.std[0.5] == pytest.approx(7**0.5)


def test_retrainings_follow_the_seed(trained):
    """Seeds 4 and 5, and then 5 and 6: what seed 5 draws does not depend on the first one."""
    for seed in (4, 5):
        d_star_score(numbered(50), numbered(20), numbered(8), retrainings=2, seed=seed)
    assert [each.seed for each in trained] == [4, 5, 5, 6]
    assert trained[1].parts == trained[2].parts
    assert trained[2].parts != trained[3].parts


def test_a_training_has_a_random_part_of_the_larger_set(trained):
    """Each draws its own 20 of the 50 rows, without repetitions, and all 20 of the smaller set."""
    d_star_score(numbered(50), numbered(20), numbered(8), retrainings=2)
    parts = [each.parts[0] for each in trained]
    for part, (_, smaller) in zip(parts, (each.parts for each in trained), strict=True):
        assert len(part) == len(set(part)) == 20
        assert max(part) >= 20
        assert sorted(smaller) == list(range(20))
    assert set(parts[0]) != set(parts[1])


@pytest.mark.parametrize(
    ("test", "options", "message"),
    [
        (np.zeros((3, 9)), {}, "size 10; received 9"),
        (np.full((3, 10), np.nan), {}, "test features of 3 of 3 samples are not finite"),
        (np.zeros((3, 10)), {"retrainings": 1}, "two retrainings or more"),
        (np.zeros((3, 10)), {"thresholds": (0.9, 1.0)}, r"thresholds in \(0, 1\)"),
    ],
    ids=["size", "nan", "one_retraining", "threshold"],
)
def test_refuses(sets, test, options, message):
    with pytest.raises(ValueError, match=message):
        d_star_score(sets[0], sets[0], test, **options)
