"""Choices that recipes and models share. This module imports no TensorFlow."""

import difflib
from collections.abc import Iterable
from typing import Any, Literal, get_args

LatentSharing = Literal["none", "updates", "players"]
"""Updates of a step that share one z. `updates`: all generator updates, as in cWGAN's code on MNIST. `players`: these
and the last discriminator update, as in LOGAN's code."""

ErrorSign = Literal["corrected", "literal"]
"""Sign of the reconstructions in AVAE's controller. `corrected`: that of Eq. 10 and of the convergence measure.
`literal`: that of Eq. 11 as printed."""

KLReduction = Literal["per_pixel", "sum", "mean"]
"""Divisor of a divergence, which is a sum over the entries of a latent. `per_pixel`: the count of numbers in an image,
which brings the divergence to the scale of a mean pixel error. `sum`: one. `mean`: the number of entries."""

Norm = Literal["l1_mean", "l2_sample", "l2_batch"]
"""Distance between samples. `l1_mean`: mean absolute error (BEGAN). `l2_sample`: Euclidean norm of a sample's error
(BEGAN-CS, Eq. 1). `l2_batch`: Euclidean norm of the whole batch's error over the batch size, as in BEGAN-CS's code;
about 1 / sqrt(B) of `l2_sample`."""

AugmentationKind = Literal["color", "translation", "cutout"]
"""Change of what a discriminator sees (Zhao et al. 2020). `color`: brightness, saturation and contrast. `translation`:
a shift by up to an eighth of the edge, rounded to pixels. `cutout`: a blank rectangle of half the height and half the
width."""

Conditioning = Literal["class", "attributes"]
"""Kind of labels. `class`: a label is an integer in 0 to K - 1. `attributes`: a label is K floating point numbers."""

LabelKind = Conditioning | Literal["none"]
"""Kind of the labels of a data set, which may have none."""

Projection = Literal["linear", "batch_norm_relu"]
"""Layers after the projection of cWGAN's generator. `linear`: none (section IV-C). `batch_norm_relu`: batch
normalisation and a ReLU (the authors' MNIST code)."""

Output = Literal["tanh", "batch_norm_relu"]
"""Last layers of cWGAN's generator. `tanh`: as in the paper (section IV-C). `batch_norm_relu`: as in the paper's
appendix and the authors' MNIST code, whose pixels in [0, 1] are rescaled here so that 0 is -1 and 1 is 1."""

Activation = Literal["relu", "leaky_relu"]
"""Activation of hidden layers. `leaky_relu` has a slope of .2 below zero."""

Decay = Literal["none", "cosine"]
"""Learning rate over a run. `none`: constant. `cosine`: it falls to 0."""

Weights = Literal["halfnormal", "uniform", "dirichlet"]
"""Distribution of the weights of a combination before they are divided by their sum: |N(0, 1)|, U(0, 1), or the
exponential one, which makes all combinations equally likely."""


def check_choice(name: str, value: Any, choices: Any) -> None:
    """Raises ValueError if a value is none of the choices.

    Args:
        name: Name of the argument, for the error.
        value: Its value.
        choices: A Literal.
    """
    if value not in get_args(choices):
        raise ValueError(f"{name} must be one of {', '.join(get_args(choices))}; received {value!r}.")


# Share of letters in common from which a name is taken for a slip. Less than this joins names of one system.
_ALIKE = 0.75


def suggestion(received: str, known: Iterable[str], otherwise: str = "") -> str:
    """Returns a sentence for an error about an unknown name: the known names that are spelt like it.

    Args:
        received: The unknown name.
        known: The names that there are.
        otherwise: The sentence if none is spelt like it; by default one that lists all known names.
    """
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(received.lower(), names, n=3, cutoff=_ALIKE)
    if near:
        return f"Did you mean {' or '.join(names[name] for name in near)}?"
    return otherwise or f"There are {', '.join(names.values())}."
