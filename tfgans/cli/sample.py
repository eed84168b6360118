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
        "What to sample: a class by number or name, or attributes as numbers with commas; may be repeated. "
        "All classes, if none is named.",
    )
    flags.DEFINE_integer("count", 10, "Samples for each label.", lower_bound=1)
    flags.DEFINE_integer("seed", 0, "Seed; samples of one column share it, and so their latent vector.")
    flags.DEFINE_string("out", "samples.png", "PNG of a grid, one label a row; or .npz of images and labels.")


def main() -> None:
    """Samples, and prints where the images are."""
    out = _app.checked_out(FLAGS.out, (".png", ".npz"))

    import numpy as np

    from tfgans import plots, training

    model = training.load(FLAGS.workdir, FLAGS.step, averaged=FLAGS.averaged)
    names = training.RunFolder(FLAGS.workdir).label_names()
    labels = np.array(parse_labels(FLAGS.label, names, model.conditioning))
    images = model.sample(
        len(labels) * FLAGS.count,
        labels=np.repeat(labels, FLAGS.count, axis=0),
        seed=list(range(FLAGS.seed, FLAGS.seed + FLAGS.count)) * len(labels),
    )
    if out.suffix == ".npz":
        with temporary_file(out) as temporary:
            np.savez_compressed(temporary, images=images, labels=np.repeat(labels, FLAGS.count, axis=0))
    else:
        shown = [names[label] for label in labels] if model.conditioning == "class" else FLAGS.label
        plots.image_grid(images, FLAGS.count, out, row_names=shown, row_label="label", column_label="one z a column")
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
