import numpy as np
import pytest

from tfgans.latent import class_dimensions, intrinsic_dimension
from tfgans.latent.intrinsic_dimension import _estimate


def test_by_hand():
    """T = 1, 2, 4: the inverse of (ln 4 + ln 2) / 2."""
    for average in ("levina_bickel", "mackay_ghahramani"):
        assert _estimate(np.array([[1.0, 2.0, 4.0]]), 3, average) == pytest.approx(0.961797, abs=1e-6)


def test_averages_differ_where_points_do():
    """Inverses of ln 2 and 2 ln 2."""
    distances = np.array([[1.0, 2.0], [1.0, 4.0]])
    assert _estimate(distances, 2, "levina_bickel") == pytest.approx((1 + 0.5) / 2 / np.log(2))
    assert _estimate(distances, 2, "mackay_ghahramani") == pytest.approx(1 / 1.5 / np.log(2))


def test_a_plane_in_ten_dimensions(random):
    plane = random.normal(size=(2_000, 2)) @ random.normal(size=(2, 10))
    assert intrinsic_dimension(plane, average="mackay_ghahramani") == pytest.approx(2.01, abs=0.1)
    assert intrinsic_dimension(plane) == pytest.approx(2.19, abs=0.1)


def test_a_circle(random):
    angles = random.uniform(0, 2 * np.pi, 2_000)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert intrinsic_dimension(circle, average="mackay_ghahramani") == pytest.approx(1.0, abs=0.05)


def test_classes_are_looked_at_one_by_one(random):
    """A line and a plane, of which the line has more points than are asked for."""
    line = np.stack([random.uniform(size=900), np.zeros(900)], axis=1)
    found = class_dimensions(
        np.concatenate([random.uniform(size=(600, 2)), line])[:, :, np.newaxis],
        np.repeat([4, 2], [600, 900]),
        most=700,
        average="mackay_ghahramani",
    )
    np.testing.assert_array_equal(found.count, [700, 600])
    np.testing.assert_allclose(found.dimension, [1, 2], atol=0.15)


def test_refuses():
    codes = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(ValueError, match="received 10, 20 and 20 codes"):
        intrinsic_dimension(codes)
    with pytest.raises(ValueError, match="received 1, 5"):
        intrinsic_dimension(codes, 1, 5)
    with pytest.raises(ValueError, match="average must be"):
        intrinsic_dimension(codes, 2, 5, "mean")
    with pytest.raises(ValueError, match="codes that all differ; received two equal ones"):
        intrinsic_dimension(np.concatenate([codes, codes[:1]]), 2, 5)
