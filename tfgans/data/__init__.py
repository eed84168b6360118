"""Data sets and tf.data pipelines."""

from tfgans.data.digits import digits
from tfgans.data.image_set import ImageSet
from tfgans.data.pipeline import batches
from tfgans.data.tfds_images import tfds_images

__all__ = ["ImageSet", "batches", "digits", "load", "tfds_images"]


def load(name: str, split: str = "train", *, data_dir: str | None = None, download: bool = False) -> ImageSet:
    """Loads a data set by name: `digits`, which is built in, or one of tensorflow-datasets.

    Args:
        name: `digits`, or the name of a labelled image set in tensorflow-datasets, such as `mnist`.
        split: Split of the set.
        data_dir: Folder of prepared sets; by default `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        download: Whether to download a set that is not there.

    Returns:
        The images and labels in memory.

    Raises:
        FileNotFoundError: If the set is not prepared and `download` is false.
        ValueError: If the split is unknown.
    """
    if name == "digits":
        return digits(split)
    return tfds_images(name, split, data_dir=data_dir, download=download)
