"""Loads the data of a run, and checks that they fit its recipe."""

import dataclasses
import os
from collections.abc import Sequence

from tfgans import data
from tfgans.recipes import Recipe
from tfgans.training.run_folder import RunFolder


def load_data(
    recipe: Recipe, own: data.ImageSet | None, data_dir: str | None, download: bool
) -> tuple[Recipe, data.DataSplit, data.DataSplit]:
    """Loads the data of a recipe.

    Args:
        recipe: The recipe.
        own: Data in place of the recipe's. A fifth of them is held out as the test split.
        data_dir: Folder of prepared data sets.
        download: Whether to download a data set that is not prepared.

    Returns:
        The recipe, the train split and the test split. A recipe for the user's own data takes the kind and the number
        of its labels from them.

    Raises:
        FileNotFoundError: If the data set is not there.
        ValueError: If the data set does not fit the recipe, or has no labels that the recipe needs; or if the recipe is
            that of a run on `own` data, which are not given.
    """
    if own is None and recipe.data.startswith("own:"):
        raise ValueError(f"The run learned from arrays of a program ({recipe.data}); give them again as `own`.")
    if (own is not None or recipe.has_own_data) and len(recipe.image_shape) != 3:
        received = recipe.data if own is None else "own images"
        raise ValueError(f"{recipe.name} is made for points of a toy world; received {received}.")
    if own is not None:
        own = dataclasses.replace(own, image=data.fit(own.image, recipe.image_shape))
        recipe = dataclasses.replace(recipe, data=f"own:{own.name}-{own.fingerprint}")
    if recipe.has_own_data:
        recipe = dataclasses.replace(recipe, train_split="train", test_split="test")
    splits = (recipe.train_split, recipe.test_split)
    loaded: Sequence[data.DataSplit]
    if own is not None:
        loaded = [data.hold_out(own, split) for split in splits]
    else:
        loaded = data.load_splits(
            recipe.data, splits, image_shape=recipe.image_shape, data_dir=data_dir, download=download
        )
    train, test = loaded
    if recipe.has_own_data:
        recipe = recipe.adapted(train.conditioning, len(train.label_names))
    return recipe, train, test


def load_data_of(
    workdir: str | os.PathLike, own: data.ImageSet | None, data_dir: str | None, download: bool
) -> tuple[Recipe, data.DataSplit, data.DataSplit]:
    """Loads the data of a run, as `load_data` does those of its recipe.

    Raises:
        FileNotFoundError: If `workdir` is not the folder of a run, or the data set is not there.
        ValueError: As `load_data`, or if the data have other samples than when the run began.
    """
    folder = RunFolder(workdir)
    recipe, train, test = load_data(folder.recipe(), own, data_dir, download)
    folder.check_data(train, test)
    return recipe, train, test


def check_data(recipe: Recipe, train: data.DataSplit, replicas: int) -> None:
    """Checks that a recipe is made for its data, and that replicas can share its batches.

    Raises:
        ValueError: If the data have other shapes or labels than the recipe, or the size of batches does not fit.
    """
    received = (train.sample_shape, train.conditioning, len(train.label_names))
    expected = (recipe.image_shape, *(recipe.learns_labels or received[1:]))
    if received != expected:
        raise ValueError(
            f"{recipe.data} has (shape, conditioning, number of classes or attributes) {received}; the recipe expects "
            f"{expected}."
        )
    if recipe.flip and train.kind != "image":
        raise ValueError(f"flip turns images; {recipe.data} has {train.kind}s.")
    most = train.count or recipe.batch_size
    if recipe.batch_size > most or recipe.batch_size % replicas:
        raise ValueError(
            f"batch_size must be at most {most}, the number of images, and a multiple of {replicas}, the number of "
            f"replicas; received {recipe.batch_size}."
        )
    packing = getattr(recipe, "packing", 1)
    if recipe.batch_size // replicas % packing:
        raise ValueError(
            f"A replica's part of batch_size must be a multiple of packing, {packing}; received "
            f"{recipe.batch_size} for {replicas} replicas."
        )
