"""The tables and figures of LOGAN, with counts of modes for its visual results."""

import math
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from papers.frame import Item, Measured, Setting, Trial
from papers.runs import SAMPLE_SEED, scored, shown_images, splits, train
from tfgans._files import read_lines

if TYPE_CHECKING:
    from tfgans import GAN, BiGAN
    from tfgans.training import Result

_WORLDS = ("ring8", "grid25")
_OBJECTIVES = ("v", "w", "lol1", "lol2")
_WASSERSTEIN_UPDATES = 5

# Largest number of scorings in a run of our scales, and steps between them at the paper's scale (about an epoch).
_SCORINGS, _PAPER_SCORE_EVERY = 10, 800
# Table 2 has the best moving average over so many scorings.
_AVERAGED_SCORINGS = {"small": 3, "hour": 3, "paper": 20}
# Faces have no classes, so their scores are of pixels.
_UNLABELLED = ("portraits",)

# A joint space of three or four dimensions needs twice as many steps on the grid.
_TOY_STEPS = {
    ("gan", "ring8"): 6_000,
    ("gan", "grid25"): 10_000,
    ("bigan", "ring8"): 6_000,
    ("bigan", "grid25"): 20_000,
}
# The better of two rates, on one seed of grid25 that the results do not use.
_TOY_RATES = {("bigan", "lol2"): 5e-4}
_TOY_RATE = 1e-3
_DIGIT_STEPS = 1_200

_EXTENT = 2.6
_POINTS = 2_000
_SCATTERED = 360

_JUNCTION_SAMPLES = 2_000


def _steps(trial: Trial, steps: int) -> int:
    """Steps at our scales; the Wasserstein objective has more updates per step, and so takes fewer steps."""
    return steps * 3 // 10 if trial.setting["objective"] == "w" else steps


def _image_steps(trial: Trial, data: str) -> int:
    """Steps on images before `_steps`."""
    from tfgans import recipes

    if trial.scale == "small":
        return _DIGIT_STEPS
    return recipes.get(f"{trial.setting['form']}/{data}", trial.scale).steps


def _train(trial: Trial, data: str, steps: int, *changes: str) -> "Result":
    """Runs `FORM/data` with the trial's objective and penalty, at our scales for a number of steps."""
    from tfgans import recipes

    setting = trial.setting
    updates = _WASSERSTEIN_UPDATES if setting["objective"] == "w" else 1
    changes = (*changes, f"n_critic={updates}", *(f"{name}={setting[name]}" for name in ("objective", "penalty")))
    name = f"{setting['form']}/{data}"
    if trial.scale != "paper":
        changes = (*changes, f"steps={_steps(trial, steps)}")
    elif updates > 1:
        # The authors' code counts the updates of the discriminator.
        changes = (*changes, f"steps={recipes.get(name, trial.scale).steps // updates}")
    return train(trial, name, *changes)


def toy(trial: Trial) -> Measured:
    """Counts modes of a toy world, and measures the high-quality share and the reverse KL, on 2,500 samples."""
    world, form, latent_size = (trial.setting[name] for name in ("world", "form", "latent_size"))
    changes = (f"latent_size={latent_size}",)
    if trial.scale == "small":
        changes = (*changes, f"learning_rate={_TOY_RATES.get((form, trial.setting['objective']), _TOY_RATE)}")
    return scored(_train(trial, world, _TOY_STEPS[form, world], *changes))


def direct(trial: Trial) -> Measured:
    """Counts modes on a line for a vanilla BiGAN that models reconstructions directly (supplement 1.2)."""
    weight = f"reconstruction_weight={trial.setting['reconstruction_weight']}"
    line = ("data=line7", "image_shape=(1,)", "latent_size=1", weight)
    if trial.scale == "small":
        line = (*line, f"learning_rate={_TOY_RATE}")
    return scored(_train(trial, "ring8", _TOY_STEPS["bigan", "ring8"], *line))


def contour_figure(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws contours of the logit with samples: one row per world and form, one column per objective (Fig. 3).

    The logit of a BiGAN is l(x, E(x)).
    """
    from tfgans import data, plots, training

    rows = list(dict.fromkeys((trial.setting["world"], trial.setting["form"]) for trial in trials))
    figure = plots.new_figure((2.6 * len(_OBJECTIVES), 2.7 * len(rows)))
    for trial in trials:
        world, form, objective = (trial.setting[key] for key in ("world", "form", "objective"))
        model, here = training.load(trial.workdir), data.toy_world(world)
        place = rows.index((world, form)) * len(_OBJECTIVES) + _OBJECTIVES.index(objective) + 1
        panel = figure.add_subplot(len(rows), len(_OBJECTIVES), place)
        points, centers = model.sample(_POINTS, seed=0), here.centers / here.scale
        plots.contours(lambda x, model=model: _logits(model, x), points, centers, panel, extent=_EXTENT)
        panel.set(title=f"{form} {objective}", ylabel=world)
    plots.save_figure(figure, folder / "fig3.png")


def _logits(model: "GAN | BiGAN", points: np.ndarray) -> np.ndarray:
    """l(x) of a GAN, or l(x, E(x)) of a BiGAN."""
    return model.discriminate(points, *((model.encode(points),) if model.encoder is not None else ()))


def scatter_figure(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws (x, E(x)) and (G(z), z) in space, over the contours of l(x, E(x)) (Fig. 4)."""
    import tensorflow as tf

    from tfgans import data, plots, training

    figure = plots.new_figure((3.4 * len(_OBJECTIVES), 3.6 * len(_WORLDS)))
    for trial in trials:
        world, objective = (trial.setting[key] for key in ("world", "objective"))
        model, here = training.load(trial.workdir), data.toy_world(world)
        place = _WORLDS.index(world) * len(_OBJECTIVES) + _OBJECTIVES.index(objective) + 1
        panel = figure.add_subplot(len(_WORLDS), len(_OBJECTIVES), place, projection="3d")
        real = here.sample(_SCATTERED, (0, 0)).numpy()
        # Without a graph, a random number generator for each row takes most of the time.
        latents = tf.function(model.prior.sample_rows)(np.arange(_SCATTERED)).numpy()
        pairs = {"(x, E(x))": (real, model.encode(real)), "(G(z), z)": (model.generate(latents), latents)}
        plots.joint_scatter(pairs, lambda x, model=model: _logits(model, x), panel, extent=_EXTENT)
        panel.set_title(f"{world} {objective}")
    plots.save_figure(figure, folder / "fig4.png")


def images(trial: Trial) -> Measured:
    """Measures scores of samples at the end, and for a BiGAN the SSIM of reconstructions.

    `best_reconstruction_ssim` is the best moving average over the scorings of the run, with the window and the range of
    the authors' code (Table 2).
    """
    from tfgans import metrics

    encodes = trial.setting["form"] == "bigan"
    data = trial.setting["data"]
    of_samples = ("frechet",) if data in _UNLABELLED else ("score", "frechet")
    names = (*of_samples, *(("reconstruction_ssim_legacy",) if encodes else ()))
    changes = (f"score_every={1 if trial.smoke else score_every(trial)}", f"score_metrics={names}")
    measured = scored(_train(trial, data, _image_steps(trial, data), *changes))
    if not encodes:
        return measured
    width = _AVERAGED_SCORINGS[trial.scale]
    ssim = [line["reconstruction_ssim_legacy/pixels"] for line in _curve(trial)]
    best = float(metrics.moving_average(ssim, min(width, len(ssim))).max())
    protocol = {"scorings": len(ssim), "in_an_average": width}
    return Measured(
        {**measured.values, "best_reconstruction_ssim": best},
        {**measured.protocol, "best_reconstruction_ssim": protocol},
    )


def score_every(trial: Trial) -> int:
    """Returns the steps between two scorings, a multiple of the steps between two lines of metrics."""
    from tfgans import recipes

    if trial.scale == "paper":
        return _PAPER_SCORE_EVERY
    data = trial.setting["data"]
    line = recipes.get(f"{trial.setting['form']}/{data}", trial.scale).log_every
    return math.ceil(_steps(trial, _image_steps(trial, data)) / line / _SCORINGS) * line


def _curve(trial: Trial) -> list[dict[str, float]]:
    """The scores of a run while it trained."""
    from tfgans import training

    return read_lines(training.RunFolder(trial.workdir).curve_file)


def image_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws curves of the score (Fig. 5), samples, and a BiGAN's reconstructions and interpolations (Figs. 8, 10)."""
    from tfgans import plots, training

    curves, images = {}, trials[0].setting["data"]
    score = "frechet/pixels" if images in _UNLABELLED else "score/classifier"
    for trial in trials:
        lines = _curve(trial)
        name = f"{trial.setting['form']} {trial.setting['objective']}"
        curves[name] = ([line["step"] for line in lines], [line[score] for line in lines])
    plots.compared_curves(curves, score, folder / f"{images}_fig5.png")
    for trial in trials:
        model, form, objective = training.load(trial.workdir), trial.setting["form"], trial.setting["objective"]
        plots.image_grid(model.sample(100, seed=0), 10, folder / f"{images}_samples_{form}_{objective}.png")
        if form != "bigan":
            continue
        test = shown_images(trial, 24)
        name = f"{images}_fig8_10_{objective}"
        plots.reconstruction_grid(model.reconstruct, test, folder / f"{name}_reconstructions.png")
        plots.interpolation_grid(model.interpolate, test[:12], folder / f"{name}_interpolations.png")


def junction(trial: Trial) -> Measured:
    """Measures whether samples and reconstructions cover rare frames of a static camera, and their diversity."""
    from tfgans import metrics

    model = _train(trial, "junction", _image_steps(trial, "junction")).model
    real = splits(trial)[0]
    count = 20 if trial.smoke else _JUNCTION_SAMPLES
    made = {"": model.sample(count, seed=SAMPLE_SEED), "reconstructed_": model.reconstruct(real.unit_images)}
    values = {}
    for prefix, generated in made.items():
        recall = metrics.rare_recall(real.unit_images, generated)
        values |= {f"{prefix}{name}": round(value, 6) for name, value in recall._asdict().items()}
    protocol = {
        "data": f"{real.name} {real.split}",
        "real_images": len(real),
        "samples": count,
        "seed": SAMPLE_SEED,
        "averaged": model.use_average,
        "step": int(model.step.numpy()),
    }
    return Measured(values, protocol)


def junction_figure(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws the rarest frames, and below them the nearest sample of each objective."""
    from sklearn.metrics import pairwise_distances_argmin

    from tfgans import plots, training

    models = [training.load(trial.workdir) for trial in trials]
    real = splits(trials[0])[0].unit_images
    rarest = real[np.argsort(np.abs(real - np.median(real, axis=0)).sum(axis=(1, 2, 3)))[-8:]]
    rows = [rarest]
    for model in models:
        samples = model.sample(_JUNCTION_SAMPLES, seed=SAMPLE_SEED)
        flat = [images.reshape(len(images), -1) for images in (rarest, samples)]
        rows.append(samples[pairwise_distances_argmin(*flat, metric="manhattan")])
    names = ["frames", *(trial.setting["objective"] for trial in trials)]
    plots.image_grid(np.concatenate(rows), len(rarest), folder / "junction.png", row_names=names)


def _settings(form: str, penalty: str, objectives: Sequence[str] = _OBJECTIVES) -> tuple[Setting, ...]:
    """One row per objective; the vanilla objective has no penalty, as in the paper."""
    return tuple(
        {"form": form, "objective": objective, "penalty": "none" if objective == "v" else penalty}
        for objective in objectives
    )


def _toy_settings(form: str, penalty: str, latent_size: int) -> tuple[Setting, ...]:
    rows = _settings(form, penalty)
    return tuple({"world": world, **row, "latent_size": latent_size} for world in _WORLDS for row in rows)


_BOTH_FORMS = (*_settings("gan", "interpolated"), *_settings("bigan", "pairwise"))

ITEMS = (
    Item(
        "logan",
        "fig3",
        (*_toy_settings("gan", "interpolated", 2), *_toy_settings("bigan", "pairwise", 2)),
        toy,
        contour_figure,
    ),
    Item(
        "logan",
        "fig4",
        _toy_settings("bigan", "pairwise", 1),
        toy,
        scatter_figure,
    ),
    *(
        Item(
            "logan",
            f"table1_2_3_{data}",
            tuple({"data": data, **row} for row in _BOTH_FORMS),
            images,
            image_figures,
            scales=("hour", "paper"),
        )
        for data in ("cifar10", "mnist")
    ),
    Item(
        "logan",
        "portraits",
        tuple({"data": "portraits", **row} for row in _settings("bigan", "pairwise", ("v", "lol1", "lol2"))),
        images,
        image_figures,
        scales=("hour",),
    ),
    Item(
        "logan",
        "junction",
        _settings("bigan", "pairwise", ("v", "lol1", "lol2")),
        junction,
        junction_figure,
        scales=("hour", "paper"),
    ),
    Item(
        "logan",
        "direct",
        tuple(
            {"form": "bigan", **row, "reconstruction_weight": weight}
            for row, weights in (
                ({"objective": "v", "penalty": "none"}, (0.0, 0.1, 1.0, 10.0)),
                ({"objective": "lol1", "penalty": "pairwise"}, (0.0,)),
            )
            for weight in weights
        ),
        direct,
    ),
    Item(
        "logan",
        "penalty",
        tuple(
            {"data": "digits", **row}
            for penalty in ("pairwise", "none")
            for row in _settings("bigan", penalty, ("lol1", "lol2"))
        ),
        images,
    ),
)
