"""Explores a run's generator: `python scripts/explore.py`, or `tfgans-explore`."""

import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tfgans.cli import _app

if TYPE_CHECKING:
    from tfgans import AdversarialModel

FLAGS = flags.FLAGS

_OF_IMAGES = ("reconstructions", "interpolations", "morph", "traversals")


def define_flags() -> None:
    """The command's flags."""
    _app.define_run_flags()
    flags.DEFINE_enum(
        "figure",
        "swap",
        ["swap", "corners", "sweep", "plane", *_OF_IMAGES],
        "swap: one z a row, one class or attribute a column; corners: between four corners in z and y; "
        "sweep: one attribute runs through its values; plane: two attributes do; these four of a conditional model. "
        "Of one with an encoder, reconstructions of test images, interpolations between them, morph, an array between "
        "four of them, and traversals, in which entries of one image's latent run from --low to --high.",
    )
    flags.DEFINE_multi_string("attribute", [], "Attribute or class of a sweep (one) or plane (two), by name or number.")
    flags.DEFINE_float("low", 0.0, "Lowest value of an attribute, or of an entry of a latent.")
    flags.DEFINE_float("high", 1.0, "Highest value of an attribute, or of an entry of a latent.")
    flags.DEFINE_integer("size", 8, "Rows, and steps of an interpolation or traversal.", lower_bound=2)
    flags.DEFINE_integer("seed", 0, "Seed of the latent vectors, and of the corners' conditions.")
    flags.DEFINE_string("out", "explore.png", "PNG file.")
    _app.define_data_flags()


def main() -> None:
    """Draws the figure, and prints where it is."""
    out = _app.checked_out(FLAGS.out, (".png",))

    import numpy as np

    from tfgans import plots, training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    if FLAGS.figure in _OF_IMAGES:
        _of_real_images(model, out)
        return
    if not model.samples_by_label:
        raise ValueError(
            f"--figure={FLAGS.figure} is of a conditional model; the run is one of {type(model).__name__}."
        )
    names = training.RunFolder(FLAGS.workdir).label_names()
    latents = model.prior.sample_rows(FLAGS.seed + np.arange(max(4, FLAGS.size))).numpy()
    random = np.random.default_rng(FLAGS.seed)
    values = np.linspace(FLAGS.low, FLAGS.high, FLAGS.size)
    classes = model.labels.conditioning == "class"
    # Where nothing else is asked for: no class at all, or attributes in the middle.
    base = np.full(len(names), 0.0 if classes else (FLAGS.low + FLAGS.high) / 2)
    if FLAGS.figure == "swap":
        conditions = np.tile(base, (len(names), 1))
        np.fill_diagonal(conditions, FLAGS.high)
        plots.swap_grid(model.generate, latents[: FLAGS.size], conditions, names, out)
    elif FLAGS.figure == "corners":
        picked = np.resize(random.permutation(len(names)), 4)
        conditions = np.eye(len(names))[picked] if classes else random.uniform(FLAGS.low, FLAGS.high, (4, len(names)))
        shown = [names[i] for i in picked] if classes else [" ".join(f"{v:.1f}" for v in row) for row in conditions]
        plots.corner_grid(model.generate, latents[:4], conditions, shown, out, size=FLAGS.size)
    elif FLAGS.figure == "sweep":
        (index,) = indices(FLAGS.attribute, names, 1)
        plots.sweep_grid(model.generate, latents[: FLAGS.size], base, index, values, names[index], out)
    else:
        first, second = indices(FLAGS.attribute, names, 2)
        both = (names[first], names[second])
        plots.plane_grid(model.generate, latents[0], base, (first, second), values, both, out)
    print(f"figure: {out}")


def _of_real_images(model: "AdversarialModel", out: pathlib.Path) -> None:
    """Draws what a model with an encoder makes of images that it has not seen."""
    import numpy as np

    from tfgans import plots, training

    face = model.faces().get("reconstruct")
    if face is None or "label" in face.inputs or model.kind != "image":
        raise ValueError(
            f"--figure={FLAGS.figure} is of images, and an encoder and a generator that take no labels; "
            f"{type(model).__name__} here has not all of these."
        )
    recipe = training.RunFolder(FLAGS.workdir).recipe()
    _, _, test = training.load_data(recipe, None, FLAGS.data_dir, FLAGS.download)
    if FLAGS.figure == "reconstructions":
        plots.reconstruction_grid(model.reconstruct, test.first(4 * FLAGS.size).unit_images, out, columns=FLAGS.size)
    elif FLAGS.figure == "interpolations":
        plots.interpolation_grid(model.interpolate, test.first(2 * FLAGS.size).unit_images, out, steps=FLAGS.size)
    elif FLAGS.figure == "morph":
        first = 4 * FLAGS.seed % (len(test) - 3)
        plots.morph_grid(model.morph, test.rows(slice(first, first + 4)).unit_images, out, size=FLAGS.size)
    else:
        values, dimensions = np.linspace(FLAGS.low, FLAGS.high, FLAGS.size), range(min(FLAGS.size, model.prior.size))
        plots.traversal_grid(model.traverse, test.unit_images[FLAGS.seed % len(test)], dimensions, values, out)
    print(f"figure: {out}")


def indices(texts: list[str], names: tuple[str, ...], count: int) -> list[int]:
    """Indices of `count` attributes from their names or numbers.

    Raises:
        ValueError: If there are not `count` of them, or one is unknown.
    """
    positions = [_app.position(text, names) for text in texts]
    if None in positions or len(positions) != count:
        raise ValueError(f"This figure takes {count} of --attribute={'|'.join(names)}; received {texts}.")
    return positions


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
