"""Images whose three channels are different images, so that there are very many modes."""

import numpy as np

from tfgans.data.image_set import ImageSet

_CHANNELS = 3


def stacked(images: ImageSet, seed: int = 0) -> ImageSet:
    """Puts three random images into the channels of one (Metz et al. 2017).

    From MNIST it makes stacked MNIST, the field's data set for counting modes: it has 1,000 known modes, which are
    equally likely. Each image is in each channel once, so the number of images stays the same.

    Args:
        images: Grey images with classes.
        seed: Seed of the combinations.

    Returns:
        Images [n, H, W, 3]. Their class is the number whose digits are the classes of the channels, in a base that is
        the number of classes.

    Raises:
        ValueError: If the images are not grey, or have no classes.
    """
    if images.label is None or images.conditioning != "class" or images.image.shape[-1] != 1:
        raise ValueError(
            f"Only grey images with classes can be stacked; {images.name} has {images.image.shape[-1]} channels and "
            f"conditioning {images.conditioning!r}."
        )
    random, names = np.random.default_rng(seed), images.label_names
    orders = [random.permutation(len(images)) for _ in range(_CHANNELS)]
    label = np.zeros(len(images), np.int32)
    for order in orders:
        label = label * len(names) + images.label[order]
    image = np.concatenate([images.image[order] for order in orders], axis=-1)
    triples = tuple(f"{first} {second} {third}" for first in names for second in names for third in names)
    return ImageSet(f"stacked_{images.name}", images.split, image, label, triples)
