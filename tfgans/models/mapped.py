"""What systems share whose discriminator looks at samples alone, and may give the maps that it sees in them."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgans.losses import mean_over_patches
from tfgans.models.adversarial import AdversarialModel

Shape = tuple[int, ...]


class MappedModel(AdversarialModel):
    """A system whose discriminator is a network from samples to logits `[B, 1]`, or to `[logits, *maps]`."""

    @property
    def discriminator_inputs(self) -> tuple[str, ...]:
        return ()

    def discriminate_graph(self, image: tf.Tensor) -> tf.Tensor:
        """l(x) at inference: images or points `[n, ...]` to logits `[n]`."""
        logits, _ = looked_at(self.discriminator, tf.cast(image, self.variable_dtype), training=False)
        return mean_over_patches(logits)

    def discriminate(self, images: Any) -> np.ndarray:
        """Logits [n] of images [n, H, W, C] in [-1, 1] or points [n, D]."""
        return self._in_chunks(self._graph(self.discriminate_graph), self._check_samples(images))


def looked_at(network: keras.Model, image: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Logits, and the maps behind them, that a network gives of `image`, in its type."""
    logits, *maps = (tf.cast(output, image.dtype) for output in keras.tree.flatten(network(image, training=training)))
    return logits, maps


def check_fit(
    networks: Mapping[str, keras.Model | None], expected: Mapping[str, tuple[Sequence[Shape], Shape]]
) -> None:
    """Raises ValueError where a network takes or gives other shapes than it should.

    Args:
        networks: By name; those that are None are left out.
        expected: Shapes, without the batch axis, that each takes, and that of its first output.
    """
    for name, (taken, given) in expected.items():
        if networks[name] is None:
            continue
        found = [tuple(tensor.shape[1:]) for tensor in networks[name].inputs]
        first = tuple(networks[name].outputs[0].shape[1:])
        if (found, first) != (list(taken), given):
            raise ValueError(
                f"The {name} must take {list(taken)} and give {given} first; it takes {found} and gives {first}."
            )
