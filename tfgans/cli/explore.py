"""Draws figures of a run's latent space, or serves a page for it: `python scripts/explore.py`, or `tfgans-explore`.

scripts/explore.py --workdir=runs/cwgan/digits/0 --figure=corners --out=corners.png
scripts/explore.py --workdir=runs/logan/digits/0 --serve
"""

from typing import Any

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS

CANDIDATES = 256
"""Samples of which the figure `neighbours` shows the most suspicious ones."""

# Functions of `_figures`.
_FIGURES = (
    "swap",
    "corners",
    "sweep",
    "plane",
    "reconstructions",
    "interpolations",
    "morph",
    "traversals",
    "neighbours",
)


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
        _FIGURES,
        "The figure. For a conditional model: swap has one latent vector a row and one class or attribute a column; "
        "corners goes between four pairs of a latent vector and a label; sweep varies one attribute; plane varies two. "
        "For a model with an encoder: reconstructions of test images; interpolations between pairs of them; morph goes "
        "between four of them; traversals varies the entries of one image's latent vector. For every model of images: "
        f"neighbours shows samples beside the training images that are nearest to them: of {CANDIDATES} samples those "
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
    from tfgans.cli import _figures

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    getattr(_figures, FLAGS.figure)(model, training.RunFolder(FLAGS.workdir), out)
    print(f"figure: {out}")


def _serve() -> None:
    """Serves the page until a signal ends the process."""
    if (FLAGS.workdir is None) == (FLAGS.saved_model is None):
        raise ValueError("--serve takes either --workdir or --saved_model.")
    if FLAGS.saved_model is not None:
        _app.refuse_beside("--saved_model", ("step", "averaged"))

    from tfgans.pages import Explorer, load_run, load_saved_model, page

    # The page's button loads the newest checkpoint, whatever was loaded first.
    asked = iter([FLAGS.step])

    def load() -> Any:
        if FLAGS.saved_model is not None:
            return load_saved_model(FLAGS.saved_model)
        return load_run(FLAGS.workdir, next(asked, None), averaged=FLAGS.averaged)

    explorer = Explorer(load, workdir=FLAGS.workdir, data_dir=FLAGS.data_dir, download=FLAGS.download)
    page.serve(explorer, FLAGS.host, FLAGS.port)


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
