"""Export to SavedModels that load with TensorFlow alone."""

import contextlib
import functools
import hashlib
import json
import logging
import os
import pathlib
import re
import struct
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from tfgans._files import changing, flush_to_disk, read_json, temporary_file, temporary_prefix
from tfgans.faces import Face, Input
from tfgans.serving._transport import NOTHING
from tfgans.serving.warmup import write_warmup_requests

if TYPE_CHECKING:
    from tfgans.models import AdversarialModel

_DEFAULT_SIGNATURE = "serving_default"
MARK = pathlib.Path("assets.extra", "tfgans.json")
"""File in a version that says what was exported. It is written last, and TF Serving ignores it."""

# Matches a comment, the name of a model, or another string: comments and strings may contain a text like a name.
_NAME_IN_CONFIG = re.compile(r"""#.*|\bname\s*:\s*(["'])(?P<name>.*?)\1|(["']).*?\3""")


def export(
    model: "AdversarialModel",
    directory: str | os.PathLike,
    *,
    warmup: bool = False,
    label_names: Sequence[str] = (),
) -> pathlib.Path:
    """Writes the next version of a SavedModel, in one move.

    The table lists the signatures; n is the number of rows. Only conditioned models take `label`, int32 [n] for classes
    or float32 [n, K] for attributes. For a toy world, `image` is replaced by `point` float32 [n, D].

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

    Signatures that encode take `label` if the encoder or the generator does; `generate`, `sample_near` and
    `discriminate` take it if their network does. The signatures are the faces of the model, and two for PNG files.

    Each result depends on its own row alone. The answer to an invalid row is `NOTHING` in all places, the lowest number
    of float32, which JSON can write; or an empty string for PNG. A row is invalid if a class, weight or dimension is
    out of range, if weights do not sum to 1, if a number is NaN or Inf, if bytes are not a PNG of the model's size, or
    if the model itself gives NaN, or Inf in a point. (A PNG may have another number of channels, or transparency; it is
    converted.) Another shape or type, or inputs of different n, is an error of the whole request.

    Args:
        model: The model; its averaged generator samples if that is in use.
        directory: Folder of the model's versions, `.../NAME`. The new version is `NAME/1`, or the number after the
            highest in the folder. Delete a version's folder to withdraw it.
        warmup: Whether to add requests that TF Serving runs before it serves the version.
        label_names: Names of the classes or attributes, which the version records; by default their numbers.

    Returns:
        Folder of the new version.

    Raises:
        OSError: If the folder cannot be written.
        ValueError: If the model cannot answer yet, such as an X-GAN whose bank has no codes.
        MissingExtraError: If `warmup` is set and the extra `serving` is not installed. After any error, nothing is
            left behind.
    """
    directory = pathlib.Path(directory)
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # A temporary folder is private; a folder inside it has the usual rights.
        with tempfile.TemporaryDirectory(prefix=temporary_prefix(), dir=directory) as temporary:
            written = pathlib.Path(temporary, "model")
            signatures = _signatures(model)
            try:
                write_functions(signatures, written)
                if warmup:
                    write_warmup_requests(written, directory.name, signatures)
            except tf.errors.OpError as error:
                raise OSError(f"A SavedModel cannot be written to {directory}: {error.message}") from error
            _mark_as_whole(written, model, label_names)
            # Folders without a model count too, so that the new name is free.
            numbers = [int(path.name) for path in directory.iterdir() if path.name.isdecimal()]
            version = written.rename(directory / str(max(numbers, default=0) + 1))
        flush_to_disk(directory)
        return version
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):  # The folder is not empty.
                folder.rmdir()


def _mark_as_whole(version: pathlib.Path, model: "AdversarialModel", label_names: Sequence[str]) -> None:
    """Writes the mark of a complete version, and waits until all its files are on the disk."""
    mark = version / MARK
    mark.parent.mkdir(exist_ok=True)
    content = {**mark_of(model, label_names), "weights": _checksum(model)}
    mark.write_text(json.dumps(content) + "\n", encoding="utf-8")
    for path in (*version.rglob("*"), version):
        flush_to_disk(path)


def mark_of(model: "AdversarialModel", label_names: Sequence[str] = ()) -> dict[str, Any]:
    """Returns what an export records of a model beside its graph.

    Args:
        model: The model.
        label_names: Names of its classes or attributes; by default their numbers.

    Returns:
        A dict with `format`; `step`; `prior`, the distribution of the latents of samples, or None if they come from
        elsewhere; and `labels`, a dict with `conditioning` and `names`, or None for samples without labels. The file
        has a checksum of the weights too.
    """
    prior = model.sample_prior
    labels = model.labels if model.samples_by_label else None
    names = list(label_names) or [str(number) for number in range(labels.count if labels else 0)]
    return {
        "format": 3,
        "step": int(model.step.numpy()),
        "prior": None if prior is None else keras.saving.serialize_keras_object(prior),
        "labels": None if labels is None else {"conditioning": labels.conditioning, "names": names},
    }


def _checksum(model: "AdversarialModel") -> str:
    """The SHA-256 of a model's weights, and of whether its averaged generator is in use."""
    digest = hashlib.sha256(str(model.use_average).encode())
    for variable in model.weights:
        digest.update(variable.numpy().tobytes())
    return digest.hexdigest()


def is_exported(model: "AdversarialModel", directory: str | os.PathLike) -> bool:
    """Returns whether the newest version in a folder is complete and has this model's weights."""
    try:
        return read_json(latest_version(directory) / MARK)["weights"] == _checksum(model)
    except (OSError, ValueError, LookupError, TypeError):
        return False


def versions(directory: str | os.PathLike) -> list[int]:
    """Returns the versions in a model's folder, ascending; empty if the folder does not exist."""
    files = pathlib.Path(directory).glob("*/saved_model.pb")
    return sorted(int(file.parent.name) for file in files if file.parent.name.isdecimal())


def latest_version(directory: str | os.PathLike) -> pathlib.Path:
    """Returns the folder of the highest version in a model's folder.

    Raises:
        ValueError: If there is no version.
    """
    numbers = versions(directory)
    if not numbers:
        raise ValueError(f"Expected a folder with versions of a model; there are none in {directory}.")
    return pathlib.Path(directory, str(numbers[-1]))


def check_models_config(directory: str | os.PathLike) -> None:
    """Checks `models.config`, and raises the errors of `add_to_models_config`; the model need not exist yet."""
    _read_models_config(pathlib.Path(directory).resolve())


def add_to_models_config(directory: str | os.PathLike) -> pathlib.Path:
    """Adds a model to `models.config` beside its folder, unless the file has it; the rest of the file stays as it is.

    Args:
        directory: The model's folder, `.../NAME`; the server sees its parent as `/models`.

    Returns:
        The file.

    Raises:
        ValueError: If the existing file does not end with the brace of a list of models.
    """
    directory = pathlib.Path(directory).resolve()
    with changing(directory):
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


def write_functions(signatures: Mapping[str, tf.types.experimental.ConcreteFunction], folder: pathlib.Path) -> None:
    """Writes functions with their variables as a SavedModel.

    TensorFlow's line on assets is not shown, since these SavedModels have none.
    """
    # A plain tf.Module over the variables keeps Keras out of the file.
    module = tf.Module()
    used = {id(variable): variable for function in signatures.values() for variable in function.variables}
    module.variables_used = list(used.values())
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(max(level, logging.WARNING))
    try:
        tf.saved_model.save(module, os.fspath(folder), signatures=dict(signatures))
    finally:
        logger.setLevel(level)


def _signatures(model: "AdversarialModel") -> dict[str, tf.types.experimental.ConcreteFunction]:
    """Concrete functions by name: one for each face, and for images those of PNG files."""
    faces = model.faces()
    for face in faces.values():
        face.check()
    signatures = {name: _concrete(face.function, face.output, face.inputs) for name, face in faces.items()}
    signatures[_DEFAULT_SIGNATURE] = signatures["sample"]
    if model.kind == "image":
        signatures["sample_png"] = _sample_png_signature(faces["sample"])
        if "encode" in faces:
            signatures["encode_png"] = _encode_png_signature(faces["encode"], model.sample_shape)
    return signatures


def _sample_png_signature(sample: Face) -> tf.types.experimental.ConcreteFunction:
    """The signature that samples PNG files."""

    def function(*rows: tf.Tensor) -> tf.Tensor:
        images = sample.function(*rows)
        return _where(_is_finite(images), encode_png(images))

    return _concrete(function, "image_bytes", sample.inputs)


def _encode_png_signature(encode: Face, shape: Sequence[int]) -> tf.types.experimental.ConcreteFunction:
    """The signature that encodes PNG files of images of this shape."""

    def function(files: tf.Tensor, *label: tf.Tensor) -> tf.Tensor:
        images, readable = decode_png(files, shape)
        return _where(readable, encode.function(images, *label))

    _, *beside = encode.inputs
    files = Input("images", tf.TensorSpec([], tf.string))
    return _concrete(function, encode.output, {"image_bytes": files} | {name: encode.inputs[name] for name in beside})


def _concrete(function: Callable, output: str, inputs: dict[str, Input]) -> tf.types.experimental.ConcreteFunction:
    """A signature of `function`, which takes `inputs` in their order and returns `output`.

    A server feeds tensors of any shape, so the graph checks shapes, and a wrong one fails the request. An invalid value
    only makes the answer of its row `NOTHING`.
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
        if answers.dtype != tf.string:
            answers = tf.cast(answers, tf.float32)
            # A model that has diverged gives numbers that JSON cannot write either.
            valid.append(_is_finite(answers))
        return {output: _where(functools.reduce(tf.logical_and, valid), answers) if valid else answers}

    return tf.function(answer).get_concrete_function(**named)


def _served(name: str, spec: tf.TensorSpec) -> tf.TensorSpec:
    """The spec of an input on a server: any number of rows, and float32 in place of the model's floating type."""
    return tf.TensorSpec([None, *spec.shape], tf.float32 if spec.dtype.is_floating else spec.dtype, name)


def _is_finite(values: tf.Tensor) -> tf.Tensor:
    """Whether all numbers of a row are finite, bool [n]."""
    return tf.reduce_all(tf.math.is_finite(values), axis=list(range(1, values.shape.rank)))


def _where(valid: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Replaces invalid rows by `NOTHING` or an empty string; an assertion would fail the whole batch."""
    nothing = tf.constant("" if values.dtype == tf.string else NOTHING, values.dtype)
    return tf.where(tf.reshape(valid, [-1] + [1] * (values.shape.rank - 1)), values, nothing)


def encode_png(images: tf.Tensor) -> tf.Tensor:
    """Encodes images [n, H, W, C] in [-1, 1], with 1 or 3 channels, as PNG files, string [n]."""
    pixels = tf.cast(tf.round(tf.clip_by_value((images + 1) * 127.5, 0.0, 255.0)), tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)


def decode_png(files: tf.Tensor, shape: Sequence[int]) -> tuple[tf.Tensor, tf.Tensor]:
    """Decodes PNG files; a file that cannot be read does not affect the others.

    Args:
        files: string [n].
        shape: (height, width, channels) of the images, with 1 or 3 channels. Files may have another number of
            channels, but not another size.

    Returns:
        Images float32 [n, H, W, C] in [-1, 1], and bool [n], which files could be read. Other images are all -1.
    """
    height, width, channels = shape
    # The first bytes of a PNG of this size. A file of another size is not decoded, since it could take gigabytes.
    beginning = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    headers = tf.io.decode_raw(files, tf.uint8, fixed_length=len(beginning))
    fits = tf.reduce_all(headers == tf.constant(list(beginning), tf.uint8), axis=1)

    def decode(row: tf.Tensor, file: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return row, tf.ensure_shape(tf.io.decode_png(file, channels), shape)

    # A dataset leaves out a file that cannot be decoded; the op alone would fail the whole batch.
    count = tf.size(files, tf.int64)
    dataset = tf.data.Dataset.from_tensor_slices(tf.where(fits, files, "")).enumerate().map(decode).ignore_errors()
    options = tf.data.Options()
    # Optimising the pipeline would take longer than decoding.
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    dataset = dataset.batch(tf.maximum(count, 1)).with_options(options)
    none = tf.zeros([0], tf.int64), tf.zeros([0, *shape], tf.uint8)
    rows, pixels = dataset.reduce(none, lambda _, batch: batch)
    pixels = tf.scatter_nd(rows[:, tf.newaxis], pixels, [count, *shape])
    readable = tf.scatter_nd(rows[:, tf.newaxis], tf.ones_like(rows), [count]) > 0
    return tf.cast(pixels, tf.float32) / 127.5 - 1, readable
