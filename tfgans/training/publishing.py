"""Publishing: the SavedModel of a run with its card."""

import json
import os
import pathlib
import sys
from collections.abc import Sequence

from tfgans import evaluation, serving
from tfgans._files import temporary_file
from tfgans.serving.card import SAMPLES, write_card
from tfgans.training.run_folder import RunFolder
from tfgans.training.runs import load


def publish(
    workdir: str | os.PathLike,
    folder: str | os.PathLike,
    *,
    licence: str,
    data_licence: str,
    step: int | None = None,
    averaged: bool = True,
) -> pathlib.Path:
    """Writes the model of a run with its card, so that `tfgans.from_pretrained` loads it.

    The folder gets the next version of the SavedModel, unless its newest version has the same weights; a picture of
    samples, if the run has drawn one at this step; `card.json`; and the card as a page, `README.md`.

    Args:
        workdir: Folder of the run.
        folder: Folder of the published model's versions.
        licence: Licence of the weights, such as `apache-2.0`.
        data_licence: Licence of the data that the model learned from.
        step: Step of the checkpoint; by default the newest.
        averaged: Whether to publish the averaged generator, where the run has one.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: If `workdir` is not the folder of a run, or has no such checkpoint.
        ValueError: If a licence is empty.
        OSError: If the folder cannot be written.
    """
    if not licence.strip() or not data_licence.strip():
        raise ValueError(f"A card names both licences; received {licence!r} and {data_licence!r} for the data.")
    run, folder = RunFolder(workdir), pathlib.Path(folder)
    recipe, model = run.recipe(), load(workdir, step, averaged)
    names = run.label_names() if model.samples_by_label else ()
    mark = serving.mark_of(model, names)
    at = {"step": mark["step"], "averaged": model.use_average}
    if not serving.is_exported(model, folder):
        print("Exporting the model.", file=sys.stderr)
        serving.export(model, folder, label_names=names)
    picture = run.grids / f"step_{mark['step']:08d}.png"
    # A run draws samples of the averaged generator, if it has one.
    if picture.is_file() and model.use_average == (model.averaged_generator is not None):
        with temporary_file(folder / SAMPLES) as temporary:
            temporary.write_bytes(picture.read_bytes())
    else:
        # A picture of another model may be there.
        (folder / SAMPLES).unlink(missing_ok=True)
    data = _without_folder(recipe.data)
    without_folders = {
        "data": data,
        "init_from": recipe.init_from and pathlib.PurePath(recipe.init_from).name,
        "score_extractor": _without_folder(recipe.score_extractor),
    }
    write_card(
        folder,
        {
            "name": folder.resolve().name,
            "system": type(model).__name__,
            "data": {"name": data, "shape": list(recipe.image_shape), "licence": data_licence},
            "licence": licence,
            "recipe": {**recipe.to_dict(), **without_folders},
            **at,
            "labels": mark["labels"],
            "scores": _once([score for score in run.scores() if at.items() <= score["protocol"].items()]),
        },
    )
    return folder


def _without_folder(name: str) -> str:
    """Returns a name with its path cut to the file, since a path on this machine says nothing elsewhere."""
    kind, colon, place = name.partition(":")
    return f"{kind}{colon}{pathlib.PurePath(place).name}"


def _once(scores: Sequence[evaluation.Score]) -> list[evaluation.Score]:
    """Drops scores that a later one repeats, as when `evaluate` takes one that the run took at its end."""

    def key(score: evaluation.Score) -> str:
        return json.dumps([score["metric"], {**score["protocol"], "taken": None}], sort_keys=True)

    return list({key(score): score for score in scores}.values())
