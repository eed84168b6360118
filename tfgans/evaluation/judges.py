"""Judges as extractors, which predict the labels of images."""

import numpy as np

from tfgans import data, metrics
from tfgans.evaluation.extractor import Extractor, Outputs


class JudgeExtractor(Extractor):
    """A predictor of labels that is fitted to real images.

    Classes are predicted by a support vector machine, attributes by a kernel ridge regression.

    Args:
        train: Labelled images to learn from.
        test: Other labelled images, on which the judge is tested.

    Raises:
        ValueError: If the images have no labels.
    """

    name = "judge"
    provides = frozenset({"predictions"})

    def __init__(self, train: data.ImageSet, test: data.ImageSet) -> None:
        judges = {"class": metrics.support_vector_judge, "attributes": metrics.kernel_ridge_judge}
        if train.conditioning not in judges:
            raise ValueError(f"The extractor 'judge' learns labels, and {train.name} has none.")
        if train.conditioning == "attributes":
            # Photographs in floating point are large, so only those that are used are converted.
            train, test = (part.first(metrics.MOST_RIDGE_ROWS) for part in (train, test))
        self._judge = judges[train.conditioning](train.unit_images, train.label, test.unit_images, test.label)
        self.fingerprint = self._judge.fingerprint
        self.protocol = {
            "resize": None,
            "judge": self._judge.name,
            "judge_trained_on": f"{train.name} {train.split}",
            "judge_test_split": test.split,
            "judge_test_score": [round(score, 4) for score in self._judge.test_score],
        }

    def __call__(self, images: np.ndarray) -> Outputs:
        return {"predictions": self._judge.predict(data.unit_images(images))}
