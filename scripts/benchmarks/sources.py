"""Measures sources of images: images a second, seconds until a late batch, and memory.

It makes its data once: a folder of JPEG files of 64x64, and a store of noise of 32x32. Each source and the gather in
memory take turns in one process. `--memory=SOURCE` reads one source alone, and prints the memory that this takes beyond
TensorFlow. It prints lines of JSON. `sources_torch.py` reads the same data with PyTorch.
"""

import collections
import functools
import pathlib
import resource
import time

from _turns import report, report_rates
from absl import app, flags

_CLASSES = 2
_KILOBYTE = 1_024

FLAGS = flags.FLAGS
flags.DEFINE_string("out", None, "Folder of the data, which are made if they are not there.", required=True)
flags.DEFINE_integer("files", 200_000, "Files of the folder.", lower_bound=4)
flags.DEFINE_integer("images", 1_000_000, "Images of the store.", lower_bound=4)
flags.DEFINE_integer("in_memory", 20_000, "Images that are gathered in memory, to compare with.", lower_bound=4)
flags.DEFINE_integer("batch_size", 64, "Images in a batch.", lower_bound=1)
flags.DEFINE_integer("batches", 200, "Batches in a turn.", lower_bound=1)
flags.DEFINE_integer("turns", 3, "Turns of each source.", lower_bound=1)
flags.DEFINE_integer("late", 100_000, "Number of the late batch.", lower_bound=0)
flags.DEFINE_enum("memory", None, ["folder", "store"], "Source whose memory is measured, in place of the rates.")


def make_folder(path: pathlib.Path, count: int) -> None:
    """Writes files of blurred noise, whose size is that of small photographs."""
    import numpy as np
    import tqdm
    from PIL import Image

    random = np.random.default_rng(0)
    for number in range(_CLASSES):
        (path / str(number)).mkdir(parents=True, exist_ok=True)
    for number in tqdm.tqdm(range(count), desc="Writing files", disable=None):
        file = path / str(number % _CLASSES) / f"{number:06}.jpg"
        coarse = random.integers(0, 256, (16, 16, 3), np.uint8)
        if not file.exists():
            Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC).save(file, quality=90)


def make_store(path: pathlib.Path, count: int) -> None:
    """Writes a store of noise, a part at a time."""
    import numpy as np

    from tfgans import data

    class Noise(data.StoredImages):
        """Noise; a part is a function of the number of its first image."""

        def read(self, rows: np.ndarray) -> np.ndarray:
            return np.random.default_rng(int(rows[0])).integers(0, 256, (len(rows), *self.shape[1:]), np.uint8)

    noise = data.ImageSet("noise", "all", Noise((count, 32, 32, 3), f"noise {count}"), None, ())
    data.write_store(path, noise, splits={})


def memory() -> int:
    """The most memory, in bytes, that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


def main(argv: list[str]) -> None:
    """Makes the data, measures, and prints lines of JSON."""
    folder, store = (pathlib.Path(FLAGS.out, name) for name in ("folder", "store"))
    if not FLAGS.memory:
        make_folder(folder, FLAGS.files)
        make_store(store, FLAGS.images)

    import tensorflow as tf

    from tfgans import data

    tf.random.uniform([2]).numpy()
    before = memory()
    places = {"folder": (f"folder:{folder}", (64, 64, 3)), "store": (f"store:{store}", (32, 32, 3))}
    for name, (place, shape) in places.items():
        if FLAGS.memory not in (None, name):
            continue
        began = time.monotonic()
        images = data.load_split(place, image_shape=shape)
        report(f"{name} of {len(images):,} images, to open", time.monotonic() - began, "s")
        began = time.monotonic()
        next(iter(images.batches(FLAGS.batch_size, start=FLAGS.late)))
        report(f"{name}, batch number {FLAGS.late:,}", time.monotonic() - began, "s")
        sources = {name: images.image}
        if not FLAGS.memory:
            sources["memory"] = images.image[: FLAGS.in_memory]

        datasets = {
            source: data.batches({"image": array}, FLAGS.batch_size).take(FLAGS.batches)
            for source, array in sources.items()
        }
        runs = {source: functools.partial(collections.deque, dataset, 0) for source, dataset in datasets.items()}
        report_rates(f"images of {shape}", runs, FLAGS.batches * FLAGS.batch_size, FLAGS.turns, "images")
    if FLAGS.memory:
        report(f"{FLAGS.memory}, most memory beyond TensorFlow", (memory() - before) / 2**20, "MiB")


if __name__ == "__main__":
    app.run(main)
