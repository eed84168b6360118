"""Exports a run's model for TensorFlow Serving: `python scripts/export.py`, or `tfgans-export`."""

import pathlib

from absl import flags

from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    _app.define_run_flags()
    flags.DEFINE_string("out", None, "Folder of the model's versions, such as saved_models/NAME.", required=True)
    flags.DEFINE_bool("warmup", False, "Adds requests that TF Serving tries first; needs the extra `serving`.")


def main() -> None:
    """Exports, and prints where the SavedModel is."""
    from tfgans import serving, training

    out = pathlib.Path(FLAGS.out)
    # Before a server sees the version.
    serving.check_models_config(out)
    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    print(f"SavedModel: {serving.export(model, out, warmup=FLAGS.warmup)}")
    print(f"models: {serving.add_to_models_config(out)}")


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
