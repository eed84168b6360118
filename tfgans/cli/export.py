"""Exports the model of a run for TensorFlow Serving: `python scripts/export.py`, or `tfgans-export`."""

import pathlib

from absl import flags

from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags()
    flags.DEFINE_string("out", None, "Folder for the versions of the model, such as saved_models/NAME.", required=True)
    flags.DEFINE_bool("warmup", False, "Adds warm-up requests for TensorFlow Serving; needs the extra `serving`.")


def main() -> None:
    """Exports the model, and prints the path of the SavedModel."""
    from tfgans import serving, training

    out = pathlib.Path(FLAGS.out)
    # A server may load the new version at once, so a wrong configuration must be found before.
    serving.check_models_config(out)
    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    names = training.RunFolder(FLAGS.workdir).label_names() if model.samples_by_label else ()
    print(f"SavedModel: {serving.export(model, out, warmup=FLAGS.warmup, label_names=names)}")
    print(f"models: {serving.add_to_models_config(out)}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
