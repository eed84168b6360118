"""The parts that models share whose encoder gives a normal distribution of latents, the posterior of a sample."""

import enum
from typing import NamedTuple

import tensorflow as tf

from tfgans.choices import KLReduction
from tfgans.latent import Normal, Prior, draw_latent, mean_and_log_variance
from tfgans.losses import reduced_divergence
from tfgans.models.adversarial import AdversarialModel
from tfgans.models.batches import Batch, rows_of


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    POSTERIOR = 0
    LATENT = 1


class Posterior(NamedTuple):
    """The posteriors of a batch.

    Attributes:
        latent: A draw of each, mean + deviation * noise, `[B, N]`.
        mean: `[B, N]`.
        divergence: Reduced mean of KL(N(mean, variance) || N(0, I)), a scalar.
    """

    latent: tf.Tensor
    mean: tf.Tensor
    divergence: tf.Tensor


def check_standard_normal(owner: str, prior: Prior) -> None:
    """Raises ValueError if a model, which keeps its posteriors near N(0, I), would draw samples of another prior."""
    if prior != Normal(prior.size):
        raise ValueError(f"{owner} needs a standard normal prior, Normal({prior.size}); received {prior}.")


def encode_posterior(
    model: AdversarialModel, batch: Batch, noise: Batch, reduction: KLReduction, *, label: tf.Tensor | None = None
) -> Posterior:
    """Encodes a batch in training mode.

    Args:
        model: Its encoder gives means and logarithms of variances, `[B, 2 N]`.
        batch: `image`, `[B, ...]`.
        noise: `posterior`, standard normal, `[B, N]`.
        reduction: Divisor of the divergence.
        label: Labels, if the encoder takes a condition.
    """
    image = batch["image"]
    mean, log_variance = mean_and_log_variance(model.forward(model.encoder, image, label, training=True))
    divergence = reduced_divergence(mean, log_variance, reduction, image.shape[1:].num_elements())
    return Posterior(draw_latent(mean, log_variance, noise["posterior"]), mean, divergence)


def posterior_noise(model: AdversarialModel, batch: Batch, use: int, index: int) -> tf.Tensor:
    """Draws the standard normal noise `[B, N]` of posteriors."""
    return model.noise(Normal(model.prior.size).sample, rows_of(batch), use, index)


def posterior_and_latent(model: AdversarialModel, batch: Batch, index: int) -> Batch:
    """Draws `posterior`, the noise of posteriors, and `latent` of the prior, `[B, N]` each."""
    return {
        "posterior": posterior_noise(model, batch, Draw.POSTERIOR, index),
        "latent": model.noise(model.prior.sample, rows_of(batch), Draw.LATENT, index),
    }
