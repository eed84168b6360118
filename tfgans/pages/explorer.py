"""The explorer without its page: the controls that a model offers, and the pictures that they give."""

import dataclasses
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

import keras
import numpy as np

from tfgans import data, latent, plots, serving, training
from tfgans._files import read_lines
from tfgans.choices import Conditioning
from tfgans.models import AdversarialModel
from tfgans.plots.grids import image_sheet

Section = Literal["samples", "directions", "pictures", "neighbours", "training"]
"""A part of the page."""

MOST_DIRECTIONS = 8
"""Most sliders of directions."""

DIRECTION_RANGE = 3.0
"""Sliders of directions move by at most so many standard deviations of the latents."""

# Latents at which directions are found.
_LATENTS_FOR_DIRECTIONS = 8
# Edge of an image on the page. Smaller images are enlarged by a whole factor, so that their pixels stay sharp.
_EDGE = 96
_NEAREST = 4
_STEPS = 8


class Answering(Protocol):
    """The methods that a model and a client of its SavedModel share."""

    def sample(self, n: int, labels: Any = None, seed: Any = None) -> np.ndarray: ...

    def generate(self, latent: Any, labels: Any = None) -> np.ndarray: ...

    def encode(self, images: Any, labels: Any = None) -> np.ndarray: ...

    def reconstruct(self, images: Any, labels: Any = None) -> np.ndarray: ...

    def interpolate(self, images_a: Any, images_b: Any, weights: Any, labels: Any = None) -> np.ndarray: ...

    def morph(self, images: Any, weights: Any, labels: Any = None) -> np.ndarray: ...


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A model to explore, whatever it was loaded from.

    Attributes:
        model: The model, or a client of its SavedModel.
        title: Its name for the page.
        inputs: Names of the inputs of each face.
        sample_shape: Shape of a sample.
        prior: Distribution of the latents of samples; None if they do not come from a prior.
        conditioning: Kind of the labels that samples take; None if they take none.
        label_names: Names of the classes or attributes.
    """

    model: Answering
    title: str
    inputs: Mapping[str, frozenset[str]]
    sample_shape: tuple[int, ...]
    prior: latent.Prior | None
    conditioning: Conditioning | None
    label_names: tuple[str, ...]


def load_run(workdir: str | os.PathLike, step: int | None = None, averaged: bool = True) -> Loaded:
    """Loads the model of a run; arguments and errors are those of `tfgans.load`."""
    folder = training.RunFolder(workdir)
    model = training.load(workdir, step, averaged)
    names = folder.label_names() if model.samples_by_label else ()
    return loaded_model(model, f"{folder.recipe().name} at step {int(model.step.numpy()):,}", names)


def loaded_model(model: AdversarialModel, title: str, label_names: Sequence[str] = ()) -> Loaded:
    """Prepares a model in Python for the explorer.

    Args:
        model: The model.
        title: Its name for the page.
        label_names: Names of its classes or attributes; by default their numbers.
    """
    return Loaded(
        model,
        title,
        {name: frozenset(face.inputs) for name, face in model.faces().items()},
        model.sample_shape,
        model.sample_prior,
        **_labels(serving.mark_of(model, label_names)["labels"]),
    )


def load_saved_model(path: str | os.PathLike) -> Loaded:
    """Loads a SavedModel.

    Args:
        path: As for `tfgans.from_pretrained`.

    Raises:
        FileNotFoundError: If there is no SavedModel.
        ValueError: If tfgans did not export it, or an older version did, which recorded neither prior nor labels.
    """
    model = serving.from_pretrained(path)
    if model.mark.get("format", 1) < 2:
        raise ValueError(f"{model.path} records neither its prior nor its labels; export the run again.")
    prior = model.mark["prior"]
    signatures = model.signatures()
    (sample,) = signatures["sample"].outputs.values()
    return Loaded(
        model,
        f"{model.model}, version {model.path.name}",
        {name: frozenset(signature.inputs) for name, signature in signatures.items()},
        tuple(sample.shape[1:]),
        None if prior is None else keras.saving.deserialize_keras_object(prior),
        **_labels(model.mark["labels"]),
    )


def _labels(recorded: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of `Loaded` that are about labels, from what an export records."""
    if recorded is None:
        return {"conditioning": None, "label_names": ()}
    return {"conditioning": recorded["conditioning"], "label_names": tuple(recorded["names"])}


class Explorer:
    """The controls that a model offers, and the pictures that they give.

    All pictures are uint8 [height, width, 3], sheets of images that are enlarged so that one can see them. A label is
    a class, or one number for each attribute; None for a model that samples without labels.

    Args:
        load: Loads the model. It is called again by `load_newest`.
        workdir: Folder of the run, for neighbours and the state of its training; None without a run.
        data_dir: Folder of prepared data sets.
        download: Whether a data set that is not prepared may be downloaded.

    Raises:
        ValueError: If the model makes points.
    """

    def __init__(
        self,
        load: Callable[[], Loaded],
        *,
        workdir: str | os.PathLike | None = None,
        data_dir: str | None = None,
        download: bool = False,
    ) -> None:
        self._load = load
        self._folder = None if workdir is None else training.RunFolder(workdir)
        self._data_dir, self._download = data_dir, download
        self.load_newest()

    def load_newest(self) -> str:
        """Loads the model again, such as the newest checkpoint of a run that trains, and returns its title."""
        loaded = self._load()
        if len(loaded.sample_shape) != 3:
            raise ValueError(f"The explorer shows images; {loaded.title} makes points {list(loaded.sample_shape)}.")
        self.loaded = loaded
        self._found: dict[tuple[Any, ...], tuple[np.ndarray, np.ndarray]] = {}
        return loaded.title

    @property
    def sections(self) -> tuple[Section, ...]:
        """The parts of the page that the model can fill."""
        faces = self.loaded.inputs
        has: dict[Section, bool] = {
            "samples": True,
            "directions": self.loaded.prior is not None or "encode" in faces,
            "pictures": "reconstruct" in faces,
            "neighbours": self._folder is not None,
            "training": self._folder is not None,
        }
        return tuple(section for section, there in has.items() if there)

    @property
    def direction_count(self) -> int:
        """Number of sliders of directions."""
        return min(MOST_DIRECTIONS, self._latents([0], self.first_label).shape[1])

    @property
    def first_label(self) -> Any:
        """The label with which the page begins."""
        return {None: None, "class": 0, "attributes": [0.5] * len(self.loaded.label_names)}[self.loaded.conditioning]

    def samples(self, count: int, seed: int, label: Any = None) -> np.ndarray:
        """Draws `count` samples of a label, with the seeds `seed`, `seed + 1` and so on."""
        return self._sheet(self._sample(range(seed, seed + count), label))

    def moved(self, count: int, seed: int, amounts: Sequence[float], label: Any = None) -> np.ndarray:
        """Moves the latents of `count` samples along the directions.

        Args:
            count: Number of samples.
            seed: Seed of the first.
            amounts: For each direction, the standard deviations to move by.
            label: Label of all samples.
        """
        directions, spread = self._directions(label)
        latents = self._latents(range(seed, seed + count), label)
        shift = (np.asarray(amounts, float) * spread) @ directions
        return self._sheet(self._generate(latents + shift, label))

    def reconstructions(self, files: Sequence[str | os.PathLike], label: Any = None) -> np.ndarray:
        """Draws pictures above their reconstructions G(E(x)).

        Args:
            files: PNG, JPEG, BMP, GIF or WebP files; they are fitted to the model's size.
            label: Label of all pictures.

        Raises:
            ValueError: If there is no file, or one is no image that can be read.
        """
        images = self._read(files)
        return self._sheet(np.concatenate([images, self._ask("reconstruct", label, images=images)]), len(images))

    def between(self, files: Sequence[str | os.PathLike], label: Any = None) -> np.ndarray:
        """Draws the way from the first picture to the second; arguments and errors are those of `reconstructions`."""
        first, second = self._read(files, 2)
        ends = [np.repeat(image[np.newaxis], _STEPS, axis=0) for image in (first, second)]
        path = self._ask(
            "interpolate", label, images_a=ends[0], images_b=ends[1], weights=np.linspace(0, 1, _STEPS, dtype="float32")
        )
        return self._sheet(np.concatenate([[first], path, [second]]), _STEPS + 2)

    def morphed(self, files: Sequence[str | os.PathLike], label: Any = None) -> np.ndarray:
        """Draws an array between the first four pictures; arguments and errors are those of `reconstructions`."""
        corners = self._read(files, 4)
        weights = latent.corner_weights(_STEPS, _STEPS).astype("float32")
        images = np.repeat(corners[np.newaxis], len(weights), axis=0)
        return self._sheet(self._ask("morph", label, images=images, weights=weights), _STEPS)

    def neighbours(self, count: int, seed: int, label: Any = None) -> np.ndarray:
        """Draws samples, one a row, and beside each the training images whose pixels are nearest, nearest first.

        Raises:
            FileNotFoundError: If the data set is not prepared.
        """
        samples = self._sample(range(seed, seed + count), label)
        near = training.nearest_training_images(
            self._run.path, samples, ("pixels",), _NEAREST, data_dir=self._data_dir, download=self._download
        )["pixels"]
        rows = np.concatenate([samples[:, np.newaxis], data.unit_images(near.images)], axis=1)
        return self._sheet(rows.reshape(-1, *samples.shape[1:]), _NEAREST + 1)

    def newest_grid(self) -> np.ndarray | None:
        """Returns the newest grid that the run has drawn; None if there is none."""
        grid = training.newest_picture(self._run.grids)
        return data.read_image(grid) if grid else None

    def curves(self) -> np.ndarray | None:
        """Draws the run's scores, diversity and metrics; None before the first line."""
        run = self._run
        lines: dict[int, dict[str, float]] = {}
        for file in (run.curve_file, run.diversity_file, run.metrics_file):
            for line in read_lines(file):
                lines.setdefault(line.pop("step"), {}).update(line)
        steps = sorted(lines)
        values = [{name: value for name, value in lines[step].items() if name != "seconds"} for step in steps]
        return plots.figure_pixels(plots.score_curves(steps, values)) if any(values) else None

    def progress(self) -> str:
        """Returns the step of the run and its alarms, in words."""
        steps = [line["step"] for line in read_lines(self._run.metrics_file)]
        alarms = [
            f"step {line.pop('step'):,}: " + ", ".join(f"{name} {value:.3g}" for name, value in line.items())
            for line in read_lines(self._run.alarms_file)
        ]
        state = f"Step {steps[-1] if steps else 0:,} of {self._run.recipe().steps:,}."
        return f"{state} Alarms: {'; '.join(alarms)}." if alarms else f"{state} No alarms."

    @property
    def _run(self) -> training.RunFolder:
        if self._folder is None:
            raise ValueError("A SavedModel has no run, and therefore no training images and no curves.")
        return self._folder

    def _rows(self, face: str, label: Any, rows: int) -> np.ndarray | None:
        """The label of each row, if the face takes labels."""
        if "label" not in self.loaded.inputs[face]:
            return None
        labels = np.repeat([label], rows, axis=0)
        return labels if self.loaded.conditioning == "class" else labels.astype(np.float32)

    def _ask(self, face: str, label: Any, **given: Any) -> np.ndarray:
        """Calls a face, with the label of all rows if the face takes one."""
        rows = len(next(iter(given.values())))
        return getattr(self.loaded.model, face)(**given, labels=self._rows(face, label, rows))

    def _sample(self, seeds: Sequence[int], label: Any) -> np.ndarray:
        return self.loaded.model.sample(len(seeds), self._rows("sample", label, len(seeds)), seed=list(seeds))

    def _generate(self, latents: np.ndarray, label: Any) -> np.ndarray:
        return self._ask("generate", label, latent=latents.astype(np.float32))

    def _latents(self, seeds: Sequence[int], label: Any) -> np.ndarray:
        """Latents [n, N] of samples: those that the prior draws, or the codes of the samples if there is no prior."""
        if self.loaded.prior is not None:
            return self.loaded.prior.sample_rows(np.asarray(seeds, np.int64)).numpy()
        return self._ask("encode", label, images=self._sample(seeds, label))

    def _directions(self, label: Any) -> tuple[np.ndarray, np.ndarray]:
        """The directions of a label and the deviations of latents along them, which take a moment to find."""
        key = tuple(np.ravel(label)) if self.loaded.conditioning else ()
        if key not in self._found:
            latents = self._latents(range(_LATENTS_FOR_DIRECTIONS), label)
            count = min(MOST_DIRECTIONS, latents.shape[1])
            self._found[key] = latent.principal_directions(lambda moved: self._generate(moved, label), latents, count)
        return self._found[key]

    def _read(self, files: Sequence[str | os.PathLike], count: int | None = None) -> np.ndarray:
        """Reads pictures as images of the model's shape, float32 [n, H, W, C] in [-1, 1]."""
        if len(files) < (count or 1):
            raise ValueError(f"Expected {count or 1} or more pictures; received {len(files)}.")
        shape = self.loaded.sample_shape
        pictures = [data.read_image(file)[np.newaxis] for file in files[:count]]
        return np.concatenate([data.unit_images(data.fit_images(picture, shape)) for picture in pictures])

    def _sheet(self, images: np.ndarray, columns: int | None = None) -> np.ndarray:
        """One picture of images [n, H, W, C], in about as many rows as columns if those are not given."""
        columns = columns or math.ceil(math.sqrt(len(images)))
        factor = max(1, _EDGE // images.shape[1])
        sheet = np.round(255 * image_sheet(images, columns)).astype(np.uint8)
        sheet = np.broadcast_to(sheet, (*sheet.shape[:2], 3))
        return sheet.repeat(factor, axis=0).repeat(factor, axis=1)
