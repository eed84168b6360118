"""The figures of BEGAN-CS, with numbers; the paper has only images and curves."""

import functools
import itertools
import math
import pathlib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from papers.frame import Item, Measured, Trial
from papers.runs import SAMPLE_SEED, scored, shown_images, splits, train
from papers.styles import arithmetic, vector_grid
from tfgans._files import read_lines

if TYPE_CHECKING:
    from tfgans import AdversarialModel

_PAIR = ("began", "began_cs")

_SCORINGS = 10
_IMAGE_STEPS = 2_000
_SEARCH_STEPS = (100, 1_000, 10_000)
_SEARCHED = 64
# A step of a search takes as long as some of the training at 32 pixels.
_SHORT_SEARCH_STEPS, _SHORT_SEARCHED = (100, 1_000), 16
_POINTS, _COLUMNS = 2_500, 4

_FALLING = "0.8 to 0.3"
_KS = {
    **{str(k): (f"k_start={k}", f"k_end={k}") for k in (0.05, 0.2, 0.5, 0.8)},
    "0.8 to 0.6": ("k_start=0.8", "k_end=0.6"),
    _FALLING: ("k_start=0.8", "k_end=0.3"),
    "gamma 25, at most 0.8": ("k_start=0.0", "k_end=None", "k_limit=0.8", "ratio=25.0", "integral=0.01"),
}

_SPRITE_SHAPE = (32, 32, 1)
_TRAVERSED = 8
_PAPER_VALUES = np.arange(-5.0, 6.0)
_PRIOR_VALUES = np.linspace(-1.0, 1.0, 11)


def toy(trial: Trial) -> Measured:
    """Counts modes of 25 Gaussians (Fig. 7); ALI is the vanilla BiGAN, with the layers of the others."""
    from tfgans import recipes

    system = trial.setting["system"]
    if system != "ali":
        return scored(train(trial, f"{system}/grid25"))
    ours = recipes.get("began_cs/grid25", trial.scale)
    same = ("widths", "latent_size", "batch_size", "steps")
    return scored(train(trial, "bigan/grid25", *(f"{name}={getattr(ours, name)}" for name in same)))


def toy_k(trial: Trial) -> Measured:
    """Counts modes of 25 Gaussians where k is held, falls on a line, or is controlled up to a limit."""
    return scored(train(trial, f"{trial.setting['system']}/grid25", *_KS[trial.setting["k"]]))


def toy_figure(trials: Sequence[Trial], folder: pathlib.Path, name: str = "fig7") -> None:
    """Draws samples of each row over the centres (Fig. 7)."""
    from tfgans import data, plots, training

    world = data.toy_world("grid25")
    columns = min(len(trials), _COLUMNS)
    rows = math.ceil(len(trials) / columns)
    figure = plots.new_figure((3.2 * columns, 3.4 * rows))
    for place, trial in enumerate(trials, start=1):
        panel = figure.add_subplot(rows, columns, place)
        points = training.load(trial.workdir).sample(_POINTS, seed=SAMPLE_SEED)
        plots.draw_points(panel, points, world.centers / world.scale)
        panel.set_title(", k: ".join(trial.setting.values()))
    plots.save_figure(figure, folder / f"{name}.png")


def sweep(trial: Trial) -> Measured:
    """Counts modes of 25 Gaussians in one of many settings."""
    names = ("ratio", "norm", "constraint_weight", "latent_size", "discriminator_learning_rate")
    changes = [f"{name}={trial.setting[name]}" for name in (*names, "generator_learning_rate")]
    return scored(train(trial, "began_cs/grid25", *changes, f"steps={_SWEEP_STEPS}"))


def worst_after_best(distances: Sequence[float]) -> float:
    """Returns the largest distance from the smallest one on, divided by it: 1 if training lost nothing again."""
    best = min(distances)
    return max(distances[distances.index(best) :]) / best


def curves(trial: Trial) -> Measured:
    """Measures Frechet distance over training, variances of codes, k and its drops (Figs. 2, 4, 5 and 6).

    Variances grow from the first grid of the run to the last one. A distance that is best at the first scoring is that
    of a young generator, and what rises after it is no collapse. A code that says nothing has a `constraint` of .5,
    the mean distance of a uniform z from 0, if its distance is `l1_mean`.
    """
    from tfgans import recipes, training

    setting = trial.setting
    name = f"{setting['system']}/{setting['data']}"
    recipe = recipes.get(name, trial.scale)
    steps = _IMAGE_STEPS if trial.scale == "small" else recipe.steps
    # Scores are taken where metrics are logged.
    every = 1 if trial.smoke else max(1, steps // _SCORINGS // recipe.log_every) * recipe.log_every
    fraction = setting.get("fraction", 1.0)
    changes = [f"train_fraction={fraction}", f"score_every={every}", "score_metrics=('frechet',)", f"steps={steps}"]
    measured = scored(train(trial, name, *changes))
    folder = training.RunFolder(trial.workdir)
    distance = _distance(trial)
    distances = {line["step"]: line[distance] for line in read_lines(folder.curve_file)}
    lines, variances = read_lines(folder.metrics_file), read_lines(folder.codes / "variances.jsonl")
    first, last = variances[0], variances[-1]
    values = {
        **measured.values,
        "best_frechet": min(distances.values()),
        "best_step": float(min(distances, key=lambda step: distances[step])),
        "worst_after_best": worst_after_best(list(distances.values())),
        "drops_of_k": float(drops_of_k(lines)),
        **{name: lines[-1][name] for name in ("k", "constraint") if name in lines[-1]},
        "code_variance_real": last["real"],
        "code_variance_generated": last["generated"],
        "growth_of_variance_real": last["real"] / first["real"],
        "growth_of_variance_generated": last["generated"] / first["generated"],
    }
    return Measured(values, {**measured.protocol, "scorings": len(distances)})


def _distance(trial: Trial) -> str:
    """Name of the distance in the curve of a run."""
    from tfgans import training

    return f"frechet/{training.RunFolder(trial.workdir).recipe().score_extractor}"


def drops_of_k(lines: Sequence[Mapping[str, float]]) -> int:
    """Counts how often k begins to lie low, as section 4.2 says that it does before modes are lost.

    The paper gives no numbers. Here k lies low if it is below half of its highest value within the last thousand steps,
    and that one was above .02, since a young controller moves near 0. A line has the mean k of some steps, so that the
    count does not depend on where a run was resumed.
    """
    is_low = []
    for line in lines:
        highest = max(other["k"] for other in lines if line["step"] - 1_000 <= other["step"] <= line["step"])
        is_low.append(highest > 0.02 and line["k"] < highest / 2)
    return sum(now and not before for before, now in itertools.pairwise([False, *is_low]))


def curve_figures(trials: Sequence[Trial], folder: pathlib.Path, prefix: str = "") -> None:
    """Draws Frechet distance, k and variance of codes over training; copies codes and samples of the end."""
    import shutil

    from tfgans import plots, training

    curves: dict[str, dict[str, tuple[list[int], list[float]]]] = {"fig5_6": {}, "fig4_k": {}, "fig2_variances": {}}
    for trial in trials:
        name = f"{trial.setting['system']} {trial.setting.get('fraction', '')}".strip()
        run = training.RunFolder(trial.workdir)
        variances = run.codes / "variances.jsonl"
        shown = (
            ("fig5_6", name, run.curve_file, _distance(trial)),
            ("fig4_k", name, run.metrics_file, "k"),
            *(("fig2_variances", f"{name}, {codes}", variances, codes) for codes in ("real", "generated")),
        )
        for figure, label, file, key in shown:
            lines = read_lines(file)
            curves[figure][label] = ([line["step"] for line in lines], [line[key] for line in lines])
        for figure, pictures in (("fig2", run.codes), ("fig4_samples", run.grids)):
            last = training.newest_picture(pictures)
            shutil.copyfile(last, folder / f"{prefix}{figure}_{name.replace(' ', '_')}.png")
    titles = {"fig5_6": _distance(trials[0]), "fig4_k": "k", "fig2_variances": "variance of codes"}
    for figure, runs in curves.items():
        plots.compared_curves(runs, titles[figure], folder / f"{prefix}{figure}.png")


def portraits(trial: Trial) -> Measured:
    """Measures curves as `curves` does, and errors and times of one shot and of a search as `inversion` does."""
    of_curves, of_search = curves(trial), _inverted(trial)
    protocols = {**of_curves.protocol, **dict.fromkeys(of_search.values, of_search.protocol)}
    return Measured({**of_curves.values, **of_search.values}, protocols)


def portrait_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws curves and samples, reconstructions and searches, and traversals of the code of a portrait."""
    curve_figures(trials, folder, "portraits_")
    inversion_figures(trials, folder, "portraits_")
    for trial in trials:
        _traversals(trial, shown_images(trial, 1), folder, "portraits_")


def inversion(trial: Trial) -> Measured:
    """Measures errors ||G(z) - x|| and times of one shot, z = Enc(x), and of a search (Figs. 8, 11 and 12).

    A search starts at random or at Enc(x). Errors are means over test images, and seconds are for all of them.
    """
    _trained(trial, "digits")
    return _inverted(trial)


def _inverted(trial: Trial) -> Measured:
    from tfgans import latent, training

    model, (marks, count) = training.load(trial.workdir), _search(trial)
    test = splits(trial)[1]
    images = test.first(count).unit_images
    codes, values = model.encode(images), {}
    model.reconstruct(images)
    began = time.monotonic()
    reconstructed = model.reconstruct(images)
    values["one_shot_seconds"] = time.monotonic() - began
    values["one_shot_error"] = _error(images, reconstructed)
    random = _random_starts(model, len(images))
    values["code_error"] = _error(random, model.encode(model.unclipped_graph(random).numpy()))
    for start, latents in (("random", random), ("code", codes)):
        search = latent.search_latent(model.unclipped_graph, images, latents, marks)
        for mark, found, seconds in zip(marks, search.latents, search.seconds, strict=True):
            error = _error(images, model.generate(found))
            values |= {f"{start}_{mark}_error": error, f"{start}_{mark}_seconds": float(seconds)}
    return Measured(values, {"data": f"{test.name} test", "images": len(images), "seed": SAMPLE_SEED})


def inversion_figures(trials: Sequence[Trial], folder: pathlib.Path, prefix: str = "") -> None:
    """Draws test images, their one-shot reconstructions, and the images of a search from random starts."""
    from tfgans import latent, plots, training

    images, (marks, _) = shown_images(trials[0], 8), _search(trials[0])
    for trial in trials:
        model, name = training.load(trial.workdir), trial.setting["system"]
        search = latent.search_latent(model.unclipped_graph, images, _random_starts(model, len(images)), marks)
        rows = [images, model.reconstruct(images), *map(model.generate, search.latents)]
        names = ["x", "G(Enc(x))", *(f"{mark:,} steps" for mark in marks)]
        plots.image_grid(
            np.concatenate(rows), len(images), folder / f"{prefix}fig8_11_12_{name}.png", row_names=names, title=name
        )


def _search(trial: Trial) -> tuple[tuple[int, ...], int]:
    """Steps after which a search is measured, and the number of images."""
    if trial.smoke:
        return (1, 2), _SHORT_SEARCHED
    return (_SHORT_SEARCH_STEPS, _SHORT_SEARCHED) if trial.scale == "hour" else (_SEARCH_STEPS, _SEARCHED)


def _random_starts(model: "AdversarialModel", count: int) -> np.ndarray:
    return model.prior.sample_rows(SAMPLE_SEED + np.arange(count)).numpy()


def _error(first: np.ndarray, second: np.ndarray) -> float:
    """Mean Euclidean distance of rows."""
    return float(np.linalg.norm((first - second).reshape(len(first), -1), axis=1).mean())


def _trained(trial: Trial, data: str, *changes: str) -> "AdversarialModel":
    steps = (f"steps={_IMAGE_STEPS}",) if trial.scale == "small" else ()
    return train(trial, f"{trial.setting['system']}/{data}", *changes, *steps).model


def styles(trial: Trial) -> Measured:
    """Measures the effect of style vectors of attributes, and of their sums (Fig. 3)."""
    from tfgans import recipes
    from tfgans.recipes.began_cs import mean_constraint_weight

    changes = ["data=sprites", f"image_shape={_SPRITE_SHAPE}"]
    if trial.setting["system"] == "began_cs" and trial.scale == "small":
        latent_size = recipes.get("began_cs/digits", trial.scale).latent_size
        changes.append(f"constraint_weight={mean_constraint_weight(_SPRITE_SHAPE, latent_size)}")
    return arithmetic(_trained(trial, "digits", *changes), "sprites")


def avatar_styles(trial: Trial) -> Measured:
    """Measures the same on drawn faces."""
    return arithmetic(train(trial, f"{trial.setting['system']}/avatars").model, "avatars")


def style_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws style vectors and their sum (Fig. 3), traversals (Figs. 9 and 13), and two entries at once (Fig. 10)."""
    from tfgans import training

    for trial in trials:
        images = trial.setting.get("data", "sprites")
        prefix = "" if images == "sprites" else f"{images}_"
        vector_grid(training.load(trial.workdir), images, folder / f"{prefix}fig3_{trial.setting['system']}.png")
        _traversals(trial, shown_images(trial, 1), folder, prefix)


def _traversals(trial: Trial, image: np.ndarray, folder: pathlib.Path, prefix: str) -> None:
    """Draws traversals of one entry of a code (Figs. 9 and 13) and of two at once (Fig. 10), from one image."""
    from tfgans import plots, training

    model, name = training.load(trial.workdir), f"{trial.setting['system']}.png"
    dimensions = range(min(_TRAVERSED, model.prior.size))
    for figure, values in (("fig9", _PAPER_VALUES), ("fig13", _PRIOR_VALUES)):
        plots.traversal_grid(model.traverse, image[0], dimensions, values, folder / f"{prefix}{figure}_{name}")
    grid = np.repeat(model.encode(image), len(_PRIOR_VALUES) ** 2, axis=0)
    grid[:, :2] = list(itertools.product(_PRIOR_VALUES, repeat=2))
    plots.image_grid(model.generate(grid), len(_PRIOR_VALUES), folder / f"{prefix}fig10_{name}", title="z 0 and z 1")


_RATES = ((2e-4, 1e-3), (1e-3, 2e-4))
_SWEEP_STEPS = 6_000

ITEMS = (
    Item(
        "began_cs",
        "fig7",
        tuple({"system": system} for system in ("veegan", "ali", *_PAIR)),
        toy,
        toy_figure,
    ),
    Item(
        "began_cs",
        "fig7_k",
        (*({"system": "began_cs", "k": k} for k in _KS), {"system": "began", "k": _FALLING}),
        toy_k,
        functools.partial(toy_figure, name="fig7_k"),
        scales=("hour",),
    ),
    Item(
        "began_cs",
        "fig7_sweep",
        tuple(
            {
                "ratio": ratio,
                "norm": norm,
                "constraint_weight": weight,
                "latent_size": latent_size,
                "discriminator_learning_rate": discriminator_rate,
                "generator_learning_rate": generator_rate,
            }
            for ratio in (0.5, 1.5, 25.0)
            for discriminator_rate, generator_rate in _RATES
            for norm in ("l1_mean", "l2_sample")
            for weight in (0.0, 0.1, 1.0)
            for latent_size in (2, 32)
        ),
        sweep,
        scales=("small",),
    ),
    Item(
        "began_cs",
        "fig2_4_5_6",
        tuple({"system": system, "data": "mnist", "fraction": fraction} for fraction in (1.0, 0.1) for system in _PAIR),
        curves,
        curve_figures,
    ),
    Item(
        "began_cs",
        "portraits16",
        tuple(
            {"system": system, "data": "portraits16", "fraction": fraction}
            for fraction in (1.0, 0.1)
            for system in _PAIR
        ),
        curves,
        functools.partial(curve_figures, prefix="portraits16_"),
        scales=("hour",),
    ),
    Item(
        "began_cs",
        "portraits",
        tuple({"system": system, "data": "portraits"} for system in _PAIR),
        portraits,
        portrait_figures,
        scales=("hour",),
    ),
    Item(
        "began_cs",
        "avatars",
        tuple({"system": system, "data": "avatars"} for system in _PAIR),
        avatar_styles,
        style_figures,
        scales=("hour",),
    ),
    Item(
        "began_cs",
        "fig8_11_12",
        tuple({"system": system} for system in _PAIR),
        inversion,
        inversion_figures,
    ),
    Item(
        "began_cs",
        "fig3_9_10_13",
        tuple({"system": system} for system in _PAIR),
        styles,
        style_figures,
    ),
)
