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
# Least probability of each digit of a confident sample.
_CONFIDENCE = 0.9


def stacked_mnist(trial: Trial) -> Measured:
    """Counts modes of 1,000, and measures the reverse KL, by a classifier of MNIST on each channel of samples.

    The numbers that begin with `confident` count only the samples whose three digits the classifier is sure of.
    """
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
        return np.concatenate([extractor(part)["probabilities"] for part in parts])

    probabilities = np.stack([classify(images[..., i : i + 1]) for i in range(images.shape[-1])], axis=1)
    coverage, confident = (metrics.stacked_coverage(probabilities, least) for least in (0.0, _CONFIDENCE))
    protocol = {
        "data": "stacked_mnist",
        "samples": count,
        "seed": SAMPLE_SEED,
        "modes_there_are": coverage.of,
        "confidence": _CONFIDENCE,
        "extractor": extractor.name,
        "extractor_hash": extractor.fingerprint,
        **extractor.protocol,
    }
    values = {
        "modes": float(coverage.modes),
        "reverse_kl": round(coverage.reverse_kl, 6),
        "confident_modes": float(confident.modes),
        "confident_reverse_kl": round(confident.reverse_kl, 6),
        "confident_share": confident.high_quality_share,
    }
    return Measured(values, protocol)


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
