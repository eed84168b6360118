"""Samples from a model on a server: `python scripts/client.py`, or `tfgans-client`.

scripts/client.py --model=cwgan_digits --label=3 --label=8 --out=grid.png
scripts/client.py --server=grpc://localhost:8500 --model=logan_digits --count=20
"""

from typing import TYPE_CHECKING

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf

FLAGS = flags.FLAGS


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.group("Server")
    flags.DEFINE_string(
        "server",
        "http://localhost:8501",
        "Address of the server: http://HOST:PORT for REST, grpc://HOST:PORT for gRPC.",
    )
    flags.DEFINE_string("model", None, "Name of the model on the server.", required=True)
    flags.DEFINE_multi_string(
        "label", [], "Label of a row, for a conditional model: the number of a class, or attributes with commas"
    )
    _app.define_grid_flags()
    flags.DEFINE_string("out", "samples.png", "PNG file of the grid.")


def main() -> None:
    """Samples, and prints the path of the grid."""
    out = _app.output_path(FLAGS.out, (".png",))

    load_tensorflow()
    from tfgans import serving

    with serving.Client(FLAGS.server, FLAGS.model) as client:
        if client.kind != "image":
            raise ValueError(f"Expected a model of images; {FLAGS.model} makes points.")
        labels = parse_labels(FLAGS.label, client.signatures()["sample"].inputs.get("label"))
        if labels is None:
            _app.write_grid(client.sample(FLAGS.count, seed=FLAGS.seed), out)
        else:
            repeated, seeds = _app.rows_of_labels(labels)
            _app.write_labelled_grid(client.sample(len(seeds), repeated, seed=seeds), FLAGS.label, out)
    print(f"samples: {out}")


def parse_labels(texts: list[str], spec: "tf.TensorSpec | None") -> "np.ndarray | None":
    """Parses labels.

    Args:
        texts: Numbers of classes, or attributes with commas between them.
        spec: Spec of the signature's labels, integer [n] or floating [n, K]; None if it takes no labels.

    Returns:
        The labels in the shape and type of the spec; None if the signature takes no labels.

    Raises:
        ValueError: If a text is not a label, if the signature takes labels and there are none, or if it takes no labels
            and there are some.
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
        kind = "the number of a class" if spec.dtype.is_integer else f"{spec.shape[1]} numbers with commas"
        raise ValueError(f"--label takes {kind}; received {', '.join(map(repr, texts))}.") from None


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
