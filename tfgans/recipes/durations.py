"""How long recipes take: seconds of runs that the papers' results store, and an estimate for other numbers of steps."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tfgans.recipes.base import Recipe


@dataclasses.dataclass(frozen=True)
class Measured:
    """The duration of stored runs of a recipe's default preset, from its start to its scores.

    Attributes:
        seconds: Median over the seeds.
        steps: Length of these runs.
        item: The item that stores them, `PAPER/ITEM`.
        row: Fields of their row.
        cores: CPU cores of a run.
    """

    seconds: float
    steps: int
    item: str
    row: Mapping[str, Any]
    cores: int = 1


def _logan(form: str, objective: str, penalty: str, **other: Any) -> dict[str, Any]:
    return {"form": form, "objective": objective, "penalty": penalty, **other}


_NONE = ("v", "none")
_LOL1, _LOL2 = ("lol1", "pairwise"), ("lol2", "pairwise")

# A test compares these numbers with the stored results.
MEASURED = {
    "avae/mnist": Measured(116.5, 1_500, "avae/table1", {"row": "VAE + BEGAN* + LSM"}),
    "avae/portraits": Measured(
        2_187.2, 6_000, "avae/table1_portraits", {"data": "portraits", "row": "VAE + BEGAN* + LSM, eta 1"}
    ),
    "began/grid25": Measured(55.6, 15_000, "began_cs/fig7", {"system": "began"}),
    "began/mnist": Measured(95.5, 2_000, "began_cs/fig2_4_5_6", {"system": "began", "fraction": 1.0}),
    "began_cs/grid25": Measured(54.6, 15_000, "began_cs/fig7", {"system": "began_cs"}),
    "began_cs/mnist": Measured(96.2, 2_000, "began_cs/fig2_4_5_6", {"system": "began_cs", "fraction": 1.0}),
    "bigan/grid25": Measured(164.2, 20_000, "logan/fig3", _logan("bigan", *_NONE, world="grid25")),
    "bigan/portraits": Measured(1_749.7, 8_000, "logan/portraits", _logan("bigan", *_LOL1, data="portraits")),
    "bigan/ring8": Measured(51.7, 6_000, "logan/fig3", _logan("bigan", *_NONE, world="ring8")),
    "cgan/digits": Measured(147.7, 5_000, "cwgan/learning_rates", {"system": "cgan", "learning_rate": 1e-3}),
    "cgan/mnist": Measured(160.3, 3_500, "cwgan/fig3", {"system": "cgan"}, cores=2),
    "cgan/sprites": Measured(174.6, 4_500, "cwgan/fig4_6", {"system": "cgan", "train_split": "holed"}, cores=2),
    "cvae_gan/flowers17": Measured(198.6, 4_000, "xgan/fig4_5", {"system": "cvae_gan"}),
    "cvae_gan/mnist": Measured(208.9, 4_000, "xgan/table1_2_3", {"row": "CVAE-GAN"}),
    "cwgan/avatars": Measured(2_737.6, 6_000, "cwgan/avatars", {"system": "cwgan"}),
    "cwgan/digits": Measured(268.3, 2_000, "cwgan/penalty", {"penalty": "interpolated"}),
    "cwgan/mnist": Measured(159.9, 700, "cwgan/fig3", {"system": "cwgan"}, cores=2),
    "cwgan/sprites": Measured(155.7, 1_500, "cwgan/fig4_6", {"system": "cwgan", "train_split": "train"}, cores=2),
    "gan/grid25": Measured(54.6, 10_000, "logan/fig3", _logan("gan", *_NONE, world="grid25")),
    "gan/ring8": Measured(35.2, 6_000, "logan/fig3", _logan("gan", *_NONE, world="ring8")),
    "logan/digits": Measured(30.1, 1_200, "logan/penalty", _logan("bigan", *_LOL2, data="digits")),
    "logan/grid25": Measured(363.5, 40_000, "beyond/toy_worlds", {"data": "grid25", "system": "LOGAN lol1"}),
    "logan/ring8": Measured(170.9, 18_000, "beyond/toy_worlds", {"data": "ring8", "system": "LOGAN lol1"}),
    "md_gan/flowers17": Measured(151.8, 4_000, "xgan/fig4_5", {"system": "md_gan"}),
    "md_gan/mnist": Measured(155.9, 4_000, "xgan/table1_2_3", {"row": "MD-GAN"}),
    "pacgan/grid25": Measured(427.3, 40_000, "beyond/toy_worlds", {"data": "grid25", "system": "PacGAN2"}),
    "pacgan/ring8": Measured(146.9, 18_000, "beyond/toy_worlds", {"data": "ring8", "system": "PacGAN2"}),
    "rpgan/grid25": Measured(572.5, 40_000, "beyond/toy_worlds", {"data": "grid25", "system": "RpGAN + R1 + R2"}),
    "rpgan/ring8": Measured(277.7, 18_000, "beyond/toy_worlds", {"data": "ring8", "system": "RpGAN + R1 + R2"}),
    "vae/mnist": Measured(42.4, 1_500, "avae/table1", {"row": "VAE"}),
    "veegan/grid25": Measured(57.3, 15_000, "began_cs/fig7", {"system": "veegan"}),
    "xgan/avatars": Measured(981.2, 6_000, "xgan/table1_2_3_avatars", {"row": "X-GAN"}),
    "xgan/flowers17": Measured(149.7, 2_000, "xgan/fig4_5", {"system": "xgan"}),
    "xgan/mnist": Measured(192.1, 2_000, "xgan/table1_2_3", {"row": "X-GAN"}),
}
"""Measurements by the name of the recipe."""


def minutes(recipe: Recipe) -> float | None:
    """Estimates the minutes of a run with the default preset of a recipe on two CPU cores; None if none was measured.

    Most of the stored runs had one core each, so that two take less.

    Args:
        recipe: The recipe.
    """
    measured = MEASURED.get(recipe.name)
    return None if measured is None else measured.seconds * recipe.steps / measured.steps / 60
