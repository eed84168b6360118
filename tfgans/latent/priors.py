"""Prior distributions of the latent vector z: serialisable wrappers of tensorflow-probability."""

import dataclasses

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tfgans._serialization import Configurable

# This is folded into every row seed, so that sampling never repeats a draw of training.
_ROW_STREAM = 0x5A


class Prior(Configurable):
    """A distribution p(z) over latent vectors of `size` independent entries.

    Subclasses are frozen dataclasses with a field `size` and a method `distribution`.
    """

    size: int

    def distribution(self, dtype: tf.DType) -> tfp.distributions.Distribution:
        """The scalar distribution of one entry of z, with parameters of type `dtype`."""
        raise NotImplementedError(f"{type(self).__name__} must define distribution(dtype).")

    def sample(self, rows: int | tf.Tensor, seed: tf.Tensor, dtype: tf.DType | str = "float32") -> tf.Tensor:
        """Draws a batch of latent vectors from one seed.

        Args:
            rows: Number of latent vectors n.
            seed: Stateless seed, int32 [2]; the same seed gives the same batch.
            dtype: Floating type of the result.

        Returns:
            Tensor [n, size] of type `dtype`.
        """
        return self.distribution(tf.as_dtype(dtype)).sample([rows, self.size], seed=seed)

    def sample_rows(self, seeds: tf.Tensor, dtype: tf.DType | str = "float32", use: int = 0) -> tf.Tensor:
        """Draws one latent vector per seed; a row depends on its own seed and on nothing else.

        A model server merges the requests of several clients into one batch, and each client must get
        the rows that it would get alone. Two seeds have the same row with a chance of 1 in 2^32, since TensorFlow
        keeps 32 bits of a seed: among 50,000 samples, .3 pairs are equal on average.

        Args:
            seeds: int64 [n].
            dtype: Floating type of the result.
            use: Constant that distinguishes this draw from others with the same seeds.

        Returns:
            Tensor [n, size] of type `dtype`.
        """
        distribution = self.distribution(tf.as_dtype(dtype))

        def row(seed: tf.Tensor) -> tf.Tensor:
            pair = tf.random.experimental.stateless_fold_in(tf.bitcast(seed, tf.int32), _ROW_STREAM + use)
            return distribution.sample(self.size, seed=pair)

        latent = tf.map_fn(row, tf.cast(seeds, tf.int64), fn_output_signature=tf.as_dtype(dtype))
        return tf.ensure_shape(latent, [None, self.size])


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Normal(Prior):
    """z ~ N(mean, std^2), independent entries.

    cWGAN trains and samples at mean -1, std 1 (section V-A).

    Args:
        size: Number of entries N of z.
        mean: Mean of every entry.
        std: Standard deviation of every entry, above 0.

    Raises:
        ValueError: If `size` or `std` is not positive.

    Example:

    >>> prior = tfgans.latent.Normal(size=100, mean=-1.0)
    >>> prior.sample(64, seed=[0, 1]).shape
    TensorShape([64, 100])
    """

    size: int
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size must be at least 1; received size={self.size}.")
        if not self.std > 0:
            raise ValueError(f"std must be above 0; received std={self.std}.")

    def distribution(self, dtype: tf.DType) -> tfp.distributions.Normal:
        return tfp.distributions.Normal(tf.constant(self.mean, dtype), tf.constant(self.std, dtype))


@keras.saving.register_keras_serializable("tfgans")
@dataclasses.dataclass(frozen=True)
class Uniform(Prior):
    """z ~ U(low, high), independent entries; U(-1, 1) in LOGAN (section 4.1).

    Args:
        size: Number of entries N of z.
        low: Least value of every entry.
        high: Largest value of every entry, above `low`.

    Raises:
        ValueError: If `size` is not positive, or `high` not above `low`.
    """

    size: int
    low: float = -1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size must be at least 1; received size={self.size}.")
        if not self.high > self.low:
            raise ValueError(f"high must be above low; received low={self.low}, high={self.high}.")

    def distribution(self, dtype: tf.DType) -> tfp.distributions.Uniform:
        return tfp.distributions.Uniform(tf.constant(self.low, dtype), tf.constant(self.high, dtype))
