"""Images whose three channels are different images, so that there are very many modes."""

import dataclasses

import numpy as np

from tfgans.data.image_set import ImageSet

_CHANNELS = 3
_PACGAN_TRIPLES = 128_000


@dataclasses.dataclass(frozen=True, repr=False)
class StackedImageSet(ImageSet):
    """Images [n, H, W, 3] whose channels are three images with classes.

    Attributes:
        channel_names: Names of the classes of a channel.
    """

    channel_names: tuple[str, ...]

    def channel(self, index: int) -> ImageSet:
        """Returns the images [n, H, W, 1] of channel 0, 1 or 2, with their own classes."""
        count = len(self.channel_names)
        label = self.label // count ** (_CHANNELS - 1 - index) % count
        image = self.image[:][..., index : index + 1]
        return ImageSet(f"channel {index} of {self.name}", self.split, image, label, self.channel_names)


def stacked(images: ImageSet, seed: int = 0, count: int | None = None) -> StackedImageSet:
    """Puts three random images into the channels of one (Metz et al. 2017).

    From MNIST it makes stacked MNIST, the field's data set for counting modes: it has 1,000 known modes, which are
    equally likely.

    Args:
        images: Grey images with classes.
        seed: Seed of the combinations.
        count: Number of stacked images, whose channels are drawn with replacement, as by PacGAN (Lin et al. 2018). By
            default there are as many as images, and each image is in each channel once.

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
    size = len(images)
    orders = [
        random.permutation(size) if count is None else random.integers(size, size=count) for _ in range(_CHANNELS)
    ]
    label = np.zeros(len(orders[0]), np.int32)
    for order in orders:
        label = label * len(names) + images.label[order]
    image = np.concatenate([images.image[order] for order in orders], axis=-1)
    triples = tuple(f"{first} {second} {third}" for first in names for second in names for third in names)
    return StackedImageSet(f"stacked_{images.name}", images.split, image, label, triples, names)


def pacgan_triples(train: ImageSet, test: ImageSet) -> StackedImageSet:
    """Draws the 128,000 stacked training images of PacGAN's protocol from both splits of a data set.

    The protocol is that of the experiment of Lin et al. (2018, section 4.2) that follows VEEGAN. A model's 26,000
    samples are then counted. Since digits of the test split are among the training images, scores that hold out the
    test split mean nothing here.

    Raises:
        ValueError: As `stacked`.
    """
    both = dataclasses.replace(
        train,
        image=np.concatenate([train.image[:], test.image[:]]),
        label=None if train.label is None or test.label is None else np.concatenate([train.label, test.label]),
    )
    triples = stacked(both, count=_PACGAN_TRIPLES)
    return dataclasses.replace(triples, name=f"{triples.name}/pacgan")
