"""One engine for all scores: what each needs, one pass over the images for all of them, and their protocol."""

import dataclasses
import hashlib
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tqdm

import tfgans
from tfgans import data, metrics
from tfgans.evaluation.cache import cached_arrays
from tfgans.evaluation.extractor import Extractor, Outputs
from tfgans.evaluation.scores_file import Score, score
from tfgans.evaluation.sources import Reconstruct, Source

_NEIGHBOUR = 5
_SPLITS = 10
_BLOCK = 1024
_D_STAR_THRESHOLDS = (0.9, 0.95, 0.97)
_WASSERSTEIN = {"most_images": 8_192, "patch_size": 7, "patches_per_image": 64, "projections": 512}
# The covariance of more features than these takes gigabytes, and its eigenvalues hours.
_MOST_FEATURES = 4_096
_BYTES = 255


@dataclasses.dataclass
class Sample:
    """What the scores need of one set of images; None where no score that was asked for needs it.

    Attributes:
        count: Number of images.
        images: uint8 [n, H, W, C].
        labels: [n] or [n, K], what they were conditioned on.
        features: Floating [n, D].
        probabilities: Floating [n, K].
        predictions: Labels that the extractor reads off the images.
        moments: Moments of the features.
    """

    count: int
    images: np.ndarray | None = None
    labels: np.ndarray | None = None
    features: np.ndarray | None = None
    probabilities: np.ndarray | None = None
    predictions: np.ndarray | None = None
    moments: metrics.Moments | None = None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Samples of one seed beside the real images.

    Attributes:
        generated: The samples.
        real: Real images; their moments are of all of them, everything else of as many as samples.
        test: All images of the test split, where a score needs them.
        label_names: Names of the classes or attributes.
        seed: Number of the set of samples.
        reconstruct: Reconstructions of images by the model that made the samples, where it has an encoder.
    """

    generated: Sample
    real: Sample
    test: Sample | None
    label_names: tuple[str, ...]
    seed: int
    reconstruct: Reconstruct | None = None


@dataclasses.dataclass(frozen=True)
class Metric:
    """A score, or several that come together.

    Attributes:
        compute: Scores by name.
        generated: Fields of `Sample` that it needs of the samples.
        real: Fields that it needs of the real images.
        test: Fields that it needs of the test split.
        protocol: How it is taken.
        labels: What the labels must be: `class`, `attributes`, or either (None).
        extractor: The name of the extractor, for those that are of pixels by definition.
        least_pixels: Shortest edge that images may have.
        least_samples: Fewest samples that it is defined for.
        reconstructs: Whether it is of reconstructions, which need an encoder.
    """

    compute: Callable[[Comparison], Mapping[str, float]]
    generated: frozenset[str]
    real: frozenset[str] = frozenset()
    test: frozenset[str] = frozenset()
    protocol: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    labels: str | None = None
    extractor: str | None = None
    least_pixels: int = 1
    least_samples: int = 2
    reconstructs: bool = False

    @property
    def outputs(self) -> frozenset[str]:
        """What the extractor must provide."""
        needs = self.generated | self.real | self.test
        return (needs & {"features", "probabilities", "predictions"}) | ({"features"} if "moments" in needs else set())


def _score(of: Comparison) -> dict[str, float]:
    score = metrics.inception_score(of.generated.probabilities, _SPLITS)
    return {"score": score.mean, "score_std_of_splits": score.std}


def _frechet(of: Comparison) -> dict[str, float]:
    return {"frechet": metrics.frechet_distance(of.real.moments, of.generated.moments)}


def _kernel(of: Comparison) -> dict[str, float]:
    mean, error = metrics.kernel_distance(of.real.features, of.generated.features, _BLOCK)
    return {"kernel": mean} if error is None else {"kernel": mean, "kernel_standard_error": error}


def _prdc(of: Comparison) -> dict[str, float]:
    return metrics.prdc(of.real.features, of.generated.features, _NEIGHBOUR)._asdict()


def _modes(of: Comparison) -> dict[str, float]:
    coverage = metrics.class_coverage(of.generated.predictions, len(of.label_names))
    return {"modes": coverage.modes, "reverse_kl": coverage.reverse_kl}


def _d_star(of: Comparison) -> dict[str, float]:
    score = metrics.d_star_score(
        of.real.features, of.generated.features, of.test.features, thresholds=_D_STAR_THRESHOLDS, seed=of.seed
    )
    return {f"d_star_{threshold}": mean for threshold, mean in score.mean.items()}


def _sliced_wasserstein(of: Comparison) -> dict[str, float]:
    options = dict(_WASSERSTEIN)
    count = min(of.real.count, of.generated.count, options.pop("most_images"))
    pair = (data.unit_images(sample.images[:count]) for sample in (of.real, of.generated))
    distances = metrics.sliced_wasserstein_distance(*pair, seed=of.seed, **options)
    return {f"sliced_wasserstein_{level}": distance for level, distance in distances.items()}


def _label_accuracy(of: Comparison) -> dict[str, float]:
    return {"label_accuracy": metrics.label_accuracy(of.generated.predictions, of.generated.labels)}


def _intra_class_distance(of: Comparison) -> dict[str, float]:
    # A rare class may have one image only among those that are compared.
    pairs = [np.unique(sample.labels, return_counts=True) for sample in (of.generated, of.real)]
    classes = np.intersect1d(*(labels[counts > 1] for labels, counts in pairs))
    if len(classes) == 0:
        raise ValueError(
            f"A distance inside a class needs a class with two samples and two real images; there is none among "
            f"{of.generated.count} and {of.real.count}."
        )
    distances = []
    for sample in (of.generated, of.real):
        rows = np.isin(sample.labels, classes)
        distances.append(metrics.intra_class_distance(data.unit_images(sample.images[rows]), sample.labels[rows]))
    if distances[1] == 0:
        raise ValueError("All real images of a class are the same; there is no share of the distance between them.")
    return {"intra_class_distance_share": distances[0] / distances[1]}


def _attribute_r2(of: Comparison) -> dict[str, float]:
    values = metrics.attribute_r2(of.generated.predictions, of.generated.labels)
    return {f"attribute_r2/{name}": value for name, value in zip(of.label_names, values, strict=True)}


def _reconstruction_ssim(of: Comparison) -> dict[str, float]:
    images = of.test.images[: of.generated.count]
    return {"reconstruction_ssim": float(np.mean(metrics.ssim(images, of.reconstruct(images), _BYTES)))}


def _reconstruction_ssim_legacy(of: Comparison) -> dict[str, float]:
    images = of.test.images[: of.generated.count]
    similarities = metrics.ssim(images, of.reconstruct(images), metrics.LEGACY_RANGE, "uniform")
    return {"reconstruction_ssim_legacy": float(np.mean(similarities))}


def _needs(*fields: str) -> frozenset[str]:
    return frozenset(fields)


METRICS: dict[str, Metric] = {
    "score": Metric(_score, _needs("probabilities"), protocol={"splits": _SPLITS}, least_samples=_SPLITS),
    "frechet": Metric(_frechet, _needs("moments"), _needs("moments")),
    "kernel": Metric(_kernel, _needs("features"), _needs("features"), protocol={"most_in_a_block": _BLOCK}),
    "prdc": Metric(
        _prdc, _needs("features"), _needs("features"), protocol={"k": _NEIGHBOUR}, least_samples=_NEIGHBOUR + 1
    ),
    "modes": Metric(_modes, _needs("predictions"), labels="class"),
    "d_star": Metric(_d_star, _needs("features"), _needs("features"), _needs("features"), {"retrainings": 5}),
    "label_accuracy": Metric(_label_accuracy, _needs("predictions", "labels"), labels="class"),
    "attribute_r2": Metric(_attribute_r2, _needs("predictions", "labels"), labels="attributes"),
    "intra_class_distance_share": Metric(
        _intra_class_distance,
        _needs("images", "labels"),
        _needs("images", "labels"),
        labels="class",
        extractor="pixels",
    ),
    "sliced_wasserstein": Metric(
        _sliced_wasserstein,
        _needs("images"),
        _needs("images"),
        protocol=_WASSERSTEIN,
        extractor="pixels",
        least_pixels=_WASSERSTEIN["patch_size"],
    ),
    "reconstruction_ssim": Metric(
        _reconstruction_ssim,
        frozenset(),
        test=_needs("images"),
        protocol={"value_range": _BYTES, "window": "gaussian"},
        extractor="pixels",
        reconstructs=True,
    ),
    "reconstruction_ssim_legacy": Metric(
        _reconstruction_ssim_legacy,
        frozenset(),
        test=_needs("images"),
        protocol={"value_range": metrics.LEGACY_RANGE, "window": "uniform"},
        extractor="pixels",
        least_pixels=7,
        reconstructs=True,
    ),
}
"""All scores, by the name that they are asked for with."""


def which_apply(
    extractor: Extractor, image_shape: Sequence[int], conditioning: str, labelled: bool, reconstructs: bool = False
) -> dict[str, str | None]:
    """For each score None, or why it cannot be taken.

    Args:
        extractor: The extractor.
        image_shape: (height, width, channels).
        conditioning: What labels of the real images are: `class`, `attributes` or `none`.
        labelled: Whether the samples have labels.
        reconstructs: Whether they are of a model with an encoder.
    """

    def reason(metric: Metric) -> str | None:
        if missing := metric.outputs - extractor.provides:
            return f"the extractor {extractor.name} gives no {' and no '.join(sorted(missing))}"
        if metric.labels not in (None, conditioning):
            return f"the labels of the real images are {conditioning}, not {metric.labels}"
        if "moments" in metric.generated and (extractor.feature_count(image_shape) or 0) > _MOST_FEATURES:
            return f"the extractor {extractor.name} gives more than {_MOST_FEATURES} features"
        if metric.least_pixels > min(image_shape[:2]):
            return f"images of {image_shape[0]}x{image_shape[1]} hold no patch of {metric.least_pixels} pixels"
        if "labels" in metric.generated and not labelled:
            return "the samples have no labels"
        if metric.reconstructs and not reconstructs:
            return "there is no encoder to reconstruct images with"
        return None

    return {name: reason(metric) for name, metric in METRICS.items()}


def compute_scores(
    names: Sequence[str],
    generated: Sequence[Source],
    real: Source,
    test: Source,
    extractor: Extractor,
    *,
    samples: int,
    label_names: tuple[str, ...] = (),
    batch_size: int = 256,
    progress: bool = True,
) -> list[Score]:
    """Takes scores.

    Args:
        names: Scores to take, keys of `METRICS` that apply.
        generated: Sets of samples, one a seed.
        real: Real images to compare with.
        test: Other real images, which D* is tested on.
        extractor: The extractor.
        samples: Images of each set that are scored.
        label_names: Names of the classes or attributes; scores of classes and labels need them.
        batch_size: Images that are read at a time. No score depends on it, but for rounding.
        progress: Whether to show progress bars.

    Returns:
        Objects with `metric`, its name and that of its extractor; `value`, the mean over sets; `spread`, their
        standard deviation, or None where there is one set; and `protocol`.

    Raises:
        ValueError: If a score is unknown, or the extractor or `samples` are not enough for it; if there is no set, or
            one holds fewer images than `samples`, or other labels than a score needs; if an output of the extractor
            is not finite; or if no score could be taken. One that cannot be, while others can, is left out with a
            warning that says why.
    """
    chosen = _chosen(names, generated, extractor, samples)
    for source in generated:
        if source.count is not None and source.count < samples:
            raise ValueError(f"There are {source.count} generated images ({source.protocol}); asked for {samples}.")
    reader = _Reader(extractor, batch_size, progress)
    compared = reader.real(real, samples, _union(metric.real for metric in chosen.values()))
    tested = reader.real(test, test.count, _union(metric.test for metric in chosen.values()))
    needs = _union(metric.generated for metric in chosen.values())
    values: dict[str, dict[str, list[float]]] = {name: {} for name in chosen}
    failures: dict[str, str] = {}
    for number, source in enumerate(generated):
        sample = reader.read(source, samples, needs, f"samples {number + 1} of {len(generated)}")
        for kind in {metric.labels for metric in chosen.values() if "labels" in metric.generated}:
            _check_labels(sample.labels, kind, label_names)
        comparison = Comparison(sample, compared, tested, label_names, number, source.reconstruct)
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
            each,
            _protocol(chosen[name], generated, real, test, compared, extractor, samples),
        )
        for name, scores in values.items()
        for key, each in scores.items()
        if name not in failures
    ]


def _chosen(names: Sequence[str], generated: Sequence[Source], extractor: Extractor, samples: int) -> dict[str, Metric]:
    """The metrics of some names, checked as far as is possible before the work."""
    for name in names:
        if name not in METRICS:
            raise ValueError(f"Scores are {', '.join(METRICS)}; received {name!r}.")
        if missing := METRICS[name].outputs - extractor.provides:
            raise ValueError(f"{name} needs {' and '.join(sorted(missing))}, which {extractor.name} does not give.")
        if METRICS[name].reconstructs and not all(source.reconstruct for source in generated):
            raise ValueError(f"{name} needs an encoder to reconstruct images with; there is none.")
        if samples < METRICS[name].least_samples:
            raise ValueError(f"{name} needs {METRICS[name].least_samples} samples or more; received {samples}.")
    if not generated or not names:
        raise ValueError(f"Expected sets of samples and names of scores; received {len(generated)} and {len(names)}.")
    return {name: METRICS[name] for name in names}


def _check_labels(labels: np.ndarray, kind: str, names: Sequence[str]) -> None:
    """Raises ValueError where labels of samples are not of the kind that the real images have."""
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


def _union(needs: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*needs)


def _protocol(
    metric: Metric,
    generated: Sequence[Source],
    real: Source,
    test: Source,
    compared: Sample,
    extractor: Extractor,
    samples: int,
) -> dict[str, Any]:
    protocol = {**real.protocol, "data_hash": real.fingerprint}
    if metric.real:
        protocol["real_images"] = real.count if "moments" in metric.real else compared.count
    if metric.test:
        protocol |= {"test_split": test.protocol.get("split"), "test_hash": test.fingerprint, "test_images": test.count}
    protocol |= {**_merged([source.protocol for source in generated]), "samples": samples, "pixels": "uint8"}
    if metric.outputs:
        protocol |= {"extractor": extractor.name, "extractor_hash": extractor.fingerprint, **extractor.protocol}
    return {**protocol, **metric.protocol}


def _merged(protocols: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What protocols of the sets say, once where all say the same."""
    columns = {name: [protocol[name] for protocol in protocols] for name in protocols[0]}
    return {name: values[0] if values.count(values[0]) == len(values) else values for name, values in columns.items()}


class _Reader:
    """Reads sources once for all scores."""

    def __init__(self, extractor: Extractor, batch_size: int, progress: bool) -> None:
        self._extractor, self._batch_size, self._progress = extractor, batch_size, progress

    def real(self, source: Source, count: int, needs: frozenset[str]) -> Sample:
        """A sample of real images. What the extractor makes of them is kept: it is the same for every generator."""
        count = min(count, source.count)
        direct, made = needs & {"images", "labels"}, needs - {"images", "labels"}
        sample = self.read(source, count, direct, "real images") if direct else Sample(count)
        for need in sorted(made):
            size = source.count if need == "moments" else count
            arrays = self._cached(source, size, need)
            if need == "moments":
                sample.moments = metrics.Moments.restore(int(arrays["count"]), arrays["mean"], arrays["covariance"])
            else:
                setattr(sample, need, arrays[need])
        return sample

    def _cached(self, source: Source, count: int, need: str) -> dict[str, np.ndarray]:
        if source.fingerprint is None:
            return self._arrays(source, count, need)
        # One SavedModel may be an extractor in two ways, of two names; and another version may resize otherwise.
        made_by = f"{self._extractor.name} {self._extractor.fingerprint} {tfgans.__version__}".encode()
        key = f"{need}-{count}-{source.fingerprint}-{hashlib.sha256(made_by).hexdigest()[:12]}"
        return cached_arrays(key, lambda: self._arrays(source, count, need))

    def _arrays(self, source: Source, count: int, need: str) -> dict[str, np.ndarray]:
        sample = self.read(source, count, frozenset({need}), f"{need} of real images")
        if need != "moments":
            return {need: getattr(sample, need)}
        moments = sample.moments
        return {"count": np.array(moments.count), "mean": moments.mean, "covariance": moments.covariance}

    def _outputs(self, images: np.ndarray, needs: Iterable[str]) -> Outputs:
        """What the extractor makes of images, checked before anything of it is kept."""
        outputs = self._extractor.shared(images)
        for need in needs:
            values = np.asarray(outputs[need])
            if len(values) != len(images) or not np.isfinite(values).all():
                raise ValueError(
                    f"The extractor {self._extractor.name} must give finite {need} of {len(images)} images; received "
                    f"{values.shape}, {np.sum(~np.isfinite(values))} of them not finite."
                )
        return outputs

    def read(self, source: Source, count: int, needs: frozenset[str], title: str) -> Sample:
        """One pass over the first `count` images; only what is needed stays."""
        extracted = needs - {"images", "labels", "moments"}
        parts: dict[str, list[np.ndarray]] = {name: [] for name in needs - {"moments"}}
        moments = metrics.Moments() if "moments" in needs else None
        bar = tqdm.tqdm(total=count, desc=title, unit="image", disable=not self._progress, delay=1)
        with bar:
            for start in range(0, count, self._batch_size):
                images, labels = source.read(start, min(start + self._batch_size, count))
                if "labels" in needs and labels is None:
                    raise ValueError(f"A score that was asked for needs labels; the {title} have none.")
                outputs = {"images": images, "labels": labels}
                if extracted or moments is not None:
                    outputs |= self._outputs(images, extracted | ({"features"} if moments is not None else set()))
                for name, values in parts.items():
                    values.append(outputs[name])
                if moments is not None:
                    _check_size(outputs["features"].shape[1], self._extractor.name)
                    moments.update(outputs["features"])
                bar.update(len(images))
        return Sample(count, moments=moments, **{name: np.concatenate(values) for name, values in parts.items()})


def _check_size(size: int, name: str) -> None:
    if size > _MOST_FEATURES:
        raise ValueError(
            f"The extractor {name} gives {size} features; a covariance is taken of {_MOST_FEATURES} at most. "
            "Take an extractor with fewer."
        )
