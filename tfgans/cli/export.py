"""Exports the model of a run for TensorFlow Serving: `python scripts/export.py`, or `tfgans-export`.

scripts/export.py --workdir=runs/cwgan/digits/0 --out=saved_models/digits
scripts/export.py --workdir=runs/cwgan/digits/0 --out=saved_models/digits --step=2000 --warmup
"""

import pathlib

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags()
    _app.group("SavedModel")
    flags.DEFINE_string("out", None, "Folder for the versions of the model, such as saved_models/NAME.", required=True)
    flags.DEFINE_bool("warmup", False, "Adds warm-up requests for TensorFlow Serving; needs the extra `serving`.")


def main() -> None:
    """Exports the model, and prints the path of the SavedModel."""
    load_tensorflow()
    from tfgans import serving, training

    out = pathlib.Path(FLAGS.out)
    # A server may load the new version at once, so a wrong configuration must be found before.
    serving.check_models_config(out)
    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    print(f"SavedModel: {serving.export(model, out, warmup=FLAGS.warmup)}")
    print(f"models: {serving.add_to_models_config(out)}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
