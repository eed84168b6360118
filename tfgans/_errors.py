"""Errors of tfgans, in a module that callers can import without TensorFlow."""

import contextlib
from collections.abc import Iterator, Sequence


class NonFiniteError(ArithmeticError):
    """A loss or a weight is NaN or Inf.

    Attributes:
        step: The first step at which that was seen.
        names: The losses whose means over the epoch are NaN or Inf, or the weights that are.
    """

    def __init__(self, step: int, names: Sequence[str]) -> None:
        super().__init__(f"NaN or Inf at step {step} in {', '.join(names)}.")
        self.step = step
        self.names = tuple(names)

    def __reduce__(self) -> tuple[type, tuple[int, tuple[str, ...]]]:
        return type(self), (self.step, self.names)


class Interrupted(KeyboardInterrupt):
    """A signal ended the command or the run.

    Attributes:
        signal: Number of the signal.
    """

    def __init__(self, number: int, message: str = "Interrupted.") -> None:
        super().__init__(message)
        self.signal = number

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return type(self), (self.signal, *self.args)


def first_line(error: BaseException) -> str:
    """Returns the first line of the message of an error, or its type if it has no message, as a time-out may."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


class MissingExtraError(ImportError):
    """A package of an extra of tfgans is not installed."""


@contextlib.contextmanager
def needs_extra(name: str) -> Iterator[None]:
    """Turns a failed import in its context into a MissingExtraError that names the extra."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"This needs the extra {name!r}: pip install 'tfgans-keras[{name}]' ({error})."
        ) from error
