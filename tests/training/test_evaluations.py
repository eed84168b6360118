import dataclasses
import json
import types

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from short_runs import new_run, quick_runs, read_lines, tiny
from table import assert_same_state

import tfgans
from tfgans import data, evaluation, training
from tfgans.training import Scorer

SCORED = ["score_every=1", "score_extractor=pixels", "score_metrics=('frechet', 'prdc')"]
PRDC = [f"{name}/pixels" for name in ("precision", "recall", "density", "coverage")]


def digit_recipe(*changes):
    return tiny("cwgan/digits", "steps=2", *changes)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "plain"
    with quick_runs():
        return training.run(digit_recipe(), workdir, progress=False), workdir


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """The same run, scored as it trains."""
    workdir = tmp_path_factory.mktemp("runs") / "scored"
    with quick_runs():
        return training.run(digit_recipe(*SCORED), workdir, progress=False), workdir


@pytest.fixture
def copied(plain, tmp_path):
    """A run of one's own to add scores to: what `evaluate` reads of it."""
    _, workdir = plain
    for name in ("recipe.json", "label_names.json", "scores.json", "checkpoints"):
        (tmp_path / "run").mkdir(exist_ok=True)
        (tmp_path / "run" / name).symlink_to(workdir / name)
    (tmp_path / "run" / "scores.json").unlink()
    (tmp_path / "run" / "scores.json").write_bytes((workdir / "scores.json").read_bytes())
    return tmp_path / "run"


@pytest.fixture(scope="module")
def digits():
    return data.digits("train"), data.digits("test")


def pixel_scorer(digits, **options):
    return Scorer(*digits, evaluation.Pixels(), **{"samples": 100, "sets": 1, "progress": False, **options})


def by_name(scores):
    return {score["metric"]: score["value"] for score in scores}


def painter(shape=(8, 8, 1)):
    """A model whose image is a function of its seed, and which remembers what it was asked for."""
    asked = []

    def sample(n, labels, seed):
        assert len(labels) == len(seed) == n
        asked.extend(zip(seed, labels, strict=True))
        return np.stack([np.random.default_rng(row).uniform(-1, 1, shape) for row in seed]).astype(np.float32)

    return types.SimpleNamespace(
        sample=sample,
        use_average=True,
        step=tf.Variable(7),
        asked=asked,
        samples_by_label=True,
        faces=dict,
    )


# Scores of a run as it trains.


def test_a_run_that_is_scored_ends_with_the_weights_of_one_that_is_not(plain, scored):
    assert_same_state(scored[0].model, plain[0].model)
    assert scored[0].scores == plain[0].scores
    assert not (plain[1] / "score_curves.jsonl").exists()


def test_a_run_that_is_scored_leaves_its_curve(scored):
    _, workdir = scored
    lines = read_lines(workdir / "score_curves.jsonl")
    assert [list(line) for line in lines] == [["step", "frechet/pixels", *PRDC]] * 2
    assert [line["step"] for line in lines] == [1, 2]
    assert (workdir / "score_curves.png").is_file()


@pytest.mark.usefixtures("quick")
def test_the_scores_at_the_end_take_the_extractor_of_the_curve(tmp_path, monkeypatch):
    names, extractor = [], evaluation.extractor
    monkeypatch.setattr(evaluation, "extractor", lambda name, *given: names.append(name) or extractor(name, *given))
    changes = ["score_every=1", "score_extractor=judge", "score_metrics=('label_accuracy',)"]
    scores = training.run(digit_recipe(*changes), tmp_path / "run", progress=False).scores
    assert names == ["judge"]
    curve = read_lines(tmp_path / "run" / "score_curves.jsonl")
    assert [list(line) for line in curve] == [["step", "label_accuracy/judge"]] * 2
    assert "label_accuracy/judge" in by_name(scores)


def test_the_curve_has_the_scores_of_the_checkpoints(scored, digits):
    _, workdir = scored
    lines = read_lines(workdir / "score_curves.jsonl")
    for line in lines:
        model = tfgans.load(workdir, step=line.pop("step"))
        found = by_name(pixel_scorer(digits, samples=200).model(model, ["frechet", "prdc"]))
        assert found == pytest.approx(line, rel=1e-6)


def test_scores_that_do_not_apply_are_refused_before_the_run(tmp_path):
    with pytest.raises(ValueError, match="score cannot be taken: the extractor pixels gives no probabilities"):
        training.run(digit_recipe("score_every=1", "score_extractor=pixels"), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


# Scores of a finished run.


def test_scores_are_added_to_those_of_the_run(copied):
    before = json.loads((copied / "scores.json").read_text())
    scorer = training.run_scorer(copied, "pixels", sets=2, progress=False)
    scores = training.evaluate(copied, ["frechet", "prdc"], scorer=scorer)
    assert [score["metric"] for score in scores] == ["frechet/pixels", *PRDC]
    for score in scores:
        assert score["spread"] is not None
        assert score["protocol"].items() >= {"step": 2, "averaged": True, "samples": 200, "seed": [0, 200]}.items()
    assert json.loads((copied / "scores.json").read_text()) == [*before, *scores]
    text = (copied / "scores.json").read_text()
    assert training.evaluate(copied, ["frechet", "prdc"], scorer=scorer) == scores
    assert (copied / "scores.json").read_text() == text


def test_a_checkpoint_and_the_raw_generator_have_scores_of_their_own(copied):
    scorer = training.run_scorer(copied, "pixels", samples=100, sets=1, progress=False)
    found = [
        training.evaluate(copied, ["frechet"], scorer=scorer, **options)[0]
        for options in ({}, {"step": 1}, {"averaged": False})
    ]
    assert len({score["value"] for score in found}) == 3
    assert [(score["protocol"]["step"], score["protocol"]["averaged"]) for score in found] == [
        *((2, True), (1, True), (2, False))
    ]


def test_a_later_run_neither_loses_nor_repeats_them(scored):
    result, workdir = scored
    scorer = training.run_scorer(workdir, "pixels", samples=100, sets=1, progress=False)
    training.evaluate(workdir, ["frechet"], scorer=scorer)
    before = (workdir / "scores.json").read_text()
    again = training.run(digit_recipe(*SCORED), workdir, progress=False)
    assert again.scores == result.scores
    assert (workdir / "scores.json").read_text() == before


def test_refuses_before_it_scores(copied, monkeypatch, tmp_path):
    scorer = training.run_scorer(copied, "pixels", samples=100, progress=False)
    monkeypatch.setattr(Scorer, "model", lambda *_: pytest.fail("It was scored."))
    before = (copied / "scores.json").read_text()
    for options, error, message in (
        ({"names": ["fid"]}, ValueError, "There is no score 'fid'. There are score, frechet, .* all"),
        ({"names": ["modes"]}, ValueError, "modes cannot be taken: the extractor pixels gives no predictions"),
        ({"step": 11}, FileNotFoundError, r"checkpoints of steps \[1, 2\]; received step 11"),
    ):
        with pytest.raises(error, match=message):
            training.evaluate(copied, scorer=scorer, **options)
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        training.run_scorer(tmp_path / "nowhere", "pixels")
    assert (copied / "scores.json").read_text() == before


def test_a_damaged_file_of_scores_is_put_aside(copied, capsys):
    (copied / "scores.json").write_text("[{")
    scorer = training.run_scorer(copied, "pixels", samples=100, sets=1, progress=False)
    scores = training.evaluate(copied, ["frechet"], scorer=scorer)
    assert json.loads((copied / "scores.json").read_text()) == scores
    assert (copied / "scores.damaged").read_text() == "[{"
    assert "scores.damaged" in capsys.readouterr().err


# The scorer.


def test_samples_of_a_set_follow_those_of_the_one_before(digits):
    model = painter()
    scores = pixel_scorer(digits, samples=80, sets=3, batch_size=30).model(model, ["frechet"])
    assert [seed for seed, _ in model.asked] == list(range(240))
    assert scores[0]["protocol"].items() >= {"seed": [0, 80, 160], "averaged": True, "step": 7, "samples": 80}.items()


@pytest.mark.parametrize("classes", [True, False])
def test_samples_are_conditioned_on_what_test_images_are(random, classes):
    """Class 2 is rare there, and attributes are any numbers."""
    labels = np.repeat([0, 1, 2], [50, 40, 10]) if classes else random.uniform(size=(100, 2))
    images = data.from_arrays(random.integers(0, 256, (100, 4, 4, 1), np.uint8), labels)
    model = painter((4, 4, 1))
    Scorer(images, images, evaluation.Pixels(), 400, 1, progress=False).model(model, ["prdc"])
    there = [tuple(np.ravel(label)) for label in images.label]
    asked = [tuple(np.ravel(label)) for _, label in model.asked]
    shares = [asked.count(label) / len(asked) for label in dict.fromkeys(there)]
    np.testing.assert_allclose(shares, [there.count(label) / len(there) for label in dict.fromkeys(there)], atol=0.08)
    assert set(asked) <= set(there)


def test_scores_of_a_model_do_not_depend_on_the_batch_size(plain, digits):
    names = ["frechet", "kernel", "prdc", "intra_class_distance_share", "sliced_wasserstein"]
    found = [by_name(pixel_scorer(digits, batch_size=size).model(plain[0].model, names)) for size in (1, 7, 256)]
    for values in found[1:]:
        assert values == pytest.approx(found[0], rel=1e-6)


def test_a_model_and_the_files_of_its_samples_score_the_same(plain, digits, tmp_path, monkeypatch):
    model, made = plain[0].model, []
    sample = model.sample
    monkeypatch.setattr(model, "sample", lambda *args, **options: made.append(sample(*args, **options)) or made[-1])
    names = ["frechet", "prdc", "kernel"]
    scorer = pixel_scorer(digits, batch_size=30)
    expected = by_name(scorer.model(model, names))
    images = np.concatenate(made)
    assert images.shape == (100, 8, 8, 1)
    (tmp_path / "samples").mkdir()
    for number, image in enumerate(images[..., 0]):
        pixels = np.round((image + 1) * 127.5).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "samples" / f"{number}.png")
    np.savez(tmp_path / "samples.npz", images=images)
    for place in (f"folder:{tmp_path / 'samples'}", f"npz:{tmp_path / 'samples.npz'}"):
        source = evaluation.generated_source(place, (8, 8, 1))
        found = by_name(scorer.sources([source], names))
        assert found == pytest.approx(expected, rel=1e-6)
        assert [found[name] for name in PRDC] == [expected[name] for name in PRDC]


def test_reconstructions_are_not_rounded(digits, monkeypatch):
    """A background of tanh(-4) is a byte of 0, and .086 without rounding, which SSIM with a small range sees."""
    model = training.build(tiny("bigan/digits"))
    monkeypatch.setattr(model, "reconstruct", lambda images: np.full_like(images, np.tanh(-4.0)))
    found = pixel_scorer(digits)._samples(model, 0, {}).reconstruct(digits[1].image[:2])
    np.testing.assert_allclose(found, np.full((2, 8, 8, 1), 0.0855), atol=1e-4)


def test_all_are_those_that_apply_and_the_others_have_reasons(digits):
    scorer = pixel_scorer(digits)
    assert scorer.chosen(["all"], labelled=False) == [
        *("frechet", "kernel", "prdc", "authenticity", "d_star", "sliced_wasserstein")
    ]
    assert scorer.chosen(["all"]) == [
        *("frechet", "kernel", "prdc", "authenticity", "d_star", "intra_class_distance_share", "sliced_wasserstein")
    ]
    assert scorer.chosen(["prdc", "frechet"]) == ["prdc", "frechet"]
    assert set(scorer.left_out()) | set(scorer.chosen(["all"])) == set(evaluation.METRICS)
    with pytest.raises(ValueError, match="intra_class_distance_share cannot be taken: the samples have no labels"):
        scorer.chosen(["intra_class_distance_share"], labelled=False)
    with pytest.raises(ValueError, match="There is no score 'frechett'"):
        scorer.chosen(["all", "frechett"])


def test_large_images_have_no_frechet_distance_of_pixels(digits):
    large = dataclasses.replace(digits[0], image=np.zeros((1, 65, 64, 1), np.float32), label=np.zeros(1, np.int32))
    scorer = pixel_scorer((large, large))
    assert "frechet" not in scorer.chosen(["all"])
    with pytest.raises(ValueError, match="frechet cannot be taken: the extractor pixels gives more than 4096 features"):
        scorer.chosen(["frechet"])


# Images that something else made.


def test_images_of_another_split_are_a_perfect_generator():
    scorer, source = training.image_scorer("split:test", "digits", "pixels", progress=False)
    assert (scorer.samples, scorer.sets, source.count) == (360, 1, 360)
    (perfect,) = scorer.sources([source], ["frechet"])
    assert perfect["protocol"].items() >= {"generated": "digits test", "data": "digits", "split": "train"}.items()
    assert perfect["value"] < 0.1 * by_name(scorer.model(painter(), ["frechet"]))["frechet/pixels"]


def test_images_without_labels_are_scored(tmp_path, random):
    """Photographs against photographs."""
    for name, count in (("real", 120), ("generated", 80)):
        np.savez(tmp_path / f"{name}.npz", images=random.integers(0, 256, (count, 6, 6, 1), np.uint8))
    scorer, source = training.image_scorer(
        f"npz:{tmp_path / 'generated.npz'}", f"npz:{tmp_path / 'real.npz'}", "pixels", progress=False
    )
    names = scorer.chosen(["all"], source.labelled)
    assert names == ["frechet", "kernel", "prdc", "authenticity", "d_star"]
    assert np.all(np.isfinite(list(by_name(scorer.sources([source], names)).values())))


@pytest.mark.parametrize(
    ("generated", "message"),
    [
        ("split:validation", "splits train and test; received split='validation'"),
        ("digits", "folder:PATH or npz:FILE; received 'digits'"),
        ("npz:{}/wrong.npz", r"must hold images \[n, 8, 8, 1\]; received \(3, 4, 4, 1\)"),
        ("folder:{}", "no images below"),
    ],
)
def test_refuses_other_images_before_an_extractor_is_made(tmp_path, monkeypatch, generated, message):
    monkeypatch.setattr(evaluation, "extractor", lambda *_: pytest.fail("It was made."))
    np.savez(tmp_path / "wrong.npz", images=np.zeros((3, 4, 4, 1), np.uint8))
    with pytest.raises(ValueError, match=message):
        training.image_scorer(generated.format(tmp_path), "digits", "classifier", progress=False)


def test_a_run_keeps_to_its_own_scores_beside_others(copied, plain, digits):
    """The same score of other samples is neither taken for the run's nor does it stand in its place."""
    scorer = pixel_scorer(digits, samples=100)
    tfgans.evaluate(copied, ["intra_class_distance_share"], averaged=False, scorer=scorer)
    assert len(training.RunFolder(copied).scores()) == 3
    assert training.runs._scores_at_end(training.RunFolder(copied), 2) == plain[0].scores
    assert not training.runs._scores_at_end(training.RunFolder(copied), 1)


def test_images_are_not_compared_with_points(tmp_path):
    with pytest.raises(ValueError, match="Expected a data set of images; received the points of ring8"):
        training.image_scorer(f"folder:{tmp_path}", "ring8", "pixels")


@pytest.mark.parametrize("flip", [False, True])
def test_copies_are_sought_among_the_images_that_a_run_learned_from(tmp_path, flip):
    """A run that turns its images learns the mirror images too."""
    recipe = digit_recipe("train_fraction=.1", f"flip={flip}")
    workdir = new_run(tmp_path / "run", recipe, tuple("0123456789")).path
    scorer = training.run_scorer(workdir, "pixels", samples=10, sets=1, progress=False)
    train, learned = len(scorer.train), len(scorer.learned)
    assert learned == pytest.approx(train / 10, abs=1)
    authenticity, of_test = training.evaluate(workdir, ["authenticity"], scorer=scorer)
    assert authenticity["protocol"]["real_images"] == of_test["protocol"]["real_images"] == learned
    assert ("mirrored" in authenticity["protocol"]) == flip
    both_ways = scorer.learned.unit_images[:2, :, :: -1 if flip else 1]
    near = training.nearest_training_images(workdir, both_ways, ["pixels"], learned)["pixels"].images
    np.testing.assert_array_equal(near[:, 0], evaluation.to_bytes(both_ways))


def test_a_model_and_a_single_name_are_refused_with_what_to_write():
    model = training.build(tiny("gan/ring8"))
    with pytest.raises(ValueError, match=r"the folder of a run; received a GAN\. A model is scored by .*make_scorer"):
        tfgans.evaluate(model, ["modes"])
    with pytest.raises(ValueError, match=r"received 'modes', which is written \['modes'\]"):
        tfgans.evaluate("run", "modes")


def test_a_run_on_stacked_images_counts_its_modes_at_its_end():
    """They are there to be counted."""
    stacked, digits = (data.load_split(name) for name in ("stacked_digits", "digits"))
    assert training.scoring.final_metrics(stacked, False) == ("classifier", ("modes", "frechet"))
    assert training.scoring.final_metrics(digits, False) == ("classifier", ("score", "frechet"))


def test_modes_of_a_world_are_compared_with_their_shares():
    """line3 has shares of .45, .1 and .45, which these samples have too."""
    world = data.toy_world("line3")
    points = np.repeat(world.centers / world.scale, (9, 2, 9), axis=0)
    model = types.SimpleNamespace(
        sample=lambda n, seed: points, use_average=False, step=types.SimpleNamespace(numpy=lambda: 1)
    )
    scores = training.make_scorer(world, world, "points", 20, sets=1).model(model, ["modes"])
    values = {score["metric"]: score["value"] for score in scores}
    assert values["modes/points"] == 3
    assert values["reverse_kl/points"] == pytest.approx(0, abs=1e-6)


def test_neighbours_of_images_without_classes_are_those_by_pixels(tmp_path, random):
    np.savez(tmp_path / "own.npz", images=random.integers(0, 256, (20, 8, 8, 1), np.uint8))
    recipe = tiny("bigan/digits", f"data=npz:{tmp_path / 'own.npz'}", "steps=2")
    workdir = new_run(tmp_path / "run", recipe).path
    near = training.nearest_training_images(workdir, np.zeros((2, 8, 8, 1), np.float32), None, 3)
    assert {name: found.images.shape for name, found in near.items()} == {"pixels": (2, 3, 8, 8, 1)}
