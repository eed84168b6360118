import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgans.augmentation import DifferentiableAugmentation

COLUMNS = {"brightness": 0, "saturation": 1, "contrast": 2, "down": 3, "right": 4, "cut_down": 5, "cut_right": 6}


def changed(images, *kinds, **numbers):
    """Images under numbers that are 1/2 where they are not given, which changes neither colours nor places."""
    drawn = np.full((len(images), 7), 0.5)
    for name, values in numbers.items():
        drawn[:, COLUMNS[name]] = values
    return DifferentiableAugmentation(kinds)(tf.constant(images), tf.constant(drawn)).numpy()


@pytest.fixture
def images(random):
    return random.uniform(-1, 1, size=(2, 8, 16, 3))


def test_brightness_is_added(images):
    expected = images + np.array([-0.5, 0.25])[:, None, None, None]
    np.testing.assert_allclose(changed(images, "color", brightness=[0, 0.75]), expected)


def test_saturation_scales_the_distance_from_the_grey_of_a_pixel():
    """The pixel (0, .3, .6) has grey .3. Without colour all its channels are .3. Twice the colour makes -.3 of 0."""
    pixel = np.broadcast_to([0.0, 0.3, 0.6], (2, 4, 4, 3))
    found = changed(pixel, "color", saturation=[0, 1])
    np.testing.assert_allclose(found[0], 0.3)
    np.testing.assert_allclose(found[1], np.broadcast_to([-0.3, 0.3, 0.9], (4, 4, 3)), atol=1e-15)


def test_contrast_scales_the_distance_from_the_mean_of_the_image():
    halves = np.concatenate([np.zeros((2, 2, 4, 1)), np.ones((2, 2, 4, 1))], axis=1)
    found = changed(halves, "color", contrast=[0, 1])
    assert sorted(np.unique(found[0])) == pytest.approx([0.25, 0.75])
    assert sorted(np.unique(found[1])) == pytest.approx([-0.25, 1.25])


def test_translation_moves_by_up_to_an_eighth_and_fills_with_grey(images):
    """An edge of 8 moves by -1 to 1, and one of 16 by -2 to 2."""
    found = changed(images, "translation", down=[0, 0.99], right=[0.99, 0.3])
    expected = np.zeros_like(images)
    expected[0, 1:, :-2] = images[0, :-1, 2:]
    expected[1, :-1, 1:] = images[1, 1:, :-1]
    np.testing.assert_array_equal(found, expected)


def test_cutout_blanks_half_of_each_edge_around_any_place():
    """A rectangle of 4 by 8 around the corner keeps a quarter inside; one around the last place too, as in PyTorch."""
    found = changed(np.ones((3, 8, 16, 1)), "cutout", cut_down=[0, 0.5, 0.999], cut_right=[0, 0.5, 0.999])
    expected = np.ones((3, 8, 16, 1))
    expected[0, :2, :4] = 0
    expected[1, 2:6, 4:12] = 0
    expected[2, 6:, 12:] = 0
    np.testing.assert_array_equal(found, expected)


def test_rows_do_not_depend_on_each_other(images):
    alone = changed(images[1:], "color", "translation", "cutout", brightness=0.2, down=0.9, cut_right=0.7)
    both = changed(images, "color", "translation", "cutout", brightness=[0, 0.2], down=[0.1, 0.9], cut_right=[0.2, 0.7])
    np.testing.assert_array_equal(both[1:], alone)


def test_gradients_of_images_are_those_of_finite_differences(images, random):
    augmentation = DifferentiableAugmentation()
    numbers = tf.constant(random.uniform(size=(2, 7)))
    ours, theirs = tf.test.compute_gradient(lambda x: augmentation(x, numbers), [tf.constant(images[:, :4, :4])])
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_numbers_are_those_of_their_seed():
    augmentation = DifferentiableAugmentation(("cutout",))
    one, same, other = (augmentation.draw(3, tf.constant(seed), "float32") for seed in ((0, 1), (0, 1), (0, 2)))
    assert one.shape == (3, 7)
    np.testing.assert_array_equal(one, same)
    assert not np.any(np.equal(one, other))


def test_numbers_are_spread_over_the_unit_interval_in_each_column():
    """A tenth of the interval has 100 of a thousand numbers with a deviation of 9.5. Each has over half of that."""
    numbers = DifferentiableAugmentation().draw(1_000, tf.constant([0, 1]), "float32").numpy()
    for column in numbers.T:
        assert np.all(np.histogram(column, 10, (0, 1))[0] > 50)
        assert 0 <= column.min() <= column.max() < 1


def test_survives_its_configuration():
    augmentation = DifferentiableAugmentation(("translation", "color"))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augmentation))
    assert again == augmentation


@pytest.mark.parametrize(("kinds", "message"), [((), "one kind"), (("blur",), "color, translation, cutout; received")])
def test_refuses_what_it_cannot_do(kinds, message):
    with pytest.raises(ValueError, match=message):
        DifferentiableAugmentation(kinds)
