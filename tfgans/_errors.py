"""Errors that are told apart without loading what raises them."""

import contextlib
from collections.abc import Iterator, Sequence


class NonFiniteError(ArithmeticError):
    """A loss or a weight is NaN or Inf.

    Attributes:
        step: The first step known to be broken.
        names: The losses whose means were NaN or Inf by the end of that epoch, or the weights that are.
    """

    def __init__(self, step: int, names: Sequence[str]) -> None:
        super().__init__(f"NaN or Inf at step {step} in {', '.join(names)}.")
        self.step = step
        self.names = tuple(names)

    def __reduce__(self) -> tuple[type, tuple[int, tuple[str, ...]]]:
        return type(self), (self.step, self.names)


class Interrupted(KeyboardInterrupt):
    """A signal ended the work.

    Attributes:
        signal: Its number.
    """

    def __init__(self, number: int, message: str = "Interrupted.") -> None:
        super().__init__(message)
        self.signal = number

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return type(self), (self.signal, *self.args)


class MissingExtraError(ImportError):
    """A package is missing that an extra of tfgans brings."""


@contextlib.contextmanager
def needs_extra(name: str) -> Iterator[None]:
    """A context for imports; where one fails, MissingExtraError says which extra brings it."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(f"This needs the extra {name!r}: pip install 'tfgans[{name}]' ({error}).") from error
