import numpy as np
import pytest
import tensorflow as tf

from tfgans.metrics import LEGACY_RANGE, moving_average, ms_ssim, ssim


def constant(value, size=16):
    return np.full((1, size, size, 1), value)


def noisy_pair(random, shape):
    """Smooth images in [0, 1] and the same with noise."""
    first = np.cumsum(np.cumsum(random.normal(size=shape), axis=1), axis=2)
    first = (first - first.min()) / np.ptp(first)
    return first, np.clip(first + 0.1 * random.normal(size=shape), 0, 1)


@pytest.mark.parametrize("shape", [(3, 16, 20, 3), (2, 8, 8, 1), (1, 1, 1, 1)])
def test_identical_images_are_one(random, shape):
    images = random.uniform(size=shape)
    np.testing.assert_allclose(ssim(images, images, 1), np.ones(shape[0]), rtol=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(0.0, 1.0, 1e-4 / (1 + 1e-4)), (0.25, 0.5, 0.2501 / 0.3126)], ids=str
)
def test_constants_by_hand(first, second, expected):
    """(2 x y + .01^2) / (x^2 + y^2 + .01^2), since nothing varies."""
    assert ssim(constant(first), constant(second), 1) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("window", ["gaussian", "uniform"])
@pytest.mark.parametrize("value_range", [255, LEGACY_RANGE], ids=str)
def test_against_scikit_image(inputs, goldens, value_range, window):
    """The uniform window is that of its defaults, with the covariances of a sample."""
    expected = goldens["ssim"][window][f"{value_range:g}"]
    np.testing.assert_allclose(ssim(*inputs.images(), value_range, window), expected, rtol=1e-10)


def test_a_uniform_window_must_be_known_and_fit():
    with pytest.raises(ValueError, match=r"has 7 pixels each way; received images \(6, 6\)"):
        ssim(constant(0.0, 6), constant(0.0, 6), 1, "uniform")
    with pytest.raises(ValueError, match="window must be one of gaussian, uniform; received 'hann'"):
        ssim(constant(0.0), constant(0.0), 1, "hann")


def test_only_the_ratio_to_the_range_counts(inputs):
    first, second = inputs.images()
    expected = ssim(first, second, 255)
    np.testing.assert_allclose(ssim(first / 255, second / 255, 1), expected, rtol=1e-10)
    with np.testing.assert_raises(AssertionError):
        np.testing.assert_allclose(ssim(first, second, LEGACY_RANGE), expected, rtol=1e-3)


def test_a_small_image_is_one_window():
    """In 2 by 2 pixels all weigh 1/4: of (0, 0, 1, 1) and (0, 1, 0, 1), mean 1/2, variance 1/4, covariance 0."""
    first, second = np.array([0.0, 0, 1, 1]).reshape(1, 2, 2, 1), np.array([0.0, 1, 0, 1]).reshape(1, 2, 2, 1)
    assert ssim(first, second, 1) == pytest.approx(9e-4 / (0.5 + 9e-4))


def test_bytes_do_not_wrap(random):
    first, second = random.integers(0, 256, (2, 2, 16, 16, 1), dtype=np.uint8)
    np.testing.assert_array_equal(ssim(first, second, 255), ssim(first.astype(float), second.astype(float), 255))


@pytest.mark.parametrize("shape", [(2, 176, 192, 3), (2, 177, 163, 1)], ids=["even", "odd"])
def test_multi_scale_against_tensorflow(random, shape):
    first, second = noisy_pair(random, shape)
    expected = tf.image.ssim_multiscale(tf.constant(first), tf.constant(second), 1)
    np.testing.assert_allclose(ms_ssim(first, second, 1), expected, atol=1e-5)


def test_fewer_scales_against_tensorflow(random):
    first, second = noisy_pair(random, (2, 32, 32, 1))
    weights = np.array([0.0448, 0.2856]) / (0.0448 + 0.2856)
    # The five weights of the paper sum to 1.0001.
    expected = tf.image.ssim_multiscale(tf.constant(first), tf.constant(second), 1, power_factors=weights * 1.0001)
    np.testing.assert_allclose(ms_ssim(first, second, 1, scales=2), expected, atol=1e-5)


def test_multi_scale_of_identical_images_is_one(random):
    images = random.uniform(size=(2, 176, 176, 1))
    np.testing.assert_allclose(ms_ssim(images, images, 1), [1, 1], rtol=1e-12)


def test_multi_scale_of_opposites_is_zero(random):
    images = random.uniform(size=(1, 22, 22, 1))
    assert ms_ssim(images, 1 - images, 1, scales=2) == 0


@pytest.mark.parametrize(("size", "fitting"), [(10, 0), (11, 1), (20, 1), (21, 2), (160, 4), (161, 5)])
def test_scales_must_fit(size, fitting):
    """Halves are rounded up: 161, 81, 41, 21, 11."""
    images = np.zeros((1, size, size, 1))
    for scales in range(1, fitting + 1):
        assert ms_ssim(images, images, 1, scales) == 1
    with pytest.raises(ValueError, match=f"hold {fitting} scales of 11 pixels; received scales={fitting + 1}"):
        ms_ssim(images, images, 1, fitting + 1)


@pytest.mark.parametrize(
    ("first", "second", "value_range", "message"),
    [
        (constant(0.0), constant(0.0, 17), 1, "of one shape"),
        (constant(0.0)[0], constant(0.0)[0], 1, r"images \[n, H, W, C\]"),
        (constant(0.0), constant(np.nan), 1, "must be finite"),
        (constant(0.0), constant(0.0), 0, "value_range=0"),
        (constant(0.0), constant(0.0), np.nan, "value_range=nan"),
    ],
    ids=["shapes", "one_image", "nan", "no_range", "range_nan"],
)
@pytest.mark.parametrize("score", [ssim, ms_ssim])
def test_refuses(score, first, second, value_range, message):
    with pytest.raises(ValueError, match=message):
        score(first, second, value_range)


def test_moving_average_by_hand():
    np.testing.assert_allclose(moving_average([1, 2, 6, 4], width=2), [1.5, 4, 5])
    np.testing.assert_allclose(moving_average(range(20)), [9.5])


@pytest.mark.parametrize(("values", "width"), [([1, 2], 3), ([1, 2], 0), ([], 1), ([[1, 2]], 1)], ids=str)
def test_moving_average_refuses(values, width):
    with pytest.raises(ValueError, match=f"a series of {width} values or more"):
        moving_average(values, width)
