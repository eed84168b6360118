import numpy as np
import pytest

from tfgans import data, metrics


@pytest.fixture(scope="module")
def digits():
    return data.digits("train"), data.digits("test")


@pytest.fixture(scope="module")
def judge(digits):
    return judge_of(*digits)


def judge_of(train, test):
    return metrics.support_vector_judge(train.image, train.label, test.image, test.label)


def test_knows_real_digits(digits, judge):
    assert judge.test_score[0] > 0.98
    predicted = judge.predict(digits[1].image)
    assert judge.test_score[0] == pytest.approx(np.mean(predicted == digits[1].label))


def test_does_not_take_noise_for_labels(judge, random):
    labels = np.arange(500) % 10
    noise = random.uniform(-1, 1, size=(500, 8, 8, 1))
    assert metrics.label_accuracy(judge.predict(noise), labels) < 0.25


def test_reads_attributes_off_sprites():
    sprites = data.sprites("test")
    train, test = sprites.first(1_500), sprites.rows(slice(1_500, None))
    judge = metrics.kernel_ridge_judge(train.unit_images, train.label, test.unit_images, test.label)
    assert min(judge.test_score) > 0.9
    assert np.mean(judge.test_score) > 0.95
    predicted = judge.predict(test.unit_images[:200])
    assert predicted.shape == (200, 4)
    # The attributes of other images do not fit.
    assert max(metrics.attribute_r2(predicted, test.label[200:400])) < 0


def test_a_forest_finds_what_one_pixel_of_few_images_shows(random):
    """One image in twenty has a bright pixel at a place; the second attribute is in no pixel."""
    labels = np.column_stack([random.uniform(size=1_200) < 0.05, random.uniform(size=1_200)]).astype(np.float32)
    images = random.uniform(-1, 1, size=(1_200, 8, 8, 1))
    images[:, 3, 4, 0] = labels[:, 0] - 0.5
    train, test = slice(1_000), slice(1_000, None)
    forest = metrics.forest_judge(images[train], labels[train], images[test], labels[test])
    assert forest.test_score[0] > 0.5 > 0.1 > forest.test_score[1]
    found = forest.predict(images[test])[:, 0] > 0.5
    np.testing.assert_array_equal(found, labels[test, 0] > 0.5)


def test_attribute_r2_by_hand():
    """Residuals 1 and 1 against a spread of 1 + 1 about the mean give 0; no residuals give 1."""
    attributes = np.array([[0.0, 0.0], [2.0, 2.0]])
    predicted = np.array([[1.0, 0.0], [1.0, 2.0]])
    assert metrics.attribute_r2(predicted, attributes) == (0.0, 1.0)


def test_fingerprint_names_the_training_data(digits):
    train, test = digits[0].first(200), digits[1]
    first = judge_of(train, test)
    assert first.fingerprint == judge_of(train, test).fingerprint
    assert first.fingerprint != judge_of(train.rows(slice(1, None)), test).fingerprint
