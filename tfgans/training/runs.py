"""A run: one recipe and one folder, from data to a model that can be served."""

import contextlib
import dataclasses
import functools
import os
import pathlib
import sys
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from tfgans import data, evaluation
from tfgans._files import write_json
from tfgans._profile import part, running
from tfgans.callbacks import StopOnNonFinite
from tfgans.evaluation import Score
from tfgans.models import AdversarialModel
from tfgans.recipes import Recipe
from tfgans.serving import export, is_exported, latest_version
from tfgans.training.build import build
from tfgans.training.execution import Execution, compiles, is_chief, strategy_of, take_from_chief
from tfgans.training.loading import check_data, load_data
from tfgans.training.loop import train, train_and_write
from tfgans.training.preparation import prepare, with_bank_settings
from tfgans.training.run_folder import RunFolder
from tfgans.training.scoring import Scorer, WorldScorer, final_metrics, make_scorer
from tfgans.training.watching import monitors, pictures, refreshes, score_curves

# Marks the scores that a run takes at its end among those that `evaluate` adds.
_AT_END = {"taken": "when the run ended"}


@dataclasses.dataclass(frozen=True)
class Result:
    """Results of a run.

    Attributes:
        model: The trained model.
        scores: Objects with `metric`, `value`, `spread` and `protocol`, as in `scores.json`.
        grid: PNG of the last grid of samples.
        scores_file: JSON of the scores.
        saved_model: Folder of the exported model.
    """

    model: AdversarialModel
    scores: list[Score]
    grid: pathlib.Path
    scores_file: pathlib.Path
    saved_model: pathlib.Path

    def __repr__(self) -> str:
        spreads = ["" if score["spread"] is None else f" ± {score['spread']:.3g}" for score in self.scores]
        values = [
            f"{score['metric']} {score['value']:.3g}{spread}"
            for score, spread in zip(self.scores, spreads, strict=True)
        ]
        return f"<Result {self.scores_file.parent}: {', '.join(values)}>"


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
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Result | None:
    """Trains the model of a recipe, then scores and exports it. It resumes where `workdir` has a checkpoint.

    Args:
        recipe: The recipe.
        workdir: Folder of the run; by default `recipe.default_workdir`.
        own: Data in place of the recipe's, such as `data.from_arrays` makes. A fifth of them is held out for tests. The
            recipe takes its conditioning from them, as from `folder:` and `npz:` data.
        data_dir: Folder of prepared data sets.
        download: Whether to download a data set that is not prepared.
        strategy: Distribution of the training; by default `strategy_of("default")`.
        xla: Whether XLA compiles the steps; by default only on one GPU.
        progress: Whether to show a progress bar.
        callbacks: Further Keras callbacks. They act after the run's own measurements and before the checkpoint. They
            find the measures of the monitor in `logs`; scores are in the file of curves. An epoch is `log_every` steps,
            and a resumed run counts on. A callback that stops the training, such as `EarlyStopping`, ends the run at
            that step; the same command continues it. A run ends with the same bits as without them unless they change
            the model. Their own state is not in a checkpoint. Of several machines only the chief calls them, so one
            that stops the training makes the others fail.

    Returns:
        The model, its scores, and the paths of its files. Of several machines only the chief writes, and the others
        return None.

    Raises:
        ValueError: If `workdir` belongs to another recipe, the data do not fit this one or have more or fewer images
            than when the run began, the run in `recipe.init_from` has other networks, or XLA is asked for on several
            replicas.
        FileNotFoundError: If the data set is not prepared, or `recipe.init_from` is not the folder of a run.
        OSError: If `workdir` cannot be written.
        NonFiniteError: If a loss or a weight became NaN or Inf. The last good checkpoint is kept.
        Interrupted: If SIGINT, SIGTERM, SIGHUP or SIGUSR1 came during the training, after the run saved a checkpoint.
            It is a KeyboardInterrupt.
    """
    strategy = strategy or strategy_of("default")
    compiled = compiles(xla, strategy)
    say = functools.partial(print, file=sys.stderr, flush=True) if progress else lambda text: None
    say(f"Loading {recipe.data if own is None else own.name}.")
    with part("data"):
        recipe, train_split, test_split = load_data(recipe, own, data_dir, download)
        trained_on = train_split.part(recipe.train_fraction)
        check_data(recipe, trained_on, strategy.num_replicas_in_sync)
        recipe = with_bank_settings(recipe, trained_on)
    folder = RunFolder(workdir or recipe.default_workdir)
    folder.check(recipe)
    folder.check_data(train_split, test_split)
    if recipe.has_schedule and folder.recipe_file.exists() and (before := folder.recipe().steps) != recipe.steps:
        print(f"A schedule of {recipe.name} is stretched from {before:,} to {recipe.steps:,} steps.", file=sys.stderr)
    # Only the chief scores, so it does that on its own devices.
    devices = strategy.extended.worker_devices if strategy.num_replicas_in_sync > 1 else ()
    # The scores while the run trains and those at its end may share an extractor.
    scoring: dict[str, Any] = {"devices": devices, "extractors": {}, "learned": trained_on, "flipped": recipe.flip}
    # The chief owns the folder before it reads a checkpoint there.
    with folder.claim(recipe) if is_chief(strategy) else contextlib.nullcontext():
        # Scores that do not apply are refused before the model is built.
        with part("preparing scores"):
            curves = score_curves(recipe, folder, train_split, test_split, **scoring)
            at_end = _scorer_at_end(recipe, train_split, test_split, progress=progress, **scoring)
        say(f"Building {recipe.name} in {folder.path}.")
        with part("build"):
            with strategy.scope():
                model = build(recipe)
            _restore_or_prepare(model, recipe, folder, trained_on, test_split)
            take_from_chief(model)
        execution = Execution(model, compiled, on_trial=xla is None)
        refreshing = refreshes(recipe, model, trained_on)
        if not is_chief(strategy):
            train(model, recipe, trained_on, execution, [StopOnNonFinite(), *refreshing])
            return None
        folder.begin(recipe, train_split.label_names)
        folder.note_data(train_split, test_split)
        with part("preparing callbacks"):
            drawing = pictures(recipe, folder, model, train_split)
            watching = [*refreshing, *drawing, *monitors(recipe, folder, model, train_split), *curves, *callbacks]
        if int(model.step.numpy()) < recipe.steps:
            say("The first step compiles, which takes longer than others.")
        train_and_write(model, recipe, folder, trained_on, execution, watching, progress)
        # A finished run that lost a picture has it drawn again.
        grid, *_ = [picture.draw() for picture in drawing]
        if not is_exported(model, folder.saved_model):
            print("Exporting the model.", file=sys.stderr)
            with part("export"):
                export(model, folder.saved_model, label_names=train_split.label_names)
        scores = _scores_at_end(folder, int(model.step.numpy()))
        if not scores:
            print("Scoring the model.", file=sys.stderr)
            with part("final scores"):
                scores = _scored_at_end(model, *at_end)
                evaluation.add_scores(folder.scores_file, scores)
        if (profile := running()) is not None:
            write_json(folder.profile_file, profile.rows())
    return Result(model, scores, grid, folder.scores_file, latest_version(folder.saved_model))


def _restore_or_prepare(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train_split: data.DataSplit,
    test_split: data.DataSplit,
) -> None:
    """Restores the newest checkpoint of the run, or prepares the model for step 0."""
    if folder.restore(model) is None:
        if recipe.init_from is not None:
            _copy_networks(load(recipe.init_from), model)
        prepare(model, recipe, train_split, test_split)
    elif (step := int(model.step.numpy())) > recipe.steps:
        raise ValueError(f"{folder.path} is at step {step} already; received steps={recipe.steps}.")
    else:
        print(f"Resuming {folder.path} at step {step}.", file=sys.stderr)


def _scores_at_end(folder: RunFolder, step: int) -> list[Score]:
    """Returns the scores that the run took when it ended at a step; none if it took none."""
    marks = {"step": step, **_AT_END}
    return [score for score in folder.scores() if marks.items() <= score["protocol"].items()]


def _scorer_at_end(
    recipe: Recipe, train_split: data.DataSplit, test_split: data.DataSplit, **options: Any
) -> tuple[Scorer | WorldScorer, list[str]]:
    """Makes the scorer of a run's end, and names its scores; the options are those of `make_scorer`."""
    labelled = bool(recipe.takes_labels)
    extractor, names = final_metrics(train_split, labelled)
    scorer = make_scorer(train_split, test_split, extractor, recipe.score_samples, **options)
    return scorer, scorer.chosen(names, labelled)


def _scored_at_end(model: AdversarialModel, scorer: Scorer | WorldScorer, names: Sequence[str]) -> list[Score]:
    """Takes the scores of a run at its end."""
    if scorer.cost is not None:
        print(scorer.cost, file=sys.stderr)
    return scorer.model(model, names, _AT_END)


def load(workdir: str | os.PathLike, step: int | None = None, averaged: bool = True) -> AdversarialModel:
    """Loads the model of a run. It sets the seeds of Python, NumPy and TensorFlow, as `build` does.

    Args:
        workdir: Folder of the run.
        step: Step of the checkpoint; by default the newest.
        averaged: Whether the averaged generator makes the samples, where the model has one.

    Returns:
        The compiled model, which can sample and continue training.

    Raises:
        FileNotFoundError: If the folder is not that of a run, or has no such checkpoint.
        ValueError: If no checkpoint can be read.
    """
    folder = RunFolder(workdir)
    model = build(folder.recipe())
    if folder.restore(model, step) is None:
        raise FileNotFoundError(f"{workdir} has no checkpoint yet.")
    model.use_average = averaged and model.averaged_generator is not None
    return model


def _copy_networks(source: AdversarialModel, target: AdversarialModel) -> None:
    """Copies the networks of another run; the target keeps its own step and optimizers."""
    if missing := [player for player in target.players if player not in source.players]:
        raise ValueError(f"The {type(source).__name__} of the run in init_from has no {' and no '.join(missing)}.")
    pairs = [(getattr(source, player), getattr(target, player)) for player in target.players]
    if target.averaged_generator is not None:
        pairs.append((source.averaged_generator or source.generator, target.averaged_generator))
    for from_network, to_network in pairs:
        shapes = [[tuple(weight.shape) for weight in network.weights] for network in (from_network, to_network)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"The {to_network.name} of the run in init_from has other shapes than this recipe's.")
        to_network.set_weights(from_network.get_weights())
