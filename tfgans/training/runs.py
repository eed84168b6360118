"""A run: one recipe and one folder, from data to a model that can be served."""

import contextlib
import dataclasses
import os
import pathlib
import re
import sys
from typing import Any

import tensorflow as tf

from tfgans import callbacks, data, evaluation
from tfgans.evaluation import Score
from tfgans.models import AdversarialModel
from tfgans.recipes import Recipe
from tfgans.serving import export, exported_step, latest_version
from tfgans.training.build import build
from tfgans.training.execution import Execution, compiles, is_chief, strategy_of, take_from_chief
from tfgans.training.loading import check_data, has_own_data, load_data
from tfgans.training.loop import train, train_and_write
from tfgans.training.preparation import fitted, prepare
from tfgans.training.run_folder import RunFolder
from tfgans.training.scoring import final_scores, scorer_of
from tfgans.training.watching import alarms, code_pictures, refreshes, sample_pictures, score_curves

# Notes in the protocol of the scores that every run ends with.
_TAKEN = {"taken": "when the run ended"}


@dataclasses.dataclass(frozen=True)
class Result:
    """What a run leaves behind.

    Attributes:
        model: The trained model.
        scores: Objects with `metric`, `value`, `spread` and `protocol`, as in `scores.json`.
        grid: PNG of the last grid of samples.
        scores_file: JSON of the scores.
        saved_model: Folder of the exported generator.
    """

    model: AdversarialModel
    scores: list[Score]
    grid: pathlib.Path
    scores_file: pathlib.Path
    saved_model: pathlib.Path


def run(
    recipe: Recipe,
    workdir: str | os.PathLike | None = None,
    *,
    own: data.ImageSet | None = None,
    data_dir: str | None = None,
    download: bool = False,
    strategy: tf.distribute.Strategy | None = None,
    xla: bool | None = None,
    progress: bool = True,
) -> Result | None:
    """Trains a recipe, resuming where `workdir` has a checkpoint; then scores and exports the model.

    Args:
        recipe: What to train.
        workdir: Folder of the run; by default `runs/NAME/SEED`, with the preset where it is not `small`.
        own: Data in place of the recipe's, such as `data.from_arrays` makes; a fifth is held out. The recipe
            takes its conditioning from them, as it does from `folder:` and `npz:` data.
        data_dir: Folder of prepared data sets.
        download: Whether a data set that is not there may be downloaded.
        strategy: Distribution of the training, such as `strategy_of` gives; by default that of `default`.
        xla: Whether XLA compiles the steps; by default on one GPU alone.
        progress: Whether to show a progress bar.

    Returns:
        The model, its scores, and the paths of what was written; None on a machine that is not the chief of several,
        which writes nothing.

    Raises:
        ValueError: If `workdir` belongs to another recipe, the data do not fit this one, the run in
            `recipe.init_from` has other networks, or XLA is asked for where it cannot be had.
        FileNotFoundError: If the data set is not prepared, or `recipe.init_from` is no run.
        OSError: If `workdir` cannot be written.
        callbacks.NonFiniteError: If training broke; the last good checkpoint stands.
        Interrupted: After SIGINT, SIGTERM, SIGHUP or SIGUSR1 came while it trained, and a checkpoint was saved. It
            is a KeyboardInterrupt.
    """
    strategy = strategy or strategy_of("default")
    xla = compiles(xla, strategy)
    recipe, train_split, test_split = load_data(recipe, own, data_dir, download)
    trained_on = train_split.part(recipe.train_fraction)
    check_data(recipe, trained_on, strategy.num_replicas_in_sync)
    recipe = fitted(recipe, trained_on)
    folder = RunFolder(workdir or default_workdir(recipe))
    folder.check(recipe)
    # Of several machines the chief scores alone.
    devices = strategy.extended.worker_devices if strategy.num_replicas_in_sync > 1 else ()
    # The chief owns the folder before it reads a checkpoint there.
    with folder.claim(recipe) if is_chief(strategy) else contextlib.nullcontext():
        curves = score_curves(recipe, folder, train_split, test_split, devices)
        with strategy.scope():
            model = build(recipe)
        _restore_or_prepare(model, recipe, folder, trained_on, test_split)
        take_from_chief(model)
        execution = Execution(model, xla)
        refreshing = refreshes(recipe, model, trained_on)
        if not is_chief(strategy):
            train(model, recipe, trained_on, execution, [callbacks.StopOnNonFinite(), *refreshing])
            return None
        folder.begin(recipe, train_split.label_names)
        samples = sample_pictures(recipe, folder, model, train_split)
        pictures = [samples, *code_pictures(recipe, folder, model, train_split)]
        watching = [*refreshing, *pictures, *alarms(folder, model), *curves]
        train_and_write(model, recipe, folder, trained_on, execution, watching, progress)
        for picture in pictures:
            picture.draw()
        _export_once(model, folder)
        scores = _final_scores(model, recipe, folder, train_split, test_split, devices=devices, progress=progress)
    return Result(model, scores, samples.draw(), folder.scores_file, latest_version(folder.saved_model))


def _restore_or_prepare(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train_split: data.DataSplit,
    test_split: data.DataSplit,
) -> None:
    """Brings a new model to where the run in the folder is, or to its beginning."""
    if folder.restore(model) is None:
        if recipe.init_from is not None:
            _copy_networks(load(recipe.init_from), model)
        prepare(model, recipe, train_split, test_split)
    elif (step := int(model.step.numpy())) > recipe.steps:
        raise ValueError(f"{folder.path} is at step {step} already; received steps={recipe.steps}.")
    else:
        print(f"Resuming {folder.path} at step {step}.", file=sys.stderr)


def _export_once(model: AdversarialModel, folder: RunFolder) -> None:
    """Exports the model, unless its step is exported."""
    if exported_step(folder.saved_model) != int(model.step.numpy()):
        print("Exporting the model.", file=sys.stderr)
        export(model, folder.saved_model)


def _final_scores(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train_split: data.DataSplit,
    test_split: data.DataSplit,
    **options: Any,
) -> list[Score]:
    """The scores with which the run ends. They are taken unless the folder has them."""
    if scores := _last_scores(folder, int(model.step.numpy())):
        return scores
    print("Scoring the model.", file=sys.stderr)
    extractor, names = final_scores(train_split, labelled=model.samples_by_label)
    scorer = scorer_of(train_split, test_split, extractor, recipe.score_samples, **options)
    scores = scorer.model(model, names, _TAKEN)
    evaluation.add_scores(folder.scores_file, scores)
    return scores


def _last_scores(folder: RunFolder, step: int) -> list[Score]:
    """The scores with which the run ended at a step; others may have been added later."""
    ours = {"step": step, **_TAKEN}
    return [score for score in folder.scores() if ours.items() <= score["protocol"].items()]


def default_workdir(recipe: Recipe) -> pathlib.Path:
    """`runs/NAME/SEED`; other presets than `small`, and data of one's own, have folders of their own below NAME."""
    preset = [] if recipe.preset == "small" else [recipe.preset]
    own = [re.sub(r"[^\w.-]+", "-", recipe.data)] if has_own_data(recipe) else []
    return pathlib.Path("runs", recipe.name, *preset, *own, str(recipe.seed))


def load(workdir: str | os.PathLike, step: int | None = None, averaged: bool = True) -> AdversarialModel:
    """The model of a run.

    Args:
        workdir: Folder of the run.
        step: Step of the checkpoint; by default the newest.
        averaged: Whether the averaged generator samples, where there is one.

    Returns:
        The compiled model, ready to sample or to train on.

    Raises:
        FileNotFoundError: If the folder is no run, or has no such checkpoint.
        ValueError: If no checkpoint can be read.
    """
    folder = RunFolder(workdir)
    model = build(folder.recipe())
    if folder.restore(model, step) is None:
        raise FileNotFoundError(f"{workdir} has no checkpoint yet.")
    model.use_average = averaged and model.averaged_generator is not None
    return model


def _copy_networks(source: AdversarialModel, target: AdversarialModel) -> None:
    """Starts `target` from the networks of another run; optimizers and the step start afresh."""
    pairs = [(getattr(source, player), getattr(target, player)) for player in target.players]
    if target.averaged_generator is not None:
        pairs.append((source.averaged_generator or source.generator, target.averaged_generator))
    for ours, theirs in pairs:
        shapes = [[tuple(weight.shape) for weight in network.weights] for network in (ours, theirs)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"The {theirs.name} of the run to start from has other shapes than that of this recipe.")
        theirs.set_weights(ours.get_weights())
