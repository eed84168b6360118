"""The training loop of a run, with its metrics, its checkpoints and the stop on a signal."""

import functools
from collections.abc import Sequence

import keras
import tensorflow as tf

from tfgans import callbacks, data
from tfgans._errors import Interrupted
from tfgans._profile import part, running, timed
from tfgans.models import AdversarialModel
from tfgans.recipes import Recipe
from tfgans.training.execution import Execution
from tfgans.training.run_folder import RunFolder


def train_and_write(
    model: AdversarialModel,
    recipe: Recipe,
    folder: RunFolder,
    train_split: data.DataSplit,
    execution: Execution,
    watching: Sequence[keras.callbacks.Callback],
    progress: bool,
) -> None:
    """Trains, and writes metrics and checkpoints. After a signal it saves and stops.

    Args:
        model: The model, at the step of the run.
        recipe: Its recipe.
        folder: The run's folder.
        train_split: The data to train on.
        execution: The execution of its steps.
        watching: Callbacks that act after the metrics and before the checkpoint are written.
        progress: Whether to show a progress bar.

    Raises:
        Interrupted: If a signal came, after the run was saved.
        NonFiniteError: If a loss or a weight is NaN or Inf.
    """
    checkpoint = callbacks.Checkpoint(folder.save, recipe.checkpoint_every)
    metrics_log = callbacks.MetricsLog(folder.metrics_file, folder.tensorboard)
    bar = callbacks.Progress(recipe.steps, recipe.name)
    stop = callbacks.StopOnSignal(checkpoint.save)
    acting = [callbacks.StopOnNonFinite(), metrics_log, *watching, checkpoint, *([bar] if progress else []), stop]
    # Callbacks of a finished run act without `fit`.
    for callback in acting:
        callback.set_model(model)
        if running() is not None:
            _profile_hooks(callback)
    try:
        with stop:
            train(model, recipe, train_split, execution, acting)
    except Interrupted as interrupted:
        raise Interrupted(
            interrupted.signal,
            f"Stopped and saved at step {int(model.step.numpy())} in {folder.path}; the same command resumes there.",
        ) from None
    finally:
        bar.close()


def _profile_hooks(callback: keras.callbacks.Callback) -> None:
    for hook in ("on_train_begin", "on_epoch_end", "on_train_end"):
        setattr(callback, hook, timed(f"callback {type(callback).__name__}", getattr(callback, hook)))


def train(
    model: AdversarialModel,
    recipe: Recipe,
    train_split: data.DataSplit,
    execution: Execution,
    acting: Sequence[keras.callbacks.Callback],
) -> None:
    """Trains in virtual epochs of `log_every` steps. The callbacks act at the end of each, and one may stop it."""
    while (step := int(model.step.numpy())) < recipe.steps:
        # A run that stopped inside an epoch finishes it first, so that metrics are logged at the same steps.
        to_next, left = recipe.log_every - step % recipe.log_every, recipe.steps - step
        whole = step % recipe.log_every == 0 and left >= recipe.log_every
        steps = recipe.log_every if whole else min(to_next, left)
        execution.divide(steps)
        # Epochs count on in a resumed run, since callbacks of the user may name what they log by them.
        epoch = step // recipe.log_every
        start = step * model.updates_per_step
        batches = functools.partial(
            train_split.batches, recipe.batch_size, start=start, seed=recipe.seed, flip=recipe.flip
        )
        try:
            with part("fit around steps"):
                execution.make_function(batches)
                model.fit(
                    batches,
                    initial_epoch=epoch,
                    epochs=epoch + (left // recipe.log_every if whole else 1),
                    steps_per_epoch=steps,
                    verbose=0,
                    callbacks=list(acting),
                )
        except tf.errors.OpError as error:
            raise data.reading_error(error) or error from None
        if model.stop_training:
            return
