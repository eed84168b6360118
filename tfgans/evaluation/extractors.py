"""Extractors by name."""

from tfgans import data
from tfgans.evaluation.classifier import Classifier
from tfgans.evaluation.extractor import Extractor, Pixels
from tfgans.evaluation.inception import InceptionKeras, InceptionTFGAN
from tfgans.evaluation.judges import JudgeExtractor
from tfgans.evaluation.saved_model import SavedModelExtractor

_OF_REAL_IMAGES = {"classifier": Classifier, "judge": JudgeExtractor}
_OF_FILES = {
    "inception_tfgan": InceptionTFGAN,
    "inception_keras": InceptionKeras,
    "saved_model": SavedModelExtractor,
}
NAMES = ("classifier", "judge", "pixels", "inception_tfgan[:PATH]", "inception_keras[:FILE]", "saved_model:PATH")


def extractor(name: str, train: data.ImageSet, test: data.ImageSet) -> Extractor:
    """The extractor of a name.

    Args:
        name: `classifier`, a network trained on `train`; `judge`, a predictor of its labels; `pixels`;
            `inception_tfgan`, the Inception of 2015, or `inception_keras`, from where their weights are kept or
            `:PATH`; or `saved_model:PATH`.
        train: Real images, for the two that learn from them.
        test: Others, for their accuracy.

    Returns:
        The extractor.

    Raises:
        ValueError: If there is none of that name, or it does not fit the images.
        FileNotFoundError: If its weights are not there.
    """
    kind, colon, path = name.partition(":")
    if kind in _OF_REAL_IMAGES and not colon:
        return _OF_REAL_IMAGES[kind](train, test)
    if kind == "pixels" and not colon:
        return Pixels()
    if kind in _OF_FILES and (path or kind != "saved_model"):
        return _OF_FILES[kind](path or None)
    raise ValueError(f"Extractors are {', '.join(NAMES)}; received {name!r}.")
