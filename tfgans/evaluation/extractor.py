"""The base class of extractors, and the extractor of pixels."""

import abc
import concurrent.futures
import functools
import hashlib
import math
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfgans import data

Outputs = dict[str, np.ndarray]
"""Outputs by name: `features`, floating [n, D]; `probabilities` of classes, floating [n, K]; `predictions` of labels,
[n] or [n, K]."""


class Extractor(abc.ABC):
    """Computes features, probabilities or predictions from images.

    Attributes:
        name: Suffix of the names of its scores, as in `frechet/classifier`.
        provides: Names of its outputs.
        score_names: Names in the literature for scores with this extractor, by their names here.
        is_costly: Whether the outputs take longer to compute than to read from a file, so that the cache keeps them.
    """

    name: str
    provides: frozenset[str]
    score_names: Mapping[str, str] = {}
    is_costly = True

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of everything on which the outputs depend; extractors set it, or override this property."""
        raise NotImplementedError(f"{type(self).__name__} has no fingerprint.")

    @functools.cached_property
    def protocol(self) -> Mapping[str, Any]:
        """Further entries in the protocols of the scores."""
        return {}

    @property
    def cost(self) -> str | None:
        """A sentence on what must be done before the first image, such as a training; None if that is nothing."""
        return None

    @functools.cached_property
    def devices(self) -> Sequence[str]:
        """Devices that share the images, by default all GPUs of this machine. If empty, TensorFlow chooses one."""
        return [device.name for device in tf.config.list_logical_devices("GPU")]

    def feature_count(self, image_shape: Sequence[int]) -> int | None:
        """Returns the number of features of images [H, W, C], or None if it is unknown before the first call."""
        return None

    @abc.abstractmethod
    def __call__(self, images: np.ndarray) -> Outputs:
        """Returns the outputs for images uint8 [n, H, W, C]."""

    def shared(self, images: np.ndarray) -> Outputs:
        """Returns the same outputs, with the images divided among `devices`, which work at the same time."""
        if len(self.devices) < 2 or len(images) < len(self.devices):
            return self(images)

        def on(device: str, part: np.ndarray) -> Outputs:
            with tf.device(device):
                return self(part)

        with concurrent.futures.ThreadPoolExecutor(len(self.devices)) as pool:
            parts = list(pool.map(on, self.devices, np.array_split(images, len(self.devices))))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class Pixels(Extractor):
    """Pixels in [-1, 1] as features."""

    name = "pixels"
    provides = frozenset({"features"})
    fingerprint = "pixels"
    is_costly = False

    def feature_count(self, image_shape: Sequence[int]) -> int:
        return math.prod(image_shape)

    def __call__(self, images: np.ndarray) -> Outputs:
        return {"features": data.unit_images(images).reshape(len(images), -1)}


def three_channels(images: tf.Tensor) -> tf.Tensor:
    """Returns images [n, H, W, 3] from images with one channel or three."""
    return tf.tile(images, [1, 1, 1, 3]) if images.shape[-1] == 1 else images


def file_hash(path: pathlib.Path, kind: Callable = hashlib.sha256) -> str:
    """Returns the hash of a file, or of all files below a folder in the order of their names."""
    digest = kind()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with open(file, "rb") as opened:
                while block := opened.read(2**20):
                    digest.update(block)
    return digest.hexdigest()
