import importlib

import numpy as np
import pytest

from tfgans import data


@pytest.fixture(scope="module")
def test_split():
    return data.load_split("sprites", "test")


def test_contract(test_split):
    assert test_split.image.shape == (2_000, 32, 32, 1)
    assert test_split.image.dtype == np.uint8
    assert test_split.label.dtype == np.float32
    assert test_split.label_names == data.SPRITE_ATTRIBUTES
    assert test_split.conditioning == "attributes"
    np.testing.assert_allclose(test_split.label.mean(0), 0.5, atol=0.03)
    assert test_split.label.min() >= 0
    assert test_split.label.max() <= 1


def test_always_the_same(test_split):
    np.testing.assert_array_equal(test_split.image, data.sprites("test").image)


def test_hole_and_the_rest_are_apart(monkeypatch):
    module = importlib.import_module("tfgans.data.sprites")
    monkeypatch.setattr(module, "draw_sprites", lambda attributes, random: np.zeros((len(attributes), 1, 1, 1)))
    holed, hole = data.sprites("holed"), data.sprites("hole")
    assert (len(holed), len(hole)) == (8_000, 2_000)
    assert not data.sprites_in_hole(holed.label).any()
    assert data.sprites_in_hole(hole.label).all()


def moments(attributes):
    """Mass, long and short axis and angle of a sprite, measured from its pixels."""
    image = data.draw_sprites(np.array([attributes]), np.random.default_rng(0))[0, ..., 0].astype(float)
    mass = np.clip(image - 60, 0, None)
    y, x = np.mgrid[:32, :32]
    points = np.stack([x.ravel(), y.ravel()])
    values, vectors = np.linalg.eigh(np.cov(points, aweights=mass.ravel()))
    return mass.sum(), values[1], values[0], np.arctan2(vectors[1, 1], vectors[0, 1]) % np.pi


def test_each_attribute_is_in_the_image():
    middle = [0.5, 0.5, 0.5, 0.5]
    mass, long, short, angle = moments(middle)
    assert moments([0.9, 0.5, 0.5, 0.5])[1] > 1.2 * long
    assert moments([0.5, 0.9, 0.5, 0.5])[2] > 1.2 * short
    assert moments([0.5, 0.9, 0.5, 0.5])[1] == pytest.approx(long, rel=0.1)
    assert angle == pytest.approx(np.pi / 4, abs=0.05)
    assert moments([0.5, 0.5, 0.1, 0.5])[3] == pytest.approx(0.1 * np.pi / 2, abs=0.05)
    assert moments([0.5, 0.5, 0.5, 0.9])[0] > 1.2 * mass


def test_refuses_a_split():
    with pytest.raises(ValueError, match="has the splits train, holed, test, hole"):
        data.sprites("all")
