import numpy as np
import pytest

from tfgans import metrics
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
    assert measured.overlap == pytest.approx((measured.coverage + measured.recall) / 2)


def test_real_samples_are_compared_with_each_other_once(clusters, monkeypatch):
    searched, spacing = [], metrics.spacing
    monkeypatch.setattr(metrics, "spacing", lambda points: searched.append(points[0, 0]) or spacing(points))
    monitor = DiversityMonitor(clusters)
    first = monitor(clusters[:50] + 1)
    assert monitor(clusters[:50] + 1) == first
    assert sorted(searched) == [clusters[0, 0], clusters[0, 0] + 1, clusters[0, 0] + 1]


def test_blurs_near_all_samples_cover_them_and_overlap_half(random):
    """Equal points between the corners of a cube of many dimensions lie nearer to each corner than its neighbours."""
    corners = random.choice([-1.0, 1.0], size=(300, 64))
    measured = DiversityMonitor(corners)(random.normal(size=(100, 64)) * 1e-3)
    assert (measured.coverage, measured.recall, measured.overlap) == (1.0, 0.0, 0.5)


def test_spacing_by_hand():
    """Distances to the nearest other one are .5, .5, 1, .5, .5, .5 among the samples, and 1, 1, 2, 1, 1, 2 among the
    first six real ones: 3.5 / 8. The last two real ones, which are far away, would make it next to nothing."""
    real = np.array([0, 1, 3, 7, 8, 10, 100, 200.0]).reshape(-1, 1)
    samples = np.array([0, 0.5, 1.5, 4, 4.5, 5]).reshape(-1, 1)
    assert DiversityMonitor(real)(samples).spacing == pytest.approx(3.5 / 8)


def test_equal_samples_have_no_spacing(clusters):
    measured = DiversityMonitor(clusters)(np.zeros((50, 2)))
    assert measured.spacing == 0
    assert measured.coverage < 0.1


def test_repeated_real_samples_hide_no_collapse(clusters):
    twice = DiversityMonitor(np.repeat(clusters, 2, axis=0))
    assert twice(np.zeros((50, 2))).spacing == 0
    assert twice(clusters[:200]).spacing == pytest.approx(1, abs=1e-3)


def test_equal_real_samples_have_no_diversity_to_lose():
    assert DiversityMonitor(np.ones((50, 2)))(np.zeros((50, 2))).spacing == 1


def test_wide_noise_has_no_more_than_the_spacing_of_real_samples(clusters, random):
    assert DiversityMonitor(clusters)(random.normal(size=(50, 2)) * 1_000).spacing == 1


def test_very_long_images_are_compared_by_blocks_as_high_as_they_are(random):
    real = random.uniform(-1, 1, size=(20, 3, 100, 1))
    monitor = DiversityMonitor(real)
    assert monitor(real + 1e-9).spacing == pytest.approx(1)
    assert monitor(np.zeros_like(real)).spacing == 0


def test_images_are_compared_by_means_of_blocks(random):
    """Of 40 x 20 pixels, blocks of 3 x 3 are compared: what differs inside the blocks, or in the rest, is the same."""
    real = random.uniform(-1, 1, size=(20, 40, 20, 2))
    within = random.uniform(-1, 1, size=(20, 13, 3, 6, 3, 2))
    within -= within.mean(axis=(2, 4), keepdims=True)
    images = np.ones((20, 40, 20, 2))
    images[:, :39, :18] = within.reshape(20, 39, 18, 2)
    images[:, 39], images[:, :, 18:] = random.uniform(-1, 1, (20, 20, 2)), random.uniform(-1, 1, (20, 40, 2, 2))
    assert DiversityMonitor(real)(images).spacing == pytest.approx(0, abs=1e-12)
    assert DiversityMonitor(real)(real).spacing == 1


def test_too_few_real_samples():
    with pytest.raises(ValueError, match="6 real samples or more; received 5"):
        DiversityMonitor(np.zeros((5, 2)))


def test_more_samples_than_real_ones():
    with pytest.raises(ValueError, match="Expected 6 samples or fewer; received 7"):
        DiversityMonitor(np.zeros((6, 2)))(np.zeros((7, 2)))
