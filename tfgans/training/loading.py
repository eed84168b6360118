"""The data of a run, and whether they fit its recipe."""

import dataclasses

from tfgans import data
from tfgans.recipes import Recipe

_OWN_DATA = ("folder:", "npz:", "own:")


def has_own_data(recipe: Recipe) -> bool:
    """Whether the data of a recipe are the user's own."""
    return recipe.data.startswith(_OWN_DATA)


def load_data(
    recipe: Recipe, own: data.ImageSet | None, data_dir: str | None, download: bool
) -> tuple[Recipe, data.DataSplit, data.DataSplit]:
    """The recipe for its data, and their train and test split. The user's own data say what a label is.

    Args:
        recipe: The recipe.
        own: Data in place of the recipe's; a fifth is held out.
        data_dir: Folder of prepared data sets.
        download: Whether a data set that is not there may be downloaded.

    Raises:
        FileNotFoundError: If the data set is not there.
        ValueError: If it is not as it must be, or has no labels.
    """
    if (own is not None or has_own_data(recipe)) and len(recipe.image_shape) != 3:
        raise ValueError(f"{recipe.name} is made for points of a toy world; received {recipe.data} or own images.")
    if own is not None:
        own = dataclasses.replace(own, image=data.fit_images(own.image, recipe.image_shape))
        recipe = dataclasses.replace(recipe, data=f"own:{own.name}-{own.fingerprint}")
    if has_own_data(recipe):
        recipe = dataclasses.replace(recipe, train_split="train", test_split="test")
    splits = (recipe.train_split, recipe.test_split)
    if own is not None:
        train, test = (data.hold_out(own, split) for split in splits)
    else:
        source = {"image_shape": recipe.image_shape, "data_dir": data_dir, "download": download}
        train, test = data.load_splits(recipe.data, splits, **source)
    if has_own_data(recipe):
        recipe = recipe.adapted(train.conditioning, len(train.label_names))
    return recipe, train, test


def check_data(recipe: Recipe, train: data.DataSplit, replicas: int) -> None:
    """Checks that a recipe is made for its data, and that batches can be cut among replicas.

    Raises:
        ValueError: If not.
    """
    received = (train.sample_shape, train.conditioning, len(train.label_names))
    expected = (recipe.image_shape, *(recipe.takes_labels or received[1:]))
    if received != expected:
        raise ValueError(
            f"{recipe.data} has (shape, conditioning, its size) {received}; the recipe is made for {expected}."
        )
    most = train.count or recipe.batch_size
    if recipe.batch_size > most or recipe.batch_size % replicas:
        raise ValueError(
            f"batch_size must be at most {most}, the number of images, and a multiple of {replicas}, that of "
            f"replicas; received {recipe.batch_size}."
        )
