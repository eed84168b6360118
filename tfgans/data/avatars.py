"""Drawn faces whose attributes are exact, which come with the package."""

import importlib.resources
from typing import Literal

import numpy as np

from tfgans.data.image_set import ImageSet

AVATAR_ATTRIBUTES = ("glasses", "hat", "beard", "accessories")
"""Names of the attributes of an avatar, in order."""

_SPLITS = ("train", "test")


def avatars(split: str = "train", labels: Literal["attributes", "skin", "hair"] = "attributes") -> ImageSet:
    """Returns faces in the pixel-art style of DiceBear, 32x32 in colour (CC0 1.0; see `avatars32.txt`).

    No two of them are alike. Of all faces 19 % have glasses, 5 % a hat, 5 % a beard, and 10 % accessories.

    Args:
        split: `"train"` (5,000) or `"test"` (1,000).
        labels: `"attributes"`, or the classes of the `"skin"` (8) or of the `"hair"` (45).

    Returns:
        uint8 images [n, 32, 32, 3] with attributes float32 [n, 4], 0 or 1, or classes int32 [n].

    Raises:
        ValueError: If there is no such split.
    """
    if split not in _SPLITS:
        raise ValueError(f"avatars has the splits {', '.join(_SPLITS)}; received split={split!r}.")
    with importlib.resources.files("tfgans.data").joinpath("avatars32.npz").open("rb") as file, np.load(file) as arrays:
        images = arrays[f"images_{split}"]
        if labels == "attributes":
            return ImageSet("avatars", split, images, arrays[f"labels_{split}"].astype(np.float32), AVATAR_ATTRIBUTES)
        classes, names = arrays[labels].astype(np.int32), tuple(map(str, arrays[f"{labels}_names"]))
    # The classes of the training faces come first.
    classes = classes[: len(images)] if split == "train" else classes[-len(images) :]
    return ImageSet(f"avatars_{labels}", split, images, classes, names)
