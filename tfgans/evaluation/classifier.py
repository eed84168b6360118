"""A small classifier that is trained on the data set itself, as extractor for digits and other small images."""

import functools
import hashlib
import pathlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tqdm

from tfgans import data, networks
from tfgans._errors import first_line
from tfgans._files import read_json, write_json
from tfgans._profile import part
from tfgans._weights import weights_file
from tfgans.data.cache import cache_folder, made_once, write_to_cache
from tfgans.evaluation.extractor import Extractor, Outputs

_MOST_STEPS = 1_500
_MOST_EPOCHS = 60
_STEPS_A_REPORT = 20
_BATCH = 128
_LEARNING_RATE = 1e-3
# Increase it with every change of a constant above, or of the network.
_VERSION = 1


class Classifier(Extractor):
    """A convolutional classifier of a data set. The inputs of its last layer are the features.

    It is trained at its first use, once for each data set, and cached under the hash of the images. Weights from
    another machine differ by rounding, and so do their scores. Each protocol has the hash of the weights.

    Args:
        train: Images with classes to learn from.
        test: Other images, on which its accuracy is measured.

    Raises:
        ValueError: If the images have no classes.
    """

    name = "classifier"
    provides = frozenset({"features", "probabilities", "predictions"})

    def __init__(self, train: data.ImageSet, test: data.ImageSet) -> None:
        if train.conditioning != "class":
            raise ValueError(
                f"The extractor 'classifier' learns classes; {train.name} has none. Take pixels, or saved_model:PATH."
            )
        self._train, self._test = train, test

    @functools.cached_property
    def _trained(self) -> tuple[keras.Model, float]:
        """The network, and its accuracy on the test images in [0, 1]."""
        shape, classes = self._train.sample_shape, len(self._train.label_names)
        return trained_classifier(
            "classifier", lambda: networks.convolutional_classifier(shape, classes), self._train, self._test
        )

    @property
    def cost(self) -> str | None:
        if all(file.exists() for file in _files("classifier", self._train, self._test)):
            return None
        steps, batch_size = _length(self._train, None)
        return (
            f"The extractor 'classifier' trains on {self._train.name} first, for {steps:,} steps of {batch_size} "
            f"images, and {cache_folder()} keeps it for the next time. The extractor 'pixels' needs no training, and "
            "neither does 'saved_model:PATH'."
        )

    @functools.cached_property
    def _outputs(self) -> Callable[[np.ndarray], list[tf.Tensor]]:
        network, _ = self._trained
        both = keras.Model(network.input, [network.get_layer("features").output, network.output])
        return tf.function(both, reduce_retracing=True)

    @functools.cached_property
    def fingerprint(self) -> str:
        network, _ = self._trained
        return hashlib.sha256(b"".join(value.tobytes() for value in network.get_weights())).hexdigest()[:12]

    @functools.cached_property
    def protocol(self) -> Mapping[str, Any]:
        return {
            "resize": None,
            "extractor_trained_on": f"{self._train.name} {self._train.split}",
            "extractor_test_accuracy": self._trained[1],
        }

    def __call__(self, images: np.ndarray) -> Outputs:
        features, probabilities = (part.numpy() for part in self._outputs(data.unit_images(images)))
        return {"features": features, "probabilities": probabilities, "predictions": probabilities.argmax(axis=-1)}


class StackedClassifier(Extractor):
    """A classifier of stacked images, which reads each channel by a classifier of single ones.

    A network that learned the 1,000 classes of stacked MNIST as such would know few of them: each has 60 images.

    Args:
        of_channel: Classifier of grey images [n, H, W, 1] into K classes.
    """

    name = "classifier"
    provides = Classifier.provides

    def __init__(self, of_channel: Extractor) -> None:
        self._of_channel = of_channel

    @property
    def cost(self) -> str | None:
        return self._of_channel.cost

    @functools.cached_property
    def fingerprint(self) -> str:
        return f"stacked-{self._of_channel.fingerprint}"

    @functools.cached_property
    def protocol(self) -> Mapping[str, Any]:
        return self._of_channel.protocol

    def channels(self, images: np.ndarray) -> list[Outputs]:
        """Returns the outputs of the classifier for each channel of images uint8 [n, H, W, 3]."""
        return [self._of_channel(images[..., channel : channel + 1]) for channel in range(images.shape[-1])]

    def __call__(self, images: np.ndarray) -> Outputs:
        """Returns features of the three channels side by side, and the products of their probabilities [n, K^3]."""
        channels = self.channels(images)
        probabilities = np.einsum("na,nb,nc->nabc", *(outputs["probabilities"] for outputs in channels))
        probabilities = probabilities.reshape(len(images), -1)
        return {
            "features": np.concatenate([outputs["features"] for outputs in channels], axis=1),
            "probabilities": probabilities,
            "predictions": probabilities.argmax(axis=-1),
        }


def trained_classifier(
    kind: str,
    make: Callable[[], keras.Model],
    train: data.ImageSet,
    test: data.ImageSet,
    *,
    steps: int | None = None,
    learning_rate: float = _LEARNING_RATE,
) -> tuple[keras.Model, float]:
    """Returns a classifier of a data set, from the cache if it has one for these images.

    Args:
        kind: Name of the architecture and of the training. It must differ whenever one of these differs.
        make: Makes the network, from images to probabilities of the classes.
        train: Images with classes to learn from.
        test: Other images, on which its accuracy is measured.
        steps: Steps, of 128 images each, without those that are left over from twenties, and 20 at least; by default
            1,500 or 60 epochs, whichever are fewer.
        learning_rate: Initial learning rate of Adam; it falls to 0 as a cosine.

    Returns:
        The trained network, and its accuracy on the test images in [0, 1].
    """
    weights, notes = _files(kind, train, test)
    with part("classifier"), made_once(weights.name):
        if (found := _stored(make, weights, notes)) is not None:
            return found
        network = make()
        accuracy = _train(network, train, test, steps, learning_rate)
        if write_to_cache(weights, lambda temporary: temporary.write_bytes(weights_file(network))):
            about = {"data": train.name, "test_accuracy": accuracy}
            write_to_cache(notes, lambda temporary: write_json(temporary, about))
    return network, accuracy


def _files(kind: str, train: data.ImageSet, test: data.ImageSet) -> tuple[pathlib.Path, pathlib.Path]:
    """Returns the files in the cache that hold the weights of a classifier, and its accuracy."""
    key = f"{kind}-{_VERSION}-{train.fingerprint}-{test.fingerprint}"
    return cache_folder() / f"{key}.weights.h5", cache_folder() / f"{key}.json"


def _stored(
    make: Callable[[], keras.Model], weights: pathlib.Path, notes: pathlib.Path
) -> tuple[keras.Model, float] | None:
    """Returns a classifier and its accuracy from the cache; None if it has none that can be read."""
    if not weights.exists() or not notes.exists():
        return None
    network = make()
    try:
        network.load_weights(weights)
        return network, read_json(notes)["test_accuracy"]
    # h5py raises RuntimeError, too, for a damaged file.
    except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        print(f"Cannot read {weights} ({first_line(error)}).", file=sys.stderr)
        return None


def _length(train: data.ImageSet, steps: int | None) -> tuple[int, int]:
    """Returns the steps of a training, and the images of a step."""
    batch_size = min(_BATCH, len(train))
    steps = steps or min(_MOST_STEPS, _MOST_EPOCHS * (len(train) // batch_size))
    return max(1, steps // _STEPS_A_REPORT) * _STEPS_A_REPORT, batch_size


def _train(
    network: keras.Model, train: data.ImageSet, test: data.ImageSet, steps: int | None, learning_rate: float
) -> float:
    """Trains a classifier, and returns its accuracy on the test images."""
    print(f"Training the classifier of {train.name}, once; it is kept in {cache_folder()}.", file=sys.stderr)
    steps, batch_size = _length(train, steps)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    network.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    pairs = data.batches(train.arrays, batch_size).map(lambda batch: (batch["image"], batch["label"]))
    with tqdm.tqdm(total=steps, desc="classifier", unit="step") as bar:
        report = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: bar.update(_STEPS_A_REPORT))
        options = {"shuffle": False, "verbose": 0, "callbacks": [report]}
        network.fit(pairs, epochs=steps // _STEPS_A_REPORT, steps_per_epoch=_STEPS_A_REPORT, **options)
    parts = data.in_parts(test.image, f"Testing the classifier of {train.name}")
    predictions = [network.predict(data.unit_images(part), verbose=0).argmax(axis=-1) for part in parts]
    return round(float(np.mean(np.concatenate(predictions) == test.label)), 4)
