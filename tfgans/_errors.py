"""Errors that are told apart without loading what raises them."""

from collections.abc import Sequence


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
