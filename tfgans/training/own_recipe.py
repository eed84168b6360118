"""The recipe for the user's own images, chosen by their size, their colour and their labels."""

import dataclasses

from tfgans import recipes
from tfgans.data import Look
from tfgans.recipes import Recipe

# For each longest edge in pixels up to which it is taken, a recipe whose networks have stages for such images.
_WITHOUT_LABELS = {16: "gan/digits", 64: "gan/cifar10"}
_WITH_LABELS = {16: "cwgan/digits", 32: "cwgan/mnist", 64: "cwgan/celeba"}
# Larger images take hours on a CPU, and smaller ones leave nothing for the stages of the networks.
_LARGEST_EDGE, _SMALLEST_EDGE = 64, 8
# The four stages of cwgan/celeba halve an edge to a pixel or more; other networks have three.
_SMALLEST_OF_FOUR_STAGES, _LARGEST_OF_THREE = 16, 32


def recipe_for(look: Look, preset: str | None = None) -> Recipe:
    """Returns a recipe for the user's own images.

    Images without labels get a GAN, and others a conditional Wasserstein GAN. `image_shape` is the shape of the images,
    with edges brought to 8 to 64 pixels. A batch has at most as many images as there are to train on.

    Args:
        look: The data.
        preset: Preset of the recipe, as in `recipes.get`.

    Raises:
        ValueError: If the recipe has no such preset.
    """
    shape = _shape_for(look)
    names = _WITHOUT_LABELS if look.conditioning == "none" else _WITH_LABELS
    longest = max(shape[:2])
    if min(shape[:2]) < _SMALLEST_OF_FOUR_STAGES:
        longest = min(longest, _LARGEST_OF_THREE)
    name = next(name for edge, name in names.items() if longest <= edge)
    recipe = recipes.get(name, preset)
    recipe = dataclasses.replace(
        recipe,
        data=look.name,
        image_shape=shape,
        batch_size=min(recipe.batch_size, look.train_count),
        score_samples=max(recipe.score_samples, 2 * look.condition_size),
    )
    return recipe.adapted(look.conditioning, look.condition_size)


def lost_by(recipe: Recipe, look: Look) -> list[str]:
    """Returns what images lose in the shape of a recipe, in words that follow "the recipe": colour, most of the size.

    Args:
        recipe: The recipe.
        look: The data.
    """
    height, width, channels = look.image_shape
    *edges, recipe_channels = recipe.image_shape
    lost = [] if recipe_channels >= channels else ["turns colour to grey"]
    if any(2 * edge < there for edge, there in zip(edges, (height, width), strict=True)):
        lost.append(f"shrinks images of {height}x{width} to {'x'.join(map(str, edges))}")
    return lost


def _shape_for(look: Look) -> tuple[int, int, int]:
    height, width, channels = look.image_shape
    scale = min(1.0, _LARGEST_EDGE / max(height, width))
    scale = max(scale, _SMALLEST_EDGE / min(height, width))
    rows, columns = (min(_LARGEST_EDGE, round(edge * scale)) for edge in (height, width))
    return rows, columns, channels
