"""Checks of the networks of a model."""

from collections.abc import Callable, Mapping, Sequence

import keras

Shape = tuple[int, ...]
"""Shape of a tensor, without the batch axis."""

Shapes = Mapping[str, tuple[Sequence[Shape], Shape | None]]
"""For each network by name, the shapes that it must take, and the shape of its first output, or None if it is free."""


def check_built(owner: str, networks: Mapping[str, keras.Model | None]) -> None:
    """Raises ValueError if a network is not a built functional Keras model.

    Args:
        owner: Class of the model that takes the networks, for the error.
        networks: Networks by name; None is skipped.
    """
    for name, network in networks.items():
        if network is not None and not (network.built and getattr(network, "inputs", None)):
            raise ValueError(f"The {name} of a {owner} must be a functional Keras model, built.")


def check_fit(
    owner: str,
    networks: Mapping[str, keras.Model | None],
    latent: Shape,
    others: Callable[[Shape], Shapes] = lambda sample: {},
) -> None:
    """Raises ValueError if networks are not built, or do not fit together.

    By default a generator and a decoder map latents to samples, an encoder maps samples to latents, and a discriminator
    maps samples to logits of any shape.

    Args:
        owner: Class of the model that takes the networks, for the error.
        networks: Networks by name; None is skipped.
        latent: Shape of a latent.
        others: Returns the shapes that differ from the defaults for the shape of a sample, the generator's output.
    """
    check_built(owner, networks)
    sample = first_output(networks["generator"])
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
        inputs, output = [tuple(tensor.shape[1:]) for tensor in network.inputs], first_output(network)
        if inputs != list(expected_inputs) or expected_output not in (None, output):
            wanted = f"{list(expected_inputs)}"
            if expected_output is not None:
                wanted += f" and give {expected_output} first"
            raise ValueError(f"The {name} of a {owner} must take {wanted}; it takes {inputs} and gives {output}.")


def first_output(network: keras.Model) -> Shape:
    """Shape of a network's first output."""
    return tuple(network.outputs[0].shape[1:])
