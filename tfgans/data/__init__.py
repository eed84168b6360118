"""Data sets, and tf.data pipelines of batches."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from tfgans.choices import suggestion
from tfgans.data.avatars import AVATAR_ATTRIBUTES, avatars
from tfgans.data.digits import digits
from tfgans.data.efigi import EFIGI_ATTRIBUTES, Efigi, read_efigi_attributes
from tfgans.data.facescrub import FaceScrub
from tfgans.data.files import IMAGE_SUFFIXES, image_files, read_image, read_npz
from tfgans.data.image_set import ImageSet, as_images, hold_out
from tfgans.data.images import (
    Images,
    ReadingError,
    StoredImages,
    fits_memory,
    in_parts,
    reading_error,
    unit_images,
)
from tfgans.data.look import Look, look_at
from tfgans.data.own import (
    from_arrays,
    from_dataset,
    from_folder,
    from_npz,
    from_store,
    load_own,
    unreadable_images,
)
from tfgans.data.pipeline import batches
from tfgans.data.resize import fit, fit_images
from tfgans.data.split import DataSplit, SampleKind
from tfgans.data.sprites import SPRITE_ATTRIBUTES, draw_sprites, sprites, sprites_in_hole
from tfgans.data.stacked import StackedImageSet, pacgan_triples, stacked
from tfgans.data.store import ImageStore, write_store
from tfgans.data.tfds_images import CELEBA_ATTRIBUTES, CWGAN_EFIGI_ATTRIBUTES, tfds_images
from tfgans.data.toy_worlds import TOY_WORLDS, ToyWorld, toy_world

__all__ = [
    "AVATAR_ATTRIBUTES",
    "CELEBA_ATTRIBUTES",
    "CWGAN_EFIGI_ATTRIBUTES",
    "EFIGI_ATTRIBUTES",
    "IMAGE_SUFFIXES",
    "SPRITE_ATTRIBUTES",
    "TOY_WORLDS",
    "DataSplit",
    "Efigi",
    "FaceScrub",
    "ImageSet",
    "ImageStore",
    "Images",
    "Look",
    "ReadingError",
    "SampleKind",
    "StackedImageSet",
    "StoredImages",
    "ToyWorld",
    "as_images",
    "avatars",
    "batches",
    "digits",
    "draw_sprites",
    "fit",
    "fit_images",
    "fits_memory",
    "from_arrays",
    "from_dataset",
    "from_folder",
    "from_npz",
    "from_store",
    "hold_out",
    "image_files",
    "in_parts",
    "load_own",
    "load_split",
    "load_splits",
    "look_at",
    "pacgan_triples",
    "read_efigi_attributes",
    "read_image",
    "read_npz",
    "reading_error",
    "sprites",
    "sprites_in_hole",
    "stacked",
    "tfds_images",
    "toy_world",
    "unit_images",
    "unreadable_images",
    "write_store",
]

_BUILT_IN: dict[str, Callable[[str], ImageSet]] = {
    "digits": digits,
    "sprites": sprites,
    "avatars": avatars,
    "avatars_skin": functools.partial(avatars, labels="skin"),
    "avatars_hair": functools.partial(avatars, labels="hair"),
}
_STACKED = "stacked_"
_LOADERS = "load_split loads a data set by name, such as 'digits' or 'folder:PATH'."
_PACGAN = "/pacgan"


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}. {suggestion(name, __all__, _LOADERS)}")


def load_split(
    name: str,
    split: str = "train",
    *,
    image_shape: Sequence[int] | None = None,
    data_dir: str | None = None,
    download: bool = False,
) -> ImageSet | ToyWorld:
    """Loads a split of a data set by name.

    Args:
        name: `digits`, `sprites`, `avatars`, `avatars_skin` or `avatars_hair`, which are built in; a toy world, such as
            `ring8`; `folder:PATH`, `npz:FILE` or `store:PATH`, the user's own, as in `from_folder`, `from_npz` and
            `from_store`; the name of a set in `tfds_images`, such as `mnist`; or `stacked_` before a name, such as
            `stacked_mnist`, for stacked images as in `stacked`. `/pacgan` behind that, as in `stacked_mnist/pacgan`,
            takes the training images of `pacgan_triples`.
        split: Split of the set.
        image_shape: (height, width, channels) to which the user's own images are fitted; folders need it.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download a missing set.

    Returns:
        The images, in memory or in files, and their labels; or the toy world, which has no splits.

    Raises:
        FileNotFoundError: If a set is not prepared and `download` is false, or a file is missing.
        ValueError: If the split is unknown, or the data do not have the form that their loader expects.
    """
    return load_splits(name, (split,), image_shape=image_shape, data_dir=data_dir, download=download)[0]


def load_splits(
    name: str,
    splits: Sequence[str],
    *,
    image_shape: Sequence[int] | None = None,
    data_dir: str | None = None,
    download: bool = False,
) -> Sequence[ImageSet | ToyWorld]:
    """Loads several splits of a data set as `load_split` does, but reads the user's own files only once."""
    kind, colon, path = name.partition(":")
    if colon:
        whole = load_own(kind, path, image_shape)
        return [whole.split(split) for split in splits]
    if name.startswith(_STACKED):
        return _load_stacked(name.removeprefix(_STACKED), splits, data_dir=data_dir, download=download)
    if name in TOY_WORLDS:
        return [TOY_WORLDS[name] for _ in splits]
    if name in _BUILT_IN:
        return [_BUILT_IN[name](split) for split in splits]
    return [tfds_images(name, split, data_dir=data_dir, download=download) for split in splits]


def _load_stacked(name: str, splits: Sequence[str], **source: Any) -> list[ImageSet]:
    """Stacks splits of a data set of grey images."""
    flat = name.removesuffix(_PACGAN)
    both = {"train", "test"} if name != flat and "train" in splits else set()
    needed = sorted({*splits, *both})
    images = dict(zip(needed, map(as_images, load_splits(flat, needed, **source)), strict=True))
    return [
        pacgan_triples(images["train"], images["test"]) if both and split == "train" else stacked(images[split])
        for split in splits
    ]
