import numpy as np
import pytest

from tfgans.evaluation import DiversityMonitor


@pytest.fixture
def clusters(random):
    """Four hundred points in four far clusters, in the order of a circle."""
    centers = np.array([[0, 0], [0, 50], [50, 0], [50, 50]], float)
    return centers[np.arange(400) % 4] + random.normal(size=(400, 2))


def test_samples_like_the_real_ones_cover_them(clusters, random):
    monitor = DiversityMonitor(clusters)
    measured = monitor(clusters[:200] + 1e-6)
    assert measured.coverage > 0.8
    assert measured.recall > 0.8
    assert measured.spacing == pytest.approx(1, abs=1e-3)


def test_one_cluster_of_four_covers_a_quarter(clusters):
    measured = DiversityMonitor(clusters)(clusters[::4] + 1e-6)
    assert measured.coverage == pytest.approx(0.25, abs=0.01)


def test_equal_samples_have_no_spacing(clusters):
    measured = DiversityMonitor(clusters)(np.zeros((50, 2)))
    assert measured.spacing == 0
    assert measured.coverage < 0.1


def test_images_are_compared_by_means_of_blocks(random):
    """Of 40 x 20 pixels, blocks of 3 x 3 are left; a checkerboard inside the blocks is lost, the last row too."""
    coarse = random.uniform(-1, 1, size=(20, 13, 6, 2))
    fine = np.repeat(np.repeat(coarse, 3, axis=1), 3, axis=2)
    images = np.zeros((20, 40, 20, 2))
    images[:, :39, :18] = fine
    swapped = images.copy()
    swapped[:, 0:39:3, :18], swapped[:, 1:39:3, :18] = images[:, 0:39:3, :18] + 0.3, images[:, 1:39:3, :18] - 0.3
    swapped[:, 39], swapped[:, :, 18:] = 1, 1
    measured = DiversityMonitor(images)(swapped)
    assert measured.coverage == 1
    assert measured.recall == 1
    assert measured.spacing == pytest.approx(1)


def test_too_few_real_samples():
    with pytest.raises(ValueError, match="6 real samples or more; received 5"):
        DiversityMonitor(np.zeros((5, 2)))
