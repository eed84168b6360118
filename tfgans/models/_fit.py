"""Checks of the networks that a model is given."""

from collections.abc import Callable, Mapping, Sequence

import keras

Shape = tuple[int, ...]


def check_built(owner: str, networks: Mapping[str, keras.Model | None]) -> None:
    """Raises ValueError where a network is no functional Keras model, built.

    Args:
        owner: Class of the model that takes them, for the error.
        networks: By name; those that are None are left out.
    """
    for name, network in networks.items():
        if network is not None and not (network.built and getattr(network, "inputs", None)):
            raise ValueError(f"The {name} of a {owner} must be a functional Keras model, built.")


def check_fit(
    owner: str,
    networks: Mapping[str, keras.Model | None],
    expected: Callable[[Shape], Mapping[str, tuple[Sequence[Shape], Shape | None]]],
) -> None:
    """Raises ValueError where networks are not built, or do not fit together.

    Args:
        owner: Class of the model that takes them, for the error.
        networks: By name; those that are None are left out.
        expected: From the shape of a sample, which is that of the generator's output, to the shapes that each network
            must take, and the shape that its first output must have, or None where it is free; without the batch axis.
    """
    check_built(owner, networks)
    for name, (taken, given) in expected(first_output(networks["generator"])).items():
        network = networks[name]
        if network is None:
            continue
        inputs, output = [tuple(tensor.shape[1:]) for tensor in network.inputs], first_output(network)
        if inputs != list(taken) or given not in (None, output):
            wanted = f"{list(taken)}" if given is None else f"{list(taken)} and give {given} first"
            raise ValueError(f"The {name} of a {owner} must take {wanted}; it takes {inputs} and gives {output}.")


def first_output(network: keras.Model) -> Shape:
    """Shape of a network's first output, without the batch axis."""
    return tuple(network.outputs[0].shape[1:])
