"""What the golden numbers are of: arrays made from a seed, the same here and where the numbers are made."""

import numpy as np


def features():
    """Pairs of real and generated features by name."""
    random = np.random.default_rng(0)
    mixing = random.random((8, 64))
    return {
        "plain": (random.random((500, 32)), 1.1 * random.random((400, 32)) + 0.05),
        "few_samples": (random.random((100, 256)), 1.05 * random.random((120, 256))),
        "low_rank": (random.random((300, 8)) @ mixing, 1.1 * random.random((250, 8)) @ mixing),
        # Many equal points and equal distances.
        "grid": (
            random.integers(0, 3, (300, 6)) / 1.0,
            random.integers(0, 3, (300, 6)) + np.array([2.0, 1, 0, 0, 0, 0]),
        ),
    }


def logits():
    """Of 1,000 samples in 10 classes."""
    return 8 * np.random.default_rng(1).random((1000, 10))


def images():
    """Pairs of images [4, 33, 40, 3] in [0, 255], the second ever farther from the first."""
    random = np.random.default_rng(2)
    rows, columns = np.mgrid[:33, :40]
    phases = random.random((4, 1, 1, 3)) * 6
    first = 127.5 + 127.5 * np.sin(0.3 * rows[..., np.newaxis] + phases) * np.cos(0.2 * columns[..., np.newaxis])
    noise = random.random(first.shape) - 0.5
    second = np.clip(first + noise * np.array([10, 50, 120, 250])[:, np.newaxis, np.newaxis, np.newaxis], 0, 255)
    return first, second


def checksums():
    """Sums that tell whether NumPy still makes the same arrays."""
    sums = {name: float(sum(part.sum() for part in pair)) for name, pair in features().items()}
    return sums | {"logits": float(logits().sum()), "images": float(sum(part.sum() for part in images()))}
