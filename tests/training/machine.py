"""Trains as scripts/train.py does, then writes the weights that this machine has.

A program of its own, one for each machine: `machine.py WEIGHTS [plain] -- FLAGS`. With `plain`, `fit` is Keras's own.
"""

import json
import os
import pathlib
import sys

import numpy as np

from tfgans.cli import train
from tfgans.models import AdversarialModel
from tfgans.training import runs


def main():
    mine, flags = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    sys.argv = [sys.argv[0], *flags]
    if "plain" in mine:
        del AdversarialModel._maybe_symbolic_build
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
        if models:
            np.savez(pathlib.Path(mine[0]), *[variable.numpy() for variable in models[-1].weights])


if __name__ == "__main__":
    main()
