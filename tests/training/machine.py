"""Trains as scripts/train.py does, then writes the weights that this machine has.

A program of its own, one for each machine: `machine.py WEIGHTS [WORD] -- FLAGS`. With `plain`, `fit` is Keras's own.
With `rows`, it writes which images it read, and which it trained on, in place of the weights. With `dies`, the chief is
killed after its first checkpoint. Classifiers that score learn for 20 steps.
"""

import atexit
import json
import os
import pathlib
import signal
import sys

import numpy as np
import tensorflow as tf

from tfgans import data, training
from tfgans.cli import train
from tfgans.evaluation import classifier
from tfgans.models import AdversarialModel
from tfgans.training import runs


def watch_rows(file):
    """Writes the numbers of the stored images that each read asks for, and the first pixel of those in each step."""
    reads, steps = [], []
    read, batch_of = data.ImageStore.read, AdversarialModel.batch_of

    def watched_read(store, rows):
        reads.append(rows)
        return read(store, rows)

    def keep(pixels):
        steps.append(np.round((pixels + 1) * 127.5).astype(int))

    def watched_batch(model, values, index=0):
        batch = batch_of(model, values, index)
        tf.numpy_function(keep, [batch["image"][:, 0, 0, 0]], [])
        return batch

    data.ImageStore.read, AdversarialModel.batch_of = watched_read, watched_batch
    atexit.register(lambda: np.savez(file, reads=np.array([len(rows) for rows in reads]), steps=np.array(steps)))


def die_after_a_checkpoint():
    save = training.RunFolder.save

    def save_and_die(folder, model):
        save(folder, model)
        os.kill(os.getpid(), signal.SIGKILL)

    training.RunFolder.save = save_and_die


def main():
    mine, flags = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    sys.argv = [sys.argv[0], *flags]
    if "plain" in mine:
        del AdversarialModel._maybe_symbolic_build
    if "rows" in mine:
        watch_rows(mine[0])
    if "dies" in mine:
        die_after_a_checkpoint()
    classifier._MOST_STEPS, classifier._VERSION = 20, "quick"
    models, original = [], runs.take_from_chief
    is_chief = json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0

    def led_astray(model):
        """Other machines than the chief have other numbers, until they take its own."""
        for variable in () if is_chief else model.weights:
            if "float" in variable.dtype:
                variable.assign_add(np.ones(variable.shape))
        original(model)
        models.append(model)

    runs.take_from_chief = led_astray
    try:
        train.run()
    finally:
        if models and "rows" not in mine:
            np.savez(pathlib.Path(mine[0]), *[variable.numpy() for variable in models[-1].weights])


if __name__ == "__main__":
    main()
