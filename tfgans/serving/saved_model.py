"""Export to SavedModels that load with TensorFlow alone."""

import os
import pathlib
import shutil
from collections.abc import Callable, Sequence

import tensorflow as tf

from tfgans.models import AdversarialModel, AutoencodingModel
from tfgans.models.autoencoding import is_convex

_DEFAULT_SIGNATURE = "serving_default"


def export(model: AdversarialModel, directory: str | os.PathLike) -> pathlib.Path:
    """Writes the next version of a SavedModel, in one move.

    Signatures, n being the number of rows; `label` is there where the model is conditioned, int32 [n], or
    float32 [n, K] for attributes. Of a toy world, `image` is `point` float32 [n, D]:

    | signature | inputs | outputs |
    |---|---|---|
    | `sample`, `serving_default` | `seed` int64 [n], `label` | `image` float32 [n, H, W, C] in [-1, 1] |
    | `sample_png` | `seed`, `label` | `image_bytes` string [n] |
    | `generate` | `latent` float32 [n, N], `label` | `image` |
    | `discriminate` | `image`, `label`; of a BiGAN, `latent` | `logit` or `energy` float32 [n] |
    | `encode`, with an encoder | `image` | `latent` |
    | `reconstruct`, with an encoder | `image` | `image` |
    | `interpolate`, with an encoder | `image_a`, `image_b`, `weight` float32 [n] in [0, 1] | `image` |
    | `traverse`, with an encoder | `image`, `dimension` int32 [n] in 0 to N - 1, `value` float32 [n] | `image` |
    | `morph`, with an encoder | `images` float32 [n, 4, H, W, C], `weights` float32 [n, 4] of sum 1 | `image` |

    Those with an encoder take `label` where the encoder or the generator does; `generate` and `discriminate` where
    their network does.

    A row's result depends on that row alone. A row with a class or weight out of range, or an attribute
    that is NaN or Inf, is answered with NaN, and with an empty string for PNG.

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
    # The saved module is a plain tf.Module over the variables that are read: nothing of Keras goes into the file.
    module = tf.Module()
    used = {id(variable): variable for function in signatures.values() for variable in function.variables}
    module.variables_used = list(used.values())
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


def _signatures(model: AdversarialModel) -> dict[str, Callable]:
    """Concrete functions by name; what a model does not take is no input of theirs."""
    is_image = len(model.sample_shape) == 3
    kind = "image" if is_image else "point"
    seed = {"seed": tf.TensorSpec([None], tf.int64, "seed")}
    latent = {"latent": tf.TensorSpec([None, model.prior.size], tf.float32, "latent")}
    image = tf.TensorSpec([None, *model.sample_shape], tf.float32)
    spec = model.label_spec()
    labels = {} if spec is None else {"label": tf.TensorSpec([None, *spec.shape], spec.dtype, "label")}
    known = labels | latent

    def beside(inputs: Sequence[str]) -> dict[str, tf.TensorSpec]:
        return {name: known[name] for name in inputs}

    def answer(values: tf.Tensor, label: tf.Tensor | None) -> tf.Tensor:
        return tf.cast(values, tf.float32) if label is None else _where(model.is_valid_label(label), values)

    def sample(seed: tf.Tensor, label: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
        return {kind: answer(model.sample_graph(seed, label), label)}

    def sample_png(seed: tf.Tensor, label: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
        encoded = encode_png(model.sample_graph(seed, label))
        return {"image_bytes": encoded if label is None else tf.where(model.is_valid_label(label), encoded, "")}

    def generate(latent: tf.Tensor, label: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
        return {kind: answer(model.generate_graph(latent, label), label)}

    def discriminate(label: tf.Tensor | None = None, **inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        conditions = [label] if label is not None else [inputs["latent"]] if "latent" in inputs else []
        return {model.discriminator_output: answer(model.discriminate_graph(inputs[kind], *conditions), label)}

    seeded = seed | beside(model.sample_inputs)
    found = {
        _DEFAULT_SIGNATURE: _concrete(sample, seeded),
        "sample": _concrete(sample, seeded),
        "generate": _concrete(generate, latent | beside(model.generator_inputs)),
    }
    if model.discriminator_output is not None:
        found["discriminate"] = _concrete(discriminate, {kind: image} | beside(model.discriminator_inputs))
    if is_image:
        found["sample_png"] = _concrete(sample_png, seeded)
    if isinstance(model, AutoencodingModel):
        of_encoder, of_both = beside(model.encoder_inputs), beside(model.reconstructor_inputs)
        found |= _autoencoding_signatures(model, kind, image, of_encoder, of_both)
    return found


def _autoencoding_signatures(
    model: AutoencodingModel,
    kind: str,
    image: tf.TensorSpec,
    of_encoder: dict[str, tf.TensorSpec],
    of_both: dict[str, tf.TensorSpec],
) -> dict[str, Callable]:
    weight, value = (tf.TensorSpec([None], tf.float32, name) for name in ("weight", "value"))
    dimension = tf.TensorSpec([None], tf.int32, "dimension")
    images = tf.TensorSpec([None, 4, *model.sample_shape], tf.float32)
    weights = tf.TensorSpec([None, 4], tf.float32)

    def answer(values: tf.Tensor, label: tf.Tensor | None, valid: tf.Tensor | bool = True) -> tf.Tensor:
        return _where(valid if label is None else valid & model.is_valid_label(label), values)

    def encode(label: tf.Tensor | None = None, **inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"latent": answer(model.encode_graph(inputs[kind], label), label)}

    def reconstruct(label: tf.Tensor | None = None, **inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {kind: answer(model.reconstruct_graph(inputs[kind], label), label)}

    def interpolate(weight: tf.Tensor, label: tf.Tensor | None = None, **inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        between = model.interpolate_graph(inputs[f"{kind}_a"], inputs[f"{kind}_b"], weight, label)
        return {kind: answer(between, label, (weight >= 0) & (weight <= 1))}

    def traverse(
        dimension: tf.Tensor, value: tf.Tensor, label: tf.Tensor | None = None, **inputs: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        found = model.traverse_graph(inputs[kind], dimension, value, label)
        return {kind: answer(found, label, (dimension >= 0) & (dimension < model.prior.size))}

    def morph(weights: tf.Tensor, label: tf.Tensor | None = None, **inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        found = model.morph_graph(inputs[f"{kind}s"], weights, label)
        return {kind: answer(found, label, is_convex(weights))}

    return {
        "encode": _concrete(encode, {kind: image} | of_encoder),
        "reconstruct": _concrete(reconstruct, {kind: image} | of_both),
        "interpolate": _concrete(interpolate, {f"{kind}_a": image, f"{kind}_b": image, "weight": weight} | of_both),
        "traverse": _concrete(traverse, {kind: image, "dimension": dimension, "value": value} | of_both),
        "morph": _concrete(morph, {f"{kind}s": images, "weights": weights} | of_both),
    }


def _where(valid: tf.Tensor | bool, values: tf.Tensor) -> tf.Tensor:
    """NaN in the rows that mean nothing; an assertion would fail the whole batch."""
    valid = tf.reshape(tf.convert_to_tensor(valid), [-1] + [1] * (values.shape.rank - 1))
    return tf.where(valid, tf.cast(values, tf.float32), float("nan"))


def _concrete(function: Callable, inputs: dict[str, tf.TensorSpec]) -> Callable:
    named = {name: tf.TensorSpec(spec.shape, spec.dtype, name) for name, spec in inputs.items()}
    return tf.function(function).get_concrete_function(**named)


def encode_png(images: tf.Tensor) -> tf.Tensor:
    """PNG files, string [n], of images [n, H, W, C] in [-1, 1] with 1 or 3 channels."""
    pixels = tf.cast(tf.round(tf.clip_by_value((images + 1) * 127.5, 0.0, 255.0)), tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
