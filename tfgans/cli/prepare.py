"""Prepares a store of images, which is read fast: `python scripts/prepare.py`, or `tfgans-prepare`.

scripts/prepare.py --data=folder:photos --image_shape=64,64,3 --out=photos_store
scripts/prepare.py --data=npz:photos.npz --out=photos_store
"""

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_string("data", None, "Images to prepare: folder:PATH or npz:FILE.", required=True)
    flags.DEFINE_list(
        "image_shape", None, "Height, width and channels (1 or 3) of the images in the store, such as 64,64,3."
    )
    flags.DEFINE_string("out", None, "Folder of the store. The same command goes on after a stop.", required=True)


def main() -> None:
    """Prepares the store, and prints how to train on it."""
    shape = _app.image_shape(FLAGS.image_shape)
    kind, _, path = FLAGS.data.partition(":")

    load_tensorflow()
    from tfgans import data

    own = data.load_own(kind, path, shape)
    store = data.write_store(FLAGS.out, own.images, splits=own.bounds)
    height, width, channels = store.shape[1:]
    print(f"The store has {len(store):,} images of {height}x{width} pixels. Train with")
    print(f"scripts/train.py --data=store:{FLAGS.out} --set=image_shape={height},{width},{channels}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
