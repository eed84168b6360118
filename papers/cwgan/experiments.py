"""The figures of cWGAN, with numbers; the paper has none."""

import functools
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from papers.frame import Item, Measured, Trial
from papers.runs import SAMPLE_SEED, evenness, scored, splits, train
from tfgans._errors import NonFiniteError

if TYPE_CHECKING:
    from tfgans import AdversarialModel
    from tfgans.metrics import Judge
    from tfgans.training import Result

_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
_SYSTEMS = ("cwgan", "cgan")

# Steps at the small scale: at most three minutes a run on two cores.
NARROW_MNIST = ("train_split=train[:20000]", "generator_widths=(64, 32, 16)", "discriminator_widths=(8, 16, 32, 64)")
MNIST_STEPS = {"cwgan": 700, "cgan": 3_500}
_SPRITES_STEPS = {"cwgan": 1_500, "cgan": 4_500}
_STABILITY_STEPS = {"cwgan": 1_000, "cgan": 5_000}

_FAILED_ACCURACY = 0.8
_FAILED_DIVERSITY = 0.5

_PATH_STEPS = 21


def _train(trial: Trial, data: str, steps: dict[str, int], *changes: str) -> "Result":
    """Runs `SYSTEM/data`, at the small scale for the system's number of steps."""
    system = trial.setting.get("system", "cwgan")
    if trial.scale == "small":
        changes = (*changes, f"steps={steps[system]}")
    return train(trial, f"{system}/{data}", *changes)


def fig3(trial: Trial) -> Measured:
    """Measures on MNIST whether the generator makes the digit of its label, and how diverse its digits are."""
    return scored(_train(trial, "mnist", MNIST_STEPS, *(NARROW_MNIST if trial.scale == "small" else ())))


def fig3_10(trial: Trial) -> Measured:
    """Measures the same as `fig3` after as many updates as the labels need."""
    return scored(train(trial, f"{trial.setting['system']}/{trial.setting['data']}"))


def fig3_figures(trials: Sequence[Trial], folder: pathlib.Path, name: str = "fig3") -> None:
    """Draws swap and corner grids of each row."""
    from tfgans import plots, training

    for trial in trials:
        model, names = training.load(trial.workdir), training.RunFolder(trial.workdir).label_names()
        one_hot, corners = np.eye(len(names)), [2, 7, 4, 0]
        latents = model.prior.sample_rows(np.arange(8)).numpy()
        path = folder / "_".join([name, *map(str, reversed(trial.setting.values()))])
        plots.swap_grid(model.generate, latents, one_hot, names, f"{path}_swap.png")
        titles = [names[corner] for corner in corners]
        plots.corner_grid(model.generate, latents[:4], one_hot[corners], titles, f"{path}_corners.png")


def fig4_6(trial: Trial) -> Measured:
    """Measures whether sprites show their attributes, also in combinations that training left out (the hole).

    `r2_seen` uses attributes of the test split outside the hole, and `r2_hole` attributes inside it, where size and
    brightness vary less. `real_r2` are the judge's values on real images of the same attributes. `unevenness` is
    the longest step over the mean step along an attribute, over the paths that move.
    """
    from tfgans import data, metrics

    model = _train(trial, "sprites", _SPRITES_STEPS, f"train_split={trial.setting['train_split']}").model
    train, test, hole = (data.load_split("sprites", split) for split in ("train", "test", "hole"))
    judge = metrics.kernel_ridge_judge(train.unit_images, train.label, test.unit_images, test.label)
    count = 20 if trial.smoke else 1_500
    outside = ~data.sprites_in_hole(test.label)
    places = {
        "seen": (test.unit_images[outside][:count], test.label[outside][:count]),
        "hole": (hole.unit_images[:count], hole.label[:count]),
    }
    values = {}
    for place, (real, labels) in places.items():
        images = model.sample(len(labels), labels=labels, seed=SAMPLE_SEED)
        for prefix, judged in ((f"r2_{place}", images), (f"real_r2_{place}", real)):
            r2 = metrics.attribute_r2(judge.predict(judged), labels)
            values |= {f"{prefix}/{name}": round(value, 6) for name, value in zip(test.label_names, r2, strict=True)}
    ratios = _unevenness_of_sweeps(model, np.full(4, 0.5), 2 if trial.smoke else 16)
    values |= evenness(ratios)
    return Measured(values, _protocol(model, judge, data="sprites", samples=count, paths=len(ratios)))


def _protocol(model: "AdversarialModel", judge: "Judge", **counts: Any) -> dict[str, Any]:
    """The protocol of attributes that a judge reads off samples, and of paths."""
    return {
        **counts,
        "seed": SAMPLE_SEED,
        "extractor": judge.name,
        "extractor_hash": judge.fingerprint,
        "path_steps": _PATH_STEPS,
        "averaged": model.use_average,
        "step": int(model.step.numpy()),
    }


def _unevenness_of_sweeps(model: "AdversarialModel", base: np.ndarray, count: int) -> list[float]:
    """Unevenness of the paths from 0 to 1 of each attribute, beside a base [K], for some latent vectors."""
    from tfgans import latent

    ratios = []
    for attribute in range(len(base)):
        conditions = np.tile(base, (_PATH_STEPS, 1))
        conditions[:, attribute] = np.linspace(0, 1, _PATH_STEPS)
        for seed in range(count):
            latents = np.repeat(model.prior.sample_rows([seed]).numpy(), _PATH_STEPS, axis=0)
            ratios.append(latent.unevenness(model.generate(latents, conditions)))
    return ratios


def fig4_6_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws swap, sweep and two-attribute grids of each row."""
    from tfgans import data, plots, training

    names = data.SPRITE_ATTRIBUTES
    low_and_high = 0.5 + 0.5 * np.concatenate([-np.eye(4), np.eye(4)])[[0, 4, 1, 5, 2, 6, 3, 7]]
    labels = [f"{sign}{name[:5]}" for name in names for sign in "-+"]
    values = np.linspace(0, 1, 7)
    for trial in trials:
        model = training.load(trial.workdir)
        latents = model.prior.sample_rows(np.arange(6)).numpy()
        name = f"fig4_6_{trial.setting['system']}_{trial.setting['train_split']}"
        middle = np.full(4, 0.5)
        plots.swap_grid(model.generate, latents, low_and_high, labels, folder / f"{name}_swap.png")
        plots.sweep_grid(model.generate, latents, middle, 2, values, names[2], folder / f"{name}_sweep.png")
        both = (names[0], names[3])
        plots.plane_grid(model.generate, latents[0], middle, (0, 3), values, both, folder / f"{name}_plane.png")


def avatars(trial: Trial) -> Measured:
    """Measures whether drawn faces show their attributes, and whether they change evenly along one (Figs. 4 to 6).

    `r2` is the judge's on samples with the attributes of test faces, `real_r2` on these faces.
    """
    from tfgans import metrics

    model = train(trial, f"{trial.setting['system']}/avatars").model
    known, test = splits(trial)
    judge = metrics.forest_judge(known.unit_images, known.label, test.unit_images, test.label)
    r2 = metrics.attribute_r2(judge.predict(model.sample(len(test), labels=test.label, seed=SAMPLE_SEED)), test.label)
    values = {}
    for prefix, of_attributes in (("r2", r2), ("real_r2", judge.test_score)):
        values |= {f"{prefix}/{name}": value for name, value in zip(test.label_names, of_attributes, strict=True)}
    ratios = _unevenness_of_sweeps(model, _face(test.label_names), 2 if trial.smoke else 16)
    protocol = _protocol(model, judge, data="avatars test", samples=len(test), paths=len(ratios))
    return Measured(values | evenness(ratios), protocol)


def _face(names: Sequence[str]) -> np.ndarray:
    """Attributes of a face with nothing on it, and skin of a middle tone."""
    return np.array([0.5 if name == "skin" else 0.0 for name in names])


def avatar_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws swaps of the attributes, the path to glasses, and glasses beside tones of skin."""
    from tfgans import plots, training

    values = np.linspace(0, 1, 7)
    for trial in trials:
        model, names = training.load(trial.workdir), training.RunFolder(trial.workdir).label_names()
        latents, base = model.prior.sample_rows(np.arange(6)).numpy(), _face(names)
        glasses, skin = names.index("glasses"), names.index("skin")
        swapped = [base, *(np.where(np.arange(len(names)) == place, 1.0, base) for place in range(len(names)))]
        name = folder / f"fig4_6_avatars_{trial.setting['system']}"
        plots.swap_grid(model.generate, latents, np.stack(swapped), ["none", *names], f"{name}_swap.png")
        plots.sweep_grid(model.generate, latents, base, glasses, values, "glasses", f"{name}_sweep.png")
        axes = ("glasses", "skin")
        plots.plane_grid(model.generate, latents[0], base, (glasses, skin), values, axes, f"{name}_plane.png")


def learning_rates(trial: Trial) -> Measured:
    """Measures how often training fails, over learning rates.

    A run has failed if a loss is NaN or Inf, if label accuracy is below .8, or if the distance inside a class is below
    half of that of real digits.
    """
    try:
        measured = scored(_train(trial, "digits", _STABILITY_STEPS, f"learning_rate={trial.setting['learning_rate']}"))
    except NonFiniteError as error:
        return Measured({"failed": 1.0}, {"step": error.step, "names": list(error.names)})
    accurate = measured.values["label_accuracy/judge"] >= _FAILED_ACCURACY
    diverse = measured.values["intra_class_distance_share/pixels"] >= _FAILED_DIVERSITY
    return Measured({"failed": float(not (accurate and diverse)), **measured.values}, measured.protocol)


def penalty(trial: Trial) -> Measured:
    """Compares the gradient penalty of Eq. 5 with the form of the authors' code."""
    return scored(_train(trial, "digits", {"cwgan": 2_000}, f"penalty={trial.setting['penalty']}"))


ITEMS = (
    Item(
        "cwgan",
        "fig3",
        tuple({"system": system} for system in _SYSTEMS),
        fig3,
        fig3_figures,
    ),
    Item(
        "cwgan",
        "fig3_10",
        tuple({"data": data, "system": system} for data in ("mnist", "fashion_mnist") for system in _SYSTEMS),
        fig3_10,
        functools.partial(fig3_figures, name="fig3_10"),
        scales=("hour",),
    ),
    Item(
        "cwgan",
        "avatars",
        tuple({"system": system} for system in _SYSTEMS),
        avatars,
        avatar_figures,
        scales=("hour",),
    ),
    Item(
        "cwgan",
        "fig4_6",
        (
            {"system": "cwgan", "train_split": "holed"},
            {"system": "cgan", "train_split": "holed"},
            {"system": "cwgan", "train_split": "train"},
        ),
        fig4_6,
        fig4_6_figures,
    ),
    Item(
        "cwgan",
        "learning_rates",
        tuple({"system": system, "learning_rate": rate} for system in _SYSTEMS for rate in _RATES),
        learning_rates,
    ),
    Item(
        "cwgan",
        "penalty",
        ({"penalty": "interpolated"}, {"penalty": "height_axis"}),
        penalty,
    ),
)
