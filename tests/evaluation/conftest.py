import numpy as np
import pytest

from tfgans import data, evaluation


@pytest.fixture(scope="session")
def pictures():
    """Makes noise that is brighter the higher its class."""

    def make(count, seed=0, shape=(4, 4, 1), classes=3, name="pictures", split="train"):
        random = np.random.default_rng(seed)
        labels = np.arange(count, dtype=np.int32) % classes
        images = random.integers(0, 120, (count, *shape)) + 60 * labels.reshape(-1, 1, 1, 1)
        return data.ImageSet(name, split, images.astype(np.uint8), labels, tuple("abc"[:classes]))

    return make


class Corner(evaluation.Extractor):
    """Of an image's first five pixels, with what a score can ask for; it counts the images that it sees."""

    name = "corner"
    provides = frozenset({"features", "probabilities", "predictions"})
    protocol = {"resize": None}

    def __init__(self, fingerprint="one", attributes=False):
        self.fingerprint, self.attributes, self.seen = fingerprint, attributes, 0

    def __call__(self, images):
        self.seen += len(images)
        features = images.reshape(len(images), -1)[:, :5].astype(np.float32) / 255
        odds = np.exp(3 * features[:, :3])
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        predictions = features[:, :2] if self.attributes else probabilities.argmax(axis=1)
        return {"features": features, "probabilities": probabilities, "predictions": predictions}


@pytest.fixture
def corner():
    return Corner


@pytest.fixture
def score(cache):
    """Scores one set of images against another, by name."""

    def values(names, generated, real, extractor, **options):
        options = {"samples": len(generated), "label_names": real.label_names, "progress": False, **options}
        sources = [evaluation.image_set_source(images) for images in (generated, real)]
        scores = evaluation.compute_scores(names, sources[:1], sources[1], sources[1], extractor, **options)
        return {score["metric"]: score["value"] for score in scores}

    return values
