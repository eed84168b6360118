"""The cases of which the systems' goldens are: small recipes, their weights and their inputs.

Both the oracle and the test import this file, so that they compute the same numbers from the same seeds.
"""

import zlib

import numpy as np

ROWS = 4
"""Samples in a batch."""

K = 0.3
"""The factor k of the energy models before the step, so that its term counts."""

FACTORS = (1.0, 2.0, 0.5)
"""What L_d is multiplied with in three moves of AVAE's k."""

_CELEBA = {"generator_widths": (8, 8, 6, 4), "discriminator_widths": (4, 6, 8, 8), "latent_size": 5}
_CIFAR10 = {"widths": (4, 6, 8), "head_width": 8, "latent_size": 5}
_BEGAN = {"filters": 4, "latent_size": 5}

CASES = {
    "cwgan/mnist:code": {"generator_widths": (8, 6, 4), "discriminator_widths": (4, 6, 8, 8), "latent_size": 5},
    "cwgan/celeba:code": _CELEBA,
    "cwgan/celeba:paper": _CELEBA,
    "logan/cifar10:code": _CIFAR10,
    "logan/cifar10:paper": _CIFAR10,
    "logan/ring8:code": {"widths": (8, 8, 8)},
    "gan/cifar10:code": _CIFAR10,
    "began_cs/celeba64:code": _BEGAN,
    "began_cs/celeba64:paper": _BEGAN,
    "avae/celeba64:paper": _BEGAN,
    # VGG-19 needs 32 pixels, and has the widths that it has.
    "xgan/facescrub:paper": {
        "widths": (4, 6, 8, 8, 8),
        "image_shape": (32, 32, 3),
        "latent_size": 6,
        "condition_size": 5,
        "bank_size": 8,
    },
}
"""Recipes by name and preset, and the fields that make each small; all other fields are the preset's."""


def random(*key):
    """A generator of the seed that the names and numbers of `key` give."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, key)).encode()))


def weight(case, network, index, kind, shape):
    """Weight number `index` of a network, float32, such that activations are of order 1 behind it.

    Args:
        case: Name and preset of the recipe.
        network: Name of the network.
        index: Its place among the network's weights.
        kind: `kernel`, `bias`, `gamma`, `beta`, `moving_mean` or `moving_variance`.
        shape: Its shape.
    """
    draw = random(case, network, index).standard_normal(shape, dtype=np.float32)
    if kind == "kernel":
        return draw * np.float32(np.sqrt(2 / np.prod(shape[:-1])))
    if kind == "gamma":
        return 1 + draw * np.float32(0.2)
    if kind == "moving_variance":
        return 1 + np.abs(draw) * np.float32(0.5)
    return draw * np.float32(0.2)


def uniform(case, use, *shape):
    """An input from U(-1, 1), representable in float32."""
    return (2 * random(case, use).random(shape, dtype=np.float32) - 1).astype(np.float64)


def normal(case, use, *shape):
    """An input from N(0, 1), representable in float32."""
    return random(case, use).standard_normal(shape, dtype=np.float32).astype(np.float64)


def classes(case, use, count):
    """Classes [B]."""
    return random(case, use).integers(0, count, ROWS)


def attributes(case, use, count):
    """Attributes [B, K], 0 or 1."""
    return (uniform(case, use, ROWS, count) > 0).astype(np.float64)


def shares(case, use):
    """Weights [B] in [0, 1] of an interpolation."""
    return 0.5 + 0.5 * uniform(case, use, ROWS)


def draws(case):
    """Numbers that tell whether NumPy still draws the same for a seed."""
    return [
        *map(float, normal(case, "draws", 2)),
        *map(float, uniform(case, "draws", 2)),
        int(classes(case, "draws", 99)[0]),
    ]


def excerpt(array, count):
    """The Euclidean norm of an array, and `count` of its entries at even distances (all, where it has no more)."""
    flat = np.asarray(array, np.float64).reshape(-1)
    places = np.linspace(0, flat.size - 1, min(count, flat.size)).round().astype(int)
    return {"norm": float(np.linalg.norm(flat)), "entries": flat[places].tolist()}


def forward(array):
    """The excerpt that a golden keeps of an output."""
    return excerpt(array, 40)


def gradients(arrays):
    """The excerpts that a golden keeps of a gradient or of changes, one a variable."""
    return {str(index): excerpt(array, 4) for index, array in enumerate(arrays)}
