"""What every extractor is."""

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
"""By name: `features` floating [n, D], `probabilities` floating [n, K] of classes, `predictions` of labels, [n] or
[n, K]."""


class Extractor(abc.ABC):
    """Turns images into what scores are made of.

    Attributes:
        name: Name that a score carries after its own, as in `frechet/classifier`.
        provides: Which outputs it has.
        fingerprint: Hash of all that its outputs depend on.
        protocol: What else a score says of it.
        score_names: Names that the literature has for scores with this extractor, by ours.
        devices: Devices that share the images, by default all GPUs of this machine; TensorFlow's first, if none.
    """

    name: str
    provides: frozenset[str]
    fingerprint: str
    protocol: Mapping[str, Any]
    score_names: Mapping[str, str] = {}

    @functools.cached_property
    def devices(self) -> Sequence[str]:
        return [device.name for device in tf.config.list_logical_devices("GPU")]

    def feature_count(self, image_shape: Sequence[int]) -> int | None:
        """Features of images [H, W, C], where that is known beforehand."""
        return None

    @abc.abstractmethod
    def __call__(self, images: np.ndarray) -> Outputs:
        """Outputs of images uint8 [n, H, W, C]."""

    def shared(self, images: np.ndarray) -> Outputs:
        """The same, each device taking its part of the images at the same time."""
        if len(self.devices) < 2 or len(images) < len(self.devices):
            return self(images)

        def on(device: str, part: np.ndarray) -> Outputs:
            with tf.device(device):
                return self(part)

        with concurrent.futures.ThreadPoolExecutor(len(self.devices)) as pool:
            parts = list(pool.map(on, self.devices, np.array_split(images, len(self.devices))))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class Pixels(Extractor):
    """The pixels themselves, in [-1, 1]."""

    name = "pixels"
    provides = frozenset({"features"})
    fingerprint = "pixels"
    protocol: Mapping[str, Any] = {}

    def feature_count(self, image_shape: Sequence[int]) -> int:
        return math.prod(image_shape)

    def __call__(self, images: np.ndarray) -> Outputs:
        return {"features": data.unit_images(images).reshape(len(images), -1)}


def three_channels(images: tf.Tensor) -> tf.Tensor:
    """Images [n, H, W, 3] of such with one channel or three."""
    return tf.tile(images, [1, 1, 1, 3]) if images.shape[-1] == 1 else images


def file_hash(path: pathlib.Path, kind: Callable = hashlib.sha256) -> str:
    """Hash of a file, or of all files of a folder in the order of their names."""
    digest = kind()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with open(file, "rb") as opened:
                while block := opened.read(2**20):
                    digest.update(block)
    return digest.hexdigest()
