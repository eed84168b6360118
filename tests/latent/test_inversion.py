import numpy as np
import pytest
import tensorflow as tf

from tfgans import latent, networks


def errors_of(generate, found, images):
    return np.linalg.norm(np.asarray(generate(tf.constant(found))) - images, axis=1)


@pytest.fixture
def matrix(random):
    return random.normal(size=(2, 4))


@pytest.fixture
def images(random):
    return random.normal(size=(5, 4))


def adam(matrix, image, start, steps, learning_rate):
    """Adam on ||z W - x|| of one row, as its authors write it: all latents, the first and the last included."""
    path, first, second = [start], np.zeros_like(start), np.zeros_like(start)
    for step in range(1, steps + 1):
        error = path[-1] @ matrix - image
        gradient = matrix @ error / np.linalg.norm(error)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        scaled = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        path.append(path[-1] - learning_rate * scaled)
    return np.array(path)


def test_a_linear_generator_is_inverted(matrix, images):
    """z* = W^+ x, whose error is what lies off the plane of the images."""
    found = latent.search_latent(lambda z: z @ matrix, images, np.zeros((5, 2)), 1_000, learning_rate=0.02)
    expected = images @ np.linalg.pinv(matrix)
    np.testing.assert_allclose(found.latent, expected, atol=1e-3)
    np.testing.assert_allclose(found.error, np.linalg.norm(expected @ matrix - images, axis=1), rtol=1e-5)


def test_images_that_can_be_made_are_found(matrix, random):
    hidden = random.uniform(-1, 1, size=(3, 2))
    found = latent.search_latent(lambda z: z @ matrix, hidden @ matrix, np.zeros((3, 2)), 2_000, 1e-2)
    np.testing.assert_allclose(found.latent, hidden, atol=1e-2)


@pytest.mark.parametrize("learning_rate", [0.01, 0.3])
def test_steps_are_those_of_adam(matrix, images, random, learning_rate):
    """At the higher rate the search walks back and forth, and the best is not the last."""
    start, marks, best = random.normal(size=(5, 2)), [0, 1, 2, 10, 60], []
    found = latent.search_latent(lambda z: z @ matrix, images, start, marks, learning_rate)
    for row in range(5):
        path = adam(matrix, images[row], start[row], 60, learning_rate)
        errors = np.linalg.norm(path @ matrix - images[row], axis=1)
        np.testing.assert_allclose(found.errors[:, row], [errors[: mark + 1].min() for mark in marks], rtol=1e-5)
        bests = [path[errors[: mark + 1].argmin()] for mark in marks]
        np.testing.assert_allclose(found.latents[:, row], bests, rtol=1e-4, atol=1e-5)
        best.append(errors.argmin())
    assert max(best) == 60 if learning_rate == 0.01 else min(best) < 60


def test_the_first_step_is_as_long_as_the_learning_rate(images):
    """Adam's first step is the sign of the gradient; towards x from 0 with G the identity, that of x."""
    for rate in (0.001, 0.01):
        found = latent.search_latent(lambda z: z, images, np.zeros((5, 4)), 1, rate)
        np.testing.assert_allclose(found.latent, rate * np.sign(images), rtol=1e-3)
    default = latent.search_latent(lambda z: z, images, np.zeros((5, 4)), 1)
    np.testing.assert_allclose(default.latent, 0.01 * np.sign(images), rtol=1e-3)


def test_the_best_never_gets_worse(matrix, images, random):
    start = random.normal(size=(5, 2))
    found = latent.search_latent(lambda z: tf.sin(5 * z) @ matrix, images, start, range(0, 101, 5), 0.5)
    assert np.all(np.diff(found.errors, axis=0) <= 0)
    assert np.any(found.errors[-1] < found.errors[0])
    np.testing.assert_array_equal(found.error, found.errors[-1])
    np.testing.assert_array_equal(found.latent, found.latents[-1])
    np.testing.assert_allclose(errors_of(lambda z: tf.sin(5 * z) @ matrix, found.latent, images), found.error)


def test_a_start_that_cannot_be_bettered_is_kept(images):
    """At an answer the gradient is finite, and what is found stays there."""
    found = latent.search_latent(lambda z: z, images, images, 20, 0.1)
    np.testing.assert_array_equal(found.latent, images)
    np.testing.assert_allclose(found.error, 0, atol=1.001e-6)


def test_rows_do_not_feel_their_neighbours(images, random):
    """A row's path is the same alone, beside others, and beside rows that are far away."""
    start = random.normal(size=(5, 4))

    def generate(z):
        return tf.sin(3 * z) + z**2

    together = latent.search_latent(generate, images, start, 80, 0.05)
    far = np.concatenate([start[:1], 1e6 * start[1:]])
    beside = latent.search_latent(generate, images, far, 80, 0.05)
    alone = latent.search_latent(generate, images[:1], start[:1], 80, 0.05)
    for other in (beside, alone):
        np.testing.assert_allclose(other.latent[0], together.latent[0], rtol=1e-12)
        np.testing.assert_allclose(other.error[0], together.error[0], rtol=1e-12)


def test_marks_are_noted_as_if_each_were_the_last(matrix, images):
    """Whether or not they fall between two calls of the graph."""
    marks = [0, 7, 50, 51, 120]
    start = np.full((5, 2), 2.0)
    found = latent.search_latent(lambda z: z @ matrix, images, start, marks, 0.05)
    assert found.errors.shape == (5, 5)
    assert found.seconds.shape == (5,)
    assert found.seconds[0] >= 0
    assert np.all(np.diff(found.seconds) >= 0)
    np.testing.assert_allclose(found.errors[0], errors_of(lambda z: z @ matrix, start, images))
    for mark, errors in zip(marks, found.errors, strict=True):
        single = latent.search_latent(lambda z: z @ matrix, images, start, mark, 0.05)
        assert single.errors.shape == (1, 5)
        np.testing.assert_allclose(single.error, errors, rtol=1e-12)


def test_no_step_gives_back_the_start(matrix, images, random):
    start = random.normal(size=(5, 2))
    found = latent.search_latent(lambda z: z @ matrix, images, start, 0)
    np.testing.assert_array_equal(found.latent, start)
    np.testing.assert_allclose(found.error, np.linalg.norm(start @ matrix - images, axis=1))


def test_images_through_a_network(random):
    """Of double-precision images and a network in single precision, the error is over all pixels."""
    decoder = networks.began_decoder((8, 8, 1), 3, 2)
    images = random.uniform(-1, 1, size=(2, 8, 8, 1))
    start = random.normal(size=(2, 3))
    found = latent.search_latent(decoder, images, start, [0, 30], 0.05)
    assert found.latent.shape == (2, 3)
    for latents, errors in ((start, found.errors[0]), (found.latent, found.error)):
        difference = decoder(latents.astype("float32")).numpy() - images
        np.testing.assert_allclose(errors, np.sqrt(np.sum(difference**2, axis=(1, 2, 3))), rtol=1e-5)
    assert np.all(found.errors[1] < found.errors[0])


@pytest.mark.parametrize(
    ("images", "start", "steps", "message"),
    [
        (3, 2, 5, r"a start for each; received float64 \(3, 2\) and \(2, 2\)"),
        (0, 0, 5, r"received float64 \(0, 2\) and \(0, 2\)"),
        (2, 2, -1, "Steps must rise from 0 on; received -1"),
        (2, 2, [], r"received \[\]"),
        (2, 2, [5, 5], r"received \[5, 5\]"),
        (2, 2, [0, 9, 3], r"received \[0, 9, 3\]"),
        (2, 2, [-2, 3], r"received \[-2, 3\]"),
    ],
)
def test_refuses(images, start, steps, message):
    with pytest.raises(ValueError, match=message):
        latent.search_latent(lambda z: z, np.zeros((images, 2)), np.zeros((start, 2)), steps)


def test_refuses_bytes():
    with pytest.raises(ValueError, match="Expected floating images"):
        latent.search_latent(lambda z: z, np.zeros((2, 2), np.uint8), np.zeros((2, 2)), 5)


def test_refuses_starts_that_give_other_images():
    with pytest.raises(ValueError, match=r"images of the generator's shape \(1,\); received \(3,\)"):
        latent.search_latent(lambda z: z, np.zeros((2, 3)), np.zeros((2, 1)), 5)


def test_the_best_outlives_a_step_to_where_the_generator_breaks():
    """It breaks beyond .5; the search walks there in steps of .2 from 0 and .2."""
    found = latent.search_latent(
        lambda z: tf.where(z > 0.5, tf.constant(np.nan, z.dtype), z),
        np.ones((2, 1)),
        np.array([[0.0], [0.2]]),
        [0, 5, 100],
        0.2,
    )
    np.testing.assert_allclose(found.errors, [[1, 0.8], [0.6, 0.6], [0.6, 0.6]], atol=1e-4)
    np.testing.assert_allclose(found.latent, [[0.4], [0.4]], atol=1e-4)
