"""The recipe that the flags of `scripts/train.py` ask for."""

import dataclasses
import pathlib
import sys
from typing import Any

from absl import flags

from tfgans import recipes
from tfgans._files import CHECKPOINTS, checkpoints_by_step
from tfgans._startup import load_tensorflow
from tfgans.choices import suggestion
from tfgans.recipes import Recipe

FLAGS = flags.FLAGS

# Flags that replace a field of the recipe.
_FIELDS = ("data", "steps", "seed", "precision", "init_from")


def chosen() -> Recipe:
    """Returns the recipe of the flags, and says on standard error where it comes from.

    A run in `--workdir` continues with its own recipe, to which flags may only add steps. Otherwise it is that of
    `--recipe`, or one for the user's own data in `--data`, or that of the digits.

    Raises:
        ValueError: If a flag has no such value, or another than the run in the folder.
        FileNotFoundError: If the user's own data are missing.
    """
    workdir = FLAGS.workdir
    if workdir is not None and pathlib.Path(workdir, recipes.RECIPE_FILE).exists():
        return _continued(recipes.of_run(workdir), workdir)
    recipe = _new()
    if (recipe.default_workdir / recipes.RECIPE_FILE).exists() and workdir is None:
        _check_given(recipes.of_run(recipe.default_workdir), recipe.default_workdir)
    return recipe


def _given() -> dict[str, Any]:
    return {name: FLAGS[name].value for name in _FIELDS if FLAGS[name].value is not None}


def _changed(recipe: Recipe) -> Recipe:
    return dataclasses.replace(recipe.override(FLAGS.set), **_given())


def _new() -> Recipe:
    """The recipe of a run that begins."""
    is_own = FLAGS.data is not None and ":" in FLAGS.data
    if not is_own:
        return _changed(recipes.get(FLAGS.recipe, FLAGS.preset))

    load_tensorflow()
    from tfgans import data, training

    look = data.look_at(FLAGS.data)
    if not FLAGS["recipe"].present:
        fitting = training.recipe_for(look, FLAGS.preset)
        recipe = _changed(fitting)
        print(f"{look}: the recipe is {recipe.name}, with image_shape={recipe.image_shape}.", file=sys.stderr)
    else:
        recipe, fitting = _changed(recipes.get(FLAGS.recipe, FLAGS.preset)), training.recipe_for(look)
    lost = training.lost_by(recipe, look) if len(recipe.image_shape) == 3 else []
    # Large photographs lose some of their size in each recipe for a CPU.
    if lost and recipe.image_shape != fitting.image_shape:
        shape = ",".join(map(str, fitting.image_shape))
        print(f"Warning: {recipe.name} {' and '.join(lost)}; --set=image_shape={shape} would not.", file=sys.stderr)
    return recipe


def _continued(there: Recipe, workdir: str) -> Recipe:
    """The recipe of a run that is there already, with the steps of the flags."""
    _check_given(there, workdir)
    recipe = _changed(there)
    if there.data.startswith("own:"):
        raise ValueError(
            f"{workdir} holds a run on arrays of a program; continue it by tfgans.run(recipe, workdir, own=...)."
        )
    reached = max(checkpoints_by_step(pathlib.Path(workdir, CHECKPOINTS)), default=0)
    if reached > recipe.steps:
        raise ValueError(f"{workdir} is at step {reached:,} already; received steps={recipe.steps}.")
    print(
        f"{workdir} holds a run of {there.name} ({there.preset}), which continues to step {recipe.steps:,}.",
        file=sys.stderr,
    )
    return recipe


def _check_given(there: Recipe, where: str | pathlib.Path) -> None:
    """Raises ValueError if a flag asks for another recipe than that of the run in a folder."""
    names = {"name": FLAGS.recipe if FLAGS["recipe"].present else None, "preset": FLAGS.preset}
    if names["name"] is not None:
        recipes.get(FLAGS.recipe, FLAGS.preset)
    difference = [
        f"{name} is {getattr(there, name)!r} there and {value!r} here"
        for name, value in names.items()
        if value not in (None, getattr(there, name))
    ]
    if difference:
        raise ValueError(f"{where} holds a run of another recipe: {'; '.join(difference)}. Name another --workdir.")
    _changed(there).check_continues(there, where)


def described_data(recipe: Recipe) -> str:
    """Loads the data of a recipe, and returns a line on what a run would have.

    Raises:
        FileNotFoundError: If the data set is not prepared. Nothing is downloaded.
        ValueError: If the data do not fit the recipe.
    """
    load_tensorflow()
    from tfgans import training

    adapted, train, test = training.load_data(recipe, None, FLAGS.data_dir, download=False)
    learned = train.part(adapted.train_fraction)
    training.check_data(adapted, learned, 1)
    shape = "x".join(map(str, learned.sample_shape))
    labels = ", ".join(map(str, adapted.takes_labels)) or "no labels"
    if learned.count is None:
        return f"data: {recipe.data} draws points of {shape} numbers."
    counts = f"{learned.count:,} images of {shape} to train on and {test.count:,} to test on"
    return f"data: {recipe.data} has {counts}; {labels}."


def listing(text: str) -> str:
    """Returns a table of the recipes whose names, data sets or presets contain a text, which may be empty.

    Raises:
        ValueError: If there is no such recipe.
    """
    rows = [row for row in map(_row, recipes.names()) if any(text.lower() in cell for cell in row[:3])]
    if not rows:
        raise ValueError(f"No recipe contains {text!r}. {suggestion(text, recipes.names(), '--list shows all.')}")
    table = [("recipe", "presets", "data", "samples", "labels", "minutes"), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    note = (
        "Minutes are those of the default preset (small, or hour), from the stored runs of docs/results.md, and scaled "
        "to its steps. They had two CPU cores, or one where a 1 follows. A dash says that nobody measured it."
    )
    return "\n".join([*lines, "", note])


def _row(name: str) -> tuple[str, ...]:
    recipe = recipes.get(name)
    *edges, entries = recipe.image_shape
    samples = f"{'x'.join(map(str, edges))} {'colour' if entries == 3 else 'grey'}" if edges else f"points, {entries}-D"
    labels = "{1} {0}".format(*recipe.takes_labels) if recipe.takes_labels else "-"
    labels = labels.replace("class", "classes")
    duration = recipes.minutes(recipe)
    cores = "" if duration is None or recipes.MEASURED[name].cores == 2 else " (1)"
    minutes = "-" if duration is None else f"{max(1, round(duration))}{cores}"
    return name, ", ".join(recipes.presets(name)), recipe.data, samples, labels, minutes
