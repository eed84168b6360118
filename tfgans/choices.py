"""Choices that recipes and models share. This module imports no TensorFlow."""

from typing import Any, Literal, get_args

LatentSharing = Literal["none", "updates", "players"]
"""Which updates of a step have one z. `updates`: those of the generator, as in cWGAN's code on MNIST. `players`: these
and the discriminator's last one, as in LOGAN's code."""

ErrorSign = Literal["corrected", "literal"]
"""Sign of the reconstructions in AVAE's controller: that of Eq. 10 and the convergence measure, or of Eq. 11."""

KLReduction = Literal["per_pixel", "sum", "mean"]
"""Divisor of a divergence's sum over the entries of a latent: the numbers in an image, so that the divergence is on the
scale of a mean pixel error; one; or the number of entries."""

Norm = Literal["l1_mean", "l2_sample", "l2_batch"]
"""`l1_mean`: mean absolute error (BEGAN). `l2_sample`: Euclidean norm of a sample's error (BEGAN-CS, Eq. 1).
`l2_batch`: that of the whole batch's error over its size, as in BEGAN-CS's code; about 1 / sqrt(B) of `l2_sample`."""

Conditioning = Literal["class", "attributes"]
"""`class`: a label is an integer in 0 to K - 1. `attributes`: it is K floating point numbers."""


def check_choice(name: str, value: Any, choices: Any) -> None:
    """Raises ValueError where a value is none of the choices.

    Args:
        name: Name of the argument, for the error.
        value: Its value.
        choices: A Literal.
    """
    if value not in get_args(choices):
        raise ValueError(f"{name} must be one of {', '.join(get_args(choices))}; received {value!r}.")
