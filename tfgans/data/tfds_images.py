"""Labelled images prepared by tensorflow-datasets."""

import pathlib

import numpy as np
import tensorflow_datasets as tfds

from tfgans.data.image_set import ImageSet


def tfds_images(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Reads a split of a labelled image set into memory.

    Args:
        name: Name of the set in tensorflow-datasets, such as `mnist`.
        split: A split of it, such as `train`, `test` or `train[:50000]`.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download and prepare a set that is not there.

    Returns:
        uint8 images [n, H, W, C] with int32 labels.

    Raises:
        FileNotFoundError: If the set is not prepared and `download` is false.
        ValueError: If the set has no split of that name.
    """
    builder = tfds.builder(name, data_dir=data_dir)
    if download:
        builder.download_and_prepare()
    elif not builder.is_prepared():
        raise FileNotFoundError(
            f"The data set {name!r} is not prepared: expected it in {pathlib.Path(builder.data_dir)}. "
            "Name the folder that holds it with --data_dir or TFDS_DATA_DIR, or allow the download with --download."
        )
    examples = tfds.as_numpy(builder.as_dataset(split=split, batch_size=-1))
    label_names = tuple(builder.info.features["label"].names)
    return ImageSet(name, split, examples["image"], examples["label"].astype(np.int32), label_names)
