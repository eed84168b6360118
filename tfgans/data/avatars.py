"""Drawn faces whose attributes are exact, which come with the package."""

import importlib.resources
from typing import Literal

import numpy as np

from tfgans.data.image_set import ImageSet

AVATAR_ATTRIBUTES = ("glasses", "hat", "beard", "accessories", "skin")
"""Names of the attributes of an avatar, in order."""

_SPLITS = ("train", "test")


def avatars(split: str = "train", labels: Literal["attributes", "skin", "hair"] = "attributes") -> ImageSet:
    """Returns faces in the pixel-art style of DiceBear, 32x32 in colour (CC0 1.0; see `avatars32.txt`).

    No two of them are alike. Of all faces 19 % have glasses, 5 % a hat, 5 % a beard, and 10 % accessories. The skin has
    eight tones, from 0, the darkest, to 1.

    Args:
        split: `"train"` (5,000) or `"test"` (1,000).
        labels: `"attributes"`, or the classes of the `"skin"` (8) or of the `"hair"` (45).

    Returns:
        uint8 images [n, 32, 32, 3] with attributes float32 [n, 5] in [0, 1], or classes int32 [n].

    Raises:
        ValueError: If there is no such split.
    """
    if split not in _SPLITS:
        raise ValueError(f"avatars has the splits {', '.join(_SPLITS)}; received split={split!r}.")
    with importlib.resources.files("tfgans.data").joinpath("avatars32.npz").open("rb") as file, np.load(file) as arrays:
        images = arrays[f"images_{split}"]
        # The classes of the training faces come first.
        here = slice(None, len(images)) if split == "train" else slice(-len(images), None)
        if labels == "attributes":
            tones = arrays["skin"][here] / (len(arrays["skin_names"]) - 1)
            attributes = np.column_stack([arrays[f"labels_{split}"], tones]).astype(np.float32)
            return ImageSet("avatars", split, images, attributes, AVATAR_ATTRIBUTES)
        names = tuple(map(str, arrays[f"{labels}_names"]))
        return ImageSet(f"avatars_{labels}", split, images, arrays[labels][here].astype(np.int32), names)
