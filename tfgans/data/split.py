"""The contract of all data that a run trains on or is scored against."""

from typing import Literal, Protocol, Self

import numpy as np
import tensorflow as tf

from tfgans.choices import Conditioning

SampleKind = Literal["image", "point"]
"""Whether samples are images [H, W, C] or points [D]."""


class DataSplit(Protocol):
    """One split of a data set; `ImageSet` and `ToyWorld` are such."""

    @property
    def kind(self) -> SampleKind:
        """The kind of the samples, by which a run chooses its scores and pictures."""

    @property
    def name(self) -> str:
        """Name of the data set."""

    @property
    def split(self) -> str:
        """The split in words that a protocol can quote."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def conditioning(self) -> Conditioning | Literal["none"]:
        """The kind of the labels: `class`, `attributes` or `none`."""

    @property
    def label_names(self) -> tuple[str, ...]:
        """Name of each class, or of each attribute."""

    @property
    def count(self) -> int | None:
        """Number of samples; None where they are drawn without end."""

    def part(self, fraction: float) -> Self:
        """A fixed random part of the samples.

        Raises:
            ValueError: If there is no such part.
        """

    def examples(self, most: int) -> tuple[np.ndarray, np.ndarray | None]:
        """At most so many fixed samples as models take them, float32 [n, ...], and their labels, or None."""

    def batches(self, batch_size: int, *, seed: int = 0, start: int = 0) -> tf.data.Dataset:
        """An endless dataset of batches, each a function of (seed, its number), from number `start` on."""
