"""The toy worlds of LOGAN, whose figures are visual there: its claims as counts of modes."""

import pathlib
from collections.abc import Sequence

from tfgans.experiments._runs import scored, train
from tfgans.experiments.frame import Item, Measured, Setting, Trial

_WORLDS = ("ring8", "grid25")
_OBJECTIVES = ("v", "w", "lol1", "lol2")
_CRITIC_UPDATES = {"w": 5}
_EXTENT = 2.6
_POINTS = 2_000


def toy(trial: Trial) -> Measured:
    """Modes of 2,500 samples, their share of high quality and the reverse KL, after training on a toy world."""
    setting = trial.setting
    objective = setting["objective"]
    changes = [
        f"objective={objective}",
        f"penalty={setting['penalty']}",
        f"latent_size={setting['latent_size']}",
        f"n_critic={_CRITIC_UPDATES.get(objective, 1)}",
    ]
    return scored(train(trial, f"{setting['form']}/{setting['world']}", *changes))


def _settings(form: str, penalty: str, latent_size: int) -> tuple[Setting, ...]:
    """Every world and objective; the vanilla one has no penalty, as in the paper."""
    return tuple(
        {
            "world": world,
            "form": form,
            "objective": objective,
            "penalty": "none" if objective == "v" else penalty,
            "latent_size": latent_size,
        }
        for world in _WORLDS
        for objective in _OBJECTIVES
    )


def contour_figure(trials: Sequence[Trial], folder: pathlib.Path, name: str) -> None:
    """Contours of the logit with samples: a row a world and form, a column an objective (Fig. 3).

    Of a BiGAN, the logit is l(x, E(x)).
    """
    from tfgans import AutoencodingModel, data, plots, training
    from tfgans.plots._figure import new_figure, save_figure

    rows = list(dict.fromkeys((trial.setting["world"], trial.setting["form"]) for trial in trials))
    figure = new_figure((2.6 * len(_OBJECTIVES), 2.7 * len(rows)))
    axes = figure.subplots(len(rows), len(_OBJECTIVES), squeeze=False)
    for trial in trials:
        world, form, objective = (trial.setting[key] for key in ("world", "form", "objective"))
        model, here = training.load(trial.workdir), data.toy_world(world)

        def logits(points, model=model):  # noqa: ANN001, ANN202
            beside = (model.encode(points),) if isinstance(model, AutoencodingModel) else ()
            return model.discriminate(points, *beside)

        panel = axes[rows.index((world, form))][_OBJECTIVES.index(objective)]
        points, centers = model.sample(_POINTS, seed=0), here.centers / here.scale
        plots.contours(logits, points, centers, panel, extent=_EXTENT)
        panel.set(title=f"{form} {objective}", ylabel=world)
    folder.mkdir(parents=True, exist_ok=True)
    save_figure(figure, folder / f"{name}.png")


def fig3_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Fig. 3 for both forms."""
    contour_figure(trials, folder, "fig3")


ITEMS = (
    Item(
        "logan",
        "fig3",
        "Logit losses give cleaner discriminator fields and keep modes (visual).",
        (*_settings("gan", "interpolated", 2), *_settings("bigan", "pairwise", 2)),
        toy,
        fig3_figures,
    ),
    Item(
        "logan",
        "fig4",
        "BiGAN with 1-D z: v loses modes, w is unstable, logit losses with the pair-wise penalty keep almost all.",
        _settings("bigan", "pairwise", 1),
        toy,
    ),
)
