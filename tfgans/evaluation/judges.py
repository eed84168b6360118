"""Judges as extractors, which predict the labels of images."""

import math

import numpy as np

from tfgans import data, metrics
from tfgans.evaluation.extractor import Extractor, Outputs

_MOST_BYTES = 2**28


def _first_rows(images: data.ImageSet) -> data.ImageSet:
    return images.first(metrics.MOST_RIDGE_ROWS)


def _part_in_memory(images: data.ImageSet) -> data.ImageSet:
    """A fixed random part whose images fit into memory in float32, such as all of MNIST."""
    most = max(1, _MOST_BYTES // (4 * math.prod(images.sample_shape)))
    return images.part(min(1.0, most / len(images)))


class JudgeExtractor(Extractor):
    """A predictor of labels that is fitted to real images.

    Classes are predicted by a support vector machine, attributes by a kernel ridge regression. Of many images a part is
    used: a random one of 256 MB in float32 for classes, and the first 5,000 for attributes.

    Args:
        train: Labelled images to learn from.
        test: Other labelled images, on which the judge is tested.

    Raises:
        ValueError: If the images have no labels.
    """

    name = "judge"
    provides = frozenset({"predictions"})

    def __init__(self, train: data.ImageSet, test: data.ImageSet) -> None:
        attributes = train.conditioning == "attributes"
        judge = metrics.kernel_ridge_judge if attributes else metrics.support_vector_judge
        # Photographs in floating point are large, so only those that are used are converted.
        train, test = map(_first_rows if attributes else _part_in_memory, (train, test))
        if train.label is None or test.label is None:
            raise ValueError(f"The extractor 'judge' learns labels, and {train.name} has none.")
        self._judge = judge(train.unit_images, train.label, test.unit_images, test.label)
        self.fingerprint = self._judge.fingerprint
        self.protocol = {
            "resize": None,
            "judge": self._judge.name,
            "judge_trained_on": f"{train.name} {train.split}",
            "judge_train_images": len(train),
            "judge_test_split": test.split,
            "judge_test_score": [round(score, 4) for score in self._judge.test_score],
        }

    def __call__(self, images: np.ndarray) -> Outputs:
        return {"predictions": self._judge.predict(data.unit_images(images))}
