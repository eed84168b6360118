"""Faces: the questions that a model answers, as data.

A model's methods, the signatures of its SavedModel and the methods of a client use them. This module knows no model.
"""

import dataclasses
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

ARGUMENTS: dict[str, dict[str, str]] = {
    "sample": {"seed": "seed"},
    "sample_near": {"images": "{kind}", "seed": "seed"},
    "generate": {"latent": "latent"},
    "discriminate": {"images": "{kind}", "latent": "latent"},
    "examine": {"images": "{kind}"},
    "encode": {"images": "{kind}"},
    "reconstruct": {"images": "{kind}"},
    "interpolate": {"images_a": "{kind}_a", "images_b": "{kind}_b", "weights": "weight"},
    "traverse": {"images": "{kind}", "dimensions": "dimension", "values": "value"},
    "morph": {"images": "{kind}s", "weights": "weights"},
}
"""For each face, the arguments of its method, and the input that each of them feeds; `kind` is `image` or `point`.

Most methods also have `labels`, which feed the input `label`. A model leaves out the inputs that it does not take."""


def input_name(face: str, argument: str, kind: str) -> str:
    """Returns the input of a face that an argument feeds, in a model of images or points (`kind`)."""
    return "label" if argument == "labels" else ARGUMENTS[face][argument].format(kind=kind)


def refuse_bytes(name: str, values: Any, dtype: tf.DType) -> None:
    """Raises ValueError if an input of floating point gets uint8 images; other numbers may have any type."""
    if dtype.is_floating and isinstance(values, np.ndarray) and values.dtype == np.uint8 and values.ndim > 2:
        raise ValueError(f"{name} must be floating in [-1, 1]; received uint8, which x / 127.5 - 1 maps there.")


@dataclasses.dataclass(frozen=True)
class Input:
    """An input of a face: n rows of one shape and type.

    Attributes:
        argument: Name of the method's argument.
        spec: Shape of a row, without the batch axis, and type; floating point has the type of the model's variables.
        is_valid: Graph function from rows `[n, ...]` to bool `[n]`, True for valid rows. None if all rows are valid.
        meaning: The condition of a valid row, in words that follow "must".
    """

    argument: str
    spec: tf.TensorSpec
    is_valid: Callable[[tf.Tensor], tf.Tensor] | None = None
    meaning: str = ""

    def array(self, values: Any, rows: int) -> np.ndarray:
        """Converts a user's values to an array `[n, ...]`, and checks it.

        Args:
            values: The user's values.
            rows: Rows of the first input; 0 for the first input itself.

        Raises:
            ValueError: If the shape or the type does not fit, or a row is not valid.
        """
        dtype = self.spec.dtype.as_numpy_dtype
        refuse_bytes(self.argument, values, self.spec.dtype)
        # Integers keep their type until they are checked, since another type may change them.
        array = np.asarray(values) if self.spec.dtype.is_integer else np.asarray(values, dtype)
        shape = ", ".join(map(str, ("n", *self.spec.shape)))
        if array.ndim == 0 or array.shape[1:] != tuple(self.spec.shape):
            raise ValueError(f"{self.argument} must have shape [{shape}]; received {array.shape}.")
        if self.spec.dtype.is_integer and not np.issubdtype(array.dtype, np.integer):
            raise ValueError(f"{self.argument} must be integers [{shape}]; received {array.dtype.name}.")
        if self.is_valid is not None:
            bad = np.flatnonzero(~self.is_valid(tf.constant(array)).numpy())
            if bad.size:
                raise ValueError(f"{self.argument} must {self.meaning}; received {array[bad[0]]} in row {bad[0]}.")
        return array.astype(dtype)


@dataclasses.dataclass(frozen=True)
class Face:
    """A question that a model answers, row by row.

    Attributes:
        name: Name of the model's method and of the signature.
        function: Graph function from tensors `[n, ...]`, in the order of `inputs`, to a tensor `[n, ...]`.
        inputs: Inputs by name.
        output: Name of the answer.
        output_spec: Shape of a row of the answer, without the batch axis, and type.
        check: Raises ValueError while the model cannot answer yet.
    """

    name: str
    function: Callable[..., tf.Tensor]
    inputs: dict[str, Input]
    output: str
    output_spec: tf.TensorSpec
    check: Callable[[], object] = lambda: None

    def arrays(self, given: dict[str, Any], owner: str) -> list[np.ndarray]:
        """Converts a user's arguments to arrays with equal numbers of rows, in the order of the inputs.

        Args:
            given: Values by argument; None for an argument that the user left out.
            owner: Class of the model, for errors.

        Raises:
            ValueError: If an argument is missing, is not one of the face's, or does not fit.
        """
        known = {each.argument for each in self.inputs.values()}
        for argument, values in given.items():
            if values is not None and argument not in known:
                raise ValueError(f"{owner} takes no {argument} here; received {values!r:.80}.")
        # Labels have an error of their own.
        missing = [name for name in known - {"labels"} if given.get(name) is None]
        if missing:
            raise ValueError(f"{owner} needs {', '.join(sorted(missing))} here.")
        arrays: dict[str, np.ndarray] = {}
        for each in self.inputs.values():
            rows = len(next(iter(arrays.values()), ()))
            arrays[each.argument] = each.array(given.get(each.argument), rows)
        counts = {argument: len(array) for argument, array in arrays.items()}
        if len(set(counts.values())) > 1 or 0 in counts.values():
            raise ValueError(f"Expected inputs of as many rows each, at least 1; received {counts}.")
        return list(arrays.values())


def row_seeds(n: int, seed: int | Sequence[int] | None) -> np.ndarray:
    """Returns one int64 seed for each row: `seed`, `seed + 1`, ..., or the given ones, or fresh ones for None.

    Raises:
        ValueError: If seeds are not integers, or there are neither one nor n of them.
    """
    if seed is None:
        seed = secrets.randbits(62)
    if not np.issubdtype(np.asarray(seed).dtype, np.integer):
        raise ValueError(f"Seeds must be integers; received {seed!r}.")
    seeds = np.asarray(seed, np.int64)
    seeds = seeds + np.arange(n) if seeds.ndim == 0 else seeds
    if n < 1 or seeds.shape != (n,):
        raise ValueError(f"Expected n >= 1 and one seed or n of them; received n={n}, seeds {seeds.shape}.")
    return seeds
