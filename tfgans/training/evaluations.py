"""Scores of a run's model, and of images that something else made."""

import dataclasses
import os
from collections.abc import Sequence

from tfgans import data, evaluation
from tfgans.evaluation import Score
from tfgans.training.loading import load_data
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import load
from tfgans.training.scoring import Scorer, WorldScorer, scorer_of


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
    """What scores a run's models against the data that they were trained on.

    Args:
        workdir: Folder of the run.
        extractor: Name of an extractor, as in `evaluation.extractor`.
        samples: Images in a set of samples; by default as many as the run itself scores.
        sets: Sets of samples, over which a score has its mean and spread.
        own: The data of a run that was given its own.
        data_dir: Folder of prepared data sets.
        download: Whether a data set that is not there may be downloaded.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.

    Returns:
        The scorer.

    Raises:
        FileNotFoundError: If the folder is no run, or the data set or the extractor's weights are not there.
        ValueError: If the extractor does not fit the data.
    """
    recipe, train, test = load_data(RunFolder(workdir).recipe(), own, data_dir, download)
    options = {"batch_size": batch_size, "progress": progress}
    return scorer_of(train, test, extractor, samples or recipe.score_samples, sets, **options)


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
        step: Step of the checkpoint; the newest by default.
        averaged: Whether to sample from the averaged generator, where the run has one.
        scorer: What takes them, such as `run_scorer(workdir, "pixels", samples=1_000)`; by default
            `run_scorer(workdir)`.

    Returns:
        The scores, as in `scores.json`.

    Raises:
        FileNotFoundError: If the folder is no run or has no such checkpoint.
        ValueError: If a score is unknown or does not apply, or as the metrics raise.
    """
    scorer = scorer or run_scorer(workdir)
    folder = RunFolder(workdir)
    recipe = folder.recipe()
    chosen = scorer.chosen(names, bool(recipe.takes_labels), recipe.has_encoder)
    # Scores cannot be added to a damaged file, and the work would be lost.
    folder.put_damaged_aside()
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
    """What scores images that something else made, and these images: `scorer.sources([source], names)`.

    Args:
        generated: `folder:PATH` or `npz:FILE`, as in `evaluation.generated_source`; or `split:NAME`, real images
            of another split, whose scores are what a perfect generator would have.
        name: Data set to compare with, as in `data.load_split`.
        extractor: Name of an extractor, as in `evaluation.extractor`.
        samples: Images to score; by default all.
        split: Split of the data set to compare with.
        test_split: Split that extractors and D* are tested on.
        image_shape: (height, width, channels) that a folder or `.npz` of real images is brought to.
        data_dir: Folder of prepared data sets.
        download: Whether a data set that is not there may be downloaded.
        batch_size: Images that are read at a time.
        progress: Whether to show progress bars.

    Returns:
        The scorer and the source.

    Raises:
        FileNotFoundError: If data, images or the extractor's weights are not there.
        ValueError: If the data set has points, images have another shape than its images, or an extractor does not fit.
    """
    options = {"image_shape": image_shape, "data_dir": data_dir, "download": download}
    train, test = data.load_splits(name, (split, test_split), **options)
    if train.kind != "image":
        raise ValueError(f"Images are compared with images; received the points of {name}.")
    kind, _, which = generated.partition(":")
    if kind == "split":
        source = evaluation.image_set_source(data.load_split(name, which, **options), seed=1)
        source = dataclasses.replace(source, protocol={"generated": f"{name} {which}"})
    else:
        source = evaluation.generated_source(generated, train.image.shape[1:])
    features = evaluation.extractor(extractor, train, test)
    return Scorer(train, test, features, samples or source.count, 1, batch_size, progress), source
