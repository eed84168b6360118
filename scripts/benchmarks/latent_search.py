"""Measures the time to find the latents of images: a search of all at once, one by one, and an encoder alone.

The model is an untrained BEGAN and the images are random, since the time does not depend on them.
It prints lines of JSON.
"""

import time

from _turns import report
from _workload import define_workload
from absl import app, flags

_LATENT = 64

FLAGS = flags.FLAGS
define_workload(pixels=32, filters=32)
flags.DEFINE_integer("images", 64, "Images to find.", lower_bound=1)
flags.DEFINE_integer("alone", 4, "Images that are searched one by one; the time is scaled to all.", lower_bound=1)
flags.DEFINE_integer("steps", 50, "Steps of a search.", lower_bound=1)


def main(argv: list[str]) -> None:
    """Measures all three."""
    import numpy as np

    import tfgans
    from tfgans import latent, networks

    shape = (FLAGS.pixels, FLAGS.pixels, 3)
    model = tfgans.BEGAN(
        networks.began_decoder(shape, _LATENT, FLAGS.filters, name="generator"),
        networks.began_encoder(shape, _LATENT, FLAGS.filters),
        networks.began_decoder(shape, _LATENT, FLAGS.filters),
        latent.Uniform(_LATENT),
    )
    images = np.random.default_rng(0).uniform(-1, 1, (FLAGS.images, *shape)).astype(np.float32)
    start = model.encode(images)

    def searched(rows: slice) -> float:
        found = latent.search_latent(model.unclipped_graph, images[rows], start[rows], FLAGS.steps)
        return float(found.seconds[-1])

    together = searched(slice(None))
    alone = sum(searched(slice(row, row + 1)) for row in range(FLAGS.alone)) * FLAGS.images / FLAGS.alone
    model.reconstruct(images)
    began = time.monotonic()
    model.reconstruct(images)
    one_shot = time.monotonic() - began
    what = f"latents of {FLAGS.images} images of {FLAGS.pixels}x{FLAGS.pixels}"
    report(f"{what}, search of {FLAGS.steps} steps, together", together, "s")
    report(f"{what}, search of {FLAGS.steps} steps, one by one", alone, "s")
    report(f"{what}, search together", alone / together, "ratio", "one by one")
    report(f"{what}, one shot, and their images", one_shot, "s")


if __name__ == "__main__":
    app.run(main)
