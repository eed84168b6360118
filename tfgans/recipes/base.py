"""A recipe holds every hyper-parameter of a run as data; this module imports no TensorFlow."""

import ast
import contextlib
import dataclasses
import math
import os
import pathlib
import re
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Literal

from tfgans.choices import AugmentationKind, LabelKind, suggestion

FORMAT = 6
"""Version of the form that `Recipe.to_dict` returns. A new field, or a new meaning of one, makes a new version."""

Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
"""Type that layers compute in. With the mixed ones, variables stay float32."""

IMAGES: dict[str, dict[str, Any]] = {
    "digits": {"data": "digits", "image_shape": (8, 8, 1)},
    "mnist": {"data": "mnist", "image_shape": (28, 28, 1)},
    "stacked_mnist": {"data": "stacked_mnist", "image_shape": (28, 28, 3)},
    "fashion_mnist": {"data": "fashion_mnist", "image_shape": (28, 28, 1)},
    "cifar10": {"data": "cifar10", "image_shape": (32, 32, 3)},
    "avatars": {"data": "avatars", "image_shape": (32, 32, 3)},
    # Aligned faces come from the user. A face that is turned left to right is a face.
    "portraits": {"data": "npz:portraits64.npz", "image_shape": (32, 32, 3), "flip": True},
    "portraits16": {"data": "npz:portraits64.npz", "image_shape": (16, 16, 1), "flip": True},
}
"""Data sets that several papers' recipes share, as fields of a recipe."""


_OWN_DATA = ("folder:", "npz:", "store:", "own:")
# A longer run continues a shorter one. Any other change makes another run.
_FREE_FIELDS = ("steps",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """Fields that every system's recipe has; times are counted in steps, which are generator updates.

    Attributes:
        name: Name of the recipe, `SYSTEM/DATA`.
        preset: Preset of the recipe: `paper`, `code` (the authors' code), `small` (minutes on two CPU cores) or `hour`
            (at most that on one core).
        data: Name of the data set.
        train_split: Split to train on.
        test_split: Split that extractors and D* are tested on.
        image_shape: (height, width, channels) of images, (entries,) of points.
        train_fraction: Share of the train split to train on, in (0, 1]; scores use the whole split.
        flip: Whether images are turned left to right at random while they are trained on.
        augmentation: Kinds of `DifferentiableAugmentation`, changes of all images that the discriminator sees.
        batch_size: Images in a batch, over all replicas.
        steps: Length of the run.
        seed: Seed of weights, order of the data, and noise.
        init_from: Folder of another run whose weights the networks start from, or None.
        precision: Keras's policy for the types of layers; losses and variables have float32.
        ema_decay: Decay of the averaged generator, in (0, 1), or None for no average.
        log_every: Steps between two lines of metrics. Grids, checkpoints and scores have multiples of it.
        grid_every: Steps between two grids of samples, a multiple of `log_every`.
        checkpoint_every: Steps between two checkpoints, a multiple of `log_every`.
        score_samples: Samples in one set that is scored.
        score_every: Steps between two scorings during the training, a multiple of `log_every`, or None for none.
        score_metrics: Names of the scores during the training.
        score_extractor: Name of their feature extractor.
    """

    name: str
    preset: str
    data: str
    train_split: str = "train"
    test_split: str = "test"
    image_shape: tuple[int, ...]
    train_fraction: float = 1.0
    flip: bool = False
    augmentation: tuple[AugmentationKind, ...] = ()
    batch_size: int
    steps: int
    seed: int = 0
    init_from: str | None = None
    precision: Precision = "float32"
    ema_decay: float | None = None
    log_every: int
    grid_every: int
    checkpoint_every: int
    score_samples: int
    score_every: int | None = None
    score_metrics: tuple[str, ...] = ("score", "frechet")
    score_extractor: str = "classifier"

    def __post_init__(self) -> None:
        self._check_sizes("image_shape", "batch_size", "steps", "log_every", "score_samples")
        self._check(lambda value: 0 < value <= 1, "lie in (0, 1]", "train_fraction")
        self._check(lambda value: 0 < value < 1, "lie in (0, 1) or be None", "ema_decay")
        self._check(lambda value: 0 <= value < 2**31, "lie in 0 to 2^31 - 1", "seed")
        self._check_multiples("grid_every", "checkpoint_every", "score_every")

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.image_shape))
        return (
            f"<{type(self).__name__} {self.name}, preset {self.preset}: {self.data} {shape}, {self.steps:,} steps of "
            f"{self.batch_size}, seed {self.seed}; to_dict() has all fields>"
        )

    def _check(self, fits: Callable[[Any], bool], expected: str, *fields: str) -> None:
        """Raises ValueError unless all fields, and all entries of tuples, fit or are None."""
        for field in fields:
            value = getattr(self, field)
            entries = value if isinstance(value, tuple) else (value,)
            if value is not None and not (entries and all(map(fits, entries))):
                raise ValueError(f"{field} must {expected}; received {value}.")

    def _check_sizes(self, *fields: str) -> None:
        self._check(lambda value: value >= 1, "be at least 1", *fields)

    def _check_positive(self, *fields: str) -> None:
        self._check(lambda value: value > 0, "be above 0", *fields)

    def _check_weights(self, *fields: str) -> None:
        self._check(lambda value: value >= 0, "be at least 0", *fields)

    def _check_decays(self, *fields: str) -> None:
        self._check(lambda value: 0 <= value < 1, "lie in [0, 1)", *fields)

    def _check_multiples(self, *fields: str) -> None:
        expected = f"be a multiple of log_every={self.log_every}"
        self._check(lambda value: value >= 1 and value % self.log_every == 0, expected, *fields)

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields as JSON values, with lists for tuples, and `format`, the version of this form."""
        fields = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}
        return {"format": FORMAT, **fields}

    @property
    def unused_fields(self) -> frozenset[str]:
        """Fields that mean nothing beside the values of others."""
        return frozenset()

    @property
    def has_own_data(self) -> bool:
        """Whether the data are the user's own."""
        return self.data.startswith(_OWN_DATA)

    @property
    def default_workdir(self) -> pathlib.Path:
        """`runs/NAME/SEED`, with folders before SEED for other presets than `small` and for the user's own data."""
        preset = [] if self.preset == "small" else [self.preset]
        own = [re.sub(r"[^\w.-]+", "-", self.data)] if self.has_own_data else []
        return pathlib.Path("runs", self.name, *preset, *own, str(self.seed))

    def check_continues(self, there: "Recipe", where: str | os.PathLike) -> None:
        """Raises ValueError unless a run of this recipe may continue a run that is in a folder.

        Args:
            there: Recipe of that run.
            where: The folder, for the error.
        """
        asked, found = self.to_dict(), there.to_dict()
        difference = [
            f"{name} is {found.get(name)!r} there and {asked.get(name)!r} here"
            for name in sorted(asked.keys() | found.keys())
            if name not in _FREE_FIELDS and asked.get(name) != found.get(name)
        ]
        if difference:
            raise ValueError(f"{where} holds a run of another recipe: {'; '.join(difference)}. Name another --workdir.")

    @property
    def has_schedule(self) -> bool:
        """Whether a number changes over the steps of the run, so that it has other values in a run of more steps."""
        return False

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        """Kind of the labels, `class` or `attributes`, and their number; empty if the system takes no labels."""
        return ()

    @property
    def learns_labels(self) -> tuple[()] | tuple[str, int]:
        """Kind and number of the labels that the training data must have; empty if they may have any or none."""
        return self.takes_labels

    @property
    def has_encoder(self) -> bool:
        """Whether the system maps an image to a latent vector and back, without a label."""
        return False

    def adapted(self, conditioning: LabelKind, condition_size: int) -> "Recipe":
        """Returns this recipe with the kind and number of labels of the user's own data, if it takes labels.

        Raises:
            ValueError: If the recipe needs labels of another kind.
        """
        return self

    def override(self, assignments: Sequence[str]) -> "Recipe":
        """Returns this recipe with some fields changed.

        Args:
            assignments: Texts `name=value`. Values are Python literals, or texts without quotes.

        Returns:
            The changed recipe.

        Raises:
            ValueError: If a field is unknown, fixed or unused, or a value is not of the field's type.
        """
        hints = typing.get_type_hints(type(self))
        changes = {}
        for assignment in assignments:
            name, equals, text = assignment.partition("=")
            if not equals:
                raise ValueError(f"Expected name=value; received {assignment!r}.")
            free = sorted(hints.keys() - {"name", "preset"})
            if name not in free:
                raise ValueError(f"{self.name} has no field {name!r} to set. {suggestion(name, free)}")
            changes[name] = parse_value(name, text, hints[name])
        changed = dataclasses.replace(self, **changes)
        for name in sorted(changes.keys() & changed.unused_fields):
            raise ValueError(f"{self.name} does not use {name} with its other fields; received {name}={changes[name]}.")
        return changed


def parse_value(name: str, text: str, hint: Any) -> Any:
    """Returns the value of a field from its text.

    Args:
        name: Name of the field, for the error.
        text: A Python literal, or the value itself for a field of type str; None stands for no value where there may be
            none.
        hint: Type of the field, as in `check_value`.

    Raises:
        ValueError: If the text is not a value of that type.
    """
    if text == "None" and types.NoneType in typing.get_args(hint):
        return None
    try:
        return check_value(name, text, hint)
    except ValueError:
        pass
    with contextlib.suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return check_value(name, ast.literal_eval(text), hint, text)
    raise ValueError(_mismatch(name, text, hint))


def check_value(name: str, value: Any, hint: Any, received: Any = None) -> Any:
    """Returns the value of a field in the type of the field: floats for whole numbers, and tuples for lists.

    Args:
        name: Name of the field, for the error.
        value: Value from JSON or from a Python literal.
        hint: Type of the field: bool, int, float, str, a Literal, a union of these with None, or a tuple.
        received: Value that the error names; by default `value`.

    Raises:
        ValueError: If the value is not of that type, or not finite.
    """
    received = value if received is None else received
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (hint,) = (argument for argument in arguments if argument is not types.NoneType)
        return check_value(name, value, hint, received)
    if origin is tuple and isinstance(value, (tuple, list)):
        items = arguments[:1] * len(value) if arguments[1:] == (...,) else arguments
        if len(items) == len(value):
            return tuple(check_value(name, part, item, received) for part, item in zip(value, items, strict=True))
    if origin is typing.Literal and isinstance(value, str) and value in arguments:
        return value
    if hint is float and type(value) is int:
        value = float(value)
    if type(value) is hint and not (hint is float and not math.isfinite(value)):
        return value
    raise ValueError(_mismatch(name, received, hint))


def _mismatch(name: str, received: Any, hint: Any) -> str:
    return f"{name} takes {_described(hint)}; received {received!r}."


def _described(hint: Any) -> str:
    """Names the values of a type as somebody types them."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return f"a tuple such as (a, b), whose entries are {_described(arguments[0])}"
    return str(getattr(hint, "__name__", hint))
