"""The engine of all scores: what each score needs, one pass over the images for all of them, and their protocol."""

import dataclasses
import functools
import hashlib
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import tqdm

import tfgans
from tfgans import data, metrics
from tfgans.choices import Conditioning, suggestion
from tfgans.data.cache import cached_arrays
from tfgans.evaluation.extractor import Extractor, Outputs
from tfgans.evaluation.scores_file import Score, score
from tfgans.evaluation.sources import Reconstruct, Source
from tfgans.metrics.structural_similarity import Window

_NEIGHBOUR = 5
_SPLITS = 10
_BLOCK = 1024
_D_STAR_THRESHOLDS = (0.9, 0.95, 0.97)
_RETRAININGS = 5
_PATCH_SIZE = 7
_WASSERSTEIN = {"most_images": 8_192, "patch_size": _PATCH_SIZE, "patches_per_image": 64, "projections": 512}
# The covariance of more features than these takes gigabytes, and its eigenvalues hours.
_MOST_FEATURES = 4_096
_BYTES = 255
_PART = 256

Need = Literal["images", "labels", "features", "probabilities", "predictions", "moments"]
"""Part of a set of images: uint8 images [n, H, W, C]; their labels [n] or [n, K]; an output of the extractor, as in
`Outputs`; or the moments of the features."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """The parts of a set of images that the chosen scores need; `sample["features"]` is one of its arrays.

    Attributes:
        count: Number of images.
        arrays: The parts by name, without the moments.
        moments: Moments of the features; empty if no score needs them.
    """

    count: int
    arrays: Mapping[str, np.ndarray]
    moments: metrics.Moments

    def __getitem__(self, need: Need) -> np.ndarray:
        return self.arrays[need]

    @functools.cached_property
    def neighbourhoods(self) -> metrics.Neighbourhoods:
        """The neighbourhoods of the features, made once for all sets that are compared with them."""
        return metrics.Neighbourhoods(self["features"], _NEIGHBOUR)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Samples of one seed beside the real images.

    Attributes:
        generated: The samples.
        real: Real images. Their moments are those of all real images, and all other parts have as many as samples.
        learned: Outputs of the extractor of all images that the samples' model has learned from.
        mirrored: The same of their mirror images, in their order; None if the model has not learned these.
        test: The test split: outputs of the extractor of all its images, and at most as many images as samples.
        label_names: Names of the classes or attributes.
        authenticity_of_test: Returns the authenticity of the test split, which is the same for all sets.
        seed: Number of the set of samples.
        reconstruct: Reconstructions of images by the model that made the samples; None without an encoder.
    """

    generated: Sample
    real: Sample
    learned: Sample
    mirrored: Sample | None
    test: Sample
    label_names: tuple[str, ...]
    authenticity_of_test: Callable[[], float]
    seed: int
    reconstruct: Reconstruct | None

    def reconstruction_similarity(self, value_range: float, window: Window = "gaussian") -> float:
        """Returns the mean structural similarity of test images, as many as samples, and their reconstructions."""
        if self.reconstruct is None:
            raise ValueError(_NO_ENCODER)
        images = self.test["images"][: self.generated.count]
        # The similarity of images takes fifty times their memory.
        parts = (images[start : start + _PART] for start in range(0, len(images), _PART))
        similarities = [metrics.ssim(part, self.reconstruct(part), value_range, window) for part in parts]
        return float(np.mean(np.concatenate(similarities)))


@dataclasses.dataclass(frozen=True)
class Metric:
    """A score, or several scores of one computation.

    Attributes:
        compute: Returns the scores by name.
        generated: Parts of the samples that it needs.
        real: Parts of the real images that it needs.
        learned: Parts of the learned images that it needs; a score of the moments needs them in `real`.
        test: Parts of the test split that it needs.
        protocol: Settings that its protocol names.
        labels: Kind of labels that it needs; None for any, or none.
        extractor: Name in place of the extractor's, for scores that are defined on pixels.
        least_pixels: Shortest edge of the images.
        least_samples: Fewest samples.
        reconstructs: Whether it scores reconstructions, which need an encoder.
    """

    compute: Callable[[Comparison], Mapping[str, float]]
    generated: tuple[Need, ...] = ()
    real: tuple[Need, ...] = ()
    learned: tuple[Need, ...] = ()
    test: tuple[Need, ...] = ()
    protocol: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    labels: Conditioning | None = None
    extractor: str | None = None
    least_pixels: int = 1
    least_samples: int = 2
    reconstructs: bool = False

    @property
    def outputs(self) -> set[str]:
        """Outputs of the extractor that it needs."""
        return _outputs((*self.generated, *self.real, *self.learned, *self.test))


_NO_ENCODER = "there is no encoder to reconstruct images with"


def _outputs(needs: Iterable[Need]) -> set[str]:
    """Returns the outputs of the extractor from which these parts are made."""
    outputs: set[str] = {"features" if need == "moments" else need for need in needs}
    return outputs - {"images", "labels"}


def _score(of: Comparison) -> dict[str, float]:
    score = metrics.inception_score(of.generated["probabilities"], _SPLITS)
    return {"score": score.mean, "score_std_of_splits": score.std}


def _frechet(of: Comparison) -> dict[str, float]:
    return {"frechet": metrics.frechet_distance(of.real.moments, of.generated.moments)}


def _kernel(of: Comparison) -> dict[str, float]:
    mean, error = metrics.kernel_distance(of.real["features"], of.generated["features"], _BLOCK)
    return {"kernel": mean} if error is None else {"kernel": mean, "kernel_standard_error": error}


def _prdc(of: Comparison) -> dict[str, float]:
    return metrics.prdc(of.real.neighbourhoods, of.generated["features"])._asdict()


def _authenticity(of: Comparison) -> dict[str, float]:
    share = _authenticity_beside(of.learned, of.mirrored, of.generated)
    return {"authenticity": share, "authenticity_of_test": of.authenticity_of_test()}


def _authenticity_beside(learned: Sample, mirrored: Sample | None, samples: Sample) -> float:
    turned = None if mirrored is None else mirrored["features"]
    return metrics.authenticity(learned["features"], samples["features"], turned)


def _modes(of: Comparison) -> dict[str, float]:
    coverage = metrics.class_coverage(of.generated["predictions"], len(of.label_names))
    return {"modes": coverage.modes, "reverse_kl": coverage.reverse_kl}


def _d_star(of: Comparison) -> dict[str, float]:
    features = (sample["features"] for sample in (of.real, of.generated, of.test))
    # The trainings of each set have seeds of their own.
    first = of.seed * _RETRAININGS
    score = metrics.d_star_score(*features, thresholds=_D_STAR_THRESHOLDS, retrainings=_RETRAININGS, seed=first)
    return {f"d_star_{threshold}": mean for threshold, mean in score.mean.items()}


def _sliced_wasserstein(of: Comparison) -> dict[str, float]:
    options = dict(_WASSERSTEIN)
    count = min(of.real.count, of.generated.count, options.pop("most_images"))
    real, generated = (data.unit_images(sample["images"][:count]) for sample in (of.real, of.generated))
    distances = metrics.sliced_wasserstein_distance(real, generated, seed=of.seed, **options)
    return {f"sliced_wasserstein_{level}": distance for level, distance in distances.items()}


def _label_accuracy(of: Comparison) -> dict[str, float]:
    return {"label_accuracy": metrics.label_accuracy(of.generated["predictions"], of.generated["labels"])}


def _intra_class_distance(of: Comparison) -> dict[str, float]:
    def repeated(sample: Sample) -> np.ndarray:
        labels, counts = np.unique(sample["labels"], return_counts=True)
        return labels[counts > 1]

    # A rare class may have a single image among those that are compared.
    classes = np.intersect1d(repeated(of.generated), repeated(of.real))
    if len(classes) == 0:
        raise ValueError(
            f"A distance inside a class needs a class with two samples and two real images; there is none among "
            f"{of.generated.count} and {of.real.count}."
        )
    distances = []
    for sample in (of.generated, of.real):
        rows = np.isin(sample["labels"], classes)
        images = data.unit_images(sample["images"][rows])
        distances.append(metrics.intra_class_distance(images, sample["labels"][rows]))
    if distances[1] == 0:
        raise ValueError("All real images of a class are the same; there is no share of the distance between them.")
    return {"intra_class_distance_share": distances[0] / distances[1]}


def _attribute_r2(of: Comparison) -> dict[str, float]:
    # A judge reads some attributes badly, and no generator can have more than real images have.
    real = of.test["labels"]
    pairs = {
        "attribute_r2": (of.generated["predictions"], of.generated["labels"]),
        "attribute_r2_of_test": (of.test["predictions"][: len(real)], real),
    }
    return {
        f"{score}/{name}": value
        for score, pair in pairs.items()
        for name, value in zip(of.label_names, metrics.attribute_r2(*pair), strict=True)
    }


def _reconstruction_ssim(of: Comparison) -> dict[str, float]:
    return {"reconstruction_ssim": of.reconstruction_similarity(_BYTES)}


def _reconstruction_ssim_legacy(of: Comparison) -> dict[str, float]:
    return {"reconstruction_ssim_legacy": of.reconstruction_similarity(metrics.LEGACY_RANGE, "uniform")}


METRICS: dict[str, Metric] = {
    "score": Metric(_score, ("probabilities",), protocol={"splits": _SPLITS}, least_samples=_SPLITS),
    "frechet": Metric(_frechet, ("moments",), ("moments",)),
    "kernel": Metric(_kernel, ("features",), ("features",), protocol={"most_in_a_block": _BLOCK}),
    "prdc": Metric(_prdc, ("features",), ("features",), protocol={"k": _NEIGHBOUR}, least_samples=_NEIGHBOUR + 1),
    "authenticity": Metric(_authenticity, ("features",), learned=("features",), test=("features",)),
    "modes": Metric(_modes, ("predictions",), labels="class"),
    "d_star": Metric(_d_star, ("features",), ("features",), test=("features",), protocol={"retrainings": _RETRAININGS}),
    "label_accuracy": Metric(_label_accuracy, ("predictions", "labels"), labels="class"),
    "attribute_r2": Metric(
        _attribute_r2, ("predictions", "labels"), test=("predictions", "labels"), labels="attributes"
    ),
    "intra_class_distance_share": Metric(
        _intra_class_distance, ("images", "labels"), ("images", "labels"), labels="class", extractor="pixels"
    ),
    "sliced_wasserstein": Metric(
        _sliced_wasserstein,
        ("images",),
        ("images",),
        protocol=_WASSERSTEIN,
        extractor="pixels",
        least_pixels=_PATCH_SIZE,
    ),
    "reconstruction_ssim": Metric(
        _reconstruction_ssim,
        test=("images",),
        protocol={"value_range": _BYTES, "window": "gaussian"},
        extractor="pixels",
        reconstructs=True,
    ),
    "reconstruction_ssim_legacy": Metric(
        _reconstruction_ssim_legacy,
        test=("images",),
        protocol={"value_range": metrics.LEGACY_RANGE, "window": "uniform"},
        extractor="pixels",
        least_pixels=metrics.UNIFORM_SIZE,
        reconstructs=True,
    ),
}
"""All scores by name."""


def which_apply(
    extractor: Extractor,
    image_shape: Sequence[int],
    conditioning: str,
    samples: int,
    labelled: bool,
    reconstructs: bool = False,
) -> dict[str, str | None]:
    """Returns for each score None, or the reason why it cannot be taken.

    Args:
        extractor: The extractor.
        image_shape: (height, width, channels).
        conditioning: Kind of the labels of the real images: `class`, `attributes` or `none`.
        samples: Images in a set of samples.
        labelled: Whether the samples have labels.
        reconstructs: Whether the model that makes the samples has an encoder.
    """

    def reason(metric: Metric) -> str | None:
        if reason := _unsupported(metric, extractor, samples, reconstructs):
            return reason
        if metric.labels not in (None, conditioning):
            return f"the labels of the real images are {conditioning}, not {metric.labels}"
        if "moments" in metric.generated and (extractor.feature_count(image_shape) or 0) > _MOST_FEATURES:
            return f"the extractor {extractor.name} gives more than {_MOST_FEATURES} features"
        if metric.least_pixels > min(image_shape[:2]):
            return f"images of {image_shape[0]}x{image_shape[1]} hold no patch of {metric.least_pixels} pixels"
        if "labels" in metric.generated and not labelled:
            return "the samples have no labels"
        return None

    return {name: reason(metric) for name, metric in METRICS.items()}


def _unsupported(metric: Metric, extractor: Extractor, samples: int, reconstructs: bool) -> str | None:
    """Returns the reason why the extractor, the samples or the model cannot give what a score needs, if any."""
    if samples < metric.least_samples:
        return f"it needs {metric.least_samples} samples or more, and there are {samples}"
    if missing := metric.outputs - extractor.provides:
        return f"the extractor {extractor.name} gives no {' and no '.join(sorted(missing))}"
    return _NO_ENCODER if metric.reconstructs and not reconstructs else None


def compute_scores(
    names: Sequence[str],
    generated: Sequence[Source],
    real: Source,
    test: Source,
    extractor: Extractor,
    *,
    samples: int,
    learned: Source | None = None,
    mirrored: Source | None = None,
    label_names: tuple[str, ...] = (),
    batch_size: int = 256,
    progress: bool = True,
) -> list[Score]:
    """Computes scores.

    Args:
        names: Names of the scores, keys of `METRICS` that apply.
        generated: Sets of samples, one a seed.
        real: Real images to compare with.
        test: Other real images, on which D* is tested.
        extractor: The extractor.
        samples: Number of images of each set that are scored.
        learned: Real images that the samples' model has learned from; by default `real`.
        mirrored: The mirror images of `learned` in the same order, if the model has learned these too.
        label_names: Names of the classes or attributes; scores of classes and labels need them.
        batch_size: Number of images that are read at a time. Scores do not depend on it, up to rounding.
        progress: Whether to show progress bars.

    Returns:
        The scores, as in `score`, with the values of all sets. A score that cannot be computed for a set is left out
        with a warning that says why.

    Raises:
        ValueError: If a score is unknown, or the extractor or `samples` do not suffice for it; if there is no set, or
            one has fewer images than `samples`, or other labels than a score needs; if an output of the extractor is
            not finite; or if no score can be computed.
    """
    chosen = _chosen(names, generated, extractor, samples)
    for source in generated:
        if source.count < samples:
            raise ValueError(f"There are {source.count} generated images ({source.protocol}); asked for {samples}.")

    def needed(part: Literal["generated", "real", "learned", "test"]) -> set[Need]:
        return {need for metric in chosen.values() for need in getattr(metric, part)}

    reader = _Reader(extractor, batch_size, progress)
    learned = learned or real
    compared = reader.read_real(real, samples, needed("real"), samples)
    trained = reader.read_real(learned, learned.count, needed("learned"), samples)
    turned = None if mirrored is None else reader.read_real(mirrored, mirrored.count, needed("learned"), samples)
    tested = reader.read_real(test, test.count, needed("test"), samples)
    # It takes as long as that of a set of samples.
    of_test = functools.cache(lambda: _authenticity_beside(trained, turned, tested))
    values: dict[str, dict[str, list[float]]] = {name: {} for name in chosen}
    failures: dict[str, str] = {}
    for number, source in enumerate(generated):
        sample = reader.read(source, samples, needed("generated"), f"samples {number + 1} of {len(generated)}")
        for kind in {metric.labels for metric in chosen.values() if "labels" in metric.generated}:
            _check_labels(sample["labels"], kind, label_names)
        comparison = Comparison(
            sample, compared, trained, turned, tested, label_names, of_test, seed=number, reconstruct=source.reconstruct
        )
        for name, metric in chosen.items():
            try:
                computed = metric.compute(comparison)
            except ValueError as error:
                failures[name] = f"{name} could not be taken: {error}"
                continue
            for key, value in computed.items():
                values[name].setdefault(key, []).append(float(value))
    if len(failures) == len(chosen):
        raise ValueError(" ".join(failures.values()))
    for failure in failures.values():
        warnings.warn(failure, stacklevel=2)
    return [
        score(
            f"{extractor.score_names.get(key, key)}/{chosen[name].extractor or extractor.name}",
            of_sets,
            _protocol(chosen[name], generated, learned if chosen[name].learned else real, test, extractor, samples),
        )
        for name, scores in values.items()
        for key, of_sets in scores.items()
        if name not in failures
    ]


def _chosen(names: Sequence[str], generated: Sequence[Source], extractor: Extractor, samples: int) -> dict[str, Metric]:
    """Returns the metrics of some names, after all checks that need no images."""
    for name in names:
        if name not in METRICS:
            raise ValueError(f"There is no score {name!r}. {suggestion(name, METRICS)}")
        encoders = all(source.reconstruct is not None for source in generated)
        if reason := _unsupported(METRICS[name], extractor, samples, encoders):
            raise ValueError(f"{name} cannot be taken: {reason}.")
    if not generated or not names:
        raise ValueError(f"Expected sets of samples and names of scores; received {len(generated)} and {len(names)}.")
    return {name: METRICS[name] for name in names}


def _check_labels(labels: np.ndarray, kind: Conditioning | None, names: Sequence[str]) -> None:
    """Raises ValueError unless the labels of samples are of the kind that the real images have."""
    if kind == "attributes":
        fit, expected = labels.ndim == 2 and labels.shape[1] == len(names), f"[n, {len(names)}], an attribute a column"
    else:
        fit = labels.ndim == 1 and np.issubdtype(labels.dtype, np.integer)
        fit = fit and labels.min() >= 0 and labels.max() < len(names)
        expected = f"integers [n] in 0 to {len(names) - 1}, the class"
    if not fit:
        raise ValueError(
            f"Labels of the samples must be {expected}; received {labels.dtype} {labels.shape}, {labels.min()} to "
            f"{labels.max()}."
        )


def _protocol(
    metric: Metric, generated: Sequence[Source], real: Source, test: Source, extractor: Extractor, samples: int
) -> dict[str, Any]:
    protocol = {**real.protocol, "data_hash": real.fingerprint}
    if metric.real or metric.learned:
        protocol["real_images"] = real.count if "moments" in metric.real or metric.learned else min(samples, real.count)
    if metric.test:
        protocol |= {"test_split": test.protocol.get("split"), "test_hash": test.fingerprint, "test_images": test.count}
    protocol |= {**_merged([source.protocol for source in generated]), "samples": samples, "pixels": "uint8"}
    if metric.outputs:
        protocol |= {"extractor": extractor.name, "extractor_hash": extractor.fingerprint, **extractor.protocol}
    return {**protocol, **metric.protocol}


def _merged(protocols: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Merges the protocols of the sets: an entry is one value if all sets have the same, else a list."""
    columns = {name: [protocol[name] for protocol in protocols] for name in protocols[0]}
    return {name: values[0] if values.count(values[0]) == len(values) else values for name, values in columns.items()}


@dataclasses.dataclass(frozen=True)
class _Reader:
    """Reads sources once for all scores."""

    extractor: Extractor
    batch_size: int
    progress: bool

    def read_real(self, source: Source, count: int, needs: set[Need], samples: int) -> Sample:
        """Reads real images. Outputs of the extractor come from the cache, since they are the same for all samples.

        No score needs more of the images themselves, or of their labels, than there are samples.
        """
        count = min(count, source.count)
        direct: set[Need] = needs & {"images", "labels"}
        arrays = dict(self.read(source, min(count, samples), direct, "real images").arrays) if direct else {}
        moments = metrics.Moments()
        for need in sorted(needs - direct):
            if need == "moments":
                stored = self._cached(source, source.count, need)
                moments = metrics.Moments.restore(int(stored["count"]), stored["mean"], stored["covariance"])
            else:
                arrays |= self._cached(source, count, need)
        return Sample(count, arrays, moments)

    def _cached(self, source: Source, count: int, need: Need) -> dict[str, np.ndarray]:
        """Returns one part of real images as arrays, from the cache if that spares work and they have a fingerprint."""

        def make() -> dict[str, np.ndarray]:
            sample = self.read(source, count, {need}, f"{need} of real images")
            if need != "moments":
                return dict(sample.arrays)
            moments = sample.moments
            return {"count": np.array(moments.count), "mean": moments.mean, "covariance": moments.covariance}

        if source.fingerprint is None or (need != "moments" and not self.extractor.is_costly):
            return make()
        # Two extractors may use one SavedModel under different names, and another version may resize differently.
        made_by = f"{self.extractor.name} {self.extractor.fingerprint} {tfgans.__version__}".encode()
        return cached_arrays(f"{need}-{count}-{source.fingerprint}-{hashlib.sha256(made_by).hexdigest()[:12]}", make)

    def _extracted(self, images: np.ndarray, needs: set[Need]) -> Outputs:
        """Runs the extractor, and checks the outputs that are needed."""
        outputs = self.extractor.shared(images)
        for name in _outputs(needs):
            values = np.asarray(outputs[name])
            if len(values) != len(images) or not np.isfinite(values).all():
                raise ValueError(
                    f"The extractor {self.extractor.name} must give finite {name} of {len(images)} images; received "
                    f"{values.shape}, {np.sum(~np.isfinite(values))} of them not finite."
                )
        if "moments" in needs and (size := outputs["features"].shape[1]) > _MOST_FEATURES:
            raise ValueError(
                f"The extractor {self.extractor.name} gives {size} features; a covariance is taken of "
                f"{_MOST_FEATURES} at most. Take an extractor with fewer."
            )
        return outputs

    def read(self, source: Source, count: int, needs: set[Need], title: str) -> Sample:
        """Reads the first `count` images once, if any part is needed, and keeps only these parts."""
        arrays: dict[str, np.ndarray] = {}
        moments = metrics.Moments()
        if not needs:
            return Sample(count, arrays, moments)
        with tqdm.tqdm(total=count, desc=title, unit="image", disable=not self.progress, delay=1) as bar:
            for start in range(0, count, self.batch_size):
                images, labels = source.read(start, min(start + self.batch_size, count))
                batch = {"images": images}
                if labels is not None:
                    batch["labels"] = labels
                elif "labels" in needs:
                    raise ValueError(f"A score that was asked for needs labels; the {title} have none.")
                if _outputs(needs):
                    batch |= self._extracted(images, needs)
                for name in needs - {"moments"}:
                    if name not in arrays:
                        arrays[name] = _room((count, *batch[name].shape[1:]), batch[name].dtype)
                    arrays[name][start : start + len(images)] = batch[name]
                if "moments" in needs:
                    moments.update(batch["features"])
                bar.update(len(images))
        return Sample(count, arrays, moments)


def _room(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Returns an empty array, in memory or, if it is too large for that, in a temporary file."""
    if data.fits_memory(shape, dtype):
        return np.empty(shape, dtype)
    # The map keeps the file, which has no name, until the array is gone.
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype, "w+", shape=shape)
