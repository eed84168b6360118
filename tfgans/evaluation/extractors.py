"""Extractors by name."""

from collections.abc import Callable

from tfgans import data
from tfgans.choices import suggestion
from tfgans.evaluation.classifier import Classifier, StackedClassifier
from tfgans.evaluation.extractor import Extractor, Pixels
from tfgans.evaluation.inception import InceptionKeras, InceptionTFGAN
from tfgans.evaluation.judges import JudgeExtractor
from tfgans.evaluation.saved_model import SavedModelExtractor


def _classifier(train: data.ImageSet, test: data.ImageSet) -> Extractor:
    """The classifier that suits the images."""
    if isinstance(train, data.StackedImageSet) and isinstance(test, data.StackedImageSet):
        return StackedClassifier(Classifier(train.channel(0), test.channel(0)))
    return Classifier(train, test)


_OF_REAL_IMAGES: dict[str, Callable[[data.ImageSet, data.ImageSet], Extractor]] = {
    "classifier": _classifier,
    "judge": JudgeExtractor,
}
_INCEPTIONS: dict[str, Callable[[str | None], Extractor]] = {
    "inception_tfgan": InceptionTFGAN,
    "inception_keras": InceptionKeras,
}
NAMES = ("classifier", "judge", "pixels", "inception_tfgan[:PATH]", "inception_keras[:FILE]", "saved_model:PATH")


def extractor(name: str, train: data.ImageSet, test: data.ImageSet) -> Extractor:
    """Returns an extractor by name.

    Args:
        name: `classifier`, a network that learns the classes of `train`, or those of a channel if its images are
            stacked; `judge`, a predictor of its labels; `pixels`; `inception_tfgan`, the Inception of 2015, or
            `inception_keras`, each from its default place or from `:PATH`; or `saved_model:PATH`.
        train: Real images, from which `classifier` and `judge` learn.
        test: Other real images, on which their accuracy is measured.

    Raises:
        ValueError: If there is no extractor of this name, or it does not fit the images.
        FileNotFoundError: If its weights are missing.
    """
    kind, colon, path = name.partition(":")
    if kind in _OF_REAL_IMAGES and not colon:
        return _OF_REAL_IMAGES[kind](train, test)
    if kind == "pixels" and not colon:
        return Pixels()
    if kind in _INCEPTIONS:
        return _INCEPTIONS[kind](path or None)
    if kind == "saved_model" and path:
        return SavedModelExtractor(path)
    raise ValueError(f"There is no extractor {name!r}. {suggestion(name, NAMES)}")
