"""One count of modes for all systems that make images without labels, which none of the papers has.

The generators of CVAE-GAN and of the conditional GANs take a label, and VEEGAN is made for points. X-GAN's is trained
beside an image classifier that has seen labels, and its samples are of no class.
"""

import math
import pathlib
from collections.abc import Sequence

import numpy as np

from papers.frame import Item, Measured, Trial
from papers.runs import train

_SYSTEMS = ("gan", "bigan", "logan", "began", "began_cs", "vae", "avae", "md_gan", "xgan")
_REAL = "real images"
# Metz et al. and Srivastava et al. take as many.
_SAMPLES = 26_000
_SAMPLE_SEED = 10**6
_CHUNK = 1_000


def stacked_mnist(trial: Trial) -> Measured:
    """Modes of 1,000 and the reverse KL, as a classifier of MNIST sees the three channels of samples."""
    from tfgans import data, evaluation, metrics

    source = {"data_dir": trial.data_dir, "download": trial.download}
    count, system = 100 if trial.smoke else _SAMPLES, trial.setting["system"]
    if system == _REAL:
        images = data.load_split("stacked_mnist", **source).first(count).image
    else:
        model = train(trial, f"{system}/stacked_mnist").model
        images = evaluation.to_bytes(model.sample(count, seed=_SAMPLE_SEED))
    digits = [data.load_split("mnist", split, **source) for split in ("train", "test")]
    extractor = evaluation.extractor("classifier", *digits)

    def classify(channel: np.ndarray) -> np.ndarray:
        parts = np.array_split(channel, math.ceil(len(channel) / _CHUNK))
        return np.concatenate([extractor(part)["predictions"] for part in parts])

    coverage = metrics.stacked_coverage(images, classify, len(digits[0].label_names))
    protocol = {
        "data": "stacked_mnist",
        "samples": count,
        "seed": _SAMPLE_SEED,
        "modes_there_are": coverage.of,
        "extractor": extractor.name,
        "extractor_hash": extractor.fingerprint,
        **extractor.protocol,
    }
    return Measured({"modes": float(coverage.modes), "reverse_kl": round(coverage.reverse_kl, 6)}, protocol)


def sheets(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Samples of each system."""
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
