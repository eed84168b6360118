"""Exports the model of a run for TensorFlow Serving, LiteRT or ONNX: `python scripts/export.py`, or `tfgans-export`.

scripts/export.py --workdir=runs/cwgan/digits/0 --out=saved_models/digits --warmup
scripts/export.py --workdir=runs/cwgan/digits/0 --format=onnx --out=digits.onnx
"""

import pathlib

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags()
    _app.group("File")
    flags.DEFINE_enum(
        "format",
        "saved_model",
        ["saved_model", "tflite", "onnx"],
        "saved_model: all that the model answers, for TensorFlow and TensorFlow Serving. tflite (LiteRT) and onnx: "
        "`generate` alone, from latent vectors; onnx needs the extra `onnx`.",
    )
    flags.DEFINE_string(
        "out",
        None,
        "Folder for the versions of a SavedModel, such as saved_models/NAME; or the file FILE.tflite or FILE.onnx.",
        required=True,
    )
    flags.DEFINE_bool("warmup", False, "Adds warm-up requests for TensorFlow Serving; needs the extra `serving`.")


def main() -> None:
    """Exports the model, and prints its path."""
    if FLAGS.format != "saved_model":
        _write_file(_app.output_path(FLAGS.out, (f".{FLAGS.format}",)))
        return

    load_tensorflow()
    from tfgans import serving, training

    out = pathlib.Path(FLAGS.out)
    # A server may load the new version at once, so a wrong configuration must be found before.
    serving.check_models_config(out)
    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    names = training.RunFolder(FLAGS.workdir).label_names() if model.samples_by_label else ()
    print(f"SavedModel: {serving.export(model, out, warmup=FLAGS.warmup, label_names=names)}")
    print(f"models: {serving.add_to_models_config(out)}")


def _write_file(out: pathlib.Path) -> None:
    if FLAGS.warmup:
        raise ValueError(f"Warm-up requests are for TensorFlow Serving; --format={FLAGS.format} takes no --warmup.")

    load_tensorflow()
    from tfgans import serving, training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    print(f"{FLAGS.format}: {serving.EXPORTS[FLAGS.format](model, out)}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
