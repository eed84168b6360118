"""Images whose channels are images of their own, so that there are very many modes."""

import numpy as np

from tfgans.data.image_set import ImageSet

_CHANNELS = 3


def stacked(images: ImageSet, seed: int = 0) -> ImageSet:
    """Puts three images at random into the channels of one (Metz et al. 2017).

    Of MNIST this is stacked MNIST, the field's way to count modes: 1,000, equally likely, which are known. Each image
    comes into each channel once, so that there are as many as before.

    Args:
        images: Grey images with classes.
        seed: Seed of who meets whom.

    Returns:
        Images [n, H, W, 3]. The class of one is the number that has the classes of its channels as digits, in a base
        that is the number of classes.

    Raises:
        ValueError: If the images are not grey, or have no classes.
    """
    if images.conditioning != "class" or images.image.shape[-1] != 1:
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
