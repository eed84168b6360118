"""Samples from the model of a run: `python scripts/sample.py`, or `tfgans-sample`.

scripts/sample.py --workdir=runs/cwgan/digits/0 --label=3 --label=8 --count=12 --out=samples.png
scripts/sample.py --workdir=runs/logan/digits/0 --count=1000 --out=samples.npz
"""

from typing import Any

from absl import flags

from tfgans._files import temporary_file
from tfgans._startup import load_tensorflow
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.define_run_flags()
    flags.DEFINE_multi_string(
        "label",
        [],
        "Label of a row, for a conditional model: the name or number of a class, or attributes as numbers with commas. "
        "By default all classes",
    )
    _app.define_grid_flags()
    flags.DEFINE_string(
        "out",
        "samples.png",
        "PNG file of a grid, or .npz file of the samples (named images), as the model gives them, and their labels.",
    )


def main() -> None:
    """Samples, and prints the path of the samples."""
    out = _app.output_path(FLAGS.out, (".png", ".npz"))

    load_tensorflow()
    import numpy as np

    from tfgans import data, plots, training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    folder = training.RunFolder(FLAGS.workdir)
    arrays: dict[str, Any] = {}
    row_names = None
    if model.labels is None or not model.samples_by_label:
        if FLAGS.label:
            raise ValueError(f"{type(model).__name__} takes no labels; received --label={', '.join(FLAGS.label)}.")
        arrays["images"] = model.sample(FLAGS.count, seed=FLAGS.seed)
    else:
        names, conditioning = folder.label_names(), model.labels.conditioning
        labels = np.array(parse_labels(FLAGS.label, names, conditioning))
        arrays["labels"], seeds = _app.rows_of_labels(labels)
        arrays["images"] = model.sample(len(seeds), labels=arrays["labels"], seed=seeds)
        row_names = [names[label] for label in labels] if conditioning == "class" else FLAGS.label
    if out.suffix == ".npz":
        with temporary_file(out) as temporary:
            np.savez_compressed(temporary, **arrays)
    elif model.kind == "point":
        world = data.toy_world(folder.recipe().data)
        plots.point_cloud(arrays["images"] * world.scale, world.centers, out)
    elif row_names is None:
        _app.write_grid(arrays["images"], out)
    else:
        _app.write_labelled_grid(arrays["images"], row_names, out)
    print(f"samples: {out}")


def parse_labels(texts: list[str], names: tuple[str, ...], conditioning: str) -> list:
    """Parses labels.

    Args:
        texts: Names or numbers of classes, or attributes with commas between them.
        names: Names of the classes or attributes.
        conditioning: `class` or `attributes`.

    Returns:
        Numbers of classes, by default all; or lists of attributes.

    Raises:
        ValueError: If a text is not a label, or attributes are missing.
    """
    if conditioning == "class":
        classes = [_app.position(text, names) for text in texts]
        unknown = [text for text, number in zip(texts, classes, strict=True) if number is None]
        if unknown:
            raise ValueError(f"The classes are {', '.join(names)}; received {', '.join(unknown)}.")
        return classes or list(range(len(names)))
    if not texts:
        raise ValueError(
            f"Expected --label with the attributes {', '.join(names)} as numbers with commas; received none."
        )
    labels = []
    for text in texts:
        try:
            labels.append([float(part) for part in text.split(",")])
        except ValueError:
            raise ValueError(f"--label takes numbers with commas; received {text!r}.") from None
        if len(labels[-1]) != len(names):
            raise ValueError(f"--label takes {len(names)} numbers ({', '.join(names)}); received {text!r}.")
    return labels


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
