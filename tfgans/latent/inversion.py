"""Latent vectors of given images by gradient search."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7
# Steps in one call of the graph; Ctrl-C acts between calls.
_STEPS_A_CALL = 50


class Search(NamedTuple):
    """The result of a search.

    Attributes:
        latent: The best latent of each row, [n, N].
        error: Their Euclidean distances ||G(z) - x||, [n].
        latents: The best latents so far after each requested number of steps, [len(steps), n, N].
        errors: Their distances, [len(steps), n].
        seconds: Time until each requested number of steps without building the graph, [len(steps)].
    """

    latent: np.ndarray
    error: np.ndarray
    latents: np.ndarray
    errors: np.ndarray
    seconds: np.ndarray


def search_latent(
    generate: Callable[[tf.Tensor], tf.Tensor],
    images: np.ndarray,
    start: np.ndarray,
    steps: int | Sequence[int],
    learning_rate: float = 0.01,
) -> Search:
    """Searches z* = argmin ||G(z) - x|| for all images at once (BEGAN-CS, sections 3.2 and 4.5, Fig. 11).

    Adam moves each row on its own, so that a row's path does not depend on its neighbours.

    Args:
        generate: G at inference, from latents [n, N] to images, such as `model.unclipped_graph`, with the labels of a
            conditional model filled in.
        images: x, [n, H, W, C] in [-1, 1], or points [n, D].
        start: The first z, [n, N]: random latents, or `model.encode(images)`.
        steps: Number of steps, or several in rising order, after each of which errors and times are recorded.
        learning_rate: Learning rate of Adam; the paper states none.

    Raises:
        ValueError: If lengths differ, images are not floating or have another shape than the generator's, or steps do
            not rise.
    """
    marks = [int(mark) for mark in np.atleast_1d(steps)]
    images, start = np.asarray(images), np.asarray(start)
    if len(images) != len(start) or len(images) == 0 or not np.issubdtype(images.dtype, np.floating):
        raise ValueError(
            f"Expected floating images and a start for each; received {images.dtype} {images.shape} and {start.shape}."
        )
    if not marks or marks[0] < 0 or any(b <= a for a, b in itertools.pairwise(marks)):
        raise ValueError(f"Steps must rise from 0 on; received {steps}.")
    target = tf.constant(images)
    axes = list(range(1, target.shape.rank))

    def errors_at(latent: tf.Tensor) -> tf.Tensor:
        return tf.sqrt(tf.reduce_sum(tf.square(tf.cast(generate(latent), target.dtype) - target), axes) + 1e-12)

    def step(state: tuple[tf.Tensor, ...], number: tf.Tensor) -> tuple[tf.Tensor, ...]:
        latent, first, second, best, error = state
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(latent)
            errors = errors_at(latent)
        gradient = tape.gradient(errors, latent)
        best, error = _better(latent, errors, best, error)
        first = _BETA_1 * first + (1 - _BETA_1) * gradient
        second = _BETA_2 * second + (1 - _BETA_2) * tf.square(gradient)
        count = tf.cast(number + 1, latent.dtype)
        rate = learning_rate * tf.sqrt(1 - _BETA_2**count) / (1 - _BETA_1**count)
        return latent - rate * first / (tf.sqrt(second) + _EPSILON), first, second, best, error

    @tf.function
    def walk(state: tuple[tf.Tensor, ...], begin: tf.Tensor, end: tf.Tensor) -> tuple[tf.Tensor, ...]:
        for number in tf.range(begin, end):
            state = step(state, number)
        return state

    @tf.function
    def settle(state: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, tf.Tensor]:
        return _better(state[0], errors_at(state[0]), *state[3:])

    latent = tf.constant(start, target.dtype)
    if (shape := tuple(generate(latent[:1]).shape[1:])) != images.shape[1:]:
        raise ValueError(f"Expected images of the generator's shape {shape}; received {images.shape[1:]}.")
    zeros = tf.zeros_like(latent)
    state = (latent, zeros, zeros, latent, tf.fill([len(images)], tf.constant(np.inf, target.dtype)))
    # The graph is built before the clock starts.
    walk(state, tf.constant(0), tf.constant(0))
    settle(state)
    began, done, latents, errors, seconds = time.monotonic(), 0, [], [], []
    for mark in marks:
        while done < mark:
            upto = min(done + _STEPS_A_CALL, mark)
            state = walk(state, tf.constant(done), tf.constant(upto))
            done = upto
        best, error = settle(state)
        latents.append(best.numpy())
        errors.append(error.numpy())
        seconds.append(time.monotonic() - began)
    return Search(latents[-1], errors[-1], np.stack(latents), np.stack(errors), np.array(seconds))


def _better(latent: tf.Tensor, errors: tf.Tensor, best: tf.Tensor, error: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The better latent of each row, and its error."""
    is_better = errors < error
    return tf.where(is_better[:, tf.newaxis], latent, best), tf.where(is_better, errors, error)
