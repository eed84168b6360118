"""Labelled images in memory."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class ImageSet:
    """One split of a data set of labelled images.

    Attributes:
        name: Name of the data set, such as `digits`.
        split: What part of it this is, in words that a protocol can quote.
        image: uint8 [n, H, W, C] in [0, 255] or float32 [n, H, W, C] in [-1, 1].
        label: int32 [n], the class.
        class_names: Name of each class.
    """

    name: str
    split: str
    image: np.ndarray
    label: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.image)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The fields of a batch."""
        return {"image": self.image, "label": self.label}

    @property
    def unit_images(self) -> np.ndarray:
        """float32 images in [-1, 1], [n, H, W, C]."""
        if self.image.dtype == np.uint8:
            return self.image.astype(np.float32) / 127.5 - 1.0
        return self.image
