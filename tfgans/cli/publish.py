"""Publishes the model of a run with its card: `python scripts/publish.py`, or `tfgans-publish`.

scripts/publish.py --workdir=runs/cwgan/digits/0 --out=digits --licence=apache-2.0 --data_licence=cc-by-4.0
scripts/publish.py --workdir=RUN --out=photos --licence=apache-2.0 --data_licence=mine --push=USER/photos
"""

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags()
    _app.group("Card")
    flags.DEFINE_string("out", None, "Folder of the published model, such as published/NAME.", required=True)
    flags.DEFINE_string("licence", None, "Licence of the weights, such as apache-2.0.", required=True)
    flags.DEFINE_string("data_licence", None, "Licence of the data that the model learned from.", required=True)
    _app.group("Hub")
    flags.DEFINE_string("push", None, "Repository on the Hugging Face Hub, USER/NAME; needs the extra `hub`.")
    flags.DEFINE_bool("private", False, "Makes a new repository on the Hub private.")


def main() -> None:
    """Writes the model and its card, sends them to the Hub if that is asked, and prints where they are."""
    load_tensorflow()
    from tfgans import training
    from tfgans.serving import hub

    folder = training.publish(
        FLAGS.workdir,
        FLAGS.out,
        licence=FLAGS.licence,
        data_licence=FLAGS.data_licence,
        step=FLAGS.step,
        averaged=FLAGS.averaged,
    )
    print(f"published: {folder}")
    if FLAGS.push is not None:
        print(f"Hub: {hub.push(folder, FLAGS.push, private=FLAGS.private)}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
