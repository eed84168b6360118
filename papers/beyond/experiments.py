"""Comparisons that none of the papers has: counts of modes by the field's protocols, and augmentation for small data.

The counts leave out CVAE-GAN and the conditional GANs, whose generators take a label, and VEEGAN, which is for points.
X-GAN trains with an image classifier that has seen labels, but its samples have no class.
"""

import functools
import itertools
import math
import pathlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from papers.cwgan.experiments import MNIST_STEPS, NARROW_MNIST
from papers.frame import Item, Measured, Trial
from papers.runs import SAMPLE_SEED, neighbour_sheet, scored, scores_of_run, train
from tfgans._files import read_lines

_SYSTEMS = ("gan", "bigan", "logan", "began", "began_cs", "vae", "avae", "md_gan", "xgan")
_REAL = "real images"
# As Srivastava et al. and Lin et al.; Metz et al. draw 25,600.
_SAMPLES = 26_000
_CHUNK = 1_000
_POINTS = 2_500
# Least probability of each digit of a confident sample.
_CONFIDENCE = 0.9

_WITH_R1_R2 = "LOGAN lol1 + R1 + R2"
# Rivals that keep modes by their losses, and ours: a recipe's name before its data set, and fields to change.
_COMPARED: dict[str, tuple[str, tuple[str, ...]]] = {
    "GAN": ("gan", ()),
    "PacGAN2": ("pacgan", ()),
    "RpGAN + R1 + R2": ("rpgan", ()),
    "LOGAN lol1": ("logan", ("objective=lol1",)),
    "lol1 without an encoder": ("gan", ("objective=lol1", "penalty=interpolated")),
    _WITH_R1_R2: ("logan", ("objective=lol1",)),
}
_UNSUPERVISED = "X-GAN, unsupervised"
# All discriminators have a head of one width, with and without a latent.
_PACGAN = ("data=stacked_mnist/pacgan", "latent_size=100", "batch_size=64", "steps=20000", "head_width=256")
_LONG = (*_COMPARED, _UNSUPERVISED, _REAL)
# X-GAN's discriminator is also the network of its learned features, so that a weak one would change two things.
_WEAKENED = ("GAN", "PacGAN2", "RpGAN + R1 + R2", "LOGAN lol1", "lol1 without an encoder")
# Channels of the discriminator's maps that Metz et al. (2017) have beside a generator with 64, 32, 16 and 8 channels.
# The generator here has the first three.
_WEAK = {
    "1/2": ("discriminator_widths=(4, 8, 16)", "head_width=16"),
    "1/4": ("discriminator_widths=(2, 4, 8)", "head_width=8"),
}
# The discriminator stays as it is in the toy worlds.
_WIDE = ("widths=(400, 400, 400, 400)", "discriminator_widths=(256, 256, 256)")
_AUGMENTATIONS = {"none": (), "color, translation, cutout": ("color", "translation", "cutout")}
_AUGMENTED_STEPS = 8_000
_MEMORISING: dict[str, tuple[str, ...]] = {
    # Its image classifier has 94.5 % accuracy after 1,200 images, where the recipe asks for 95 %.
    "X-GAN": ("xgan/mnist", "least_accuracy=0.9"),
    "RpGAN + R1 + R2": ("rpgan/mnist",),
    "AVAE": ("avae/mnist",),
}
# Shares of the 60,000 digits.
_FRACTIONS = {"60,000": 1.0, "1,200": 0.02}
_COMPARED_SAMPLES = 10_000
# Runs that lose modes and runs that do not: recipes, and fields that shorten them to minutes. The narrow conditional
# GAN is that of cWGAN's item fig3, whose images of a class are alike.
_MONITORED: dict[str, tuple[str, ...]] = {
    "began/mnist": (),
    "began_cs/mnist": (),
    "cgan/mnist": ("steps=4000",),
    "cgan/mnist, narrow": (*NARROW_MNIST, f"steps={MNIST_STEPS['cgan']}"),
    "cwgan/mnist": ("steps=1500", "grid_every=100"),
    "gan/mnist": (),
    "rpgan/mnist": (),
    "logan/mnist": (),
    "xgan/mnist": (),
    "md_gan/mnist": (),
    "avae/mnist": (),
    "vae/mnist": (),
    "began/grid25": (),
    "gan/ring8": (),
    "rpgan/ring8": (),
}


def stacked_mnist(trial: Trial) -> Measured:
    """Counts modes of the `small` recipes of all systems that make images without labels."""
    system = trial.setting["system"]
    return _real(trial, "stacked_mnist") if system == _REAL else _counted_run(trial, f"{system}/stacked_mnist")


def _real(trial: Trial, name: str) -> Measured:
    """Counts the modes of the first images of a data set."""
    from tfgans import data

    return _counted(trial, data.load_split(name, **trial.source).first(_sample_count(trial)).image, name)


def stacked_mnist_pacgan(trial: Trial) -> Measured:
    """Counts modes by PacGAN's protocol: its 128,000 triples, z of 100, batches of 64; X-GAN has its own."""
    return _long(trial)


def stacked_mnist_weak(trial: Trial) -> Measured:
    """Does the same with the weak discriminators of Metz et al. (2017)."""
    return _long(trial, *_WEAK[trial.setting["discriminator"]])


def _long(trial: Trial, *weak: str) -> Measured:
    system = trial.setting["system"]
    if system == _REAL:
        return _real(trial, "stacked_mnist/pacgan")
    if system == _UNSUPERVISED:
        # It keeps its own images and codes, since a search for neighbours among 128,000 codes takes minutes.
        return _counted_run(trial, "xgan/stacked_mnist", "steps=8000")
    name, changes = _compared(system, "stacked_mnist")
    # 64 packs of two.
    batch = ("batch_size=128",) if system == "PacGAN2" else ()
    return _counted_run(trial, name, *_PACGAN, *changes, *batch, *weak)


def _compared(system: str, data: str) -> tuple[str, tuple[str, ...]]:
    """Returns the recipe of a rival on some data, and the fields to change; R1 and R2 of LOGAN are those of RpGAN."""
    from tfgans import recipes

    recipe, changes = _COMPARED[system]
    if system == _WITH_R1_R2:
        weights = recipes.get(f"rpgan/{data}").to_dict()
        changes += tuple(f"{name}={weights[name]}" for name in ("r1", "r2"))
    return f"{recipe}/{data}", changes


def toy_worlds(trial: Trial) -> Measured:
    """Counts modes of the toy worlds of VEEGAN and PacGAN."""
    name, changes = _compared(trial.setting["system"], trial.setting["data"])
    return scored(train(trial, name, *changes))


def wide_generator(trial: Trial) -> Measured:
    """Counts modes of 25 Gaussians with a generator of four layers of 400."""
    name, changes = _compared(trial.setting["system"], "grid25")
    return scored(train(trial, name, *changes, *_WIDE))


def augmentation(trial: Trial) -> Measured:
    """Scores a GAN of MNIST digits that learns from all images or a tenth, with and without an augmentation."""
    kinds = _AUGMENTATIONS[trial.setting["augmentation"]]
    changes = (f"train_fraction={trial.setting['fraction']}", f"augmentation={kinds}", f"steps={_AUGMENTED_STEPS}")
    return scored(train(trial, "gan/mnist", *changes))


def memorisation(trial: Trial) -> Measured:
    """Scores how many samples are copies, of systems that learn from all MNIST digits or from few."""
    recipe, *changes = _MEMORISING[trial.setting["system"]]
    train(trial, recipe, *changes, f"train_fraction={_FRACTIONS[trial.setting['images']]}")
    return scores_of_run(trial, ["authenticity"], _compared_samples(trial))


def monitor(trial: Trial) -> Measured:
    """Counts the warnings of a run, beside scores of its samples, which say whether modes are lost."""
    from tfgans import training

    row = trial.setting["recipe"]
    # The monitor measures at grids.
    result = train(trial, row.partition(",")[0], *(("grid_every=1",) if trial.smoke else _MONITORED[row]))
    folder = training.RunFolder(trial.workdir)
    alarms, seen = read_lines(folder.alarms_file), read_lines(folder.diversity_file)
    is_image = result.model.kind == "image"
    scores = scores_of_run(trial, ["prdc", "modes"], _compared_samples(trial)) if is_image else scored(result)
    watched = {"warnings": float(len(alarms)), "last_overlap": seen[-1]["overlap"], "last_spacing": seen[-1]["spacing"]}
    if alarms:
        watched["first_warning"] = float(alarms[0]["step"])
    return Measured({**watched, **scores.values}, scores.protocol)


def _compared_samples(trial: Trial) -> int:
    return 8 if trial.smoke else _COMPARED_SAMPLES


def _sample_count(trial: Trial) -> int:
    return 100 if trial.smoke else _SAMPLES


def _counted_run(trial: Trial, name: str, *changes: str) -> Measured:
    """Trains a recipe, and counts the modes of its samples."""
    from tfgans import evaluation, training

    model = train(trial, name, *changes).model
    samples = evaluation.to_bytes(model.sample(_sample_count(trial), seed=SAMPLE_SEED))
    return _counted(trial, samples, training.RunFolder(trial.workdir).recipe().data)


def _counted(trial: Trial, images: np.ndarray, name: str) -> Measured:
    """Counts modes of 1,000, and measures the reverse KL, by a classifier of MNIST on each channel of images.

    The numbers that begin with `confident` count only the images whose three digits the classifier is sure of. `name`
    is the data set of the images, or that their generator learned.
    """
    from tfgans import data, evaluation, metrics

    digits = [data.load_split("mnist", split, **trial.source) for split in ("train", "test")]
    extractor = evaluation.extractor("classifier", *digits)

    reader = evaluation.StackedClassifier(extractor)

    def classify(part: np.ndarray) -> np.ndarray:
        return np.stack([outputs["probabilities"] for outputs in reader.channels(part)], axis=1)

    parts = np.array_split(images, math.ceil(len(images) / _CHUNK))
    probabilities = np.concatenate([classify(part) for part in parts])
    coverage, confident = (metrics.stacked_coverage(probabilities, least) for least in (0.0, _CONFIDENCE))
    protocol = {
        "data": name,
        "samples": len(images),
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


def sheets(item: str, trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples of each system."""
    from tfgans import plots, training

    for trial in trials:
        if trial.setting.get("system") != _REAL:
            samples, name = training.load(trial.workdir).sample(100, seed=0), _file_name(item, trial)
            plots.image_grid(samples, 10, folder / name, title=", ".join(trial.setting.values()))


def neighbours(item: str, trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples of each system beside the training images that are nearest to them."""
    for trial in trials:
        title = f"{trial.setting['system']}, {trial.setting['images']} images: samples"
        neighbour_sheet(trial, folder / _file_name(item, trial), title)


def points(item: str, trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws points of each system over the centres of its world."""
    from tfgans import data, plots, training

    for trial in trials:
        world = data.toy_world(trial.setting["data"])
        samples = training.load(trial.workdir).sample(_POINTS, seed=0) * world.scale
        title = ", ".join(trial.setting.values())
        plots.point_cloud(samples, world.centers, folder / _file_name(item, trial), title=title)


def _file_name(item: str, trial: Trial) -> str:
    words = "_".join([item, *trial.setting.values()])
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") + ".png"


def _item(
    name: str,
    run: Callable[[Trial], Measured],
    figures: Callable[[str, Sequence[Trial], pathlib.Path], None] | None,
    **fields: Sequence[str],
) -> Item:
    """An item whose rows are all combinations of values of its fields."""
    rows = [dict(zip(fields, values, strict=True)) for values in itertools.product(*fields.values())]
    return Item("beyond", name, tuple(rows), run, figures and functools.partial(figures, name), scales=("small",))


ITEMS = (
    _item("stacked_mnist", stacked_mnist, sheets, system=(_REAL, *_SYSTEMS)),
    _item("toy_worlds", toy_worlds, points, data=("ring8", "grid25"), system=tuple(_COMPARED)),
    _item("wide_generator", wide_generator, points, data=("grid25",), system=("RpGAN + R1 + R2",)),
    _item("stacked_mnist_pacgan", stacked_mnist_pacgan, sheets, system=_LONG),
    _item("augmentation", augmentation, sheets, fraction=("1.0", "0.1"), augmentation=tuple(_AUGMENTATIONS)),
    _item("memorisation", memorisation, neighbours, images=tuple(_FRACTIONS), system=tuple(_MEMORISING)),
    _item("monitor", monitor, None, recipe=tuple(_MONITORED)),
    _item("stacked_mnist_weak", stacked_mnist_weak, sheets, discriminator=tuple(_WEAK), system=_WEAKENED),
)
