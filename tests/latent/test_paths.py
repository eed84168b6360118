import numpy as np
import pytest

from tfgans import latent


def test_corner_weights_by_hand():
    weights = latent.corner_weights(3, 2).reshape(3, 2, 4)
    np.testing.assert_allclose(weights[0, 0], [1, 0, 0, 0])
    np.testing.assert_allclose(weights[0, 1], [0, 1, 0, 0])
    np.testing.assert_allclose(weights[2, 0], [0, 0, 1, 0])
    np.testing.assert_allclose(weights[2, 1], [0, 0, 0, 1])
    np.testing.assert_allclose(weights[1, 0], [0.5, 0, 0.5, 0])
    np.testing.assert_allclose(weights.sum(-1), 1)


def test_corner_weights_refuse_a_line():
    with pytest.raises(ValueError, match="two rows and columns"):
        latent.corner_weights(1, 5)


def test_unevenness_by_hand():
    """Steps of 1, 1 and 4: the longest is twice the mean."""
    assert latent.unevenness(np.array([0.0, 1, 2, 6])) == pytest.approx(2.0)
    assert latent.unevenness(np.array([0.0, 1, 2, 3])) == pytest.approx(1.0)
    assert np.isnan(latent.unevenness(np.zeros((3, 2))))
