import dataclasses
import statistics
import weakref

import numpy as np
import pytest
import scipy.linalg

from tfgans import data, evaluation, metrics
from tfgans.data import images as images_of_data
from tfgans.evaluation import METRICS, engine
from tfgans.evaluation.inception import InceptionTFGAN

OF_CLASSES = [name for name in METRICS if name != "attribute_r2" and not METRICS[name].reconstructs]


def source(images, seed=0, **changes):
    return dataclasses.replace(evaluation.image_set_source(images, seed), **changes)


def evaluate(names, generated, real, extractor, test=None, **options):
    options = {"samples": generated[0].count, "label_names": real.label_names, "progress": False, **options}
    return evaluation.compute_scores(names, generated, source(real), source(test or real), extractor, **options)


def attributes(count, seed):
    random = np.random.default_rng(seed)
    labels = random.uniform(size=(count, 2)).astype(np.float32)
    images = np.repeat((255 * labels).astype(np.uint8), 32, axis=1).reshape(count, 8, 8, 1)
    return data.from_arrays(images, labels)


# What a score is.


def test_no_score_depends_on_the_batch_size(score, corner, pictures, monkeypatch, tmp_path):
    generated, real = pictures(90, seed=1, shape=(8, 8, 1)), pictures(100, seed=2, shape=(8, 8, 1))
    found = []
    for batch_size in (1, 7, 256):
        monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / str(batch_size)))
        values = score(OF_CLASSES, generated, real, corner(), batch_size=batch_size)
        with_attributes = corner(attributes=True)
        values |= score(["attribute_r2"], attributes(90, 1), attributes(100, 2), with_attributes, batch_size=batch_size)
        found.append(values)
    assert len(found[0]) == 22
    for values in found[1:]:
        assert values == pytest.approx(found[0], rel=1e-6)


def test_scores_of_stored_images_and_of_parts_in_a_temporary_file_are_those_of_memory(
    score, corner, pictures, monkeypatch, tmp_path
):
    """The engine reads stored images a batch at a time."""
    generated, real = pictures(90, seed=1, shape=(8, 8, 1)), pictures(100, seed=2, shape=(8, 8, 1))
    store = data.write_store(tmp_path / "store", real, splits={})
    expected = score(OF_CLASSES, generated, real, corner())
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "another"))
    monkeypatch.setattr(images_of_data, "MOST_IN_MEMORY", 0)
    reads, read = [], data.ImageStore.read
    monkeypatch.setattr(data.ImageStore, "read", lambda self, rows: reads.append(len(rows)) or read(self, rows))
    stored = dataclasses.replace(real, image=store)
    assert score(OF_CLASSES, generated, stored, corner(), batch_size=16) == pytest.approx(expected, rel=1e-6)
    assert max(reads) == 16


def test_authenticity_compares_with_all_training_images_and_with_held_out_ones(cache, pictures):
    """Copies of training images beyond the first samples are found."""
    real, held_out = pictures(40, shape=(4, 4, 1)), pictures(20, seed=1, shape=(4, 4, 1))
    order = np.random.default_rng(0).permutation(40)
    copies = source(real.rows(order[10:20]))
    scores = evaluate(["authenticity"], [copies], real, evaluation.Pixels(), held_out)
    found = {score["metric"]: score["value"] for score in scores}
    features = [part.unit_images.reshape(len(part), -1) for part in (real, held_out)]
    assert found == {
        "authenticity/pixels": 0,
        "authenticity_of_test/pixels": pytest.approx(metrics.authenticity(*features)),
    }
    assert scores[0]["protocol"].items() >= {"real_images": 40, "test_images": 20, "samples": 10}.items()


def test_authenticity_compares_with_the_images_that_were_learned(cache, pictures):
    """A model learned the first ten images, and its samples are copies of the others."""
    real = pictures(40, shape=(4, 4, 1))
    learned, copies = real.rows(slice(10)), real.rows(slice(10, 40))
    options = {"extractor": evaluation.Pixels(), "learned": source(learned)}
    (score, _) = evaluate(["authenticity"], [source(copies)], real, **options)
    features = [part.unit_images.reshape(len(part), -1) for part in (learned, copies)]
    assert score["value"] == pytest.approx(metrics.authenticity(*features))
    assert score["value"] > 0
    assert (score["protocol"]["real_images"], score["protocol"]["data_hash"]) == (10, source(learned).fingerprint)


def test_no_samples_are_made_for_scores_of_reconstructions(cache, pictures):
    images, made = pictures(12, shape=(12, 12, 1)), source(pictures(12, seed=1, shape=(12, 12, 1)))
    unread = dataclasses.replace(
        made, read=lambda start, stop: pytest.fail("They are not needed."), reconstruct=lambda seen: seen
    )
    (score,) = evaluate(["reconstruction_ssim"], [unread], images, evaluation.Pixels())
    assert score["value"] == 1


def test_the_authenticity_of_the_test_split_is_computed_once(cache, pictures, monkeypatch):
    real, test = pictures(40, shape=(4, 4, 1)), pictures(20, seed=1, shape=(4, 4, 1))
    asked, authenticity = [], metrics.authenticity
    monkeypatch.setattr(metrics, "authenticity", lambda *sets: asked.append(len(sets[1])) or authenticity(*sets))
    sets = [source(pictures(10, seed=seed, shape=(4, 4, 1))) for seed in (2, 3, 4)]
    scores = evaluate(["authenticity"], sets, real, evaluation.Pixels(), test)
    assert sorted(asked) == [10, 10, 10, 20]
    assert [score["spread"] is not None for score in scores] == [True, True]
    assert scores[1]["spread"] == 0


def test_no_more_test_images_are_read_than_there_are_samples(cache, pictures):
    images, test = pictures(12, shape=(12, 12, 1)), pictures(30, seed=1, shape=(12, 12, 1))
    reads, tested = [], source(test)
    darker = source(images, reconstruct=lambda x: x // 2)

    def read(start, stop):
        reads.append(stop)
        return tested.read(start, stop)

    options = {"samples": 12, "label_names": (), "progress": False}
    counted = dataclasses.replace(tested, read=read)
    evaluation.compute_scores(
        ["reconstruction_ssim"], [darker], source(images), counted, evaluation.Pixels(), **options
    )
    assert max(reads) == 12


def test_d_star_learns_from_as_many_real_images_as_samples_and_is_tested_on_the_test_split(
    cache, corner, pictures, monkeypatch
):
    """The trainings have seeds of their own in each set of samples."""
    seeds, features = [], []

    def record(*given, retrainings, seed, thresholds):
        features.append(given)
        seeds.extend(range(seed, seed + retrainings))
        return metrics.DStarScore(dict.fromkeys(thresholds, 0.0), {}, 1, 1)

    monkeypatch.setattr(metrics, "d_star_score", record)
    sets = [source(pictures(12, seed=number)) for number in range(3)]
    real, test = source(pictures(20, seed=3)), source(pictures(9, seed=4))
    evaluation.compute_scores(["d_star"], sets, real, test, corner(), samples=12, progress=False)
    assert seeds == list(range(15))
    for given, samples in zip(features, sets, strict=True):
        for found, part in zip(given, (real.read(0, 12), samples.read(0, 12), test.read(0, 9)), strict=True):
            np.testing.assert_array_equal(found, corner()(part[0])["features"])


@pytest.mark.parametrize("part", [5, 256])
def test_reconstructions_are_compared_with_images_of_the_test_split(cache, pictures, monkeypatch, part):
    monkeypatch.setattr(engine, "_PART", part)
    images, test = pictures(12, shape=(12, 12, 1)), pictures(30, seed=1, shape=(12, 12, 1))
    darker = source(images, reconstruct=lambda x: x // 2)
    (score,) = evaluate(["reconstruction_ssim"], [darker], images, evaluation.Pixels(), test)
    order = np.random.default_rng(0).permutation(30)[:12]
    expected = metrics.ssim(test.image[order], test.image[order] // 2, 255).mean()
    assert score["metric"] == "reconstruction_ssim/pixels"
    assert score["value"] == pytest.approx(expected)
    assert score["protocol"].items() >= {"samples": 12, "test_images": 30, "value_range": 255}.items()
    with pytest.raises(ValueError, match="cannot be taken: there is no encoder to reconstruct images with"):
        evaluate(["reconstruction_ssim"], [source(images)], images, evaluation.Pixels(), test)


def test_legacy_similarity_has_the_window_and_the_range_of_the_authors(cache, pictures):
    images, test = pictures(12, shape=(12, 12, 1)), pictures(30, seed=1, shape=(12, 12, 1))
    darker = source(images, reconstruct=lambda x: x // 2)
    (score,) = evaluate(["reconstruction_ssim_legacy"], [darker], images, evaluation.Pixels(), test)
    order = np.random.default_rng(0).permutation(30)[:12]
    expected = metrics.ssim(test.image[order], test.image[order] // 2, 2, "uniform").mean()
    assert score["metric"] == "reconstruction_ssim_legacy/pixels"
    assert score["value"] == pytest.approx(expected)
    assert score["protocol"].items() >= {"value_range": 2, "window": "uniform"}.items()


def test_the_same_images_have_the_same_scores(score, corner, pictures, monkeypatch, tmp_path):
    generated, real = pictures(60, seed=1, shape=(8, 8, 1)), pictures(70, seed=2, shape=(8, 8, 1))
    first = score(OF_CLASSES, generated, real, corner())
    assert score(OF_CLASSES, generated, real, corner()) == first
    monkeypatch.setenv("TFGANS_CACHE", str(tmp_path / "another"))
    assert score(OF_CLASSES, generated, real, corner()) == first


def test_frechet_is_that_of_the_features_of_all_real_images(score, pictures):
    generated, real = pictures(60, seed=1), pictures(150, seed=2)
    flat = [images.unit_images.reshape(len(images), -1).astype(np.float64) for images in (real, generated)]
    (mean, covariance), (other_mean, other_covariance) = [(x.mean(axis=0), np.cov(x.T)) for x in flat]
    root = scipy.linalg.sqrtm(covariance @ other_covariance).real
    expected = np.sum((mean - other_mean) ** 2) + np.trace(covariance + other_covariance - 2 * root)
    found = score(["frechet"], generated, real, evaluation.Pixels())["frechet/pixels"]
    assert found == pytest.approx(expected, rel=1e-6)
    assert found == pytest.approx(metrics.frechet_distance(*flat), rel=1e-6)


def test_other_scores_compare_with_as_many_real_images(score, corner, pictures):
    generated, real = pictures(30, seed=1), pictures(50, seed=2)
    pixels, _ = evaluation.image_set_source(real).read(0, 30)
    features = [corner()(images)["features"] for images in (pixels, generated.image)]
    found = score(["prdc", "kernel"], generated, real, corner())
    assert [found[f"{name}/corner"] for name in ("precision", "recall", "density", "coverage")] == pytest.approx(
        metrics.prdc(*features)
    )
    assert found["kernel/corner"] == pytest.approx(metrics.kernel_distance(*features).mean)
    fewer = score(["prdc"], real, generated, corner())
    assert fewer["precision/corner"] == pytest.approx(
        metrics.prdc(*(corner()(i.image)["features"] for i in (generated, real))).precision
    )


def test_the_inception_score_is_that_of_ten_splits_of_the_samples(score, corner, pictures):
    generated, real = pictures(57, seed=1), pictures(30, seed=2)
    images, _ = source(generated).read(0, 57)
    mean, std = metrics.inception_score(corner()(images)["probabilities"], splits=10)
    assert mean != pytest.approx(std)
    found = score(["score"], generated, real, corner())
    assert found == {"score/corner": pytest.approx(mean), "score_std_of_splits/corner": pytest.approx(std)}


def test_accuracy_and_modes_by_hand(score, corner, pictures):
    images = pictures(12)
    images.image[:] = 0
    # The first pixel is the brightest of the first three: class 0, the class of every third image.
    images.image[:, 0, 0] = 255
    found = score(["label_accuracy", "modes"], images, images, corner())
    assert found["label_accuracy/corner"] == pytest.approx(1 / 3)
    assert found["modes/corner"] == 1
    assert found["reverse_kl/corner"] == pytest.approx(np.log(3))


def test_attributes_have_a_score_each(score, corner):
    real = dataclasses.replace(attributes(40, 1), label_names=("left", "right"))
    generated = dataclasses.replace(real, label=1 - real.label)
    found = score(["attribute_r2"], generated, real, corner(attributes=True))
    # Both features are the first of the two attributes.
    predicted = np.repeat(real.label[:, :1], 2, axis=1)
    expected = [*metrics.attribute_r2(predicted, 1 - real.label), *metrics.attribute_r2(predicted, real.label)]
    names = [
        f"{score}/{name}/corner" for score in ("attribute_r2", "attribute_r2_of_test") for name in ("left", "right")
    ]
    assert list(found) == names
    assert list(found.values()) == pytest.approx(expected, abs=0.02)


def test_a_share_of_the_distance_inside_a_class_leaves_out_rare_classes(score, pictures):
    random = np.random.default_rng(0)
    images = data.from_arrays(random.integers(0, 256, (12, 4, 4, 1), np.uint8), np.repeat([0, 1, 2], 4))
    halved = dataclasses.replace(images, image=(images.image // 2).astype(np.uint8))
    name = "intra_class_distance_share"
    assert score([name], images, images, evaluation.Pixels()) == {f"{name}/pixels": 1.0}
    assert score([name], halved, images, evaluation.Pixels())[f"{name}/pixels"] == pytest.approx(0.5, rel=0.01)
    rare = dataclasses.replace(images, label=np.array([0] * 8 + [1] * 3 + [2], np.int32))
    assert score([name], rare, rare, evaluation.Pixels())[f"{name}/pixels"] == 1.0


def test_names_are_those_of_the_score_and_of_its_extractor(score, corner, pictures):
    images = pictures(40, shape=(8, 8, 1))
    names = ["score", "frechet", "kernel", "prdc", "sliced_wasserstein"]
    ours = score(names, images, images, corner())
    assert list(ours) == [
        *("score/corner", "score_std_of_splits/corner", "frechet/corner", "kernel/corner"),
        *(f"{name}/corner" for name in ("precision", "recall", "density", "coverage")),
        "sliced_wasserstein_8x8/pixels",
    ]
    inception = corner()
    inception.name, inception.score_names = "inception_tfgan", InceptionTFGAN.score_names
    of_the_literature = score(names, images, images, inception)
    assert list(of_the_literature)[:4] == [
        f"{name}/inception_tfgan" for name in ("inception_score", "inception_score_std_of_splits", "fid", "kid")
    ]
    assert list(of_the_literature.values()) == list(ours.values())


def test_spread_is_the_standard_deviation_over_sets(cache, pictures):
    real, pixels = pictures(80, seed=9), evaluation.Pixels()
    sets = [source(pictures(40, seed=seed)) for seed in range(3)]
    single = [evaluate(["frechet"], [one], real, pixels)[0] for one in sets]
    assert [score["spread"] for score in single] == [None] * 3
    values = [score["value"] for score in single]
    (together,) = evaluate(["frechet"], sets, real, pixels)
    assert together["value"] == pytest.approx(statistics.mean(values), rel=1e-6)
    assert together["spread"] == pytest.approx(statistics.stdev(values), rel=1e-5)


def test_small_scores_keep_their_digits(cache, corner, pictures, monkeypatch):
    tiny = dataclasses.replace(METRICS["modes"], compute=lambda of: {"tiny": 1.23456789e-7})
    monkeypatch.setitem(METRICS, "modes", tiny)
    (found,) = evaluate(["modes"], [source(pictures(3))], pictures(3), corner())
    assert found["value"] == pytest.approx(1.23456789e-7, rel=1e-7)


def test_protocol_says_how_a_score_was_taken(cache, corner, pictures):
    real, test = pictures(50, seed=1), pictures(20, seed=2, split="test")
    sets = [source(pictures(30, seed=seed), protocol={"generated": "g", "seed": seed}) for seed in (5, 6)]
    scores = evaluate(["frechet", "prdc", "d_star", "modes"], sets, real, corner(), test)
    found = {score["metric"].split("/")[0]: score["protocol"] for score in scores}
    common = {
        "data": "pictures",
        "split": "train",
        "data_hash": f"{real.fingerprint}-0",
        "generated": "g",
        "seed": [5, 6],
        "samples": 30,
        "pixels": "uint8",
        "extractor": "corner",
        "extractor_hash": "one",
        "resize": None,
    }
    assert found["frechet"] == {**common, "real_images": 50}
    assert found["precision"] == {**common, "real_images": 30, "k": 5}
    assert found["modes"] == common
    assert found["d_star_0.9"].items() >= {"test_split": "test", "test_images": 20, "real_images": 30}.items()
    assert found["d_star_0.9"]["test_hash"] == f"{test.fingerprint}-0"
    (of_pixels,) = evaluate(["intra_class_distance_share"], sets, real, corner())
    assert "extractor" not in of_pixels["protocol"]


# What is kept, and what is read.


def test_real_images_are_extracted_once(cache, corner, pictures):
    real, first, second = pictures(50), corner(), corner()
    for extractor, expected in ((first, 50 + 30 + 30), (second, 30)):
        evaluate(["frechet", "kernel", "prdc"], [source(pictures(30, seed=1))], real, extractor)
        assert extractor.seen == expected


@pytest.mark.parametrize("change", ["fingerprint", "name", "data", "order", "samples"])
def test_nothing_stale_is_served(cache, corner, pictures, change):
    real, other = pictures(50), corner()
    evaluate(["prdc"], [source(pictures(30, seed=1))], real, corner())
    options = {}
    if change in ("fingerprint", "name"):
        setattr(other, change, "another")
    elif change == "data":
        real = pictures(50, seed=7)
    elif change == "samples":
        options = {"samples": 20}
    sources = [source(real, seed=int(change == "order"))] * 2
    evaluation.compute_scores(
        ["prdc"], [source(pictures(30, seed=1))], *sources, other, progress=False, **{"samples": 30, **options}
    )
    assert other.seen == 2 * options.get("samples", 30)


def test_pixels_are_not_kept_beside_the_images(cache, score, pictures):
    """They would take four times the room of the images, and their moments next to none."""
    score(["prdc", "frechet"], pictures(30), pictures(30, seed=1), evaluation.Pixels())
    assert {path.name.split("-")[0] for path in cache.iterdir()} == {"moments"}


def test_images_without_a_fingerprint_are_not_kept(cache, corner, pictures):
    extractor = corner()
    for seed in (1, 2):
        real = source(pictures(30, seed=seed), fingerprint=None)
        scores = evaluation.compute_scores(["prdc"], [real], real, real, extractor, samples=30, progress=False)
        assert [score["value"] for score in scores] == pytest.approx([1, 1, scores[2]["value"], 1])
    assert extractor.seen == 4 * 30
    assert not cache.exists()


def test_a_damaged_cache_is_made_anew(cache, corner, pictures, capsys):
    sets, real = [source(pictures(30, seed=1))], pictures(50)
    first = evaluate(["frechet", "prdc"], sets, real, corner())
    files = list(cache.iterdir())
    assert len(files) == 2
    for file in files:
        file.write_bytes(file.read_bytes()[:100])
    extractor = corner()
    assert evaluate(["frechet", "prdc"], sets, real, extractor) == first
    assert extractor.seen == 30 + 50 + 30
    assert capsys.readouterr().err.count("made anew") == 2


class Watched:
    """A source that knows how many of its images are alive when more are asked for."""

    def __init__(self, images):
        self.most, self._alive = 0, []
        inner = evaluation.image_set_source(images)

        def read(start, stop):
            self._alive = [part for part in self._alive if part() is not None]
            self.most = max(self.most, sum(len(part()) for part in self._alive))
            pixels, labels = inner.read(start, stop)
            self._alive.append(weakref.ref(pixels))
            return pixels, labels

        self.source = dataclasses.replace(inner, read=read)


def test_images_do_not_lie_in_memory_together_for_scores_of_features(cache, corner, pictures):
    sets = [Watched(pictures(100, seed=seed, shape=(8, 8, 1))) for seed in (0, 1)]
    generated, real = (one.source for one in sets)
    names = ["score", "frechet"]
    evaluation.compute_scores(names, [generated], real, real, corner(), samples=100, batch_size=10, progress=False)
    assert [one.most for one in sets] == [10, 10]


@pytest.mark.parametrize(
    ("name", "generated", "real"),
    [
        ("score", {"probabilities"}, set()),
        ("frechet", {"moments"}, {"moments"}),
        ("prdc", {"features"}, {"features"}),
        ("modes", {"predictions"}, set()),
        ("intra_class_distance_share", {"images", "labels"}, {"images", "labels"}),
    ],
)
def test_a_score_is_given_what_it_needs_and_no_more(cache, corner, pictures, monkeypatch, name, generated, real):
    seen = []
    watching = dataclasses.replace(METRICS[name], compute=lambda of: seen.append(of) or {"a": 0.0})
    monkeypatch.setitem(METRICS, name, watching)
    evaluate([name], [source(pictures(30))], pictures(50), corner(), pictures(20))
    (of,) = seen
    for sample, needed in ((of.generated, generated), (of.real, real), (of.test, set())):
        given = {*sample.arrays, *(["moments"] if sample.moments.count else [])}
        assert given == needed
    assert (of.generated.count, of.real.count, of.test.count) == (30, 30, 20)


# What can be scored.


@pytest.mark.parametrize(
    ("conditioning", "labelled", "left_out"),
    [
        ("class", True, {"attribute_r2": "labels of the real images are class, not attributes"}),
        (
            "class",
            False,
            {"attribute_r2": "are class", "label_accuracy": "no labels", "intra_class_distance_share": "no"},
        ),
        (
            "attributes",
            True,
            dict.fromkeys(["modes", "label_accuracy", "intra_class_distance_share"], "are attributes, not class"),
        ),
        (
            "none",
            False,
            dict.fromkeys(["modes", "label_accuracy", "attribute_r2", "intra_class_distance_share"], "are none, not"),
        ),
    ],
)
def test_labels_decide_what_applies(corner, conditioning, labelled, left_out):
    found = evaluation.which_apply(corner(), (8, 8, 1), conditioning, 30, labelled, reconstructs=True)
    assert list(found) == list(METRICS)
    assert {name for name, reason in found.items() if reason} == set(left_out)
    for name, reason in left_out.items():
        assert reason in found[name]


def test_outputs_of_the_extractor_decide_what_applies():
    found = evaluation.which_apply(evaluation.Pixels(), (8, 8, 1), "class", 30, True)
    assert found["reconstruction_ssim"] == "there is no encoder to reconstruct images with"
    assert found["score"] == "the extractor pixels gives no probabilities"
    assert found["modes"] == found["label_accuracy"] == "the extractor pixels gives no predictions"
    assert [name for name, reason in found.items() if reason is None] == [
        *("frechet", "kernel", "prdc", "authenticity", "d_star", "intra_class_distance_share", "sliced_wasserstein")
    ]


def test_no_covariance_of_many_pixels(corner):
    for shape, reason in (((64, 64, 1), None), ((65, 64, 1), "the extractor pixels gives more than 4096 features")):
        found = evaluation.which_apply(evaluation.Pixels(), shape, "none", 30, False)
        assert (found["frechet"], found["kernel"]) == (reason, None)
        assert evaluation.which_apply(corner(), shape, "none", 30, False)["frechet"] is None


def test_no_patches_of_images_that_are_smaller():
    for shape, reason in (((7, 9, 1), None), ((9, 6, 1), "images of 9x6 hold no patch of 7 pixels")):
        assert evaluation.which_apply(evaluation.Pixels(), shape, "none", 30, False)["sliced_wasserstein"] == reason


def test_all_that_apply_can_be_taken(cache, corner, pictures):
    """Without labels, as folders of photographs are."""
    images = dataclasses.replace(pictures(40), label=None, label_names=())
    for extractor in (evaluation.Pixels(), corner()):
        found = evaluation.which_apply(extractor, (4, 4, 1), images.conditioning, len(images), False)
        names = [name for name, reason in found.items() if reason is None]
        assert {"frechet", "prdc"} <= set(names)
        scores = evaluate(names, [source(images, seed=1)], images, extractor)
        assert np.all(np.isfinite([score["value"] for score in scores]))


# What is refused.


@pytest.mark.parametrize(
    ("names", "changes", "message"),
    [
        (["fid"], {}, "There is no score 'fid'. There are score, frechet, "),
        (["score"], {}, "score cannot be taken: the extractor pixels gives no probabilities"),
        (["frechet"], {"count": 29}, "There are 29 generated images .*; asked for 30"),
    ],
)
def test_refuses_before_it_reads(cache, pictures, names, changes, message):
    unread = source(pictures(30), read=lambda start, stop: pytest.fail("It was read."), **changes)
    with pytest.raises(ValueError, match=message):
        evaluation.compute_scores(names, [unread], unread, unread, evaluation.Pixels(), samples=30, progress=False)


def test_refuses_samples_without_the_labels_that_a_score_needs(cache, corner, pictures):
    unlabelled = dataclasses.replace(pictures(30), label=None)
    with pytest.raises(ValueError, match="needs labels; the samples 1 of 1 have none"):
        evaluate(["label_accuracy"], [source(unlabelled)], pictures(30), corner())


@pytest.mark.parametrize(
    "labels", [np.arange(30) % 3 + 1, np.arange(30) % 3 - 1, np.arange(30) % 3.0, np.zeros((30, 2), np.int32)]
)
@pytest.mark.parametrize("name", ["label_accuracy", "intra_class_distance_share"])
def test_refuses_labels_that_are_no_classes_of_the_real_images(score, corner, pictures, name, labels):
    labelled = dataclasses.replace(pictures(30), label=labels)
    with pytest.raises(ValueError, match=r"must be integers \[n\] in 0 to 2, the class; received"):
        score([name], labelled, pictures(30), corner())


@pytest.mark.parametrize("labels", [np.zeros(30), np.zeros((30, 3))])
def test_refuses_labels_that_are_not_the_attributes_of_the_real_images(score, corner, labels):
    labelled = dataclasses.replace(attributes(30, 1), label=labels)
    with pytest.raises(ValueError, match=r"must be \[n, 2\], an attribute a column; received"):
        score(["attribute_r2"], labelled, attributes(30, 2), corner(attributes=True))


@pytest.mark.parametrize(("name", "least"), [("score", 10), ("prdc", 6), ("frechet", 2), ("kernel", 2)])
def test_refuses_fewer_samples_than_a_score_is_defined_for(cache, corner, pictures, name, least):
    unread = source(pictures(30), read=lambda start, stop: pytest.fail("It was read."))
    with pytest.raises(
        ValueError, match=f"{name} cannot be taken: it needs {least} samples or more, and there are {least - 1}"
    ):
        evaluation.compute_scores([name], [unread], unread, unread, corner(), samples=least - 1, progress=False)
    images = pictures(least, shape=(1, 1, 1))
    evaluate([name], [source(images)], pictures(30, shape=(1, 1, 1)), corner(), progress=False)


def test_one_score_that_cannot_be_taken_does_not_cost_the_others(cache, pictures, monkeypatch):
    def broken(comparison):
        raise ValueError("out of luck")

    monkeypatch.setitem(METRICS, "prdc", dataclasses.replace(METRICS["prdc"], compute=broken))
    real = pictures(30, shape=(8, 8, 1))
    with pytest.warns(UserWarning, match="prdc could not be taken: out of luck"):
        scores = evaluate(["prdc", "sliced_wasserstein"], [source(real)], real, evaluation.Pixels())
    assert {score["metric"].split("_")[0] for score in scores} == {"sliced"}
    with pytest.raises(ValueError, match="prdc could not be taken: out of luck"):
        evaluate(["prdc"], [source(real)], real, evaluation.Pixels())


def test_refuses_no_sets_at_all(cache, pictures):
    real = source(pictures(30))
    with pytest.raises(ValueError, match="received 0 and 1"):
        evaluation.compute_scores(["frechet"], [], real, real, evaluation.Pixels(), samples=30, progress=False)


@pytest.mark.parametrize("name", ["frechet", "prdc"])
@pytest.mark.parametrize("spoil", [lambda part: np.where(part > 0.5, np.nan, part), lambda part: part[:-1]])
def test_refuses_what_an_extractor_must_not_give(cache, corner, pictures, name, spoil):
    class Broken(corner):
        def __call__(self, images):
            outputs = super().__call__(images)
            return {**outputs, "features": spoil(outputs["features"])}

    with pytest.raises(ValueError, match="extractor corner must give finite features of 30 images; received"):
        evaluate([name], [source(pictures(30, seed=1))], pictures(30), Broken())
    assert not cache.exists()


def test_refuses_a_covariance_of_too_many_features(cache, pictures):
    images = pictures(6, shape=(65, 64, 1))
    with pytest.raises(ValueError, match="pixels gives 4160 features; a covariance is taken of 4096 at most"):
        evaluate(["frechet"], [source(images)], images, evaluation.Pixels())


def test_refuses_a_share_of_nothing(score, pictures):
    images = pictures(3)
    with pytest.raises(ValueError, match="a class with two samples and two real images; there is none among 3 and 3"):
        score(["intra_class_distance_share"], images, images, evaluation.Pixels())
    flat = dataclasses.replace(pictures(6), image=np.zeros((6, 4, 4, 1), np.uint8))
    with pytest.raises(ValueError, match="All real images of a class are the same"):
        score(["intra_class_distance_share"], flat, flat, evaluation.Pixels())


@pytest.mark.parametrize("name", ["kernel", "prdc", "sliced_wasserstein"])
def test_constant_images_have_a_finite_score_and_a_warning(score, pictures, name):
    real = pictures(80, shape=(8, 8, 1))
    flat = dataclasses.replace(real, image=np.full_like(real.image, 9))
    with pytest.warns(UserWarning, match="same"):
        found = score([name], flat, real, evaluation.Pixels())
    assert np.all(np.isfinite(list(found.values())))


def test_frechet_distance_of_constant_images_by_hand(score, pictures):
    real = pictures(80)
    flat = dataclasses.replace(real, image=np.full_like(real.image, 9))
    pixels = real.unit_images.reshape(80, -1).astype(np.float64)
    expected = np.sum((pixels.mean(axis=0) - (9 / 127.5 - 1)) ** 2) + pixels.var(axis=0, ddof=1).sum()
    assert score(["frechet"], flat, real, evaluation.Pixels())["frechet/pixels"] == pytest.approx(expected, rel=1e-6)
