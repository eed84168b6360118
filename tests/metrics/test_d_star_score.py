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


def test_retrainings_follow_the_seed(sets):
    """Numbers of seeds 0 and 1 share the retraining of seed 1."""
    real, test, _ = sets
    generated, _ = blobs(4, 300)
    first, second = (d_star_score(real, generated, test, thresholds=(0.5,), retrainings=2, seed=s) for s in (0, 1))
    both = d_star_score(real, generated, test, thresholds=(0.5,), retrainings=3)
    # Sums of runs 0 + 1 and 1 + 2 against 0 + 1 + 2 leave run 1.
    run = 2 * first.mean[0.5] + 2 * second.mean[0.5] - 3 * both.mean[0.5]
    assert run == pytest.approx(round(run))
    assert 0 <= run <= len(test)


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
