"""Samples from a model behind TensorFlow Serving: `python scripts/client.py`, or `tfgans-client`."""

from typing import TYPE_CHECKING

from absl import flags

from tfgans.cli import _app

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_string("server", "http://localhost:8501", "http://HOST:PORT for REST, grpc://HOST:PORT for gRPC.")
    flags.DEFINE_string("model", None, "Name of the model on the server.", required=True)
    flags.DEFINE_multi_string(
        "label", [], "What to sample of a conditional model: a class by number, or attributes with commas; one a row."
    )
    _app.define_grid_flags()
    flags.DEFINE_string("out", "samples.png", "PNG of a grid.")


def main() -> None:
    """Samples, and prints where the grid is."""
    out = _app.checked_out(FLAGS.out, (".png",))

    from tfgans import plots, serving

    with serving.Client(FLAGS.server, FLAGS.model) as client:
        if client.kind != "image":
            raise ValueError(f"{FLAGS.model} makes no images; received points.")
        labels = parse_labels(FLAGS.label, client.signatures()["sample"].inputs.get("label"))
        if labels is None:
            images, rows = client.sample(FLAGS.count, seed=FLAGS.seed), {}
        else:
            each, seeds = _app.rows_of_labels(labels)
            images = client.sample(len(seeds), each, seed=seeds)
            rows = {"row_names": FLAGS.label, "row_label": "label", "column_label": "one z a column"}
    print(f"samples: {plots.image_grid(images, FLAGS.count, out, **rows)}")


def parse_labels(texts: list[str], spec: "tf.TensorSpec | None") -> "np.ndarray | None":
    """Labels from their texts.

    Args:
        texts: Classes by number, or attributes with commas between them.
        spec: What the signature takes: integer [n], floating [n, K], or no labels.

    Returns:
        Labels as the signature takes them; None where it takes none.

    Raises:
        ValueError: If a text is no label, or there are none though the signature takes them, or the other way round.
    """
    import numpy as np

    if spec is None and not texts:
        return None
    if spec is None or not texts:
        raise ValueError(f"The model takes {'no labels' if spec is None else 'a --label'}; received {texts}.")
    try:
        labels = np.array([text.split(",") for text in texts]).astype(spec.dtype.as_numpy_dtype)
        return labels.reshape(len(texts), *spec.shape[1:])
    except ValueError:
        kind = "a class by number" if spec.dtype.is_integer else f"{spec.shape[1]} numbers with commas"
        raise ValueError(f"--label takes {kind}; received {', '.join(map(repr, texts))}.") from None


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
