"""Samples from a run's model: `python scripts/sample.py`, or `tfgans-sample`."""

from absl import flags

from tfgans._files import temporary_file
from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    _app.define_run_flags()
    flags.DEFINE_multi_string(
        "label",
        [],
        "What to sample of a conditional model: a class by number or name, or attributes as numbers with commas; may "
        "be repeated. All classes, if none is named.",
    )
    _app.define_grid_flags()
    flags.DEFINE_string(
        "out", "samples.png", "PNG of a grid, one label a row; or .npz of images, or points, and labels."
    )


def main() -> None:
    """Samples, and prints where the images are."""
    out = _app.checked_out(FLAGS.out, (".png", ".npz"))

    import numpy as np

    from tfgans import data, plots, training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    folder = training.RunFolder(FLAGS.workdir)
    arrays, rows = {}, {}
    if not model.samples_by_label:
        if FLAGS.label:
            raise ValueError(f"{type(model).__name__} takes no labels; received --label={', '.join(FLAGS.label)}.")
        arrays["images"] = model.sample(FLAGS.count, seed=FLAGS.seed)
    else:
        names = folder.label_names()
        labels = np.array(parse_labels(FLAGS.label, names, model.labels.conditioning))
        arrays["labels"], seeds = _app.rows_of_labels(labels)
        arrays["images"] = model.sample(len(seeds), labels=arrays["labels"], seed=seeds)
        shown = [names[label] for label in labels] if model.labels.conditioning == "class" else FLAGS.label
        rows = {"row_names": shown, "row_label": "label", "column_label": "one z a column"}
    if out.suffix == ".npz":
        with temporary_file(out) as temporary:
            np.savez_compressed(temporary, **arrays)
    elif len(model.sample_shape) == 3:
        plots.image_grid(arrays["images"], FLAGS.count, out, **rows)
    else:
        world = data.load_split(folder.recipe().data)
        plots.point_cloud(arrays["images"] * world.scale, world.centers, out)
    print(f"samples: {out}")


def parse_labels(texts: list[str], names: tuple[str, ...], conditioning: str) -> list:
    """Labels from their texts.

    Args:
        texts: Classes by name or number, or attributes with commas between them.
        names: Names of the classes or attributes.
        conditioning: `class` or `attributes`.

    Returns:
        Class numbers, or lists of attributes.

    Raises:
        ValueError: If a text is no label.
    """
    if conditioning == "class":
        classes = [_app.position(text, names) for text in texts]
        unknown = [text for text, number in zip(texts, classes, strict=True) if number is None]
        if unknown:
            raise ValueError(f"The classes are {', '.join(names)}; received {', '.join(unknown)}.")
        return classes or list(range(len(names)))
    if not texts:
        raise ValueError(f"Name attributes with --label, numbers with commas: {', '.join(names)}.")
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
    """Entry point."""
    _app.run(define_flags, main)
