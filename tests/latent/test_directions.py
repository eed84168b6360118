import numpy as np
import pytest

from tfgans.latent import principal_directions


def test_a_linear_generator_has_the_directions_of_its_layer(random):
    """W stretches three given directions by 3, 2 and 1."""
    basis = np.linalg.qr(random.normal(size=(3, 3)))[0]
    weights = basis * [3.0, 2.0, 1.0]
    latents = random.normal(size=(50, 3))
    found, spread = principal_directions(lambda z: z @ weights, latents, 2)
    np.testing.assert_allclose(np.abs(found @ basis), [[1, 0, 0], [0, 1, 0]], atol=1e-4)
    np.testing.assert_allclose(spread, [np.std(latents @ row) for row in found])
    assert (found.max(axis=1) == np.abs(found).max(axis=1)).all()


def test_directions_are_those_of_the_mean_change():
    """The images are z0^2 and z1. At latents with z0 = 2 the first changes by 4 a unit; at z0 = 0 by none."""

    def images(z):
        return np.stack([z[:, 0] ** 2, z[:, 1]], axis=1)

    found, _ = principal_directions(images, np.array([[2.0, 0.0], [2.0, 1.0]]), 1)
    np.testing.assert_allclose(found, [[1, 0]], atol=1e-6)
    found, _ = principal_directions(images, np.array([[0.0, 0.0], [0.0, 1.0]]), 1)
    np.testing.assert_allclose(found, [[0, 1]], atol=1e-6)


@pytest.mark.parametrize(("latents", "count"), [(1, 1), (2, 0), (2, 4)])
def test_refuses_what_has_no_directions(latents, count):
    with pytest.raises(ValueError, match=f"received {latents} and {count}"):
        principal_directions(lambda z: z, np.zeros((latents, 3)), count)
