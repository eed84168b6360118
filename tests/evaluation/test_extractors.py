import numpy as np
import pytest

from tfgans import data, evaluation, metrics
from tfgans.evaluation.extractor import file_hash


def test_pixels_by_hand():
    images = np.array([0, 51, 255, 204], np.uint8).reshape(1, 2, 2, 1)
    outputs = evaluation.Pixels()(images)
    assert outputs.keys() == evaluation.Pixels.provides
    np.testing.assert_allclose(outputs["features"], [[-1, -0.6, 1, 0.6]], atol=1e-7)
    assert evaluation.Pixels().feature_count((2, 2, 1)) == 4


@pytest.mark.parametrize("name", ["", "vgg", "pixels:PATH", "classifier:PATH", "judge:", "saved_model", "saved_model:"])
def test_an_unknown_name_is_refused_with_those_that_there_are(pictures, name):
    with pytest.raises(ValueError, match="There is no extractor") as error:
        evaluation.extractor(name, pictures(6), pictures(6))
    assert repr(name) in str(error.value)
    assert any(text in str(error.value) for text in ("Did you mean", "There are classifier, judge, pixels"))


def test_judge_of_classes(pictures):
    train, test = pictures(60, seed=1), pictures(30, seed=2, split="test")
    judge = evaluation.extractor("judge", train, test)
    expected = metrics.support_vector_judge(train.unit_images, train.label, test.unit_images, test.label)
    outputs = judge(test.image)
    assert outputs.keys() == judge.provides == {"predictions"}
    np.testing.assert_array_equal(outputs["predictions"], expected.predict(test.unit_images))
    accuracy = np.mean(outputs["predictions"] == test.label)
    assert judge.protocol["judge_test_score"] == [pytest.approx(accuracy, abs=1e-4)]
    assert judge.protocol["judge_trained_on"] == "pictures train"
    assert judge.protocol["judge_test_split"] == "test"
    assert judge.fingerprint == expected.fingerprint


def test_judge_of_classes_learns_from_no_more_images_than_fit_into_memory(pictures, monkeypatch):
    """In float32, 40 images of 16 pixels have 2,560 bytes."""
    train, test = pictures(60, seed=1), pictures(30, seed=2, split="test")
    monkeypatch.setattr("tfgans.evaluation.judges._MOST_BYTES", 2_560)
    part = train.part(40 / 60)
    assert len(part) == 40
    expected = metrics.support_vector_judge(part.unit_images, part.label, test.unit_images, test.label)
    judge = evaluation.extractor("judge", train, test)
    assert (judge.fingerprint, judge.protocol["judge_train_images"]) == (expected.fingerprint, 40)


def test_judge_of_attributes(random, monkeypatch):
    labels = random.uniform(size=(80, 2)).astype(np.float32)
    images = data.from_arrays(np.repeat((255 * labels).astype(np.uint8), 8, axis=1).reshape(80, 4, 4, 1), labels)
    monkeypatch.setattr(metrics, "MOST_RIDGE_ROWS", 60)
    judge = evaluation.extractor("judge", images, images)
    np.testing.assert_allclose(judge(images.image)["predictions"], labels, atol=0.1)
    assert min(judge.protocol["judge_test_score"]) > 0.95
    assert judge.fingerprint == evaluation.extractor("judge", images.first(60), images).fingerprint


def test_judge_of_images_without_labels_is_refused(random):
    images = data.from_arrays(random.integers(0, 256, (6, 4, 4, 1), np.uint8), name="photographs")
    with pytest.raises(ValueError, match="'judge' learns labels, and photographs has none"):
        evaluation.extractor("judge", images, images)


def test_hash_of_a_folder_is_that_of_its_files(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "first").write_bytes(b"1")
    (tmp_path / "a" / "second").write_bytes(b"2")
    before = file_hash(tmp_path / "a")
    assert before == file_hash(tmp_path / "a")
    (tmp_path / "a" / "second").write_bytes(b"3")
    assert file_hash(tmp_path / "a") != before
