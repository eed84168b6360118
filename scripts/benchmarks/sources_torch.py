"""Measures the images a second of PyTorch's `DataLoader` on the files that `sources.py` made, in random order.

It prints lines of JSON. It needs another environment: `pip install torch numpy pillow absl-py`.
"""

import pathlib

import numpy as np
import torch
from _turns import report_rates
from absl import app, flags
from PIL import Image
from torch.utils.data import DataLoader, Dataset

FLAGS = flags.FLAGS
flags.DEFINE_string("out", None, "Folder of the data of sources.py.", required=True)
flags.DEFINE_integer("batch_size", 64, "Images in a batch.", lower_bound=1)
flags.DEFINE_integer("batches", 200, "Batches in a turn.", lower_bound=1)
flags.DEFINE_integer("turns", 3, "Turns.", lower_bound=1)
flags.DEFINE_integer("workers", 2, "Processes that read.", lower_bound=0)


def as_floating(pixels: np.ndarray) -> torch.Tensor:
    """Returns uint8 pixels [H, W, 3] as floating [3, H, W] in [-1, 1]."""
    return torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)


class Files(Dataset):
    """The files of a folder as floating images [3, H, W] in [-1, 1]."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._files = sorted(folder.rglob("*.jpg"))

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, row: int) -> torch.Tensor:
        with Image.open(self._files[row]) as image:
            return as_floating(np.asarray(image.convert("RGB")))


class Store(Dataset):
    """The images of a store, the usual way in PyTorch: a memory map for each shard."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._shards = [np.load(file, mmap_mode="r") for file in sorted(folder.glob("images-*.npy"))]
        self._rows = len(self._shards[0])

    def __len__(self) -> int:
        return sum(map(len, self._shards))

    def __getitem__(self, row: int) -> torch.Tensor:
        return as_floating(self._shards[row // self._rows][row % self._rows])


def main(argv: list[str]) -> None:
    """Measures, and prints lines of JSON."""
    for name, images in (
        ("folder", Files(pathlib.Path(FLAGS.out, "folder"))),
        ("store", Store(pathlib.Path(FLAGS.out, "store"))),
    ):
        loader = DataLoader(images, FLAGS.batch_size, shuffle=True, num_workers=FLAGS.workers, drop_last=True)

        def read(loader: DataLoader = loader) -> None:
            batches = iter(loader)
            for _ in range(FLAGS.batches):
                next(batches)

        report_rates(f"{name}, DataLoader", {"images": read}, FLAGS.batches * FLAGS.batch_size, FLAGS.turns, "images")


if __name__ == "__main__":
    app.run(main)
