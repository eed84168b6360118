"""Arithmetic with codes. BEGAN-CS calls the vectors style vectors, and AVAE attribute vectors."""

import itertools
import pathlib
from typing import TYPE_CHECKING

import numpy as np

from papers.frame import Measured

if TYPE_CHECKING:
    from tfgans import AdversarialModel

CHANGED = 200
_SHOWN = 8
# The figure adds the vectors of two attributes whose effect is visible.
_ADDED = {"sprites": ("orientation", "brightness"), "avatars": ("glasses", "skin")}
_JUDGES = {"sprites": "kernel_ridge_judge", "avatars": "forest_judge"}
# Few faces have a beard, so that more of them are needed.
_KNOWN = {"sprites": 1_000, "avatars": 5_000}


def attribute_vectors(codes: np.ndarray, attributes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns mean codes of the upper third of each attribute minus those of the lower third.

    Where more than two thirds have the lowest value, such as no beard, the others are the upper group.

    Args:
        codes: [n, N].
        attributes: [n, K].

    Returns:
        The vectors [K, N], and the differences of the attributes' means [K].
    """
    low, high = np.quantile(attributes, [1 / 3, 2 / 3], axis=0)
    vectors, distances = [], []
    for k in range(attributes.shape[1]):
        much = attributes[:, k] >= high[k] if high[k] > low[k] else attributes[:, k] > low[k]
        little = attributes[:, k] <= low[k]
        vectors.append(codes[much].mean(axis=0) - codes[little].mean(axis=0))
        distances.append(attributes[much, k].mean() - attributes[little, k].mean())
    return np.stack(vectors), np.array(distances)


def vector_grid(model: "AdversarialModel", name: str, path: pathlib.Path) -> None:
    """Draws test images of `sprites` or `avatars`, reconstructed, with two attributes' vectors, and with their sum."""
    from tfgans import data, plots

    known, test = data.load_splits(name, ("train", "test"))
    known, images = known.first(_KNOWN[name]), test.first(_SHOWN).unit_images
    vectors, _ = attribute_vectors(model.encode(known.unit_images), known.label)
    codes, (a, b) = model.encode(images), (vectors[known.label_names.index(added)] for added in _ADDED[name])
    shifts = {"G(Enc(x))": 0, "+ A": a, "+ B": b, "+ A + B": a + b}
    rows = [images, *(model.generate(codes + shift) for shift in shifts.values())]
    title = "A: {}, B: {}".format(*_ADDED[name])
    plots.image_grid(np.concatenate(rows), _SHOWN, path, row_names=["x", *shifts], title=title)


def arithmetic(model: "AdversarialModel", name: str) -> Measured:
    """Measures whether an attribute's vector, added to a code, changes that attribute only, by a frozen judge.

    The images are `sprites` or `avatars`.

    `moved` is the movement of the attribute as a share of the distance between the two groups, and `moved_others` the
    mean absolute movement of the other attributes. `moved_both` is, for the sum of two vectors, the smaller movement of
    the two. `real_r2` is what the judge reads off real test images: an attribute that it cannot read seems not to move.
    """
    from tfgans import data, metrics

    known, test = data.load_splits(name, ("train", "test"))
    known, images = known.first(_KNOWN[name]), test.first(CHANGED).unit_images
    judge = getattr(metrics, _JUDGES[name])(known.unit_images, known.label, test.unit_images, test.label)
    codes = model.encode(images)
    before = judge.predict(model.generate(codes))
    vectors, distances = attribute_vectors(model.encode(known.unit_images), known.label)

    def moved(vector: np.ndarray) -> np.ndarray:
        return np.mean(judge.predict(model.generate(codes + vector)) - before, axis=0) / distances

    values = {}
    for index, (attribute, score) in enumerate(zip(known.label_names, judge.test_score, strict=True)):
        movement = moved(vectors[index])
        values[f"real_r2/{attribute}"] = score
        values[f"moved/{attribute}"] = float(movement[index])
        values[f"moved_others/{attribute}"] = float(np.abs(np.delete(movement, index)).mean())
    pairs = itertools.combinations(range(len(vectors)), 2)
    values["moved_both"] = float(np.mean([moved(vectors[a] + vectors[b])[[a, b]].min() for a, b in pairs]))
    of_judge = {"extractor": judge.name, "extractor_hash": judge.fingerprint}
    return Measured(values, {"data": name, "images": CHANGED, **of_judge, "vectors_of": len(known)})
