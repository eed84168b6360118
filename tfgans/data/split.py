"""The contract of all data that a run trains on or is scored with."""

from typing import Literal, Protocol, Self

import numpy as np
import tensorflow as tf

from tfgans.choices import LabelKind
from tfgans.data.pipeline import Machine

SampleKind = Literal["image", "point"]
"""Kind of a sample: an image [H, W, C] or a point [D]."""


class DataSplit(Protocol):
    """One split of a data set. `ImageSet` and `ToyWorld` implement it."""

    @property
    def kind(self) -> SampleKind:
        """Kind of the samples, by which a run chooses its scores and pictures."""

    @property
    def name(self) -> str:
        """Name of the data set."""

    @property
    def split(self) -> str:
        """Name of the split, for the protocols of scores."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def conditioning(self) -> LabelKind:
        """Kind of the labels."""

    @property
    def label_names(self) -> tuple[str, ...]:
        """Name of each class, or of each attribute."""

    @property
    def count(self) -> int | None:
        """Number of samples; None if there is no end of them."""

    def part(self, fraction: float) -> Self:
        """Returns a fixed random part of the samples.

        Raises:
            ValueError: If `fraction` lies outside (0, 1], or there is no such part.
        """

    def examples(self, most: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns fixed samples, n of `most` or fewer, float32 [n, ...] as models take them, and labels or None."""

    def batches(
        self, batch_size: int, *, seed: int = 0, start: int = 0, flip: bool = False, machine: Machine = (0, 1)
    ) -> tf.data.Dataset:
        """Returns an endless dataset of batches from number `start` on, each a function of (seed, number).

        Args:
            batch_size: Samples in a batch.
            seed: Seed of the order and of the flips.
            start: Number of the first batch.
            flip: Whether images are turned left to right at random.
            machine: Number of this machine, and how many share each batch. Each gets its own samples only.

        Raises:
            ValueError: If there are fewer samples than `batch_size`, machines cannot share it equally, or points are to
                be flipped.
        """
