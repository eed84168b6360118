"""Drawn images whose attributes are known."""

import numpy as np

from tfgans.data.image_set import ImageSet

SPRITE_ATTRIBUTES = ("size", "roundness", "orientation", "brightness")
"""Names of the attributes of a sprite, in order."""

_PIXELS = 32
_COUNTS = {"train": 8_000, "holed": 8_000, "test": 2_000, "hole": 2_000}
_HOLE_FROM = 0.6


def sprites_in_hole(attributes: np.ndarray) -> np.ndarray:
    """Returns for attributes [n, 4] whether they are large and bright, as no sprite of `holed` is, bool [n]."""
    return (attributes[:, 0] > _HOLE_FROM) & (attributes[:, 3] > _HOLE_FROM)


def sprites(split: str = "train") -> ImageSet:
    """Returns soft ellipses on a noisy sky, 32x32x1, with four known continuous attributes in [0, 1].

    They take the place of galaxies with graded attributes. `size`, `roundness`, `orientation` (a quarter turn) and
    `brightness` are uniform and independent. The place of the ellipse, the slope of the sky and the noise are no
    attributes.

    Args:
        split: `"train"` (8,000) or `"test"` (2,000); `"holed"` (8,000), without sprites that are both large and bright;
            or `"hole"` (2,000), with such sprites only.

    Returns:
        uint8 images [n, 32, 32, 1] with attributes float32 [n, 4].

    Raises:
        ValueError: If `split` is unknown.
    """
    if split not in _COUNTS:
        raise ValueError(f"sprites has the splits {', '.join(_COUNTS)}; received split={split!r}.")
    random = np.random.default_rng([2024, list(_COUNTS).index(split)])
    wanted = {"holed": lambda a: ~sprites_in_hole(a), "hole": sprites_in_hole}.get(
        split, lambda a: np.ones(len(a), bool)
    )
    # The hole has a share of .4 x .4, so ten times the count contains enough of either kind.
    candidates = random.uniform(size=(10 * _COUNTS[split], 4)).astype(np.float32)
    attributes = candidates[wanted(candidates)][: _COUNTS[split]]
    return ImageSet("sprites", split, draw_sprites(attributes, random), attributes, SPRITE_ATTRIBUTES)


def draw_sprites(attributes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draws sprites.

    Args:
        attributes: [n, 4] in [0, 1].
        random: Source of the place, the sky and the noise.

    Returns:
        uint8 [n, 32, 32, 1].
    """
    count = len(attributes)
    size, roundness, orientation, brightness = (column[:, None, None] for column in np.asarray(attributes).T)
    # The minor axis is .35 to .75 of the major one, so that an ellipse always has an orientation.
    major = 4.0 + 5.0 * size
    minor = major * (0.35 + 0.4 * roundness)
    angle = orientation * np.pi / 2
    center = (_PIXELS - 1) / 2 + random.uniform(-3, 3, size=(2, count, 1, 1))
    y, x = np.mgrid[:_PIXELS, :_PIXELS]
    along = (x - center[0]) * np.cos(angle) + (y - center[1]) * np.sin(angle)
    across = (y - center[1]) * np.cos(angle) - (x - center[0]) * np.sin(angle)
    radius = np.sqrt((along / major) ** 2 + (across / minor) ** 2)
    body = 1 / (1 + np.exp(8 * (radius - 1)))
    slope = random.uniform(-1, 1, size=(2, count, 1, 1))
    sky = 0.12 + 0.08 * (slope[0] * (x / _PIXELS - 0.5) + slope[1] * (y / _PIXELS - 0.5))
    noise = 0.01 * random.normal(size=(count, _PIXELS, _PIXELS))
    image = sky + (0.3 + 0.55 * brightness) * body + noise
    return (np.clip(image, 0, 1) * 255).round().astype(np.uint8)[..., None]
