import importlib

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
import tensorflow as tf

from tfgans.metrics import _tfgan, sliced_wasserstein_distance

module = importlib.import_module("tfgans.metrics.sliced_wasserstein_distance")


def textures(random, count=64, size=32, channels=1):
    """Images in [-1, 1] with structure of a few pixels."""
    images = scipy.ndimage.gaussian_filter(random.normal(size=(count, size, size, channels)), (0, 1, 1, 0))
    return np.clip(images / 0.6, -1, 1)


def framed(random, channels):
    """Textures amid black, such as handwritten digits are."""
    images = np.full((16, 32, 32, channels), -1.0)
    images[:, 12:20, 12:20] = textures(random, 16, 8, channels)
    return images


def distance(real, generated, seed=0):
    return sliced_wasserstein_distance(real, generated, patches_per_image=32, projections=64, seed=seed)


@pytest.mark.parametrize("count", [1, 500])
def test_distance_on_a_line_against_scipy(random, count):
    first, second = random.normal(size=count), random.normal(size=count) + 0.5
    expected = scipy.stats.wasserstein_distance(first, second)
    assert module._distance_on_a_line(first, second) == pytest.approx(expected, rel=1e-12)


def mean_over_directions(first, second, random):
    """The mean of exact distances on 4,000 lines, to which flat patches are projected."""
    lines = random.normal(size=(first.shape[1], 4000))
    lines /= np.linalg.norm(lines, axis=0)
    return np.mean([scipy.stats.wasserstein_distance(first @ line, second @ line) for line in lines.T])


@pytest.mark.parametrize("channels", [1, 2])
def test_one_patch_an_image_by_hand(channels):
    """With images of one patch nothing is left to chance but directions. Each channel is scaled by itself: the second
    has a mean of its own, and a fifth of the contrast."""
    random = np.random.default_rng(5)
    images = [random.uniform(-1, 1, size=(40, 7, 7, channels)) ** power for power in (1, 3)]
    scaled = [(image - image.mean((0, 1, 2))) / image.std((0, 1, 2)) for image in images]
    expected = mean_over_directions(*(image.reshape(40, -1) for image in scaled), random)
    changed = [image * [1.0, 0.2][:channels] + [0.0, 0.5][:channels] for image in images]
    result = sliced_wasserstein_distance(*changed, patches_per_image=1, projections=4000)
    assert result == {"7x7": pytest.approx(expected, rel=0.02)}


@pytest.mark.filterwarnings("ignore:A channel is the same")
def test_a_coarser_level_has_what_the_finer_one_lacks():
    """Images of one value have no details at 32 pixels, and are themselves at 16, where a patch is a whole image."""
    random = np.random.default_rng(5)
    values = [random.uniform(-1, 1, size=(40, 1, 1, 2)) ** power for power in (1, 3)]
    scaled = [(value - value.mean((0, 1, 2))) / value.std((0, 1, 2)) for value in values]
    flat = [np.broadcast_to(value, (40, 16, 16, 2)).reshape(40, -1) for value in scaled]
    images = [np.broadcast_to(value * [1.0, 0.2], (40, 32, 32, 2)) for value in values]
    result = sliced_wasserstein_distance(*images, patches_per_image=1, patch_size=16, projections=4000)
    expected = mean_over_directions(*flat, random)
    assert result == {"32x32": pytest.approx(0, abs=1e-5), "16x16": pytest.approx(expected, rel=0.03)}


@pytest.mark.parametrize(
    ("shape", "levels"),
    [
        ((64, 64), ["64x64", "32x32", "16x16"]),
        ((32, 48), ["32x48", "16x24"]),
        ((28, 28), ["28x28"]),
        ((36, 36), ["36x36", "18x18"]),
        ((33, 33), ["33x33"]),
        ((8, 8), ["8x8"]),
    ],
    ids=str,
)
def test_levels_end_at_sixteen_pixels_or_an_odd_edge(random, shape, levels):
    images = random.uniform(-1, 1, size=(2, *shape, 1))
    assert list(distance(images, images)) == levels


@pytest.mark.parametrize("channels", [1, 3])
def test_same_seed_same_numbers(random, channels):
    real, generated = (textures(random, 16, channels=channels) for _ in range(2))
    assert distance(real, generated, seed=3) == distance(real, generated, seed=3)
    assert distance(real, generated, seed=3) != distance(real, generated, seed=4)


def test_chance_alone_is_far_below_another_set(random):
    real = textures(random)
    assert distance(real, real)["32x32"] < distance(real, random.uniform(-1, 1, real.shape))["32x32"] / 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda images: scipy.ndimage.gaussian_filter(images, (0, 1, 1, 0)),
        lambda images: images * np.linspace(0, 2, len(images))[:, np.newaxis, np.newaxis, np.newaxis],
    ],
    ids=["blur", "uneven_contrast"],
)
def test_a_spoilt_half_lies_farther_than_a_real_one(random, spoil):
    real, other = np.split(textures(random, 128), 2)
    assert distance(real, spoil(other))["32x32"] > 1.5 * distance(real, other)["32x32"]


def test_contrast_and_brightness_of_a_whole_set_do_not_count(random):
    """Patches are scaled over the set, as in the paper."""
    real, generated = textures(random), textures(random)
    expected = distance(real, generated)
    assert distance(real, 0.5 * generated + 0.2) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("channels", [1, 3])
def test_flat_patches_are_finite(random, channels):
    assert all(0 < value < 2 for value in distance(framed(random, channels), framed(random, channels)).values())


def test_flat_patches_are_nan_to_tfgan(random):
    """Why its own distance is not used."""
    images = [tf.constant(framed(random, 3), tf.float32) for _ in range(2)]
    scores = _tfgan.module("sliced_wasserstein").sliced_wasserstein_distance(*images)
    assert np.isnan(scores[0]).all()


@pytest.mark.parametrize("value", [-1.0, 0.1])
@pytest.mark.filterwarnings("always:A channel is the same")
def test_a_flat_set_is_a_point_with_a_warning(random, value):
    """All its patches are 0, so that the distance is the mean of |x| on a line."""
    real, flat = random.normal(size=(64, 7, 7, 1)), np.full((64, 7, 7, 1), value)
    with pytest.warns(UserWarning, match="A channel is the same in all patches"):
        result = sliced_wasserstein_distance(real, flat, patches_per_image=1)
    assert result["7x7"] == pytest.approx(np.sqrt(2 / np.pi), rel=0.05)


@pytest.mark.parametrize(
    ("real", "generated", "options", "message"),
    [
        (np.zeros((4, 8, 8, 1)), np.zeros((5, 8, 8, 1)), {}, "as many generated images as real ones"),
        (np.zeros((1, 8, 8, 1)), np.zeros((1, 8, 8, 1)), {}, "two or more"),
        (np.zeros((4, 8, 8)), np.zeros((4, 8, 8)), {}, "one shape"),
        (np.zeros((4, 6, 8, 1)), np.zeros((4, 6, 8, 1)), {}, "hold no patch of 7 pixels"),
        (np.zeros((4, 8, 8, 1)), np.full((4, 8, 8, 1), np.nan), {}, "must be finite"),
        (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8, 1)), {"projections": 0}, "projections=0"),
        (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8, 1)), {"patches_per_image": 0}, "patches_per_image=0"),
    ],
    ids=["counts", "one_image", "no_channels", "small", "nan", "no_projection", "no_patch"],
)
def test_refuses(real, generated, options, message):
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein_distance(real, generated, **options)
