"""The tables and figures of the adversarial VAE."""

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from papers.frame import Item, Measured, Trial
from papers.runs import SAMPLE_SEED, evenness, measured, scored, shown_images, splits, train
from papers.styles import arithmetic, vector_grid
from tfgans._files import read_lines

if TYPE_CHECKING:
    from tfgans import AdversarialModel
    from tfgans.evaluation import Extractor
    from tfgans.training import Result

_STEPS = 1_500
# A field without a value has AVAE's.
_PID = ("proportional", "derivative")
_ROWS = {
    "BEGAN": ("began", ()),
    "BEGAN*": ("began", _PID),
    "BEGAN* + LSM": ("began", (*_PID, "similarity_weight")),
    "VAE + BEGAN* + LSM": ("avae", ()),
    "VAE + BEGAN* + LSM, Eq. 11 as printed": ("avae", ("error_sign=literal",)),
    # With this eta, samples and reconstructions may both have the errors of real images.
    "VAE + BEGAN* + LSM, eta 1 + alpha": ("avae", ("ratio=1.3",)),
    "VAE": ("vae", ()),
}
# eta is .5 in the paper. At 1 samples may have the errors of real images.
_LONGER_ROWS = {
    "BEGAN": ("began", ("ratio=0.5",)),
    "BEGAN* + LSM": ("began", ("ratio=0.5", *_PID, "similarity_weight")),
    "VAE + BEGAN* + LSM": ("avae", ("ratio=0.5",)),
    "VAE + BEGAN* + LSM, eta 1": ("avae", ("ratio=1.0",)),
    "VAE + BEGAN* + LSM, Eq. 11 as printed": ("avae", ("ratio=0.5", "error_sign=literal")),
    "VAE": ("vae", ()),
}
_TESTED = 1_000
_PAIRS, _PATH_STEPS = 32, 11


def _train(trial: Trial, system: str, data: str, *changes: str) -> "Result":
    """Trains a recipe as AVAE's of the same data and scale is trained, with changes."""
    from tfgans import recipes

    ours = recipes.get(f"avae/{data}", trial.scale)
    fields = {"steps": _STEPS if trial.scale == "small" else ours.steps}
    if system == "began":
        rates = dict.fromkeys(("discriminator_learning_rate", "generator_learning_rate"), ours.learning_rate)
        fields |= {"norm": "l1_mean", "batch_size": ours.batch_size, **rates}
    shared = [f"{name}={value}" for name, value in fields.items()]
    changed = [change if "=" in change else f"{change}={getattr(ours, change)}" for change in changes]
    return train(trial, f"{system}/{data}", *shared, *changed)


def table1(trial: Trial) -> Measured:
    """Measures score, Frechet distance, evenness of paths (Figs. 6, 7), active units and errors (Fig. 4)."""
    system, changes = _ROWS[trial.setting["row"]]
    result = _train(trial, system, "mnist", *changes)
    return _measured(trial, result.model, scored(result), _extractor(trial, "mnist"))


def longer(trial: Trial) -> Measured:
    """Measures the same on CIFAR-10 or on faces, which are compared by the features of a classifier of CIFAR-10."""
    from tfgans import training

    system, changes = _LONGER_ROWS[trial.setting["row"]]
    images = trial.setting["data"]
    result = _train(trial, system, images, *changes)
    extractor = _extractor(trial, "cifar10")
    if images == "cifar10":
        return _measured(trial, result.model, scored(result), extractor)
    known, test = splits(trial)
    samples = 100 if trial.smoke else len(known)
    scorer = training.Scorer(known, test, extractor, samples, progress=False)
    return _measured(trial, result.model, measured(scorer.model(result.model, ["frechet", "prdc"])), extractor)


def _extractor(trial: Trial, name: str) -> "Extractor":
    """A classifier of a data set."""
    from tfgans import data, evaluation

    sets = data.load_splits(name, ("train", "test"), **trial.source)
    return evaluation.extractor("classifier", *sets)


def _measured(trial: Trial, model: "AdversarialModel", scores: Measured, extractor: "Extractor") -> Measured:
    """Adds the evenness of paths in an extractor's features, active units and errors to scores."""
    from tfgans import latent

    _, test_set = splits(trial)
    test = test_set.first(min(len(test_set), 50 if trial.smoke else _TESTED)).unit_images
    count = len(test)
    protocol = {"images": count, "data": f"{test_set.name} test", "samples_seed": SAMPLE_SEED}
    paths = _paths(model, test[: 2 * _PAIRS], extractor)
    values = {}
    if "active_units" in model.log_names:
        values["active_units"] = float(latent.active_units(model.encode(test)))
    if "examine" in model.faces():
        samples = model.sample(count, seed=SAMPLE_SEED)
        for name, images in (("real", test), ("generated", samples)):
            values[f"{name}_error"] = float(model.discriminate(images).mean())
    of_paths = {**protocol, "paths": _PAIRS, "path_steps": _PATH_STEPS}
    protocols = {**scores.protocol, **dict.fromkeys(values, protocol), **dict.fromkeys(paths, of_paths)}
    return Measured({**scores.values, **values, **paths}, protocols)


def _paths(model: "AdversarialModel", images: np.ndarray, extractor: "Extractor") -> dict[str, float]:
    """Evenness of paths between pairs of images, in the features of an extractor."""
    from tfgans import evaluation, latent

    weights, ratios = np.linspace(0, 1, _PATH_STEPS, dtype=np.float32), []
    for first, second in zip(images[::2], images[1::2], strict=True):
        ends = (np.repeat(image[np.newaxis], _PATH_STEPS, axis=0) for image in (first, second))
        ratios.append(latent.unevenness(extractor(evaluation.to_bytes(model.interpolate(*ends, weights)))["features"]))
    return evenness(ratios)


def table1_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples, the discriminator's reconstructions of generated and real images, and paths (Figs. 2, 4, 6, 7)."""
    from tfgans import plots, training

    for trial in trials:
        rows = list(_LONGER_ROWS if "data" in trial.setting else _ROWS)
        images = f"{trial.setting['data']}_" if "data" in trial.setting else ""
        model, test = training.load(trial.workdir), shown_images(trial, 16)
        samples, name = model.sample(16, seed=0), f"{images}row{rows.index(trial.setting['row'])}"
        plots.image_grid(model.sample(100, seed=0), 10, folder / f"fig2_{name}.png", title=trial.setting["row"])
        if "examine" in model.faces():
            shown = [samples, model.examine(samples), test, model.examine(test)]
            names = ["generated", "r", "real", "r"]
            plots.image_grid(np.concatenate(shown), 16, folder / f"fig4_{name}.png", row_names=names)
        plots.interpolation_grid(model.interpolate, test[:12], folder / f"fig6_7_{name}.png")


def controller(trial: Trial) -> Measured:
    """Measures how a controller settles on a plant, and how it moves in training.

    The plant answers k as a slow auto-encoder would: L(G(z)) = .2 + .6 k after a lag of 50 steps, and L(x) = 1. It is
    at its set point if k = 1/2. `settled` is the first step after which the error stays within .02 of 0, and
    `overshoot` is the largest excess of k over 1/2.
    """
    from tfgans import training

    gains = [f"{name}={trial.setting[name]}" for name in ("integral", "proportional", "derivative")]
    _train(trial, "avae", "digits", *gains)
    errors, ks = plant(tuple(trial.setting[name] for name in ("integral", "proportional", "derivative")))
    outside = np.flatnonzero(np.abs(errors) > 0.02)
    values = {"settled": float(outside[-1] + 1 if len(outside) else 0), "overshoot": float(max(ks.max() - 0.5, 0))}
    lines = read_lines(training.RunFolder(trial.workdir).metrics_file)
    last = lines[len(lines) // 2 :]
    values |= {f"training_{name}": float(np.mean([line[name] for line in last])) for name in ("k", "convergence")}
    values["training_error_spread"] = float(np.std([line["error"] for line in last]))
    return Measured(values, {"plant_steps": len(ks), "lines": len(last)})


def controller_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws k on the plant, and k, e and M in training."""
    from tfgans import plots, training

    curves: dict[str, dict[str, tuple[Sequence[float], Sequence[float]]]] = {
        name: {} for name in ("plant_k", "k", "error", "convergence")
    }
    for trial in trials:
        gains = tuple(trial.setting[name] for name in ("integral", "proportional", "derivative"))
        name, (_, ks) = " ".join(f"{gain:g}" for gain in gains), plant(gains)
        curves["plant_k"][name] = (np.arange(len(ks)), ks)
        lines = read_lines(training.RunFolder(trial.workdir).metrics_file)
        for key in ("k", "error", "convergence"):
            curves[key][name] = ([line["step"] for line in lines], [line[key] for line in lines])
    for name, of_runs in curves.items():
        plots.compared_curves(of_runs, name, folder / f"controller_{name}.png")


def plant(gains: tuple[float, float, float], steps: int = 5_000) -> tuple[np.ndarray, np.ndarray]:
    """Simulates a controller on a first-order plant; returns its errors [steps] and k [steps]."""
    from tfgans.equilibrium import Equilibrium

    controller, generated, errors, ks = Equilibrium(0.5, *gains), 0.2, [], []
    for _ in range(steps):
        state = controller.update(1.0, generated)
        errors.append(float(state["error"]))
        ks.append(float(state["k"]))
        generated += (0.2 + 0.6 * ks[-1] - generated) / 50
    return np.array(errors), np.array(ks)


def attributes(trial: Trial) -> Measured:
    """Measures the effect of vectors of attributes that are added to codes of real images (Fig. 8)."""
    model = _train(trial, trial.setting["system"], "digits", "data=sprites", "image_shape=(32, 32, 1)").model
    return arithmetic(model, "sprites")


def avatars(trial: Trial) -> Measured:
    """Measures the same on drawn faces."""
    return arithmetic(_train(trial, trial.setting["system"], "avatars").model, "avatars")


def attribute_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws images whose codes have vectors of attributes added."""
    from tfgans import training

    for trial in trials:
        images, system = trial.setting.get("data", "sprites"), trial.setting["system"]
        name = "fig8" if images == "sprites" else f"fig8_{images}"
        vector_grid(training.load(trial.workdir), images, folder / f"{name}_{system}.png")


def divergences(trial: Trial) -> Measured:
    """Measures the effect of the divergence's divisor on codes and reconstructions."""
    from tfgans import data, latent

    setting = trial.setting
    model = _train(trial, setting["system"], "digits", f"kl_reduction={setting['kl_reduction']}").model
    test = data.load_split("digits", "test").unit_images
    median = np.median(data.load_split("digits", "train").unit_images, axis=0)
    values = {
        "active_units": float(latent.active_units(model.encode(test))),
        "reconstruction_error": float(np.abs(test - model.reconstruct(test)).mean()),
        "error_of_the_median_image": float(np.abs(test - median).mean()),
    }
    return Measured(values, {"data": "digits test", "images": len(test), "latent_size": model.prior.size})


ITEMS = (
    Item(
        "avae",
        "table1",
        tuple({"row": row} for row in _ROWS),
        table1,
        table1_figures,
    ),
    *(
        Item(
            "avae",
            f"table1_{images}",
            tuple({"data": images, "row": row} for row in _LONGER_ROWS),
            longer,
            table1_figures,
            scales=scales,
        )
        for images, scales in (("portraits", ("hour",)), ("cifar10", ("hour", "paper")))
    ),
    Item(
        "avae",
        "fig8_avatars",
        tuple({"data": "avatars", "system": system} for system in ("avae", "vae")),
        avatars,
        attribute_figures,
        scales=("hour",),
    ),
    Item(
        "avae",
        "controller",
        (
            {"integral": 1e-3, "proportional": 0.0, "derivative": 0.0},
            {"integral": 1e-3, "proportional": 1e-5, "derivative": 1e-5},
            {"integral": 1e-2, "proportional": 0.0, "derivative": 0.0},
            {"integral": 1e-2, "proportional": 1e-4, "derivative": 0.0},
            {"integral": 1e-2, "proportional": 1e-4, "derivative": 1e-4},
            {"integral": 1e-2, "proportional": 1e-1, "derivative": 0.0},
            {"integral": 1e-2, "proportional": 1e-1, "derivative": 1e-1},
            # An integral that oscillates alone.
            {"integral": 1e-1, "proportional": 0.0, "derivative": 0.0},
            {"integral": 1e-1, "proportional": 5.0, "derivative": 0.0},
            {"integral": 1e-1, "proportional": 5.0, "derivative": 5.0},
        ),
        controller,
        controller_figures,
    ),
    Item(
        "avae",
        "fig8",
        ({"system": "avae"}, {"system": "vae"}),
        attributes,
        attribute_figures,
    ),
    Item(
        "avae",
        "kl",
        tuple(
            {"system": system, "kl_reduction": reduction}
            for system in ("avae", "vae")
            for reduction in ("per_pixel", "mean", "sum")
        ),
        divergences,
    ),
)
