import numpy as np
import pytest

from tfgans.metrics import rare_recall

# Fifteen images lie on a line, and the rare three are 8, 10 and 20. These are 2, 2 and 10 from the nearest other,
# and the median is 2. The median of all images is 0.
REAL = np.array([0.0] * 12 + [8, 10, 20]).reshape(15, 1)


def recall(*points):
    return rare_recall(REAL, np.array(points, float).reshape(-1, 1), rare_share=0.2).recall


def test_by_hand():
    """A mean distance would be 14 / 3, so that a sample at 6 would recall the image at 8."""
    assert recall(0, 0) == 0
    assert recall(0, 6) == 0
    assert recall(0, 6.1) == pytest.approx(1 / 3)
    assert recall(0, 9) == pytest.approx(2 / 3)
    assert recall(9, 21) == 1


def test_spread_is_that_of_the_samples_over_that_of_the_real_images():
    assert rare_recall(REAL, REAL, 0.2).spread_share == pytest.approx(1)
    assert rare_recall(REAL, REAL / 4, 0.2).spread_share == pytest.approx(0.25)
    assert rare_recall(REAL, np.zeros((3, 1)), 0.2).spread_share == 0


def test_distance_is_that_of_the_nearest_sample_over_that_of_the_median_scene():
    """The rare images lie 8, 10 and 20 from the median; samples at 0 and 9 lie 1, 1 and 11 from them."""
    assert rare_recall(REAL, np.zeros((3, 1)), 0.2).distance_share == pytest.approx(1)
    assert rare_recall(REAL, np.array([[0.0], [9.0]]), 0.2).distance_share == pytest.approx(1 / 10)
    assert rare_recall(REAL, REAL, 0.2).distance_share == 0


def test_pixels_count_by_their_absolute_differences():
    """Images (4, 4) and (6, 0) are 6 apart in L1, and 4.5 in L2."""
    real = np.zeros((10, 1, 2, 1))
    real[8, 0, :, 0], real[9, 0, :, 0] = (4, 4), (6, 0)
    sample = np.zeros((1, 1, 2, 1))
    sample[..., 0] = (6.0, 5.9)
    assert rare_recall(real, sample, 0.2).recall == 1
    sample[..., 0] = (6.0, 6.1)
    assert rare_recall(real, sample, 0.2).recall == 0.5


@pytest.mark.parametrize(
    ("real", "generated", "share"),
    [(REAL, np.zeros((2, 2)), 0.2), (REAL, np.zeros((0, 1)), 0.2), (REAL, REAL, 0.05), (REAL, REAL, 1.1)],
)
def test_refuses_what_it_cannot_compare(real, generated, share):
    with pytest.raises(ValueError, match="two or more are rare; received"):
        rare_recall(real, generated, share)


def test_refuses_a_scene_in_which_nothing_happens():
    with pytest.raises(ValueError, match="none is rare"):
        rare_recall(np.ones((30, 4)), np.ones((3, 4)))
