"""Scorers of models, and of images that other programs made."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tfgans import data, evaluation, metrics
from tfgans.choices import suggestion
from tfgans.evaluation import Score
from tfgans.models import AdversarialModel


@dataclasses.dataclass(frozen=True)
class Scorer:
    """Scores models, or images, against one data set.

    Attributes:
        train: Real images to compare with.
        test: Other real images, on which extractors and D* are tested.
        extractor: The extractor.
        samples: Images in a set of samples.
        sets: Number of sets of a model's samples, each with its own seeds.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.
        learned: Images that the models have learned from, which may be copied; by default `train`.
        flipped: Whether the models have learned their mirror images too.
    """

    train: data.ImageSet
    test: data.ImageSet
    extractor: evaluation.Extractor
    samples: int
    sets: int = 3
    batch_size: int = 256
    progress: bool = True
    learned: data.ImageSet | None = None
    flipped: bool = False

    @functools.cached_property
    def _real(self) -> list[evaluation.Source]:
        """The real images, made once, since hashing many takes seconds."""
        return [evaluation.image_set_source(images) for images in (self.train, self.test)]

    @functools.cached_property
    def _learned(self) -> dict[str, evaluation.Source]:
        """The images that may be copied, and their mirror images in the same order."""
        images = self.learned or self.train
        learned = evaluation.image_set_source(images)
        if not self.flipped:
            return {"learned": learned}
        named = dataclasses.replace(learned, protocol={**learned.protocol, "mirrored": True})
        return {"learned": named, "mirrored": evaluation.image_set_source(images.mirrored())}

    @property
    def against(self) -> str:
        """Describes the real images."""
        return f"{self.train.name} {self.train.split}, {len(self.train)} images"

    def left_out(self, labelled: bool = True, reconstructs: bool = False) -> dict[str, str]:
        """Returns, for each score that does not apply, the reason.

        Args:
            labelled: Whether the samples have labels.
            reconstructs: Whether the model of the samples has an encoder.
        """
        reasons = evaluation.which_apply(
            self.extractor, self.train.image.shape[1:], self.train.conditioning, self.samples, labelled, reconstructs
        )
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def chosen(self, names: Sequence[str], labelled: bool = True, reconstructs: bool = False) -> list[str]:
        """Returns the names of the scores to take.

        Args:
            names: Keys of `evaluation.METRICS`, or `all` for those that apply.
            labelled: Whether the samples have labels.
            reconstructs: Whether the model of the samples has an encoder.

        Raises:
            ValueError: If a name is unknown, or its score does not apply.
        """
        left_out = self.left_out(labelled, reconstructs)
        known = [*evaluation.METRICS, "all"]
        for name in names:
            if name not in known:
                raise ValueError(f"There is no score {name!r}. {suggestion(name, known)}")
            if name in left_out:
                raise ValueError(f"{name} cannot be taken: {left_out[name]}.")
        return [name for name in evaluation.METRICS if name not in left_out] if "all" in names else list(names)

    @property
    def cost(self) -> str | None:
        """A sentence on what the extractor needs before the first image, such as a training; None for nothing."""
        return self.extractor.cost

    def prepare(self) -> None:
        """Trains the extractor, if it learns from the data."""
        _ = self.extractor.fingerprint

    def model(
        self, model: AdversarialModel, names: Sequence[str], notes: Mapping[str, Any] | None = None
    ) -> list[Score]:
        """Scores samples of a model, whose labels are drawn from the test images.

        Args:
            model: The model.
            names: Keys of `evaluation.METRICS`.
            notes: Further entries of the scores' protocol.
        """
        return self.sources([self._samples(model, number, notes or {}) for number in range(self.sets)], names)

    def sources(self, generated: Sequence[evaluation.Source], names: Sequence[str]) -> list[Score]:
        """Scores sets of images, as `evaluation.compute_scores` does."""
        real, test = self._real
        return evaluation.compute_scores(
            names,
            generated,
            real,
            test,
            self.extractor,
            samples=self.samples,
            **(self._learned if any(evaluation.METRICS[name].learned for name in names) else {}),
            label_names=self.train.label_names,
            batch_size=self.batch_size,
            progress=self.progress,
        )

    def _samples(self, model: AdversarialModel, number: int, notes: Mapping[str, Any]) -> evaluation.Source:
        first_seed = number * self.samples
        protocol = {**_protocol(model, first_seed), **notes}
        labels = self.test.label if model.samples_by_label else None
        if labels is not None:
            # Labels are drawn at random, since the kernel distance is unbiased for independent samples only.
            labels = labels[np.random.default_rng(number).integers(len(self.test), size=self.samples)]
            protocol["labels"] = f"drawn from {self.test.name} {self.test.split}"

        def read(start: int, stop: int) -> tuple[np.ndarray, np.ndarray | None]:
            rows = None if labels is None else labels[start:stop]
            seeds = range(first_seed + start, first_seed + stop)
            return evaluation.to_bytes(model.sample(stop - start, labels=rows, seed=seeds)), rows

        def reconstruct(images: np.ndarray) -> np.ndarray:
            # Rounding would make flat parts alike, where the constants of `reconstruction_ssim_legacy` are small.
            return (np.clip(model.reconstruct(data.unit_images(images)), -1, 1) + 1) * 127.5

        face = model.faces().get("reconstruct")
        encodes = face is not None and "label" not in face.inputs
        return evaluation.Source(
            read, self.samples, protocol, labelled=labels is not None, reconstruct=reconstruct if encodes else None
        )


@dataclasses.dataclass(frozen=True)
class WorldScorer:
    """Counts the modes of a toy world that a model covers.

    Attributes:
        world: The world.
        samples: Points in a set of samples; 2,500 is usual.
        sets: Number of sets of samples, each with its own seed.
    """

    world: data.ToyWorld
    samples: int
    sets: int = 3

    @property
    def against(self) -> str:
        """Describes the world."""
        return f"{len(self.world.centers)} modes of {self.world.name}"

    def left_out(self, labelled: bool = False, reconstructs: bool = False) -> dict[str, str]:
        """Returns no reasons, since modes can always be counted."""
        return {}

    def chosen(self, names: Sequence[str], labelled: bool = False, reconstructs: bool = False) -> list[str]:
        """Returns the names of the scores to take.

        Raises:
            ValueError: If `names` are neither `modes` nor `all`.
        """
        if list(names) not in (["modes"], ["all"]):
            raise ValueError(f"The scores of a toy world are modes, or all; received {', '.join(names)}.")
        return ["modes"]

    @property
    def cost(self) -> str | None:
        """None, since modes are counted at once."""
        return None

    def prepare(self) -> None:
        """Does nothing, since a toy world has no extractor."""

    def model(
        self, model: AdversarialModel, names: Sequence[str], notes: Mapping[str, Any] | None = None
    ) -> list[Score]:
        """Scores samples of a model by `metrics.mode_coverage`: modes, share of high quality, and reverse KL."""
        self.chosen(names)
        world = self.world
        seeds = [number * self.samples for number in range(self.sets)]
        coverages = []
        for seed in seeds:
            points = model.sample(self.samples, seed=seed) * world.scale
            coverages.append(metrics.mode_coverage(points, world.centers, world.sigma, world.weights))
        protocol = {
            **_protocol(model, seeds if self.sets > 1 else seeds[0]),
            **(notes or {}),
            "data": world.name,
            "samples": self.samples,
            "modes_there_are": len(world.centers),
            "sigma": world.sigma,
        }
        return [
            evaluation.score(f"{name}/points", [getattr(coverage, name) for coverage in coverages], protocol)
            for name in ("modes", "high_quality_share", "reverse_kl")
        ]


def _scorer_of_images(
    train: data.ImageSet,
    test: data.ImageSet,
    extractor: str,
    samples: int,
    sets: int,
    devices: Sequence[str] = (),
    extractors: dict[str, evaluation.Extractor] | None = None,
    **options: Any,
) -> Scorer:
    made = {} if extractors is None else extractors
    features = made[extractor] = made.get(extractor) or evaluation.extractor(extractor, train, test)
    features.devices = devices or features.devices
    return Scorer(train, test, features, samples, sets, **options)


def _scorer_of_points(
    train: data.ToyWorld, test: data.ToyWorld, extractor: str, samples: int, sets: int, **options: Any
) -> WorldScorer:
    return WorldScorer(train, samples, sets)


_SCORERS: dict[data.SampleKind, Callable[..., Scorer | WorldScorer]] = {
    "image": _scorer_of_images,
    "point": _scorer_of_points,
}

# The extractor and the scores at the end of a run, by the kind of the samples, the kind of the labels in the data, and
# whether the model samples by label. The judge needs no training of a network.
_FINAL_SCORES = {
    ("point", "none", False): ("points", ("modes",)),
    ("image", "none", False): ("pixels", ("prdc",)),
    ("image", "attributes", False): ("pixels", ("prdc",)),
    ("image", "class", False): ("classifier", ("score", "frechet")),
    ("image", "class", True): ("judge", ("label_accuracy", "intra_class_distance_share")),
    ("image", "attributes", True): ("judge", ("attribute_r2",)),
}


def make_scorer(
    train: data.DataSplit,
    test: data.DataSplit,
    extractor: str,
    samples: int,
    sets: int = 3,
    **options: Any,
) -> Scorer | WorldScorer:
    """Makes the scorer of models of a data set.

    Args:
        train: Images to compare with, or the toy world.
        test: Other images.
        extractor: Name of an extractor of images; a toy world needs none.
        samples: Images or points in a set of samples.
        sets: Number of sets of samples.
        **options: `batch_size`, `progress`, `learned` and `flipped` of `Scorer`; `devices`, which replace those of the
            extractor; and `extractors`, those of these images that were made before, by name, to which a new one is
            added. A toy world ignores them.
    """
    return _SCORERS[train.kind](train, test, extractor, samples, sets, **options)


def final_metrics(train: data.DataSplit, labelled: bool) -> tuple[str, tuple[str, ...]]:
    """Returns the names of the extractor and of the scores at the end of a run.

    Args:
        train: The data that the model is compared with.
        labelled: Whether the model samples by label.
    """
    if isinstance(train, data.StackedImageSet) and not labelled:
        return "classifier", ("modes", "frechet")
    return _FINAL_SCORES[train.kind, train.conditioning, labelled]


def _protocol(model: AdversarialModel, seed: int | list[int]) -> dict[str, Any]:
    return {"seed": seed, "averaged": model.use_average, "step": int(model.step.numpy())}
