"""Export of a generator to the formats of other runtimes: TensorFlow Lite and ONNX."""

import os
import pathlib
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import tensorflow as tf

from tfgans._errors import first_line, needs_extra
from tfgans._files import temporary_file
from tfgans.serving.saved_model import write_functions

if TYPE_CHECKING:
    from tfgans.models import AdversarialModel

_FACE = "generate"
# The newest set of operations that tf2onnx 1.17 writes.
_OPSET = 18


def export_tflite(model: "AdversarialModel", path: str | os.PathLike) -> pathlib.Path:
    """Writes the generator for LiteRT (TensorFlow Lite), with built-in operations alone.

    The file has one signature, `generate`, with the inputs and the output that it has in `export`: `latent` float32
    [n, N], `label` if the generator takes one, and `image` or `point`. It does not check values. `sample` is left out,
    since the format has no stateless random numbers: draw latents from the model's prior.

    Args:
        model: The model; its averaged generator is written if that is in use.
        path: File to write; it replaces an existing file in one move.

    Returns:
        The path.

    Raises:
        OSError: If the file cannot be written.
        ValueError: If a layer of the user's own needs an operation that LiteRT lacks.
    """
    function = _generate(model)
    with tempfile.TemporaryDirectory() as folder:
        write_functions({_FACE: function.get_concrete_function()}, pathlib.Path(folder))
        try:
            content = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[_FACE]).convert()
        # The converter has an error of its own in a private module, which is an Exception.
        except Exception as error:
            raise ValueError(f"This generator cannot be converted to LiteRT: {first_line(error)}") from error
    return _write(pathlib.Path(path), content)


def export_onnx(model: "AdversarialModel", path: str | os.PathLike) -> pathlib.Path:
    """Writes the generator for ONNX runtimes; the graph is that of `export_tflite`, and the arguments and errors are.

    Raises:
        MissingExtraError: If the extra `onnx` is not installed.
    """
    with needs_extra("onnx"):
        import tf2onnx
    function = _generate(model)
    try:
        proto, _ = tf2onnx.convert.from_function(function, input_signature=function.input_signature, opset=_OPSET)
    except (ValueError, KeyError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"This generator cannot be converted to ONNX: {first_line(error)}") from error
    return _write(pathlib.Path(path), proto.SerializeToString())


EXPORTS: dict[str, Callable[["AdversarialModel", str | os.PathLike], pathlib.Path]] = {
    "tflite": export_tflite,
    "onnx": export_onnx,
}
"""The functions that write one file, by the suffix of the file."""


def _generate(model: "AdversarialModel") -> tf.types.experimental.PolymorphicFunction:
    """The graph function of the generator, with the names that a SavedModel has."""
    face = model.faces()[_FACE]
    signature = [tf.TensorSpec([None, *each.spec.shape], each.spec.dtype, name) for name, each in face.inputs.items()]

    @tf.function(input_signature=signature)
    def generate(*rows: tf.Tensor) -> dict[str, tf.Tensor]:
        return {face.output: face.function(*rows)}

    return generate


def _write(path: pathlib.Path, content: bytes) -> pathlib.Path:
    with temporary_file(path) as temporary:
        temporary.write_bytes(content)
    return path
