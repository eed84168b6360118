"""The tables and figures of X-GAN."""

import functools
import pathlib
from collections.abc import Sequence

import numpy as np

from papers.frame import Item, Measured, Setting, Trial
from papers.runs import may_show, measured, neighbour_sheet, scores_of_run, splits, train

_SAMPLES = 2_000
# Recipes of drawn faces learn one of the sets of their labels.
_DATA = {"avatars": "avatars_hair"}
_TEST_FACES = 1_000
_MOST_CLASSES = 12
# Images of each class; the estimate is far too low with few.
_OF_A_CLASS = 500

_FORMS: dict[str, tuple[str, ...]] = {
    "X-GAN": (),
    "unsupervised": ("supervision=none",),
    "KL": ("latents=normal", "supervision=concatenated"),
    "KDE": ("latents=kde",),
    "concatenated": ("supervision=concatenated",),
}
_SYSTEMS = {"MD-GAN": "md_gan", "CVAE-GAN": "cvae_gan"}


def scores(trial: Trial) -> Measured:
    """Measures D* counts, score and distance of a system, or score and distance of real images."""
    from tfgans import training

    row, images = trial.setting["row"], trial.setting.get("data", "mnist")
    names, samples = ("score", "frechet", "d_star"), 100 if trial.smoke else _SAMPLES
    if images == "avatars":
        samples = min(samples, _TEST_FACES)
    if row == "real images":
        scorer, source = training.image_scorer(
            "split:test", _DATA.get(images, images), samples=samples, progress=False, **trial.source
        )
        return measured(scorer.sources([source], names[:2]))
    train(trial, f"{_SYSTEMS.get(row, 'xgan')}/{images}", *_FORMS.get(row, ()))
    return scores_of_run(trial, names, samples)


def sheets(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples of each row, ten per class if it takes one (Fig. 4), and arrays between real images (Fig. 6)."""
    from tfgans import plots, training

    for trial in trials:
        row = trial.setting["row"]
        if row == "real images":
            continue
        test = splits(trial)[1]
        images = f"{trial.setting['data']}_" if "data" in trial.setting else ""
        model, name = training.load(trial.workdir), f"{images}{row.lower().replace('-', '_').replace(' ', '_')}"
        labels = np.repeat(np.arange(10), 10) if model.samples_by_label else None
        takes_label = "label" in model.faces()["reconstruct"].inputs
        plots.image_grid(model.sample(100, labels, seed=0), 10, folder / f"fig4_{name}.png", title=row)
        for figure, rows in (("different", [3, 2, 1, 18]), ("same", np.flatnonzero(test.label == 7)[:4])):
            corners = test.rows(np.asarray(rows))
            if takes_label and figure == "different":
                continue
            label = {"labels": int(corners.label[0])} if takes_label else {}
            morph = functools.partial(model.morph, **label)
            plots.morph_grid(morph, corners.unit_images, folder / f"fig6_{name}_{figure}.png", title=row)


def flowers(trial: Trial) -> Measured:
    """Measures distance and D* counts on flowers at 32 pixels."""
    return _compared(trial, "flowers17", "frechet", "d_star")


def few(trial: Trial) -> Measured:
    """Measures distance, D* counts and copies of training images, where there are few of them or many."""
    return _compared(trial, trial.setting["data"], "frechet", "d_star", "authenticity")


def _compared(trial: Trial, images: str, *names: str) -> Measured:
    train(trial, f"{trial.setting['system']}/{images}")
    samples = 100 if trial.smoke else _SAMPLES
    return scores_of_run(trial, names, samples)


def flower_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws samples and real images (Fig. 4), and arrays of X-GAN between train and between test images (Fig. 5)."""
    for trial in trials:
        _draw(trial, folder, "flowers")


def few_figures(trials: Sequence[Trial], folder: pathlib.Path) -> None:
    """Draws the same, and samples of X-GAN beside the training images that are nearest to them."""
    for trial in trials:
        images = trial.setting["data"]
        _draw(trial, folder, images)
        if trial.setting["system"] == "xgan" and may_show(trial):
            neighbour_sheet(trial, folder / f"neighbours_{images}.png", f"X-GAN, {images}: samples")


def _draw(trial: Trial, folder: pathlib.Path, name: str) -> None:
    """Draws samples in rows of eight, each of a class if the system takes classes; of X-GAN real images and arrays."""
    from tfgans import plots, training

    model, (train_set, test) = training.load(trial.workdir), splits(trial)
    classes = np.arange(min(len(train_set.label_names), _MOST_CLASSES))
    labels = np.repeat(classes, 8) if model.samples_by_label else None
    samples = model.sample(8 * len(classes), labels, seed=0)
    plots.image_grid(samples, 8, folder / f"fig4_{name}_{trial.setting['system']}.png")
    if trial.setting["system"] != "xgan" or not may_show(trial):
        return
    real = np.concatenate([np.flatnonzero(train_set.label == label)[:8] for label in classes])
    plots.image_grid(train_set.rows(real).unit_images, 8, folder / f"fig4_{name}_real.png")
    for split, images in (("train", train_set), ("test", test)):
        corners = images.rows(np.array([0, 1, 2, 3])).unit_images
        plots.morph_grid(model.morph, corners, folder / f"fig5_{name}_{split}.png")


def dimension(trial: Trial) -> Measured:
    """Measures the intrinsic dimension s of codes and of pixels per class, and m = 2 s (section 3.1)."""
    from tfgans import data, latent

    model = train(trial, "xgan/mnist").model
    images = data.load_split("mnist", "train", data_dir=trial.data_dir)
    classes = [np.flatnonzero(images.label == label)[:_OF_A_CLASS] for label in range(len(images.label_names))]
    some = images.rows(np.concatenate(classes))
    values = {}
    for name, points in (("codes", model.encode(some.unit_images)), ("pixels", some.unit_images)):
        for average in ("levina_bickel", "mackay_ghahramani"):
            estimates = latent.class_dimensions(points, some.label, _OF_A_CLASS, average)
            values[f"{average}/{name}"] = float(estimates.dimension.mean())
    values["neighbours"] = 2 * values["levina_bickel/codes"]
    return Measured(values, {"data": "mnist train", "images_of_a_class": _OF_A_CLASS, "k": [10, 20], "per": "class"})


def _rows(*names: str) -> tuple[Setting, ...]:
    return tuple({"row": name} for name in names)


ITEMS = (
    Item(
        "xgan",
        "table1_2_3",
        _rows("real images", "MD-GAN", "CVAE-GAN", *_FORMS),
        scores,
        sheets,
    ),
    Item(
        "xgan",
        "fig4_5",
        tuple({"system": system} for system in ("md_gan", "cvae_gan", "xgan")),
        flowers,
        flower_figures,
    ),
    Item(
        "xgan",
        "table1_2_3_avatars",
        tuple({"data": "avatars", **row} for row in _rows("real images", "MD-GAN", "CVAE-GAN", *_FORMS)),
        scores,
        sheets,
        scales=("hour",),
    ),
    *(
        Item(
            "xgan",
            data,
            tuple({"data": data, "system": system} for system in ("md_gan", "cvae_gan", "xgan")),
            few,
            few_figures,
            scales=("hour",),
        )
        for data in ("flowers17", "olivetti", "fashion_mnist")
    ),
    Item(
        "xgan",
        "dimension",
        _rows("X-GAN"),
        dimension,
        scales=("small",),
    ),
)
