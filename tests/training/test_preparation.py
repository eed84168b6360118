import signal

import numpy as np
import pytest
from table import assert_same_state

import tfgans
from tfgans import callbacks, data, latent, recipes, training
from tfgans.training import preparation

TINY = [
    "widths=(12, 10)",
    "log_every=5",
    "grid_every=10",
    "checkpoint_every=5",
    "refresh_every=5",
    "score_samples=60",
    "classifier_steps=60",
    "least_accuracy=0.5",
    "neighbours=8",
]


def tiny(steps, *more):
    return recipes.get("xgan/digits").override([*TINY, f"steps={steps}", *more])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "run"
    return training.run(tiny(10), workdir, progress=False), workdir


def test_a_run_keeps_as_many_codes_as_there_are_images(finished):
    result, workdir = finished
    train = data.digits("train")
    assert training.RunFolder(workdir).recipe().bank_size == len(train)
    bank = result.model.bank
    np.testing.assert_array_equal(bank.labels.numpy(), train.label)
    # It was filled at step 10, and no batch came after.
    codes = bank.codes.numpy()
    np.testing.assert_allclose(codes, result.model.encode(train.unit_images), atol=1e-5)
    index, _ = bank.neighbours_of(np.arange(len(train)))
    np.testing.assert_array_equal(index, latent.nearest_neighbours(codes, 8, train.label).index)


def test_the_image_classifier_knows_digits_and_stays_as_it_was(finished):
    result, workdir = finished
    test = data.digits("test")
    first = tfgans.load(workdir, step=5)
    for mine, theirs in zip(
        first.image_classifier.get_weights(), result.model.image_classifier.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    logits = first.image_classifier.predict(test.unit_images, verbose=0)[0]
    assert np.mean(logits.argmax(axis=1) == test.label) > 0.5


def test_a_resumed_run_ends_with_the_bits_of_one_that_was_not(finished, tmp_path):
    result, _ = finished
    training.run(tiny(5), tmp_path / "run", progress=False)
    resumed = training.run(tiny(10), tmp_path / "run", progress=False).model
    for mine, theirs in zip(result.model.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_m_comes_from_the_dimension_of_images_where_it_is_asked_for(capsys):
    """Twice that of a class, which the estimate of one class after the other gives as well."""
    train = data.digits("train")
    classes = [train.image[train.label == label].reshape(-1, 64) for label in range(10)]
    dimension = np.mean([latent.intrinsic_dimension(points) for points in classes])
    recipe = preparation.fitted(tiny(5, "neighbours=None"), train)
    assert recipe.neighbours == np.ceil(2 * dimension)
    assert recipe.bank_size == len(train)
    assert f"have dimension {dimension:.1f}, of " in capsys.readouterr().err


def test_a_classifier_that_knows_too_little_is_refused_before_the_run(tmp_path):
    with pytest.raises(ValueError, match=r"knows .*% of digits test, and the recipe asks for 100.0%"):
        training.run(tiny(5, "least_accuracy=1.0", "classifier_steps=20"), tmp_path / "run", progress=False)
    assert not (tmp_path / "run" / "recipe.json").exists()


def test_scores_of_a_class_and_of_reconstructions(finished):
    result, workdir = finished
    assert {score["metric"] for score in result.scores} == {"label_accuracy/judge", "intra_class_distance_share/pixels"}
    scorer = training.run_scorer(workdir, "pixels", samples=20, sets=1, progress=False)
    names = ("reconstruction_ssim", "frechet")
    with pytest.warns(UserWarning, match="A Frechet distance of"):
        assert len(training.evaluate(workdir, names, scorer=scorer)) == 2


@pytest.mark.parametrize("name", ["md_gan", "cvae_gan"])
def test_rivals_run(name, tmp_path, monkeypatch):
    monkeypatch.setattr("tfgans.evaluation.classifier._MOST_STEPS", 20)
    changes = [*TINY[:4], "score_samples=150", "steps=5"]
    result = training.run(recipes.get(f"{name}/digits").override(changes), tmp_path / "run", progress=False)
    assert result.grid.is_file()
    assert result.scores


def test_a_signal_between_a_step_and_its_callbacks_loses_no_refresh(finished, tmp_path, monkeypatch):
    """It comes behind the first line of metrics, before the bank of that step is filled."""
    _, through = finished
    original = callbacks.MetricsLog.on_epoch_end

    def interrupted(self, epoch, logs=None):
        original(self, epoch, logs)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.MetricsLog, "on_epoch_end", interrupted)
        with pytest.raises(KeyboardInterrupt):
            training.run(tiny(10), tmp_path / "run", progress=False)
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [5]
    training.run(tiny(10), tmp_path / "run", progress=False)
    assert_same_state(tfgans.load(tmp_path / "run"), tfgans.load(through))
