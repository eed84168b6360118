"""Checks of the arguments of a model: their types, and the shapes of networks."""

import collections.abc
import inspect
import numbers
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras

from tfgans._errors import first_line
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, Objective

Shape = tuple[int, ...]
"""Shape of a tensor, without the batch axis."""

Shapes = Mapping[str, tuple[Sequence[Shape], Shape | None]]
"""For each network by name, the shapes that it must take, and the shape of its first output, or None if it is free."""


# Networks whose outputs decide the shapes of others.
_BUILT_FIRST = ("discriminator_encoder", "classifier", "image_classifier")

# Types of arguments, and how somebody makes one.
_EXPECTED = {
    keras.Model: "a functional or a Sequential Keras model",
    Prior: "a Prior, such as tfgans.latent.Normal(64)",
    Objective: "an Objective, such as tfgans.losses.Hinge()",
    collections.abc.Callable: "a function of (real_logits, generated_logits) to the losses of both players",
    GradientPenalty: "a GradientPenalty, such as tfgans.losses.InterpolatedGradientPenalty()",
}
_NUMBERS = {float: numbers.Real, int: numbers.Integral}


def constructor_parameters(cls: type) -> dict[str, inspect.Parameter]:
    """Returns the parameters of a constructor by name, with those of the class above in place of `**kwargs`.

    Args:
        cls: The class of a model.
    """
    found: dict[str, inspect.Parameter] = {}
    for each in cls.__mro__:
        if "__init__" not in vars(each):
            continue
        parameters = list(inspect.signature(vars(each)["__init__"]).parameters.values())[1:]
        kinds = {inspect.Parameter.KEYWORD_ONLY} | (set() if found else {inspect.Parameter.POSITIONAL_OR_KEYWORD})
        for parameter in parameters:
            if parameter.kind in kinds:
                found.setdefault(parameter.name, parameter)
        if all(parameter.kind != inspect.Parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found


def check_types(cls: type, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raises ValueError if an argument of a constructor has another type than its annotation says.

    Args:
        cls: The class of a model.
        args: The positional arguments.
        kwargs: The arguments by name.
    """
    parameters = constructor_parameters(cls)
    for name, value in [*zip(parameters, args, strict=False), *kwargs.items()]:
        expected = list(_types(parameters[name].annotation)) if name in parameters else []
        if expected and not any(_is_of(value, hint) for hint in expected):
            wanted = ", or ".join(map(_described, expected))
            raise ValueError(f"The {name} of a {cls.__name__} must be {wanted}; received {value!r:.80}.")


def _types(hint: Any) -> Iterator[Any]:
    """The types of an annotation; nothing if one of them cannot be checked here, such as the choices of a Literal."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        parts = [list(_types(part)) for part in typing.get_args(hint)]
        if all(parts):
            yield from (each for part in parts for each in part)
    elif typing.get_origin(hint) is collections.abc.Callable:
        yield collections.abc.Callable
    elif isinstance(hint, type) and hint is not inspect.Parameter.empty and typing.get_origin(hint) is None:
        yield hint


def _is_of(value: Any, hint: Any) -> bool:
    return isinstance(value, _NUMBERS.get(hint, hint))


def _described(hint: Any) -> str:
    if hint is types.NoneType:
        return "None"
    return _EXPECTED.get(hint, f"{'an' if hint.__name__[0] in 'AEIOaeio' else 'a'} {hint.__name__}")


def check_built(owner: str, networks: Mapping[str, keras.Model | None]) -> None:
    """Raises ValueError if a network is not a Keras model whose shapes are known.

    Args:
        owner: Class of the model that takes the networks, for the error.
        networks: Networks by name; None is skipped.
    """
    for name, network in networks.items():
        if network is not None and not (network.built and getattr(network, "inputs", None)):
            raise ValueError(
                f"The {name} of a {owner} must be a functional or a Sequential Keras model; received {network!r}."
            )


def check_fit(
    owner: str,
    networks: Mapping[str, keras.Model | None],
    latent: Shape,
    others: Callable[[Shape], Shapes] = lambda sample: {},
) -> None:
    """Builds networks that are `keras.Sequential` without an input shape, and raises ValueError if any do not fit.

    By default a generator and a decoder map latents to samples, an encoder maps samples to latents, and a discriminator
    maps samples to logits of any shape.

    Args:
        owner: Class of the model that takes the networks, for the error.
        networks: Networks by name; None is skipped.
        latent: Shape of a latent.
        others: Returns the shapes that differ from the defaults for the shape of a sample, the generator's output.
    """
    _build("generator", networks, latent)
    check_built(owner, {"generator": networks["generator"]})
    sample = first_output(networks["generator"])
    for name in _BUILT_FIRST:
        _build(name, networks, sample)
        check_built(owner, {name: networks.get(name)})
    expected: Shapes = {
        "generator": ([latent], sample),
        "encoder": ([sample], latent),
        "decoder": ([latent], sample),
        "discriminator": ([sample], None),
        **others(sample),
    }
    for name, network in networks.items():
        if network is None:
            continue
        expected_inputs, expected_output = expected[name]
        _build(name, networks, expected_inputs[0])
        check_built(owner, {name: network})
        inputs, output = [tuple(tensor.shape[1:]) for tensor in network.inputs], first_output(network)
        if inputs != list(expected_inputs) or expected_output not in (None, output):
            wanted = f"{list(expected_inputs)}"
            if expected_output is not None:
                wanted += f" and give {expected_output} first"
            if len(expected_inputs) > 1 and isinstance(network, keras.Sequential):
                wanted += ", so that it must be a functional Keras model and not a Sequential one"
            raise ValueError(f"The {name} of a {owner} must take {wanted}; it takes {inputs} and gives {output}.")


def _build(name: str, networks: Mapping[str, keras.Model | None], shape: Shape) -> None:
    """Builds a network that is `keras.Sequential` and has no shapes yet."""
    network = networks.get(name)
    if isinstance(network, keras.Sequential) and not network.built:
        try:
            network.build((None, *shape))
        except ValueError as error:
            raise ValueError(f"The {name} cannot take inputs of shape {list(shape)}: {first_line(error)}") from error


def first_output(network: keras.Model) -> Shape:
    """Shape of a network's first output."""
    return tuple(network.outputs[0].shape[1:])
