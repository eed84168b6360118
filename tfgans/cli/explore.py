"""Draws figures of a run's latent space, or serves a page for it: `python scripts/explore.py`, or `tfgans-explore`.

scripts/explore.py --workdir=runs/cwgan/digits/0 --figure=corners --out=corners.png
scripts/explore.py --workdir=runs/logan/digits/0 --serve
"""

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

if TYPE_CHECKING:
    from tfgans.models import AdversarialModel
    from tfgans.training import RunFolder

FLAGS = flags.FLAGS

_NEAREST = 4
# Samples of which the most suspicious ones are drawn beside their neighbours.
_CANDIDATES = 256
_FIGURES_OF_LABELS = ("swap", "corners", "sweep", "plane")
_NEIGHBOURS = "neighbours"
_FIGURES_OF_IMAGES = ("reconstructions", "interpolations", "morph", "traversals")


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags(required=False)
    _app.group("Page")
    flags.DEFINE_bool(
        "serve", False, "Serves a page to explore the model, in place of a figure; needs the extra `explore`."
    )
    flags.DEFINE_string(
        "saved_model", None, "SavedModel for --serve, in place of --workdir: its folder, or the name of a model."
    )
    flags.DEFINE_string("host", "127.0.0.1", "Address that the page listens on; other machines do not reach 127.0.0.1.")
    flags.DEFINE_integer("port", None, "Port of the page; by default the first free one from 7860 on.")
    _app.group("Figure")
    _app.define_choice(
        "figure",
        "swap",
        [*_FIGURES_OF_LABELS, *_FIGURES_OF_IMAGES, _NEIGHBOURS],
        "The figure. For a conditional model: swap has one latent vector a row and one class or attribute a column; "
        "corners goes between four pairs of a latent vector and a label; sweep varies one attribute; plane varies two. "
        "For a model with an encoder: reconstructions of test images; interpolations between pairs of them; morph goes "
        "between four of them; traversals varies the entries of one image's latent vector. For every model of images: "
        f"neighbours shows samples beside the training images that are nearest to them: of {_CANDIDATES} samples those "
        "that look most like copies, the most suspicious first.",
    )
    flags.DEFINE_multi_string(
        "attribute", [], "Name or number of an attribute or class: one for a sweep, two for a plane"
    )
    flags.DEFINE_float("low", 0.0, "Lowest value of an attribute, or of an entry of a latent vector.")
    flags.DEFINE_float("high", 1.0, "Highest value of an attribute, or of an entry of a latent vector.")
    flags.DEFINE_integer("size", 8, "Number of rows, and of steps between values or images.", lower_bound=2)
    flags.DEFINE_integer(
        "seed", 0, "Seed of the latent vectors and of the labels in corners; the number of the first test image."
    )
    flags.DEFINE_string(
        "extractor",
        None,
        "Features by which neighbours are near, beside pixels; pixels for no others. By default classifier, if the "
        "data have classes.",
    )
    flags.DEFINE_string("out", "explore.png", "PNG file of the figure.")
    _app.define_data_flags()


def main() -> None:
    """Draws the figure and prints its path, or serves the page and prints its address."""
    if FLAGS.serve:
        _serve()
        return
    if FLAGS.workdir is None:
        raise ValueError("--workdir names the folder of a run. A --saved_model needs --serve.")
    out = _app.output_path(FLAGS.out, (".png",))

    load_tensorflow()
    from tfgans import training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    figures = {_NEIGHBOURS: _draw_neighbours, **dict.fromkeys(_FIGURES_OF_LABELS, _draw_labels)}
    figures.get(FLAGS.figure, _draw_images)(model, training.RunFolder(FLAGS.workdir), out)
    print(f"figure: {out}")


def _serve() -> None:
    """Serves the page until a signal ends the process."""
    if (FLAGS.workdir is None) == (FLAGS.saved_model is None):
        raise ValueError("--serve takes either --workdir or --saved_model.")

    from tfgans.pages import Explorer, load_run, load_saved_model, page

    def load() -> Any:
        if FLAGS.saved_model is not None:
            return load_saved_model(FLAGS.saved_model)
        return load_run(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)

    explorer = Explorer(load, workdir=FLAGS.workdir, data_dir=FLAGS.data_dir, download=FLAGS.download)
    page.serve(explorer, FLAGS.host, FLAGS.port)


def _draw_labels(model: "AdversarialModel", folder: "RunFolder", out: pathlib.Path) -> None:
    """Draws a figure of generated images with various labels."""
    import numpy as np

    from tfgans import plots

    if model.labels is None or "label" not in model.faces()["generate"].inputs:
        raise ValueError(f"--figure={FLAGS.figure} needs a conditional model; received a {type(model).__name__}.")
    if model.sample_prior is None:
        raise ValueError(
            f"--figure={FLAGS.figure} draws latents from a prior and mixes labels. The latents of this "
            f"{type(model).__name__} are combinations of codes, each of one class."
        )
    names = folder.label_names()
    latents = model.prior.sample_rows(FLAGS.seed + np.arange(max(4, FLAGS.size))).numpy()
    random = np.random.default_rng(FLAGS.seed)
    values = np.linspace(FLAGS.low, FLAGS.high, FLAGS.size).tolist()
    has_classes = model.labels.conditioning == "class"
    # The condition of the attributes that a figure does not vary: no class at all, or middle values.
    base = np.full(len(names), 0.0 if has_classes else (FLAGS.low + FLAGS.high) / 2)
    if FLAGS.figure == "swap":
        conditions = np.tile(base, (len(names), 1))
        np.fill_diagonal(conditions, FLAGS.high)
        plots.swap_grid(model.generate, latents[: FLAGS.size], conditions, names, out)
    elif FLAGS.figure == "corners":
        corners = np.resize(random.permutation(len(names)), 4)
        if has_classes:
            conditions, titles = np.eye(len(names))[corners], [names[corner] for corner in corners]
        else:
            conditions = random.uniform(FLAGS.low, FLAGS.high, (4, len(names)))
            titles = [" ".join(f"{value:.1f}" for value in condition) for condition in conditions]
        plots.corner_grid(model.generate, latents[:4], conditions, titles, out, size=FLAGS.size)
    elif FLAGS.figure == "sweep":
        (index,) = indices(FLAGS.attribute, names, 1)
        plots.sweep_grid(model.generate, latents[: FLAGS.size], base, index, values, names[index], out)
    else:
        first, second = indices(FLAGS.attribute, names, 2)
        axes = (names[first], names[second])
        plots.plane_grid(model.generate, latents[0], base, (first, second), values, axes, out)


def _draw_images(model: "AdversarialModel", folder: "RunFolder", out: pathlib.Path) -> None:
    """Draws a figure of test images, which need an encoder."""
    import numpy as np

    from tfgans import data, plots, training

    face = model.faces().get("reconstruct")
    if face is None or "label" in face.inputs or model.kind != "image":
        raise ValueError(
            f"--figure={FLAGS.figure} needs a model of images with an encoder and a generator that take no labels; "
            f"received a {type(model).__name__}."
        )
    _, _, test_split = training.load_data_of(folder.path, None, FLAGS.data_dir, FLAGS.download)
    test = data.as_images(test_split)

    def images(count: int) -> np.ndarray:
        """As many test images from that with the number --seed on, or all if there are fewer."""
        first = FLAGS.seed % max(1, len(test) - count + 1)
        return test.rows(slice(first, first + count)).unit_images

    least = {"interpolations": 2, "morph": 4}.get(FLAGS.figure, 1)
    if len(test) < least:
        raise ValueError(f"--figure={FLAGS.figure} needs {least} test images; {test.name} has {len(test)}.")
    if FLAGS.figure == "reconstructions":
        plots.reconstruction_grid(model.reconstruct, images(4 * FLAGS.size), out, columns=FLAGS.size)
    elif FLAGS.figure == "interpolations":
        pairs = min(FLAGS.size, len(test) // 2)
        plots.interpolation_grid(model.interpolate, images(2 * pairs), out, steps=FLAGS.size)
    elif FLAGS.figure == "morph":
        plots.morph_grid(model.morph, images(4), out, size=FLAGS.size)
    else:
        values = np.linspace(FLAGS.low, FLAGS.high, FLAGS.size).tolist()
        dimensions = range(min(FLAGS.size, model.prior.size))
        (image,) = images(1)
        plots.traversal_grid(model.traverse, image, dimensions, values, out)


def _draw_neighbours(model: "AdversarialModel", folder: "RunFolder", out: pathlib.Path) -> None:
    """Draws the samples that look most like copies beside their nearest training images."""
    import numpy as np

    from tfgans import data, plots, training

    if model.kind != "image":
        raise ValueError(f"--figure={FLAGS.figure} needs a model of images; received one of points.")
    labels, count = None, max(_CANDIDATES, FLAGS.size)
    if model.samples_by_label:
        test = data.as_images(training.load_data_of(folder.path, None, FLAGS.data_dir, FLAGS.download)[2])
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


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
