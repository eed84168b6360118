"""The 1,797 handwritten digits that come with scikit-learn."""

import numpy as np
from sklearn.datasets import load_digits

from tfgans.data.image_set import ImageSet, hold_out


def digits(split: str = "train") -> ImageSet:
    """Returns handwritten digits, 8x8 (Alpaydin and Kaynak 1998): 1,437 to train on, and 360 to test on.

    Args:
        split: `"train"` or `"test"`, as in `hold_out`.

    Returns:
        Images [n, 8, 8, 1] in [-1, 1] with labels 0 to 9.

    Raises:
        ValueError: If `split` is unknown.
    """
    source = load_digits()
    image = (source.images[..., np.newaxis] / 8.0 - 1.0).astype(np.float32)
    names = tuple(str(name) for name in source.target_names)
    return hold_out(ImageSet("digits", "all", image, source.target.astype(np.int32), names), split)
