"""The 1,797 handwritten digits that come with scikit-learn."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from tfgans.data.image_set import ImageSet

_TEST_SHARE = 0.2
_SPLIT_SEED = 0


def digits(split: str = "train") -> ImageSet:
    """Handwritten digits, 8x8 (Alpaydin and Kaynak 1998), split 1,437 to 360, stratified by class.

    The split is fixed, so that scores of different runs are about the same images.

    Args:
        split: `"train"` or `"test"`.

    Returns:
        Images [n, 8, 8, 1] in [-1, 1] with labels 0 to 9.

    Raises:
        ValueError: If `split` is unknown.
    """
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test'; received {split!r}.")
    source = load_digits()
    image = (source.images[..., np.newaxis] / 8.0 - 1.0).astype(np.float32)
    label = source.target.astype(np.int32)
    parts = train_test_split(image, label, test_size=_TEST_SHARE, random_state=_SPLIT_SEED, stratify=label)
    image_part, label_part = (parts[0], parts[2]) if split == "train" else (parts[1], parts[3])
    return ImageSet("digits", split, image_part, label_part, tuple(str(name) for name in source.target_names))
