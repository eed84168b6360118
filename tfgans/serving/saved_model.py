"""Export to SavedModels that load with TensorFlow alone."""

import contextlib
import functools
import json
import os
import pathlib
import re
import struct
import tempfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import tensorflow as tf

from tfgans._files import flush_to_disk, read_json, temporary_file, temporary_prefix
from tfgans.faces import Face, Input
from tfgans.serving.warmup import write_warmup_requests

if TYPE_CHECKING:
    from tfgans.models import AdversarialModel

_DEFAULT_SIGNATURE = "serving_default"
# TF Serving does not look at it.
_MARK = pathlib.Path("assets.extra", "tfgans.json")

# A comment, the name of a model, or another text: the others may hold what looks like a name.
_NAME_IN_CONFIG = re.compile(r"""#.*|\bname\s*:\s*(["'])(?P<name>.*?)\1|(["']).*?\3""")


def export(model: "AdversarialModel", directory: str | os.PathLike, *, warmup: bool = False) -> pathlib.Path:
    """Writes the next version of a SavedModel, in one move.

    Signatures, n being the number of rows; `label` is there where the model is conditioned, int32 [n], or
    float32 [n, K] for attributes. Of a toy world, `image` is `point` float32 [n, D]:

    | signature | inputs | outputs |
    |---|---|---|
    | `sample`, `serving_default` | `seed` int64 [n], `label` | `image` float32 [n, H, W, C] in [-1, 1] |
    | `sample_png` | `seed`, `label` | `image_bytes` string [n] |
    | `sample_near`, of X-GAN | `image`, `seed`, `label` | `image` |
    | `generate` | `latent` float32 [n, N], `label` | `image` |
    | `discriminate`, with a discriminator | `image`, `label`; of a BiGAN, `latent` | `logit` or `energy` float32 [n] |
    | `examine`, of energies | `image` | `image` |
    | `encode`, with an encoder | `image` | `latent` float32 [n, N] |
    | `encode_png`, with an encoder | `image_bytes` string [n] | `latent` |
    | `reconstruct`, with an encoder | `image` | `image` |
    | `interpolate`, with an encoder | `image_a`, `image_b`, `weight` float32 [n] in [0, 1] | `image` |
    | `traverse`, with an encoder | `image`, `dimension` int32 [n] in 0 to N - 1, `value` float32 [n] | `image` |
    | `morph`, with an encoder | `images` float32 [n, 4, H, W, C], `weights` float32 [n, 4] of sum 1 | `image` |

    Those with an encoder take `label` where the encoder or the generator does; `generate`, `sample_near` and
    `discriminate` where their network does. The signatures are the faces of the model and two that have PNG files.

    A row's result depends on that row alone. A row that means nothing is answered with NaN, and with an empty string
    for PNG: a class, weight or dimension out of range, weights that do not sum to 1, a number that is NaN or Inf, or
    bytes that are no PNG of the model's size (one of another number of channels, or with transparency, is brought to
    the model's). Another shape or type, or inputs of different n, is an error of the whole request.

    Args:
        model: The model; where it has an averaged generator in use, that is the one that samples.
        directory: Folder of the model's versions, `.../NAME`; the export goes to `NAME/1`, or to one
            above the highest number there. A version is withdrawn by deleting its folder.
        warmup: Whether TF Serving finds requests in it that it tries before it serves the version.

    Returns:
        Folder of the new version.

    Raises:
        OSError: If the folder cannot be written.
        MissingExtraError: If warm-up requests are asked for without the extra `serving`. After any error, nothing is
            left behind.
    """
    directory = pathlib.Path(directory)
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # Nobody else may read a temporary folder; one made inside it has the usual rights.
        with tempfile.TemporaryDirectory(prefix=temporary_prefix(), dir=directory) as temporary:
            written = pathlib.Path(temporary, "model")
            signatures = _signatures(model)
            # A plain tf.Module over the variables that are read is saved: nothing of Keras goes into the file.
            module = tf.Module()
            used = {id(variable): variable for function in signatures.values() for variable in function.variables}
            module.variables_used = list(used.values())
            try:
                tf.saved_model.save(module, os.fspath(written), signatures=signatures)
                if warmup:
                    write_warmup_requests(written, directory.name, signatures)
            except tf.errors.OpError as error:
                raise OSError(f"A SavedModel cannot be written to {directory}: {error.message}") from error
            _mark_as_whole(written, int(model.step.numpy()))
            # Also above folders that hold no model.
            numbers = [int(path.name) for path in directory.iterdir() if path.name.isdecimal()]
            version = written.rename(directory / str(max(numbers, default=0) + 1))
        flush_to_disk(directory)
        return version
    finally:
        for folder in missing:
            # Unless there is something in it.
            with contextlib.suppress(OSError):
                folder.rmdir()


def _mark_as_whole(version: pathlib.Path, step: int) -> None:
    """Writes the mark of a whole version, and waits until all of it is on the disk."""
    mark = version / _MARK
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(json.dumps({"format": 1, "step": step}) + "\n", encoding="utf-8")
    for path in (*version.rglob("*"), version):
        flush_to_disk(path)


def exported_step(directory: str | os.PathLike) -> int | None:
    """The step of the model that was exported last to a model's folder; None where no whole version is there."""
    numbers = versions(directory)
    if not numbers:
        return None
    try:
        return read_json(pathlib.Path(directory, str(numbers[-1]), _MARK))["step"]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def versions(directory: str | os.PathLike) -> list[int]:
    """Versions in a model's folder, ascending; none where there is no such folder."""
    files = pathlib.Path(directory).glob("*/saved_model.pb")
    return sorted(int(file.parent.name) for file in files if file.parent.name.isdecimal())


def latest_version(directory: str | os.PathLike) -> pathlib.Path:
    """Folder of the highest version in a model's folder.

    Raises:
        ValueError: If there is none.
    """
    numbers = versions(directory)
    if not numbers:
        raise ValueError(f"Expected a folder with versions of a model; there are none in {directory}.")
    return pathlib.Path(directory, str(numbers[-1]))


def check_models_config(directory: str | os.PathLike) -> None:
    """Raises what `add_to_models_config` would; the model may be not there yet."""
    _read_models_config(pathlib.Path(directory).resolve())


def add_to_models_config(directory: str | os.PathLike) -> pathlib.Path:
    """Adds a model to `models.config` of its TF Serving folder, unless it is there; the rest stays as it is.

    Args:
        directory: The model's folder, `.../NAME`; its parent is mounted as `/models` in the server.

    Returns:
        The file.

    Raises:
        ValueError: If there is a file of that name that does not end as a list of models does.
    """
    directory = pathlib.Path(directory).resolve()
    file, text = _read_models_config(directory)
    if directory.name not in (match["name"] for match in _NAME_IN_CONFIG.finditer(text)):
        entry = f'name: "{directory.name}" base_path: "/models/{directory.name}" model_platform: "tensorflow"'
        with temporary_file(file) as temporary:
            temporary.write_text(f"{text[:-1].rstrip()}\n  config {{ {entry} }}\n}}\n", encoding="utf-8")
    return file


def _read_models_config(directory: pathlib.Path) -> tuple[pathlib.Path, str]:
    """`models.config` beside a model's folder, and its text, which ends with the brace of the list."""
    file = directory.parent / "models.config"
    text = file.read_text(encoding="utf-8").rstrip() if file.exists() else "model_config_list {\n}"
    last = text.rpartition("\n")[2]
    if "#" in last or not last.endswith("}"):
        raise ValueError(f"{file} must end with the brace of model_config_list; received {last!r}.")
    return file, text


def _signatures(model: "AdversarialModel") -> dict[str, Callable]:
    """Concrete functions by name, one for each face, and those of PNG files for images."""
    faces = model.faces()
    signatures = {name: _concrete(face.function, face.output, face.inputs) for name, face in faces.items()}
    signatures[_DEFAULT_SIGNATURE] = signatures["sample"]
    if model.kind == "image":
        sample = faces["sample"]
        signatures["sample_png"] = _concrete(
            lambda *row: encode_png(sample.function(*row)), "image_bytes", sample.inputs
        )
        if "encode" in faces:
            signatures["encode_png"] = _encode_png_signature(faces["encode"], model.sample_shape)
    return signatures


def _encode_png_signature(encode: Face, shape: Sequence[int]) -> Callable:
    """`encode` of PNG files of images of this shape."""

    def function(files: tf.Tensor, *label: tf.Tensor) -> tf.Tensor:
        images, readable = decode_png(files, shape)
        return _where(readable, encode.function(images, *label))

    _, *beside = encode.inputs
    files = Input("images", tf.TensorSpec([], tf.string))
    return _concrete(function, encode.output, {"image_bytes": files} | {name: encode.inputs[name] for name in beside})


def _concrete(function: Callable, output: str, inputs: dict[str, Input]) -> Callable:
    """A signature of `function`, which takes `inputs` in their order, and gives `output`.

    A server feeds tensors of any shape, so that shapes are errors here. What a value means is a matter of its row.
    """
    named = {name: _served(name, each.spec) for name, each in inputs.items()}

    def answer(**values: tf.Tensor) -> dict[str, tf.Tensor]:
        rows = [tf.ensure_shape(values[name], spec.shape) for name, spec in named.items()]
        counts = [tf.shape(value)[0] for value in rows]
        for count in counts[1:]:
            tf.debugging.assert_equal(count, counts[0], "All inputs must have as many rows.")
        checked = zip(inputs.values(), rows, strict=True)
        valid = [each.is_valid(value) for each, value in checked if each.is_valid is not None]
        valid += [_is_finite(value) for value in rows if value.dtype.is_floating]
        answers = function(*rows)
        answers = answers if answers.dtype == tf.string else tf.cast(answers, tf.float32)
        return {output: _where(functools.reduce(tf.logical_and, valid), answers) if valid else answers}

    return tf.function(answer).get_concrete_function(**named)


def _served(name: str, spec: tf.TensorSpec) -> tf.TensorSpec:
    """An input as a server takes it: any number of rows, and float32 for the floating point of the model."""
    return tf.TensorSpec([None, *spec.shape], tf.float32 if spec.dtype.is_floating else spec.dtype, name)


def _is_finite(values: tf.Tensor) -> tf.Tensor:
    """bool [n]: whether no number of a row is NaN or Inf."""
    return tf.reduce_all(tf.math.is_finite(values), axis=list(range(1, values.shape.rank)))


def _where(valid: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """NaN, or an empty string, in the rows that mean nothing; an assertion would fail the whole batch."""
    nothing = tf.constant("" if values.dtype == tf.string else float("nan"), values.dtype)
    return tf.where(tf.reshape(valid, [-1] + [1] * (values.shape.rank - 1)), values, nothing)


def encode_png(images: tf.Tensor) -> tf.Tensor:
    """PNG files, string [n], of images [n, H, W, C] in [-1, 1] with 1 or 3 channels."""
    pixels = tf.cast(tf.round(tf.clip_by_value((images + 1) * 127.5, 0.0, 255.0)), tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)


def decode_png(files: tf.Tensor, shape: Sequence[int]) -> tuple[tf.Tensor, tf.Tensor]:
    """Images of PNG files, of which those that cannot be read fail no others.

    Args:
        files: string [n].
        shape: (height, width, channels) of the images, with 1 or 3 channels. Files may have another number of
            channels, but no other size.

    Returns:
        Images float32 [n, H, W, C] in [-1, 1], and bool [n], which files could be read; the images of others are -1.
    """
    height, width, channels = shape
    # What a PNG of this size begins with. One of another size is not decoded at all: it could take gigabytes.
    beginning = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    headers = tf.io.decode_raw(files, tf.uint8, fixed_length=len(beginning))
    fits = tf.reduce_all(headers == tf.constant(list(beginning), tf.uint8), axis=1)

    def decode(row: tf.Tensor, file: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return row, tf.ensure_shape(tf.io.decode_png(file, channels), shape)

    # A dataset leaves out an element that cannot be decoded, where the op alone would fail the whole batch.
    count = tf.size(files, tf.int64)
    dataset = tf.data.Dataset.from_tensor_slices(tf.where(fits, files, "")).enumerate().map(decode).ignore_errors()
    options = tf.data.Options()
    # Looking for a better pipeline takes longer than decoding.
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    dataset = dataset.batch(tf.maximum(count, 1)).with_options(options)
    none = tf.zeros([0], tf.int64), tf.zeros([0, *shape], tf.uint8)
    rows, pixels = dataset.reduce(none, lambda _, batch: batch)
    pixels = tf.scatter_nd(rows[:, tf.newaxis], pixels, [count, *shape])
    readable = tf.scatter_nd(rows[:, tf.newaxis], tf.ones_like(rows), [count]) > 0
    return tf.cast(pixels, tf.float32) / 127.5 - 1, readable
