import dataclasses
import random as python_random
import re
import resource

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans import data, evaluation, networks
from tfgans.evaluation import classifier

# They train classifiers. The input pipeline is traced all the same.
pytestmark = [
    pytest.mark.run,
    pytest.mark.filterwarnings("ignore:Even though the `tf.config.experimental_run_functions_eagerly`"),
]
WIDTHS = "tfgans.networks.classifier._WIDTHS"


@pytest.fixture(scope="module")
def of_digits(tmp_path_factory):
    """The classifier of digits at half its width, after a few of its steps, and its cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFGANS_CACHE", str(folder))
        patch.setattr(classifier, "_MOST_STEPS", 100)
        patch.setattr(WIDTHS, (16, 32, 64))
        extractor = evaluation.extractor("classifier", data.digits("train"), data.digits("test"))
        assert extractor.fingerprint
    return extractor, folder


@pytest.fixture
def short(cache, monkeypatch):
    """A training of two steps of a small network, which are not traced."""
    monkeypatch.setattr(WIDTHS, (4,))
    monkeypatch.setattr(classifier, "_MOST_STEPS", 2)
    monkeypatch.setattr(classifier, "_STEPS_A_REPORT", 2)
    tf.config.run_functions_eagerly(True)
    yield cache
    tf.config.run_functions_eagerly(False)


def test_fewer_steps_than_a_report_has_are_one_report(short):
    train = data.digits("train").first(200)
    network, _ = evaluation.trained_classifier(
        "one step", lambda: networks.convolutional_classifier((8, 8, 1), 10), train, train, steps=1
    )
    assert int(network.optimizer.iterations.numpy()) == 2


def test_steps_that_are_asked_for_are_taken_on_few_images(short, monkeypatch):
    """The limit of epochs is for the default number alone."""
    monkeypatch.setattr(classifier, "_MOST_EPOCHS", 1)
    few = data.digits("train").first(20)

    def steps(**options):
        network, _ = evaluation.trained_classifier(
            f"{options}", lambda: networks.convolutional_classifier((8, 8, 1), 10), few, few, **options
        )
        return int(network.optimizer.iterations.numpy())

    assert steps(steps=6) == 6
    monkeypatch.setattr(classifier, "_MOST_STEPS", 6)
    assert steps() == 2


def test_a_disk_that_is_full_ends_no_process(short, capsys, monkeypatch):
    """HDF5 would end it, so no file is opened by HDF5."""
    monkeypatch.setattr(keras.Model, "save_weights", lambda *_, **__: pytest.fail("HDF5 writes to the disk."))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        evaluation.trained_classifier(
            "full",
            lambda: networks.convolutional_classifier((8, 8, 1), 10),
            *(data.digits(split).first(200) for split in ("train", "test")),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert re.search(r"Cannot keep .*\.weights\.h5 \(\[Errno 27\] File too large", capsys.readouterr().err)
    assert not list(short.glob("*.h5"))


def untrainable(*_):
    pytest.fail("It was trained again.")


def test_knows_digits_and_says_how_well(of_digits):
    extractor, _ = of_digits
    test = data.digits("test")
    accuracy = np.mean(extractor(evaluation.to_bytes(test.image))["predictions"] == test.label)
    assert accuracy > 0.95
    assert extractor.protocol["extractor_test_accuracy"] == pytest.approx(accuracy, abs=0.006)
    assert extractor.protocol["extractor_trained_on"] == "digits train"


def test_gives_features_probabilities_and_predictions(of_digits):
    extractor, _ = of_digits
    outputs = extractor(evaluation.to_bytes(data.digits("test").image[:9]))
    assert outputs.keys() == extractor.provides == {"features", "probabilities", "predictions"}
    assert outputs["features"].shape == (9, 128)
    assert outputs["probabilities"].shape == (9, 10)
    np.testing.assert_allclose(outputs["probabilities"].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(outputs["predictions"], outputs["probabilities"].argmax(axis=1))


def test_scores_of_digits_do_not_depend_on_the_batch_size(of_digits, cache, monkeypatch, tmp_path):
    extractor, _ = of_digits
    train, test = data.digits("train").first(180), data.digits("test")
    sources = [evaluation.image_set_source(images) for images in (test, train, test)]
    found = []
    for batch_size in (1, 7, 256):
        monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / str(batch_size)))
        options = {"samples": 140, "label_names": train.label_names, "batch_size": batch_size, "progress": False}
        names = ("score", "frechet", "kernel", "prdc", "modes", "label_accuracy")
        scores = evaluation.compute_scores(names, sources[:1], *sources[1:], extractor, **options)
        found.append({score["metric"]: score["value"] for score in scores})
    assert found[0]["label_accuracy/classifier"] > 0.95
    for values in found[1:]:
        assert values == pytest.approx(found[0], rel=1e-6)


def test_the_second_is_read_from_the_cache(of_digits, monkeypatch, capsys):
    extractor, folder = of_digits
    monkeypatch.setenv("TFGANS_CACHE", str(folder))
    monkeypatch.setattr(WIDTHS, (16, 32, 64))
    monkeypatch.setattr(classifier, "_train", untrainable)
    again = evaluation.extractor("classifier", data.digits("train"), data.digits("test"))
    assert again.fingerprint == extractor.fingerprint
    assert again.protocol == extractor.protocol
    images = evaluation.to_bytes(data.digits("test").image[:9])
    for name, values in again(images).items():
        np.testing.assert_array_equal(values, extractor(images)[name])
    assert capsys.readouterr().err == ""


def test_training_is_a_function_of_the_data(short, pictures, monkeypatch, tmp_path):
    prints = []
    for seed, place in ((1, "a"), (1, "b"), (2, "b")):
        monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / place))
        keras.utils.set_random_seed(len(prints))
        prints.append(evaluation.extractor("classifier", pictures(40, seed=seed), pictures(9)).fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_draws_nothing_from_global_generators(short, pictures):
    def draws(between):
        keras.utils.set_random_seed(3)
        between()
        numpy_state = np.random.get_state()[1].tolist()  # noqa: NPY002
        return python_random.random(), numpy_state, float(tf.random.uniform([]))

    def train_and_extract():
        evaluation.extractor("classifier", pictures(40), pictures(9))(pictures(4).image)

    assert draws(train_and_extract) == draws(lambda: None)


def test_is_trained_when_it_is_used_and_not_before(short, pictures, monkeypatch):
    monkeypatch.setattr(classifier, "_train", untrainable)
    evaluation.extractor("classifier", pictures(40), pictures(9))
    assert not short.exists()


@pytest.fixture
def trainings(monkeypatch):
    """A training that takes no time, and a list of the times that it was called."""
    called = []
    monkeypatch.setattr(WIDTHS, (4,))

    def train(network, *_):
        called.append(1)
        network.set_weights([np.full(weight.shape, 0.25) for weight in network.get_weights()])
        return 0.5

    monkeypatch.setattr(classifier, "_train", train)
    return called


@pytest.mark.parametrize("suffix", [".weights.h5", ".json"])
@pytest.mark.parametrize("damaged", [b"", b"{}" + bytes(100)])
def test_a_damaged_one_is_trained_again(cache, pictures, capsys, trainings, suffix, damaged):
    for expected in (1, 2, 2):
        extractor = evaluation.extractor("classifier", pictures(40), pictures(9))
        assert extractor.protocol["extractor_test_accuracy"] == 0.5
        assert len(trainings) == expected
        if expected == 1:
            (file,) = cache.glob(f"*{suffix}")
            file.write_bytes(damaged)
    assert capsys.readouterr().err.count("Cannot read") == 1


def test_works_where_nothing_can_be_kept(cache, pictures, capsys, trainings):
    cache.write_text("a file where the folder should be")
    extractor = evaluation.extractor("classifier", pictures(40), pictures(9))
    assert extractor(pictures(4).image)["features"].shape == (4, 128)
    assert "Cannot keep" in capsys.readouterr().err
    assert len(trainings) == 1


def test_needs_classes(pictures):
    attributes = dataclasses.replace(pictures(6), label=np.zeros((6, 2), np.float32), name="faces")
    unlabelled = dataclasses.replace(pictures(6), label=None, name="faces")
    for images in (attributes, unlabelled):
        with pytest.raises(ValueError, match="learns classes; faces has none"):
            evaluation.extractor("classifier", images, images)


def test_stacked_images_are_read_by_a_classifier_of_single_ones(corner):
    """The class 201 of three classes a channel has the number 2 * 9 + 0 * 3 + 1."""
    images = np.zeros((2, 2, 2, 3), np.uint8)
    # The corner's classes are those of its brightest pixels.
    for channel, brightest in enumerate((2, 0, 1)):
        images[0].reshape(4, 3)[brightest, channel] = 255
    outputs = evaluation.StackedClassifier(corner())(images)
    assert outputs["predictions"][0] == 2 * 9 + 0 * 3 + 1
    assert outputs["probabilities"].shape == (2, 27)
    np.testing.assert_allclose(outputs["probabilities"][1], 1 / 27, rtol=1e-5)
    odds = np.exp(3) / (np.exp(3) + 2)
    assert outputs["probabilities"][0].max() == pytest.approx(odds**3, rel=1e-5)
    np.testing.assert_array_equal(outputs["features"][0], np.eye(4)[[2, 0, 1]].ravel())


def test_the_classifier_of_stacked_images_learns_a_channel(short):
    train, test = (data.load_split("stacked_digits", split).first(200) for split in ("train", "test"))
    of_stacked = evaluation.extractor("classifier", train, test)
    of_channel = evaluation.extractor("classifier", train.channel(0), test.channel(0))
    assert of_stacked.protocol == of_channel.protocol
    assert of_stacked.fingerprint == f"stacked-{of_channel.fingerprint}"
    assert of_stacked(test.image)["predictions"].max() > 9
