"""The figures of scripts/explore.py: a function for each. `--help` does not load them, nor TensorFlow."""

import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from absl import flags

from tfgans import data, plots, training
from tfgans.cli import _app
from tfgans.cli.explore import CANDIDATES
from tfgans.models import AdversarialModel

FLAGS = flags.FLAGS

_NEAREST = 4


class _Conditions(NamedTuple):
    """Latents and conditions of a figure of a conditional model.

    Attributes:
        names: Names of the K classes or attributes.
        has_classes: Whether they are classes.
        latents: [n, N]; n is `--size`, and at least 4.
        base: [K], the condition of what a figure does not vary: no class at all, or middle values.
        values: The values that a figure gives to what it varies.
    """

    names: tuple[str, ...]
    has_classes: bool
    latents: np.ndarray
    base: np.ndarray
    values: list[float]


def _conditions(model: AdversarialModel, folder: training.RunFolder) -> _Conditions:
    if model.labels is None or "label" not in model.faces()["generate"].inputs:
        raise ValueError(f"--figure={FLAGS.figure} needs a conditional model; received a {type(model).__name__}.")
    if model.sample_prior is None:
        raise ValueError(
            f"--figure={FLAGS.figure} draws latents from a prior and mixes labels. The latents of this "
            f"{type(model).__name__} are combinations of codes, each of one class."
        )
    names, has_classes = folder.label_names(), model.labels.conditioning == "class"
    return _Conditions(
        names,
        has_classes,
        model.prior.sample_rows(FLAGS.seed + np.arange(max(4, FLAGS.size))).numpy(),
        np.full(len(names), 0.0 if has_classes else (FLAGS.low + FLAGS.high) / 2),
        _values(),
    )


def _values() -> list[float]:
    return np.linspace(FLAGS.low, FLAGS.high, FLAGS.size).tolist()


def swap(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws one latent vector a row, and one class or attribute a column."""
    names, _, latents, base, _ = _conditions(model, folder)
    conditions = np.tile(base, (len(names), 1))
    np.fill_diagonal(conditions, FLAGS.high)
    plots.swap_grid(model.generate, latents[: FLAGS.size], conditions, names, out)


def corners(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws ways between four pairs of a latent vector and a label."""
    names, has_classes, latents, _, _ = _conditions(model, folder)
    random = np.random.default_rng(FLAGS.seed)
    if has_classes:
        drawn = np.resize(random.permutation(len(names)), 4)
        conditions, titles = np.eye(len(names))[drawn], [names[index] for index in drawn]
    else:
        conditions = random.uniform(FLAGS.low, FLAGS.high, (4, len(names)))
        titles = [" ".join(f"{value:.1f}" for value in condition) for condition in conditions]
    plots.corner_grid(model.generate, latents[:4], conditions, titles, out, size=FLAGS.size)


def sweep(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws the values of one attribute."""
    names, _, latents, base, values = _conditions(model, folder)
    (index,) = indices(FLAGS.attribute, names, 1)
    plots.sweep_grid(model.generate, latents[: FLAGS.size], base, index, values, names[index], out)


def plane(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws the values of two attributes."""
    names, _, latents, base, values = _conditions(model, folder)
    first, second = indices(FLAGS.attribute, names, 2)
    axes = (names[first], names[second])
    plots.plane_grid(model.generate, latents[0], base, (first, second), values, axes, out)


def indices(texts: Sequence[str], names: Sequence[str], count: int) -> list[int]:
    """Returns the indices of `count` attributes from their names or numbers.

    Raises:
        ValueError: If there are not `count` of them, one is unknown, or one is named twice.
    """
    positions = [position for text in texts if (position := _app.position(text, names)) is not None]
    if len(positions) != len(texts) or len(positions) != count or len(set(positions)) < count:
        received = ", ".join(texts) or "none"
        raise ValueError(f"This figure takes {count} of --attribute={'|'.join(names)}; received {received}.")
    return positions


def _test_images(model: AdversarialModel, folder: training.RunFolder, count: int, group: int = 1) -> np.ndarray:
    """`count` test images from that with the number --seed on, or as many whole groups as there are."""
    face = model.faces().get("reconstruct")
    if face is None or "label" in face.inputs or model.kind != "image":
        raise ValueError(
            f"--figure={FLAGS.figure} needs a model of images with an encoder and a generator that take no labels; "
            f"received a {type(model).__name__}."
        )
    test = _test_set(folder)
    if len(test) < group:
        raise ValueError(f"--figure={FLAGS.figure} needs {group} test images; {test.name} has {len(test)}.")
    count = min(count, len(test)) // group * group
    first = FLAGS.seed % (len(test) - count + 1)
    return test.rows(slice(first, first + count)).unit_images


def _test_set(folder: training.RunFolder) -> data.ImageSet:
    return data.as_images(training.load_data_of(folder.path, None, FLAGS.data_dir, FLAGS.download)[2])


def reconstructions(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws test images and their reconstructions."""
    images = _test_images(model, folder, 4 * FLAGS.size)
    plots.reconstruction_grid(model.reconstruct, images, out, columns=FLAGS.size)


def interpolations(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws ways between pairs of test images."""
    images = _test_images(model, folder, 2 * FLAGS.size, group=2)
    plots.interpolation_grid(model.interpolate, images, out, steps=FLAGS.size)


def morph(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws ways between four test images."""
    plots.morph_grid(model.morph, _test_images(model, folder, 4, group=4), out, size=FLAGS.size)


def traversals(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws the values of entries of one test image's latent vector."""
    (image,) = _test_images(model, folder, 1)
    dimensions = range(min(FLAGS.size, model.prior.size))
    plots.traversal_grid(model.traverse, image, dimensions, _values(), out)


def neighbours(model: AdversarialModel, folder: training.RunFolder, out: pathlib.Path) -> None:
    """Draws the samples that look most like copies beside their nearest training images."""
    if model.kind != "image":
        raise ValueError(f"--figure={FLAGS.figure} needs a model of images; received one of points.")
    labels, count = None, max(CANDIDATES, FLAGS.size)
    if model.samples_by_label:
        test = _test_set(folder)
        if test.label is not None:
            labels = test.label[np.random.default_rng(FLAGS.seed).integers(len(test), size=count)]
    samples = model.sample(count, labels=labels, seed=FLAGS.seed)
    extractors = None if FLAGS.extractor is None else ("pixels", FLAGS.extractor)
    near = training.nearest_training_images(
        folder.path, samples, extractors, _NEAREST, data_dir=FLAGS.data_dir, download=FLAGS.download
    )
    suspicious = np.argsort(np.min([found.relative_distance for found in near.values()], axis=0))[: FLAGS.size]
    title = f"The most suspicious {len(suspicious)} of {count} samples"
    shown = {name: found.of(suspicious) for name, found in near.items()}
    plots.neighbour_grid(samples[suspicious], shown, out, title=title)
