"""The faces of generators and encoders."""

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import keras
import tensorflow as tf

from tfgans.faces import ARGUMENTS, Face, Input, input_name
from tfgans.models.labels import LabelInput

if TYPE_CHECKING:
    from tfgans.models.adversarial import AdversarialModel

# Largest difference of the sum of four weights from 1.
_WEIGHT_TOLERANCE = 1e-4


def make_face(
    model: "AdversarialModel",
    name: str,
    function: Callable[..., tf.Tensor],
    output: str,
    *,
    has_label: bool,
    arguments: Sequence[str] | None = None,
) -> Face:
    """Makes a face of a model.

    Args:
        model: The model.
        name: Name of the face, one of `tfgans.faces.ARGUMENTS`.
        function: Graph function of the inputs in their order, and of the label last.
        output: Name of the answer: the model's kind of samples, `latent`, or the name of a number for each row.
        has_label: Whether the function takes a label.
        arguments: The arguments of the face that this model takes; by default all.
    """
    kind, floating = model.kind, model.variable_dtype
    sample, number = tf.TensorSpec(model.sample_shape, floating), tf.TensorSpec([], floating)
    latent = tf.TensorSpec([model.prior.size], floating)
    fields = {
        "seed": (tf.TensorSpec([], tf.int64),),
        "latent": (latent,),
        **dict.fromkeys((kind, f"{kind}_a", f"{kind}_b"), (sample,)),
        f"{kind}s": (tf.TensorSpec([4, *model.sample_shape], floating),),
        "weight": (number, lambda weight: (weight >= 0) & (weight <= 1), "lie in [0, 1]"),
        "weights": (tf.TensorSpec([4], floating), _is_convex, "not be negative, and have sum 1"),
        "dimension": (
            tf.TensorSpec([], tf.int32),
            lambda dimension: (dimension >= 0) & (dimension < model.prior.size),
            f"lie in 0 to {model.prior.size - 1}, as entries of a latent do",
        ),
        "value": (number,),
    }
    names = {argument: input_name(name, argument, kind) for argument in arguments or ARGUMENTS[name]}
    inputs = {name: Input(argument, *fields[name]) for argument, name in names.items()}
    labels = model.labels if has_label else None
    if labels is not None:
        inputs["label"] = LabelInput("labels", labels.spec, labels.is_valid, labels=labels, dtype=floating)
    return Face(name, function, inputs, output, {kind: sample, "latent": latent}.get(output, number))


def generator_faces(model: "AdversarialModel") -> list[Face]:
    """The faces `sample` and `generate`."""
    return [
        make_face(model, "sample", model.sample_graph, model.kind, has_label=model.samples_by_label),
        make_face(model, "generate", model.generate_graph, model.kind, has_label=takes_condition(model.generator)),
    ]


def encoder_faces(model: "AdversarialModel") -> list[Face]:
    """The face `encode`, and those that generate samples of codes; they take a label if either network does."""
    by_encoder = takes_condition(model.encoder)
    by_either = by_encoder or takes_condition(model.generator)
    functions: dict[str, Callable[..., tf.Tensor]] = {
        "reconstruct": _reconstruct,
        "interpolate": _interpolate,
        "traverse": _traverse,
        "morph": _morph,
    }
    return [
        make_face(model, "encode", model.encode_graph, "latent", has_label=by_encoder),
        *(
            make_face(model, name, functools.partial(function, model), model.kind, has_label=by_either)
            for name, function in functions.items()
        ),
    ]


def takes_condition(network: keras.Model) -> bool:
    """Whether a network takes a condition beside its first input."""
    return len(network.inputs) > 1


def _reconstruct(model: "AdversarialModel", image: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
    """G(E(x))."""
    return model.generate_graph(model.encode_graph(image, label), label)


def _interpolate(
    model: "AdversarialModel",
    image_a: tf.Tensor,
    image_b: tf.Tensor,
    weight: tf.Tensor,
    label: tf.Tensor | None = None,
) -> tf.Tensor:
    """G((1 - w) E(a) + w E(b)) for weights w `[n]` in [0, 1]."""
    weight = tf.cast(weight, model.variable_dtype)[:, tf.newaxis]
    first, second = (model.encode_graph(image, label) for image in (image_a, image_b))
    return model.generate_graph((1 - weight) * first + weight * second, label)


def _traverse(
    model: "AdversarialModel",
    image: tf.Tensor,
    dimension: tf.Tensor,
    value: tf.Tensor,
    label: tf.Tensor | None = None,
) -> tf.Tensor:
    """G(E(x)), with entry `dimension` int32 `[n]` of each code replaced by `value` `[n]`."""
    latent = model.encode_graph(image, label)
    chosen = tf.one_hot(dimension, model.prior.size, dtype=latent.dtype)
    value = tf.cast(value, latent.dtype)[:, tf.newaxis]
    return model.generate_graph(tf.where(chosen > 0, value, latent), label)


def _morph(
    model: "AdversarialModel", images: tf.Tensor, weights: tf.Tensor, label: tf.Tensor | None = None
) -> tf.Tensor:
    """G of the weighted codes of four samples `[n, 4, ...]` each, with weights `[n, 4]` of sum 1, to `[n, ...]`."""
    each = None if label is None else tf.repeat(label, 4, axis=0)
    codes = model.encode_graph(tf.reshape(images, [-1, *model.sample_shape]), each)
    codes = tf.reshape(codes, [-1, 4, model.prior.size])
    return model.generate_graph(tf.einsum("nc,ncd->nd", tf.cast(weights, codes.dtype), codes), label)


def _is_convex(weights: tf.Tensor) -> tf.Tensor:
    """bool `[n]`: whether weights `[n, m]` are not negative and sum to 1."""
    sums = tf.reduce_sum(weights, axis=1)
    return tf.reduce_all(weights >= 0, axis=1) & (tf.abs(sums - 1) <= _WEIGHT_TOLERANCE)
