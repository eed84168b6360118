"""A run: one recipe, one folder, from data to a served-ready generator."""

import contextlib
import dataclasses
import math
import os
import pathlib
import re
import sys
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgans import callbacks, data, evaluation
from tfgans._errors import Interrupted
from tfgans.models import XGAN, AdversarialModel
from tfgans.recipes import Recipe
from tfgans.serving import export, exported_step, latest_version
from tfgans.training.build import build
from tfgans.training.execution import Execution, compiles, is_chief, strategy_of, take_from_chief
from tfgans.training.preparation import fitted, prepare, refill
from tfgans.training.run_folder import RunFolder
from tfgans.training.scoring import scorer_of

_OWN_DATA = ("folder:", "npz:", "own:")
# Notes in the protocol of the scores that every run ends with.
_TAKEN = {"taken": "when the run ended"}
# Images whose codes are drawn.
_CODES = 2_000
# What a conditional model is scored by then; the judge needs no training of a network.
_CONDITIONAL_SCORES = {"class": ("label_accuracy", "intra_class_distance_share"), "attributes": ("attribute_r2",)}


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
    scores: list[dict[str, Any]]
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
    recipe, train, test = load_data(recipe, own, data_dir, download)
    trained_on = train.part(recipe.train_fraction)
    recipe = fitted(recipe, trained_on)
    folder = RunFolder(workdir or default_workdir(recipe))
    folder.check(recipe)
    _check_data(recipe, trained_on, strategy.num_replicas_in_sync)
    # Of several machines the chief scores alone.
    devices = strategy.extended.worker_devices if strategy.num_replicas_in_sync > 1 else ()
    # The chief owns the folder before it reads a checkpoint there.
    with folder.claim(recipe) if is_chief(strategy) else contextlib.nullcontext():
        curves = [] if recipe.score_every is None else [_score_curve(recipe, folder, train, test, devices)]
        with strategy.scope():
            model = build(recipe)
        _restore_or_prepare(model, recipe, folder, trained_on, test)
        take_from_chief(model)
        execution = Execution(model, xla)
        refreshes = _refreshes(recipe, model, trained_on)
        if not is_chief(strategy):
            _train(model, recipe, trained_on, execution, [callbacks.StopOnNonFinite(), *refreshes])
            return None
        folder.begin(recipe, train.label_names)
        grid = _sample_grid(recipe, folder, model, train)
        pictures = [grid, *_code_pictures(recipe, folder, model, train)]
        watching = [*refreshes, *pictures, *_alarms(folder, model), *curves]
        _train_and_write(model, recipe, folder, trained_on, execution, watching, progress)
        for picture in pictures:
            picture.draw()
        step = int(model.step.numpy())
        if exported_step(folder.saved_model) != step:
            print("Exporting the model.", file=sys.stderr)
            export(model, folder.saved_model)
        scores = _last_scores(folder, step)
        if not scores:
            print("Scoring the model.", file=sys.stderr)
            extractor, names = _final_scores(model, train)
            scorer = scorer_of(train, test, extractor, recipe.score_samples, devices=devices, progress=progress)
            scores = scorer.model(model, names, _TAKEN)
            evaluation.add_scores(folder.scores_file, scores)
    return Result(model, scores, grid.draw(), folder.scores_file, latest_version(folder.saved_model))


def _restore_or_prepare(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train: data.ImageSet | data.ToyWorld,
    test: data.ImageSet | data.ToyWorld,
) -> None:
    """Brings a new model to where the run in the folder is, or to its beginning."""
    if folder.restore(model) is None:
        if recipe.init_from is not None:
            _copy_networks(load(recipe.init_from), model)
        prepare(model, recipe, train, test)
    elif (step := int(model.step.numpy())) > recipe.steps:
        raise ValueError(f"{folder.path} is at step {step} already; received steps={recipe.steps}.")
    else:
        print(f"Resuming {folder.path} at step {step}.", file=sys.stderr)


def _final_scores(model: AdversarialModel, train: data.ImageSet | data.ToyWorld) -> tuple[str, tuple[str, ...]]:
    """What a run is scored by when it ends: extractor and names."""
    if isinstance(train, data.ToyWorld):
        return "points", ("modes",)
    if model.samples_by_label:
        return "judge", _CONDITIONAL_SCORES[train.conditioning]
    return ("classifier", ("score", "frechet")) if train.conditioning == "class" else ("pixels", ("prdc",))


def _last_scores(folder: RunFolder, step: int) -> list[dict[str, Any]]:
    """The scores with which the run ended at a step; others may have been added later."""
    ours = {"step": step, **_TAKEN}
    return [score for score in folder.scores() if ours.items() <= score["protocol"].items()]


def load_data(
    recipe: Recipe, own: data.ImageSet | None, data_dir: str | None, download: bool
) -> tuple[Recipe, data.ImageSet | data.ToyWorld, data.ImageSet | data.ToyWorld]:
    """The train and test split, and the recipe for them: data of the user's own say what a label is.

    Raises:
        FileNotFoundError: If the data set is not there.
        ValueError: If it is not as it must be, or has no labels.
    """
    if (own is not None or recipe.data.startswith(_OWN_DATA)) and len(recipe.image_shape) != 3:
        raise ValueError(f"{recipe.name} is made for points of a toy world; received {recipe.data} or own images.")
    if own is not None:
        own = dataclasses.replace(own, image=data.fit_images(own.image, recipe.image_shape))
        recipe = dataclasses.replace(recipe, data=f"own:{own.name}-{own.fingerprint}")
    is_own = recipe.data.startswith(_OWN_DATA)
    if is_own:
        recipe = dataclasses.replace(recipe, train_split="train", test_split="test")
    if own is not None:
        train, test = (data.hold_out(own, split) for split in (recipe.train_split, recipe.test_split))
    else:
        source = {"image_shape": recipe.image_shape, "data_dir": data_dir, "download": download}
        train, test = data.load_splits(recipe.data, (recipe.train_split, recipe.test_split), **source)
    if is_own:
        recipe = recipe.adapted(train.conditioning, len(train.label_names))
    return recipe, train, test


def default_workdir(recipe: Recipe) -> pathlib.Path:
    """`runs/NAME/SEED`; other presets than `small`, and data of one's own, have folders of their own below NAME."""
    preset = [] if recipe.preset == "small" else [recipe.preset]
    own = [re.sub(r"[^\w.-]+", "-", recipe.data)] if recipe.data.startswith(_OWN_DATA) else []
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


def _score_curve(
    recipe: Recipe,
    folder: RunFolder,
    train: data.ImageSet | data.ToyWorld,
    test: data.ImageSet | data.ToyWorld,
    devices: Sequence[str],
) -> callbacks.ScoreCurve:
    """Scores of one set of samples every so many steps."""
    scorer = scorer_of(
        train, test, recipe.score_extractor, recipe.score_samples, sets=1, devices=devices, progress=False
    )
    names = scorer.chosen(recipe.score_metrics, bool(recipe.takes_labels), recipe.has_encoder)
    scorer.prepare()

    def score(model: AdversarialModel) -> dict[str, float]:
        return {score["metric"]: score["value"] for score in scorer.model(model, names)}

    return callbacks.ScoreCurve(score, folder.curve_file, folder.curve_picture, folder.tensorboard, recipe.score_every)


def _check_data(recipe: Recipe, train: data.ImageSet | data.ToyWorld, replicas: int) -> None:
    """Raises ValueError where a data set is not what the recipe is made for."""
    found = (train.sample_shape, train.conditioning, len(train.label_names))
    expected = (recipe.image_shape, *recipe.takes_labels) if recipe.takes_labels else (recipe.image_shape, *found[1:])
    if found != expected:
        raise ValueError(
            f"{recipe.data} has (shape, conditioning, its size) {found}; the recipe is made for {expected}."
        )
    most = len(train) if isinstance(train, data.ImageSet) else recipe.batch_size
    if recipe.batch_size > most or recipe.batch_size % replicas:
        raise ValueError(
            f"batch_size must be at most {most}, the number of images, and a multiple of {replicas}, that of "
            f"replicas; received {recipe.batch_size}."
        )


def _sample_grid(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ImageSet | data.ToyWorld, most: int = 10
) -> callbacks.SampleGrid | callbacks.SamplePoints:
    """Pictures of samples: rows are classes, or the attributes of some real images, where the model takes them."""
    if isinstance(train, data.ToyWorld):
        return callbacks.SamplePoints(folder.grids, train, every=recipe.grid_every)
    if not model.samples_by_label:
        return callbacks.SampleGrid(folder.grids, every=recipe.grid_every)
    if train.conditioning == "class":
        labels, names = np.arange(len(train.label_names))[:most], list(train.label_names[:most])
    else:
        labels = train.label[:most]
        names = [" ".join(f"{value:.1f}" for value in label) for label in labels]
    return callbacks.SampleGrid(folder.grids, labels, names, every=recipe.grid_every)


def _code_pictures(
    recipe: Recipe, folder: RunFolder, model: AdversarialModel, train: data.ImageSet | data.ToyWorld
) -> list[callbacks.CodeScatter]:
    """Codes of real and generated samples, where there is an encoder of images alone."""
    if (encode := model.faces().get("encode")) is None or "label" in encode.inputs:
        return []
    if isinstance(train, data.ToyWorld):
        real, labels = train.sample(_CODES, (0, 0)).numpy(), None
    else:
        part = train.part(min(1.0, _CODES / len(train)))
        real, labels = part.unit_images, part.label if model.samples_by_label else None
    return [callbacks.CodeScatter(folder.codes, real, labels, every=recipe.grid_every)]


def _refreshes(recipe: Recipe, model: AdversarialModel, train: data.ImageSet) -> list[callbacks.Refresh]:
    """What fills the bank of a model anew that has one."""
    if not isinstance(model, XGAN):
        return []

    def refresh(model: XGAN) -> None:
        refill(model, train)
        take_from_chief(model)

    return [callbacks.Refresh(refresh, recipe.refresh_every)]


def _alarms(folder: RunFolder, model: AdversarialModel) -> list[callbacks.CollapseAlarm]:
    """The alarm of models with a controller."""
    return [callbacks.CollapseAlarm(folder.metrics_file, folder.alarms_file)] if "k" in model.log_names else []


def _train_and_write(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train: data.ImageSet | data.ToyWorld,
    execution: Execution,
    watching: list[keras.callbacks.Callback],
    progress: bool,
) -> None:
    """Trains, and writes metrics and checkpoints, one of them where a signal stops it."""
    checkpoint = callbacks.Checkpoint(folder.save, recipe.checkpoint_every)
    metrics_log = callbacks.MetricsLog(folder.metrics_file, folder.tensorboard)
    bar = callbacks.Progress(recipe.steps, recipe.name)
    stop = callbacks.StopOnSignal(checkpoint.save)
    acting = [callbacks.StopOnNonFinite(), metrics_log, *watching, checkpoint, *([bar] if progress else []), stop]
    # A finished run calls them without `fit`.
    for callback in acting:
        callback.set_model(model)
    try:
        with stop:
            _train(model, recipe, train, execution, acting)
    except Interrupted as interrupted:
        raise Interrupted(
            interrupted.signal,
            f"Stopped and saved at step {int(model.step.numpy())} in {folder.path}; the same command resumes there.",
        ) from None
    finally:
        bar.close()


def _train(
    model: AdversarialModel,
    recipe: Recipe,
    train: data.ImageSet | data.ToyWorld,
    execution: Execution,
    acting: list[keras.callbacks.Callback],
) -> None:
    """Trains in virtual epochs of `log_every` steps, at whose ends the callbacks act."""
    while (step := int(model.step.numpy())) < recipe.steps:
        # A run that stopped inside an epoch first finishes it, so that lines stay where they were.
        to_next, left = recipe.log_every - step % recipe.log_every, recipe.steps - step
        whole = step % recipe.log_every == 0 and left >= recipe.log_every
        steps = recipe.log_every if whole else min(to_next, left)
        execution.take_at_once(math.gcd(recipe.steps_per_execution, steps))
        batches = train.batches(recipe.batch_size, seed=recipe.seed, start=step * model.updates_per_step)
        model.fit(
            batches,
            epochs=left // recipe.log_every if whole else 1,
            steps_per_epoch=steps,
            verbose=0,
            callbacks=acting,
        )


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
