"""Directions of a latent space in which a generator's images change most."""

from collections.abc import Callable

import numpy as np

# Length of a step along an entry, as a share of the latents' standard deviation.
_STEP = 0.1


def principal_directions(
    generate: Callable[[np.ndarray], np.ndarray], latents: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Finds the directions in which the images of a generator change most, on average over latents.

    They are the eigenvectors of the mean of J^T J, where J is the Jacobian of the generator at a latent, taken by
    central differences. For a linear generator W z they are the principal directions of W.

    Args:
        generate: Function from latents [n, N] to images [n, ...].
        latents: Latents [m, N], two or more, at which the generator is measured; 2 m N images are made.
        count: Number of directions, at most N.

    Returns:
        Directions [count, N] of length 1, from that of the largest change on, whose largest entries are positive; and
        the standard deviation [count] of the latents along each.

    Raises:
        ValueError: If there are fewer than two latents, or `count` does not lie in 1 to N.
    """
    number, size = latents.shape
    if number < 2 or not 1 <= count <= size:
        raise ValueError(f"Expected two or more latents, and 1 to {size} directions; received {number} and {count}.")
    step = _STEP * max(float(latents.std(axis=0).mean()), 1e-6)
    moments = np.zeros((size, size))
    for latent in latents:
        moves = step * np.concatenate([np.eye(size), -np.eye(size)])
        images = generate((latent + moves).astype(np.float32)).reshape(2 * size, -1).astype(np.float64)
        jacobian = (images[:size] - images[size:]) / (2 * step)
        moments += jacobian @ jacobian.T / number
    directions = np.linalg.eigh(moments)[1].T[::-1][:count]
    signs = np.sign(np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, np.newaxis], axis=1))
    directions = directions * signs
    return directions, (latents @ directions.T).std(axis=0)
