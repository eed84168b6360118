"""Trains as scripts/train.py does, then writes the weights that this machine has.

A program of its own, one for each machine: `machine.py WEIGHTS [plain] -- FLAGS`. With `plain`, `fit` is Keras's own.
"""

import pathlib
import sys

import numpy as np

from tfgans.cli import train
from tfgans.models import _machines
from tfgans.training import runs


def main():
    mine, flags = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    sys.argv = [sys.argv[0], *flags]
    if "plain" in mine:
        del _machines.TrainedOnMachines._maybe_symbolic_build
    models, original = [], runs.take_from_chief

    def noted(model):
        original(model)
        models.append(model)

    runs.take_from_chief = noted
    try:
        train.run()
    finally:
        if models:
            np.savez(pathlib.Path(mine[0]), *[variable.numpy() for variable in models[-1].weights])


if __name__ == "__main__":
    main()
