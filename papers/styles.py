"""Arithmetic with codes. BEGAN-CS calls the vectors style vectors, and AVAE attribute vectors."""

import itertools
import pathlib
from typing import TYPE_CHECKING

import numpy as np

from papers.frame import Measured

if TYPE_CHECKING:
    from tfgans import AdversarialModel

KNOWN, CHANGED = 1_000, 200
# The figure adds the vectors of orientation and brightness, whose effect is the most visible.
_SHOWN, _FIRST = 8, 2


def attribute_vectors(codes: np.ndarray, attributes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns mean codes of the upper third of each attribute minus those of the lower third.

    Args:
        codes: [n, N].
        attributes: [n, K].

    Returns:
        The vectors [K, N], and the differences of the attributes' means [K].
    """
    low, high = np.quantile(attributes, [1 / 3, 2 / 3], axis=0)
    vectors, distances = [], []
    for k in range(attributes.shape[1]):
        much, little = attributes[:, k] >= high[k], attributes[:, k] <= low[k]
        vectors.append(codes[much].mean(axis=0) - codes[little].mean(axis=0))
        distances.append(attributes[much, k].mean() - attributes[little, k].mean())
    return np.stack(vectors), np.array(distances)


def vector_grid(model: "AdversarialModel", path: pathlib.Path) -> None:
    """Draws sprites, their reconstructions, and reconstructions with two attributes' vectors and their sum."""
    from tfgans import data, plots

    known = data.load_split("sprites", "train").first(KNOWN)
    images = data.load_split("sprites", "test").first(_SHOWN).unit_images
    vectors, _ = attribute_vectors(model.encode(known.unit_images), known.label)
    codes, (a, b) = model.encode(images), vectors[_FIRST:][:2]
    shifts = {"G(Enc(x))": 0, "+ A": a, "+ B": b, "+ A + B": a + b}
    rows = [images, *(model.generate(codes + shift) for shift in shifts.values())]
    names = known.label_names[_FIRST:]
    title = f"A: {names[0]}, B: {names[1]}"
    plots.image_grid(np.concatenate(rows), _SHOWN, path, row_names=["x", *shifts], title=title)


def arithmetic(model: "AdversarialModel") -> Measured:
    """Measures whether an attribute's vector, added to a code, changes that attribute only, by a judge of sprites.

    `moved` is the movement of the attribute as a share of the distance between the two groups, and `moved_others` the
    mean absolute movement of the other attributes. `moved_both` is, for the sum of two vectors, the smaller movement of
    the two.
    """
    from tfgans import data, metrics

    train_set, test = data.load_split("sprites", "train"), data.load_split("sprites", "test")
    known, images = train_set.first(KNOWN), test.first(CHANGED).unit_images
    judge = metrics.kernel_ridge_judge(known.unit_images, known.label, test.unit_images, test.label)
    codes = model.encode(images)
    before = judge.predict(model.generate(codes))
    vectors, distances = attribute_vectors(model.encode(known.unit_images), known.label)

    def moved(vector: np.ndarray) -> np.ndarray:
        return np.mean(judge.predict(model.generate(codes + vector)) - before, axis=0) / distances

    values = {}
    for index, name in enumerate(known.label_names):
        movement = moved(vectors[index])
        values[f"moved/{name}"] = float(movement[index])
        values[f"moved_others/{name}"] = float(np.abs(np.delete(movement, index)).mean())
    pairs = itertools.combinations(range(len(vectors)), 2)
    values["moved_both"] = float(np.mean([moved(vectors[a] + vectors[b])[[a, b]].min() for a, b in pairs]))
    return Measured(values, {"data": "sprites", "images": CHANGED, "extractor": judge.name, "vectors_of": KNOWN})
