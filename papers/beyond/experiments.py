"""A count of modes for all systems that make images without labels; none of the papers has it.

CVAE-GAN and the conditional GANs are left out, since their generators take a label, and VEEGAN, which is for points.
X-GAN trains with an image classifier that has seen labels, but its samples have no class.
"""

import math
import pathlib
from collections.abc import Sequence

import numpy as np

from papers.frame import Item, Measured, Trial
from papers.runs import SAMPLE_SEED, train

_SYSTEMS = ("gan", "bigan", "logan", "began", "began_cs", "vae", "avae", "md_gan", "xgan")
_REAL = "real images"
# As Metz et al. and Srivastava et al.
_SAMPLES = 26_000
_CHUNK = 1_000


def stacked_mnist(trial: Trial) -> Measured:
    """Counts modes of 1,000, and measures the reverse KL, by a classifier of MNIST on each channel of samples."""
    from tfgans import data, evaluation, metrics

    source = {"data_dir": trial.data_dir, "download": trial.download}
    count, system = 100 if trial.smoke else _SAMPLES, trial.setting["system"]
    if system == _REAL:
        images = data.load_split("stacked_mnist", **source).first(count).image
    else:
        model = train(trial, f"{system}/stacked_mnist").model
        images = evaluation.to_bytes(model.sample(count, seed=SAMPLE_SEED))
    digits = [data.load_split("mnist", split, **source) for split in ("train", "test")]
    extractor = evaluation.extractor("classifier", *digits)

    def classify(channel: np.ndarray) -> np.ndarray:
        parts = np.array_split(channel, math.ceil(len(channel) / _CHUNK))
        return np.concatenate([extractor(part)["predictions"] for part in parts])

    coverage = metrics.stacked_coverage(images, classify, len(digits[0].label_names))
    protocol = {
        "data": "stacked_mnist",
        "samples": count,
        "seed": SAMPLE_SEED,
        "modes_there_are": coverage.of,
        "extractor": extractor.name,
        "extractor_hash": extractor.fingerprint,
        **extractor.protocol,
    }
    return Measured({"modes": float(coverage.modes), "reverse_kl": round(coverage.reverse_kl, 6)}, protocol)


def sheets(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples of each system."""
    from tfgans import plots, training

    for trial in trials:
        if (system := trial.setting["system"]) != _REAL:
            samples = training.load(trial.workdir).sample(100, seed=0)
            plots.image_grid(samples, 10, folder / f"stacked_mnist_{system}.png", title=system)


ITEMS = (
    Item(
        "beyond",
        "stacked_mnist",
        tuple({"system": system} for system in (_REAL, *_SYSTEMS)),
        stacked_mnist,
        sheets,
    ),
)
