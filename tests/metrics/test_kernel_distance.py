import numpy as np
import pytest
import tensorflow as tf

from tfgans.metrics import _tfgan, kernel_distance


def unbiased(real, generated):
    """Binkowski et al. 2018, Eq. 4, with pairs of a sample and itself left out."""

    def kernel(first, second):
        return (first @ second.T / first.shape[1] + 1) ** 3

    def within(part):
        products = kernel(part, part)
        return products[~np.eye(len(part), dtype=bool)].mean()

    return within(real) + within(generated) - 2 * kernel(real, generated).mean()


@pytest.fixture
def pair(random):
    return random.normal(size=(310, 12)), 1.3 * random.normal(size=(250, 12)) + 0.2


def test_by_hand():
    """Points 0 and 1 against 1 and 1: k(0, 1) = 1 and k(1, 1) = 8 give 1 + 8 - 2 (1 + 8) / 2 = 0."""
    real, generated = np.array([[0.0], [1.0]]), np.array([[1.0], [1.0]])
    with pytest.warns(UserWarning, match="same features"):
        assert kernel_distance(real, generated).mean == pytest.approx(0)


def test_against_the_formula(pair):
    assert kernel_distance(*pair).mean == pytest.approx(unbiased(*pair), rel=1e-10)


def test_blocks_follow_each_other_and_are_of_nearly_one_size(pair):
    """310 and 250 samples in blocks of at most 100 make 4 of 77, 77, 78, 78 and of 62, 62, 63, 63."""
    real = np.split(pair[0], np.cumsum([77, 77, 78]))
    generated = np.split(pair[1], np.cumsum([62, 62, 63]))
    blocks = [unbiased(*parts) for parts in zip(real, generated, strict=True)]
    mean, error = kernel_distance(*pair, block_size=100)
    assert mean == pytest.approx(np.mean(blocks), rel=1e-10)
    assert error == pytest.approx(np.std(blocks, ddof=1) / 2, rel=1e-10)


def test_against_tfgan(pair):
    distance = _tfgan.module("classifier_metrics").kernel_classifier_distance_and_std_from_activations
    expected = distance(*map(tf.constant, pair), max_block_size=100)
    assert kernel_distance(*pair, block_size=100) == pytest.approx([float(value) for value in expected], rel=1e-10)


@pytest.mark.parametrize("name", ["plain", "few_samples", "low_rank", "grid"])
def test_against_torch_fidelity(inputs, goldens, name):
    """It draws subsets of one size; one of all samples is one block."""
    real, generated = inputs.features()[name]
    size = min(len(real), len(generated))
    distance = kernel_distance(real[:size], generated[:size], block_size=size)
    assert distance.mean == pytest.approx(goldens["kernel_distance"][name], rel=1e-9)


def test_order_inside_a_block_does_not_matter(pair, random):
    shuffled = [random.permutation(part) for part in pair]
    assert kernel_distance(*shuffled).mean == pytest.approx(kernel_distance(*pair).mean, rel=1e-10)


def test_is_symmetric(pair):
    assert kernel_distance(*pair, 100) == pytest.approx(kernel_distance(*pair[::-1], 100), rel=1e-10)


def test_does_not_fall_with_samples(random):
    """Its mean over many small blocks is that of one large block, which a biased estimate would be above."""
    real, generated = random.normal(size=(600, 4)), random.normal(size=(600, 4)) + 0.3
    mean, error = kernel_distance(real, generated, block_size=20)
    assert abs(mean - kernel_distance(real, generated, block_size=600).mean) < 3 * error


def test_is_about_zero_for_one_distribution(random):
    mean, error = kernel_distance(random.normal(size=(2000, 8)), random.normal(size=(2000, 8)), block_size=100)
    assert abs(mean) < 3 * error


def test_one_block_has_no_standard_error(pair):
    assert kernel_distance(*pair, block_size=310).standard_error is None
    assert kernel_distance(*pair, block_size=309).standard_error > 0


@pytest.mark.parametrize(
    ("shapes", "block_size", "message"),
    [
        (((9, 3), (9, 2)), 4, "one size; received 3 and 2"),
        (((1, 3), (9, 3)), 4, "2 real samples or more; received 1"),
        (((100, 3), (9, 3)), 10, "10 blocks needs two samples of either kind; received 100 and 9"),
        (((9, 3), (9, 3)), 1, "block_size must be 2 or more; received 1"),
        (((9, 3), (9, 3)), 0, "block_size must be 2 or more; received 0"),
    ],
    ids=["sizes", "one_sample", "counts", "block_of_one", "block_of_none"],
)
def test_refuses(random, shapes, block_size, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(*(random.normal(size=shape) for shape in shapes), block_size)


def test_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match="real features of 2 of 2 samples are not finite"):
        kernel_distance(np.full((2, 2), np.nan), np.zeros((2, 2)))
