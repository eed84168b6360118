import signal

import numpy as np
import pytest
from short_runs import metrics_of, quick_runs, tiny
from table import assert_same_state

import tfgans
from tfgans import callbacks, data, evaluation, latent, training
from tfgans.training import preparation


def short(steps, *changes):
    return tiny("xgan/digits", f"steps={steps}", *changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "run"
    with quick_runs():
        return training.run(short(2), workdir, progress=False), workdir


def test_a_run_keeps_as_many_codes_as_there_are_images(finished):
    result, workdir = finished
    train = data.digits("train")
    assert training.RunFolder(workdir).recipe().bank_size == len(train)
    bank = result.model.bank
    np.testing.assert_array_equal(bank.labels.numpy(), train.label)
    # It was filled at step 2, and no batch came after.
    codes = bank.codes.numpy()
    np.testing.assert_allclose(codes, result.model.encode(train.unit_images), atol=1e-5)
    index, _ = bank.neighbours_of(np.arange(len(train)))
    np.testing.assert_array_equal(index, latent.nearest_neighbours(codes, 8, train.label).index)


def test_the_image_classifier_knows_digits_and_stays_as_it_was(finished):
    result, workdir = finished
    test = data.digits("test")
    first = tfgans.load(workdir, step=1)
    for mine, theirs in zip(
        first.image_classifier.get_weights(), result.model.image_classifier.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    logits = first.image_classifier.predict(test.unit_images, verbose=0)[0]
    assert np.mean(logits.argmax(axis=1) == test.label) > 0.5


def test_the_image_classifier_does_not_depend_on_the_run_that_trains_it_first(monkeypatch):
    made = []

    def trained(kind, make, *data, **options):
        made.append(make().get_weights())
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "trained_classifier", trained)
    for seed in (0, 1):
        model = training.build(short(1, f"seed={seed}", "bank_size=9"))
        with pytest.raises(KeyboardInterrupt):
            preparation.prepare(model, short(1), data.digits("train"), data.digits("test"))
    for first, second in zip(*made, strict=True):
        np.testing.assert_array_equal(first, second)
    assert np.ptp(made[0][0]) > 0


def test_m_comes_from_the_dimension_of_images_where_it_is_asked_for(capsys):
    """Twice that of a class, which the estimate of one class after the other gives as well."""
    train = data.digits("train")
    classes = [train.image[train.label == label].reshape(-1, 64) for label in range(10)]
    dimension = np.mean([latent.intrinsic_dimension(points) for points in classes])
    recipe = preparation.with_bank_settings(short(1, "neighbours=None"), train)
    assert recipe.neighbours == np.ceil(2 * dimension)
    assert recipe.bank_size == len(train)
    assert f"have dimension {dimension:.1f}, estimated from " in capsys.readouterr().err


def test_a_classifier_that_knows_too_little_is_refused_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "trained_classifier", lambda *_, **__: (None, 0.494))
    with pytest.raises(ValueError, match=r"has accuracy 49.4% on digits test; the recipe asks for 50.0%"):
        training.run(short(1), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_scores_of_a_class_and_of_reconstructions(finished):
    result, workdir = finished
    assert {score["metric"] for score in result.scores} == {"label_accuracy/judge", "intra_class_distance_share/pixels"}
    scorer = training.run_scorer(workdir, "pixels", samples=20, sets=1, progress=False)
    names = ("reconstruction_ssim", "frechet")
    with pytest.warns(UserWarning, match="A Frechet distance of"):
        assert len(training.evaluate(workdir, names, scorer=scorer)) == 2


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("md_gan", ["score/classifier", "score_std_of_splits/classifier", "frechet/classifier"]),
        ("cvae_gan", ["label_accuracy/judge", "intra_class_distance_share/pixels"]),
    ],
)
def test_rivals_run(name, metrics, tmp_path, monkeypatch):
    # A classifier that has not learnt anything is not for other tests.
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tfgans.evaluation.classifier._train", lambda *_: 0.1)
    result = training.run(tiny(f"{name}/digits", "steps=1"), tmp_path / "run", progress=False)
    assert result.grid.is_file()
    assert [score["metric"] for score in result.scores] == metrics


@pytest.mark.usefixtures("quick")
def test_a_run_that_a_signal_stops_between_a_step_and_its_callbacks_ends_with_the_same_bits(
    finished, tmp_path, monkeypatch
):
    """The signal comes behind the first line of metrics, before the bank of that step is filled."""
    _, through = finished
    original = callbacks.MetricsLog.on_epoch_end

    def interrupted(self, epoch, logs=None):
        original(self, epoch, logs)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.MetricsLog, "on_epoch_end", interrupted)
        with pytest.raises(KeyboardInterrupt):
            training.run(short(2), tmp_path / "run", progress=False)
    assert list(training.RunFolder(tmp_path / "run").checkpoint_files()) == [1]
    training.run(short(2), tmp_path / "run", progress=False)
    assert metrics_of(tmp_path / "run") == metrics_of(through)
    assert_same_state(tfgans.load(tmp_path / "run"), tfgans.load(through))
