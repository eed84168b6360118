"""Data sets and tf.data pipelines."""

from tfgans.data.digits import digits
from tfgans.data.image_set import ImageSet, hold_out
from tfgans.data.pipeline import batches
from tfgans.data.sprites import SPRITE_ATTRIBUTES, draw_sprites, sprites, sprites_in_hole
from tfgans.data.tfds_images import tfds_images

__all__ = [
    "SPRITE_ATTRIBUTES",
    "ImageSet",
    "batches",
    "digits",
    "draw_sprites",
    "hold_out",
    "load",
    "sprites",
    "sprites_in_hole",
    "tfds_images",
]

_BUILT_IN = {"digits": digits, "sprites": sprites}


def load(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Loads a data set by name: `digits` or `sprites`, which are built in, or one of tensorflow-datasets.

    Args:
        name: `digits`, `sprites`, or the name of a labelled image set in tensorflow-datasets, such as `mnist`.
        split: Split of the set.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download a set that is not there.

    Returns:
        The images and labels in memory.

    Raises:
        FileNotFoundError: If the set is not prepared and `download` is false.
        ValueError: If the split is unknown.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name](split)
    return tfds_images(name, split, data_dir=data_dir, download=download)
