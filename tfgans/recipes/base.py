"""A recipe holds every hyper-parameter of a run as data; this module imports no TensorFlow."""

import ast
import contextlib
import dataclasses
import math
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Literal

from tfgans.choices import Conditioning

FORMAT = 2
"""Version of what `Recipe.to_dict` gives. Another field, or another meaning of one, is another version."""

Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
"""The type that layers compute in; in the mixed ones, variables stay float32."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """Fields that every system's recipe has; times are counted in steps, which are generator updates.

    Attributes:
        name: Name of the recipe, `SYSTEM/DATA`.
        preset: Which of the recipe's presets this is: `paper`, `code` (the authors' code) or `small`.
        data: Data set.
        train_split: Split to train on.
        test_split: Split that extractors and D* are tested on.
        train_fraction: Share of the images of the train split to train on; scores are held against all of them.
        batch_size: Images in a batch, over all replicas.
        steps: Length of the run.
        seed: Seed of weights, order of the data, and noise.
        init_from: Folder of another run, whose networks the weights start from, or None.
        precision: Keras's policy for the types of layers; losses and variables have float32.
        ema_decay: Decay of the averaged generator, or None.
        log_every: Steps between two lines of metrics; everything else happens at one of these.
        steps_per_execution: Most steps in one call of the graph, where one device trains; small steps are faster so.
        grid_every: Steps between two grids of samples, a multiple of `log_every`.
        checkpoint_every: Steps between two checkpoints, a multiple of `log_every`.
        score_samples: Images in one set of samples that is scored.
        score_every: Steps between two scorings while the run trains, a multiple of `log_every`, or None.
        score_metrics: Scores that are taken while the run trains.
        score_extractor: The feature extractor of the scores.
    """

    name: str
    preset: str
    data: str
    train_split: str = "train"
    test_split: str = "test"
    image_shape: tuple[int, ...]
    train_fraction: float = 1.0
    batch_size: int
    steps: int
    seed: int = 0
    init_from: str | None = None
    precision: Precision = "float32"
    ema_decay: float | None = None
    log_every: int
    steps_per_execution: int = 1
    grid_every: int
    checkpoint_every: int
    score_samples: int
    score_every: int | None = None
    score_metrics: tuple[str, ...] = ("score", "frechet")
    score_extractor: str = "classifier"

    def __post_init__(self) -> None:
        for field in ("batch_size", "steps", "log_every", "score_samples", "steps_per_execution"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} must be at least 1; received {getattr(self, field)}.")
        if not 0 < self.train_fraction <= 1:
            raise ValueError(f"train_fraction must lie in (0, 1]; received {self.train_fraction}.")
        if self.ema_decay is not None and not 0 < self.ema_decay < 1:
            raise ValueError(f"ema_decay must lie in (0, 1) or be None; received {self.ema_decay}.")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed must lie in 0 to 2^31 - 1; received {self.seed}.")
        for field in ("grid_every", "checkpoint_every", "score_every"):
            value = getattr(self, field)
            if value is None and field == "score_every":
                continue
            if value < 1 or value % self.log_every:
                raise ValueError(f"{field} must be a multiple of log_every={self.log_every}; received {value}.")

    def _check_positive(self, *fields: str) -> None:
        """Raises ValueError where a field is not above 0."""
        self._check_all(fields, lambda value: value > 0, "above 0")

    def _check_weights(self, *fields: str) -> None:
        """Raises ValueError where a field is below 0."""
        self._check_all(fields, lambda value: value >= 0, "at least 0")

    def _check_decays(self, *fields: str) -> None:
        """Raises ValueError where a field is outside [0, 1)."""
        self._check_all(fields, lambda value: 0 <= value < 1, "in [0, 1)")

    def _check_all(self, fields: Sequence[str], fits: Callable[[float], bool], expected: str) -> None:
        received = {field: getattr(self, field) for field in fields}
        if not all(map(fits, received.values())):
            raise ValueError(f"Expected values {expected}; received {received}.")

    def _check_sizes(self, *fields: str) -> None:
        """Raises ValueError where a field, or an entry of one, is below 1, or one has no entries."""
        received = {field: getattr(self, field) for field in fields}
        entries = [value if isinstance(value, tuple) else (value,) for value in received.values()]
        if not all(entries) or min(min(values) for values in entries) < 1:
            raise ValueError(f"Sizes and numbers of updates must be at least 1; received {received}.")

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON knows them, where tuples are lists, and `format`, the version of this form."""
        fields = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}
        return {"format": FORMAT, **fields}

    @property
    def takes_labels(self) -> tuple[()] | tuple[str, int]:
        """The kind of labels, `class` or `attributes`, and their number; nothing where the system takes none."""
        return ()

    @property
    def has_encoder(self) -> bool:
        """Whether the system maps an image to a latent vector and back, without a label."""
        return False

    def adapted(self, conditioning: Conditioning | Literal["none"], condition_size: int) -> "Recipe":
        """This recipe with the kind and number of labels that the user's own data have, if it takes labels.

        Raises:
            ValueError: If it needs labels and there are none.
        """
        return self

    def override(self, assignments: Sequence[str]) -> "Recipe":
        """This recipe with some fields changed.

        Args:
            assignments: Texts `name=value`; values as Python literals, texts without quotes.

        Returns:
            The changed recipe.

        Raises:
            ValueError: If a field is unknown or fixed, or a value is not of the field's type.
        """
        hints = typing.get_type_hints(type(self))
        changes = {}
        for assignment in assignments:
            name, equals, text = assignment.partition("=")
            if not equals:
                raise ValueError(f"Expected name=value; received {assignment!r}.")
            free = sorted(hints.keys() - {"name", "preset"})
            if name not in free:
                raise ValueError(f"{self.name} has no field {name!r} to set; it has {', '.join(free)}.")
            changes[name] = parse_value(name, text, hints[name])
        return dataclasses.replace(self, **changes)


def parse_value(name: str, text: str, hint: Any) -> Any:
    """The value of a field from its text.

    Args:
        name: Name of the field, for the error.
        text: A Python literal, or the text itself for a field of texts.
        hint: The field's type, as of `check_value`.

    Returns:
        The value.

    Raises:
        ValueError: If the text is not a value of that type.
    """
    try:
        return check_value(name, text, hint)
    except ValueError:
        pass
    with contextlib.suppress(ValueError, SyntaxError):
        return check_value(name, ast.literal_eval(text), hint, text)
    raise ValueError(_mismatch(name, text, hint))


def check_value(name: str, value: Any, hint: Any, received: Any = None) -> Any:
    """The value of a field, in the type of the field.

    Args:
        name: Name of the field, for the error.
        value: A value as JSON or a Python literal has it.
        hint: The field's type: bool, int, float, str, a Literal, a union of these with None, or a tuple.
        received: The value that an error names; by default `value`.

    Returns:
        The value; whole numbers become floats, and lists tuples, where the type asks for it.

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
    arguments = typing.get_args(hint)
    choices = f"one of {', '.join(map(str, arguments))}" if typing.get_origin(hint) is typing.Literal else None
    return f"{name} takes {choices or getattr(hint, '__name__', hint)}; received {received!r}."
