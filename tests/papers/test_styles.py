import itertools
import types

import numpy as np
import pytest

from papers.styles import arithmetic, attribute_vectors
from tfgans import data, metrics


def test_vectors_run_from_the_lower_to_the_upper_third():
    """Codes (2 a, b) of attributes a = 0, 1, 2 and b = 5, 5, 8."""
    attributes = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 8.0]])
    vectors, distances = attribute_vectors(attributes * [2.0, 1.0], attributes)
    np.testing.assert_allclose(vectors, [[4, 3], [3, 3]])
    np.testing.assert_allclose(distances, [2, 3])


def test_a_linear_space_moves_by_its_vector(random):
    attributes = random.uniform(size=(300, 3))
    matrix = random.normal(size=(3, 5))
    vectors, distances = attribute_vectors(attributes @ matrix, attributes)
    recovered = vectors @ np.linalg.pinv(matrix)
    np.testing.assert_allclose(np.diag(recovered), distances, rtol=1e-9)


def test_movements_by_hand(monkeypatch):
    """Codes of attributes a = 0, 1, 2 and b = 0, 4, 8 are (a, b + a / 2), and a generated image is half of its code.

    The vector of a is (2, 1), and moves a by 1 of 2 and b by 1/2 of 8. That of b is (0, 8), and moves b by 4 of 8.
    Their sum moves a by 1 of 2 and b by 4.5 of 8.
    """
    labels = np.array(list(itertools.product([0.0, 1.0, 2.0], [0.0, 4.0, 8.0])))
    codes = np.stack([labels[:, 0], labels[:, 1] + labels[:, 0] / 2], axis=1)
    pixels = (codes / 10).astype(np.float32).reshape(-1, 1, 2, 1)
    images = data.ImageSet("pixels", "train", pixels, labels, ("a", "b"))
    judge = types.SimpleNamespace(
        name="half", fingerprint="h", test_score=(0.9, 0.8), predict=lambda generated: generated
    )
    monkeypatch.setattr(data, "load_splits", lambda name, splits: [images, images])
    monkeypatch.setattr(metrics, "kernel_ridge_judge", lambda *arguments: judge)
    model = types.SimpleNamespace(encode=lambda images: 10 * images.reshape(-1, 2), generate=lambda codes: codes / 2)
    values = arithmetic(model, "sprites").values
    assert values == pytest.approx(
        {
            "real_r2/a": 0.9,
            "moved/a": 0.5,
            "moved_others/a": 0.0625,
            "real_r2/b": 0.8,
            "moved/b": 0.5,
            "moved_others/b": 0.0,
            "moved_both": 0.5,
        },
        abs=1e-6,
    )
