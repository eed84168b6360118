"""Differentiable augmentation of what a discriminator sees."""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from tfgans._serialization import Configurable
from tfgans.choices import AugmentationKind, check_choice


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class DifferentiableAugmentation(Configurable):
    """T, random changes of images through which gradients pass (Zhao et al. 2020, DiffAugment).

    A discriminator that sees T(x) and T(G(z)) instead of x and G(z) cannot learn a small set of images by heart. The
    generator's gradient passes through T, so that the generator does not learn the changes. Places that a change leaves
    empty are 0, which is grey in [-1, 1], as in the authors' code.

    Args:
        kinds: The changes in the order in which they are made, each one of `choices.AugmentationKind`.

    Raises:
        ValueError: If there are no kinds, or one is unknown.

    Example:

    >>> translated = DifferentiableAugmentation(("translation",))
    >>> numbers = translated.draw(2, seed=(0, 1), dtype="float32")
    >>> translated(tf.ones((2, 8, 8, 1)), numbers).shape
    TensorShape([2, 8, 8, 1])
    """

    kinds: tuple[AugmentationKind, ...] = ("color", "translation", "cutout")

    def __post_init__(self) -> None:
        if not self.kinds:
            raise ValueError(f"Expected one kind of augmentation or more; received {self.kinds}.")
        for kind in self.kinds:
            check_choice("An augmentation", kind, AugmentationKind)
        # A configuration read from JSON has a list.
        object.__setattr__(self, "kinds", tuple(self.kinds))

    def draw(self, rows: int | tf.Tensor, seed: tf.Tensor, dtype: tf.DType | str) -> tf.Tensor:
        """Draws the random numbers of some images from U(0, 1), `[rows, 7]`; each kind has columns of its own."""
        return tf.random.stateless_uniform([rows, 7], seed, dtype=dtype)

    def __call__(self, images: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """Changes images.

        Args:
            images: `[B, H, W, C]` in [-1, 1]; the changed ones may lie outside.
            numbers: Random numbers, `[B, 7]`, such as `draw` returns.
        """
        columns = [column[:, tf.newaxis, tf.newaxis, tf.newaxis] for column in tf.unstack(numbers, axis=1)]
        for kind in self.kinds:
            change, own = _CHANGES[kind]
            images = change(images, *columns[own])
        return images


def _color(images: tf.Tensor, brightness: tf.Tensor, saturation: tf.Tensor, contrast: tf.Tensor) -> tf.Tensor:
    """Adds -1/2 to 1/2, scales the distance from grey by 0 to 2, and that from the image's mean by 1/2 to 3/2."""
    images += brightness - 0.5
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = grey + 2 * saturation * (images - grey)
    mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
    return mean + (0.5 + contrast) * (images - mean)


def _translate(images: tf.Tensor, down: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Moves an image by up to an eighth of its edge, rounded to pixels, in both directions."""
    for axis, number in ((1, down), (2, right)):
        size = images.shape[axis]
        most = int(size / 8 + 0.5)
        shift = tf.cast(number[:, 0, 0] * (2 * most + 1), tf.int32) - most
        source = tf.range(size) + shift
        # Numbers wrap around, so that each source is read once. Else sums of gradients would have no fixed order.
        moved = tf.gather(images, source % size, axis=axis, batch_dims=1)
        images = moved * _mask((source >= 0) & (source < size), axis, images.dtype)
    return images


def _cut(images: tf.Tensor, down: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Blanks a rectangle of half the height and half the width, of which a part may lie outside."""
    inside = []
    for axis, number in ((1, down), (2, right)):
        edge = images.shape[axis]
        size = int(edge / 2 + 0.5)
        first = tf.cast(number[:, 0, 0] * (edge + 1 - size % 2), tf.int32) - size // 2
        place = tf.range(edge) - first
        inside.append(_mask((place >= 0) & (place < size), axis, images.dtype))
    return images * (1 - inside[0] * inside[1])


def _mask(chosen: tf.Tensor, axis: int, dtype: tf.DType) -> tf.Tensor:
    """The rows or columns `[B, size]` that are chosen, as ones and zeros that multiply images."""
    shape = [-1, chosen.shape[1], 1, 1] if axis == 1 else [-1, 1, chosen.shape[1], 1]
    return tf.reshape(tf.cast(chosen, dtype), shape)


_CHANGES: dict[AugmentationKind, tuple[Callable[..., tf.Tensor], slice]] = {
    "color": (_color, slice(0, 3)),
    "translation": (_translate, slice(3, 5)),
    "cutout": (_cut, slice(5, 7)),
}
"""Each kind has a change, and columns of the random numbers."""
