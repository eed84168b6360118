"""Scores of a model, and of images that another made."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from tfgans import data, evaluation
from tfgans.evaluation import Score
from tfgans.models import AdversarialModel


@dataclasses.dataclass(frozen=True)
class Scorer:
    """Scores models, or images, against one data set.

    Attributes:
        train: Real images to compare with.
        test: Others: extractors are tested on them, and D*.
        extractor: The extractor.
        samples: Images in a set of samples.
        sets: Sets of a model's samples, each with seeds of its own.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.
    """

    train: data.ImageSet
    test: data.ImageSet
    extractor: evaluation.Extractor
    samples: int
    sets: int = 3
    batch_size: int = 256
    progress: bool = True

    @functools.cached_property
    def _real(self) -> list[evaluation.Source]:
        """The two splits; to hash large ones takes seconds."""
        return [evaluation.image_set_source(images) for images in (self.train, self.test)]

    def left_out(self, labelled: bool = True) -> dict[str, str]:
        """Why each score that cannot be taken cannot, of samples with labels or without."""
        reasons = evaluation.which_apply(self.extractor, self.train.image.shape[1:], self.train.conditioning, labelled)
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def chosen(self, names: Sequence[str], labelled: bool = True) -> list[str]:
        """The scores to take.

        Args:
            names: Keys of `evaluation.METRICS`, or `all` for those that apply.
            labelled: Whether the samples have labels.

        Raises:
            ValueError: If one is unknown or does not apply.
        """
        left_out = self.left_out(labelled)
        if "all" in names:
            return [name for name in evaluation.METRICS if name not in left_out]
        for name in names:
            if name not in evaluation.METRICS:
                raise ValueError(f"Scores are {', '.join(evaluation.METRICS)}, or all; received {name!r}.")
            if name in left_out:
                raise ValueError(f"{name} cannot be taken: {left_out[name]}.")
        return list(names)

    def model(self, model: AdversarialModel, names: Sequence[str]) -> list[Score]:
        """Scores of a model's samples, conditioned as real images are."""
        return self.sources([self._samples(model, number) for number in range(self.sets)], names)

    def sources(self, generated: Sequence[evaluation.Source], names: Sequence[str]) -> list[Score]:
        """Scores of sets of images, as `evaluation.evaluate` gives them."""
        real, test = self._real
        return evaluation.evaluate(
            names,
            generated,
            real,
            test,
            self.extractor,
            samples=self.samples,
            label_names=self.train.label_names,
            batch_size=self.batch_size,
            progress=self.progress,
        )

    def _samples(self, model: AdversarialModel, number: int) -> evaluation.Source:
        # Drawn, not each in turn: the kernel distance is unbiased for independent samples only.
        drawn = np.random.default_rng(number).integers(len(self.test), size=self.samples)
        labels = self.test.label[drawn]
        first = number * self.samples

        def read(start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
            seeds = list(range(first + start, first + stop))
            images = model.sample(stop - start, labels=labels[start:stop], seed=seeds)
            return evaluation.to_bytes(images), labels[start:stop]

        protocol = {
            "labels": f"drawn from {self.test.name} {self.test.split}",
            "seed": first,
            "averaged": model.use_average,
            "step": int(model.step.numpy()),
        }
        return evaluation.Source(read, self.samples, protocol, labelled=True)
