"""Scores of a run's model, and of images that other programs made."""

import dataclasses
import os
from collections.abc import Sequence

import numpy as np

from tfgans import data, evaluation
from tfgans.evaluation import NearestImages, Score
from tfgans.training.loading import load_data_of
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import load
from tfgans.training.scoring import Scorer, WorldScorer, make_scorer


def run_scorer(
    workdir: str | os.PathLike,
    extractor: str = "classifier",
    *,
    samples: int | None = None,
    sets: int = 3,
    own: data.ImageSet | None = None,
    data_dir: str | None = None,
    download: bool = False,
    batch_size: int = 256,
    progress: bool = True,
) -> Scorer | WorldScorer:
    """Makes the scorer of a run's models, which compares them with the data of the run.

    Args:
        workdir: Folder of the run.
        extractor: Name of an extractor, as in `evaluation.extractor`.
        samples: Images in a set of samples; by default the number in the run's recipe.
        sets: Number of sets of samples, over which a score has its mean and spread.
        own: The data of a run that was trained with `own`.
        data_dir: Folder of prepared data sets.
        download: Whether to download a data set that is not prepared.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.

    Returns:
        The scorer.

    Raises:
        FileNotFoundError: If the folder is not that of a run, or the data set or the extractor's weights are missing.
        ValueError: If the extractor does not fit the data.
    """
    recipe, train, test = load_data_of(workdir, own, data_dir, download)
    return make_scorer(
        train,
        test,
        extractor,
        samples or recipe.score_samples,
        sets,
        batch_size=batch_size,
        progress=progress,
        learned=train.part(recipe.train_fraction),
        flipped=recipe.flip,
    )


def nearest_training_images(
    workdir: str | os.PathLike,
    samples: np.ndarray,
    extractors: Sequence[str] | None,
    count: int,
    *,
    own: data.ImageSet | None = None,
    data_dir: str | None = None,
    download: bool = False,
) -> dict[str, NearestImages]:
    """Returns the images that are nearest to samples, of those that a run learned from.

    Args:
        workdir: Folder of the run.
        samples: [n, H, W, C], floating in [-1, 1].
        extractors: Names of the extractors by whose features images are near; None for `pixels` and, if the data have
            classes, `classifier`.
        count: Images for each sample.
        own: The data of a run that was trained with `own`.
        data_dir: Folder of prepared data sets.
        download: Whether to download a data set that is not prepared.

    Returns:
        The images [n, count, H, W, C], and how near they are, by extractor.

    Raises:
        FileNotFoundError: If the folder is not that of a run, or the data set or the extractor's weights are missing.
        ValueError: If the run has points, or an extractor does not fit its data.
    """
    recipe, *splits = load_data_of(workdir, own, data_dir, download)
    train, test = map(data.as_images, splits)
    learned = train.part(recipe.train_fraction)
    if extractors is None:
        extractors = ("pixels", *(("classifier",) if train.conditioning == "class" else ()))
    return {
        name: evaluation.nearest_images(
            samples, learned, evaluation.extractor(name, train, test), count, flipped=recipe.flip
        )
        for name in dict.fromkeys(extractors)
    }


def evaluate(
    workdir: str | os.PathLike,
    names: Sequence[str] = ("all",),
    *,
    step: int | None = None,
    averaged: bool = True,
    scorer: Scorer | WorldScorer | None = None,
) -> list[Score]:
    """Scores a run's model, and adds the scores to the run's `scores.json`.

    Args:
        workdir: Folder of the run.
        names: Scores to take, keys of `evaluation.METRICS`; `all` for those that apply.
        step: Step of the checkpoint; by default the newest.
        averaged: Whether to sample from the averaged generator, where the run has one.
        scorer: The scorer, such as `run_scorer(workdir, "pixels", samples=1_000)`; by default `run_scorer(workdir)`.

    Returns:
        The scores, as in `scores.json`.

    Raises:
        FileNotFoundError: If the folder is not that of a run, or has no such checkpoint.
        ValueError: If a score is unknown or does not apply, or a metric refuses the samples.
    """
    if not isinstance(workdir, str | os.PathLike):
        raise ValueError(
            f"evaluate takes the folder of a run; received a {type(workdir).__name__}. A model is scored by "
            "tfgans.training.make_scorer(train, test, extractor, samples).model(model, names)."
        )
    if isinstance(names, str):
        raise ValueError(f"evaluate takes a list of scores; received {names!r}, which is written [{names!r}].")
    scorer = scorer or run_scorer(workdir)
    folder = RunFolder(workdir)
    recipe = folder.recipe()
    chosen = scorer.chosen(names, bool(recipe.takes_labels), recipe.has_encoder)
    folder.put_damaged_scores_aside()
    scores = scorer.model(load(workdir, step, averaged), chosen)
    evaluation.add_scores(folder.scores_file, scores)
    return scores


def image_scorer(
    generated: str,
    name: str,
    extractor: str = "classifier",
    *,
    samples: int | None = None,
    split: str = "train",
    test_split: str = "test",
    image_shape: Sequence[int] | None = None,
    data_dir: str | None = None,
    download: bool = False,
    batch_size: int = 256,
    progress: bool = True,
) -> tuple[Scorer, evaluation.Source]:
    """Makes the scorer of images that other programs made, for `scorer.sources([source], names)`.

    Args:
        generated: `folder:PATH` or `npz:FILE`, as in `evaluation.generated_source`; or `split:NAME`, real images
            of another split, which have the scores of a perfect generator.
        name: Data set to compare with, as in `data.load_split`.
        extractor: Name of an extractor, as in `evaluation.extractor`.
        samples: Images to score; by default all.
        split: Split of the data set to compare with.
        test_split: Split that extractors and D* are tested on.
        image_shape: (height, width, channels) to which a folder or `.npz` of real images is resized.
        data_dir: Folder of prepared data sets.
        download: Whether to download a data set that is not prepared.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.

    Returns:
        The scorer, and the source of the images.

    Raises:
        FileNotFoundError: If data, images or the extractor's weights are missing.
        ValueError: If the data set has points, the images have another shape than its images, or the extractor does
            not fit.
    """
    kind, _, generated_split = generated.partition(":")
    splits = [split, test_split, *([generated_split] if kind == "split" else [])]
    train, test, *others = map(
        data.as_images, data.load_splits(name, splits, image_shape=image_shape, data_dir=data_dir, download=download)
    )
    if kind == "split":
        source = evaluation.image_set_source(others[0], seed=1)
        source = dataclasses.replace(source, protocol={"generated": f"{name} {generated_split}"})
    else:
        source = evaluation.generated_source(generated, train.image.shape[1:])
    features = evaluation.extractor(extractor, train, test)
    return Scorer(train, test, features, samples or source.count, 1, batch_size, progress), source
