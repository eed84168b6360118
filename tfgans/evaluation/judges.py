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
        if train.label is None or test.label is None:
            raise ValueError(f"The extractor 'judge' learns labels, and {train.name} has none.")
        attributes = train.conditioning == "attributes"
        judge = metrics.kernel_ridge_judge if attributes else metrics.support_vector_judge
        # Photographs in floating point are large, so only those that are used are converted.
        rows = slice(metrics.MOST_RIDGE_ROWS if attributes else None)
        train_images, test_images = (data.unit_images(images.image[rows]) for images in (train, test))
        self._judge = judge(train_images, train.label[rows], test_images, test.label[rows])
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
