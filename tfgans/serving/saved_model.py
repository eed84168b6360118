"""Export to SavedModels that load with TensorFlow alone."""

import os
import pathlib
import shutil
from collections.abc import Callable

import tensorflow as tf

from tfgans.models import ConditionalGAN

_DEFAULT_SIGNATURE = "serving_default"


def export(model: ConditionalGAN, directory: str | os.PathLike) -> pathlib.Path:
    """Writes the next version of a SavedModel, in one move.

    Signatures, n being the number of rows; `label` is int32 [n], or float32 [n, K] for attributes:

    | signature | inputs | outputs |
    |---|---|---|
    | `sample`, `serving_default` | `seed` int64 [n], `label` | `image` float32 [n, H, W, C] in [-1, 1] |
    | `sample_png` | `seed`, `label` | `image_bytes` string [n] |
    | `generate` | `latent` float32 [n, N], `label` | `image` |
    | `discriminate` | `image`, `label` | `logit` float32 [n] |

    A row's result depends on that row alone. A row with a class out of range, or an attribute that is
    NaN or Inf, is answered with NaN, and with an empty string for PNG.

    Args:
        model: The model; where it has an averaged generator in use, that is the one that samples.
        directory: Folder of the model's versions, `.../NAME`; the export goes to `NAME/1`, or to one
            above the highest version there.

    Returns:
        Folder of the new version.

    Raises:
        OSError: If the folder cannot be written; nothing is left behind.
    """
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    version = directory / str(max(versions(directory), default=0) + 1)
    temporary = directory / f".{version.name}"
    shutil.rmtree(temporary, ignore_errors=True)
    signatures = _signatures(model)
    # The saved module is a plain tf.Module over the same variables: nothing of Keras goes into the file.
    module = tf.Module()
    module.variables_used = [variable.value for variable in (*model.sampler.variables, *model.discriminator.variables)]
    try:
        tf.saved_model.save(module, os.fspath(temporary), signatures=signatures)
        temporary.rename(version)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return version


def versions(directory: str | os.PathLike) -> list[int]:
    """Versions in a model's folder, ascending; none where there is no such folder."""
    found = pathlib.Path(directory).glob("*/saved_model.pb")
    return sorted(int(file.parent.name) for file in found if file.parent.name.isdecimal())


def latest_version(directory: str | os.PathLike) -> pathlib.Path:
    """Folder of the highest version in a model's folder."""
    return pathlib.Path(directory, str(versions(directory)[-1]))


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
    file = directory.parent / "models.config"
    text = file.read_text(encoding="utf-8").rstrip() if file.exists() else "model_config_list {\n}"
    if not text.endswith("}"):
        raise ValueError(f"{file} does not end with the brace of model_config_list.")
    if f'name: "{directory.name}"' not in text:
        entry = f'name: "{directory.name}" base_path: "/models/{directory.name}" model_platform: "tensorflow"'
        temporary = file.with_name(f".{file.name}")
        temporary.write_text(f"{text[:-1].rstrip()}\n  config {{ {entry} }}\n}}\n", encoding="utf-8")
        temporary.replace(file)
    return file


def _signatures(model: ConditionalGAN) -> dict[str, Callable]:
    image_shape = model.generator.output.shape[1:]
    spec = model.label_spec()
    label = tf.TensorSpec([None, *spec.shape], spec.dtype, "label")
    seed = tf.TensorSpec([None], tf.int64, "seed")
    latent = tf.TensorSpec([None, model.prior.size], tf.float32, "latent")
    image = tf.TensorSpec([None, *image_shape], tf.float32, "image")

    def answer(values: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        """NaN in the rows whose label means nothing; an assertion would fail the whole batch."""
        valid = model.is_valid_label(label)
        valid = tf.reshape(valid, [-1] + [1] * (values.shape.rank - 1))
        return tf.where(valid, tf.cast(values, tf.float32), float("nan"))

    @tf.function(input_signature=[seed, label])
    def sample(seed: tf.Tensor, label: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"image": answer(model.sample_graph(seed, label), label)}

    @tf.function(input_signature=[seed, label])
    def sample_png(seed: tf.Tensor, label: tf.Tensor) -> dict[str, tf.Tensor]:
        encoded = encode_png(model.sample_graph(seed, label))
        return {"image_bytes": tf.where(model.is_valid_label(label), encoded, "")}

    @tf.function(input_signature=[latent, label])
    def generate(latent: tf.Tensor, label: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"image": answer(model.generate_graph(latent, label), label)}

    @tf.function(input_signature=[image, label])
    def discriminate(image: tf.Tensor, label: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"logit": answer(model.discriminate_graph(image, label), label)}

    return {
        _DEFAULT_SIGNATURE: sample,
        "sample": sample,
        "sample_png": sample_png,
        "generate": generate,
        "discriminate": discriminate,
    }


def encode_png(images: tf.Tensor) -> tf.Tensor:
    """PNG files, string [n], of images [n, H, W, C] in [-1, 1] with 1 or 3 channels."""
    pixels = tf.cast(tf.round(tf.clip_by_value((images + 1) * 127.5, 0.0, 255.0)), tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
