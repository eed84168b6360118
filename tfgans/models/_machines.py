"""What `fit` of Keras 3.15 needs so that several machines can train a model (keras #20585).

All of it is here; a test tells when Keras does without.
"""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf


class TrainedOnMachines(keras.Model):
    """A model that is built when it is made, and that `MultiWorkerMirroredStrategy` may train."""

    def _maybe_symbolic_build(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, since there is nothing to build; Keras's own fails on the batches of several machines."""

    def as_logs(self, means: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Scalars as what `train_step` returns: on machines Keras averages them over an axis, which they must have."""
        if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
            return {name: mean[tf.newaxis] for name, mean in means.items()}
        return dict(means)
