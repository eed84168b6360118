import numpy as np
import pytest
import tensorflow as tf

from tfgans import data, evaluation


@pytest.fixture
def save(tmp_path):
    """Saves a function of images as a SavedModel, and gives the extractor of it."""

    def make(function, shape=(None, None, 3), signature="serving_default", folder="net"):
        module = tf.Module()
        spec = tf.TensorSpec([None, *shape], name="images")
        module.call = tf.function(function, input_signature=[spec])
        tf.saved_model.save(module, str(tmp_path / folder), {signature: module.call})
        nothing = data.from_arrays(np.zeros((3, 4, 4, 1), np.uint8))
        return evaluation.extractor(f"saved_model:{tmp_path / folder}", nothing, nothing)

    return make


@pytest.fixture
def images(random):
    return random.integers(0, 256, (5, 4, 6, 3), np.uint8)


def unit(images):
    return images / 127.5 - 1


def mean_colours(images):
    return {"anything": tf.reduce_mean(images, [1, 2])}


def test_the_only_output_is_the_features(save, images):
    extractor = save(mean_colours)
    assert extractor.provides == {"features"}
    np.testing.assert_allclose(extractor(images)["features"], unit(images).mean(axis=(1, 2)), atol=1e-6)
    assert (extractor.name, extractor.protocol) == ("saved_model:net", {"resize": None})


def test_features_are_flattened(save, images):
    features = save(lambda images: {"features": images, "other": images[:, 0]}, (4, 6, 3))(images)["features"]
    np.testing.assert_allclose(features, unit(images).reshape(5, -1), atol=1e-6)


def test_images_are_resized_where_the_size_is_fixed(save, images):
    extractor = save(lambda images: {"features": images}, (8, 12, 3))
    assert extractor.protocol == {"resize": "8x12, bilinear"}
    features = extractor(images)["features"].reshape(5, 8, 12, 3)
    # Half-pixel centres: a corner keeps its value, and the next pixel is a quarter of the way to its neighbour.
    np.testing.assert_allclose(features[:, 0, 0], unit(images)[:, 0, 0], atol=1e-6)
    expected = 0.75 * unit(images)[:, 0, 0] + 0.25 * unit(images)[:, 0, 1]
    np.testing.assert_allclose(features[:, 0, 1], expected, atol=1e-6)


def test_grey_is_repeated_where_three_channels_are_wanted(save, images):
    features = save(mean_colours)(images[..., :1])["features"]
    expected = unit(images[..., 0]).mean(axis=(1, 2))
    np.testing.assert_allclose(features, np.stack([expected] * 3, axis=1), atol=1e-6)


@pytest.mark.parametrize("name", ["logits", "probabilities"])
def test_probabilities_of_classes(save, images, name):
    def network(images):
        logits = tf.reduce_mean(images, [1, 2])
        return {name: logits if name == "logits" else tf.nn.softmax(logits)}

    extractor = save(network)
    assert extractor.provides == {"probabilities"}
    odds = np.exp(unit(images).mean(axis=(1, 2)))
    np.testing.assert_allclose(extractor(images)["probabilities"], odds / odds.sum(axis=1, keepdims=True), rtol=1e-5)


def test_features_beside_logits_need_no_name(save, images):
    extractor = save(lambda images: {"logits": images[:, 0, 0], "embedding": images[:, 0, 1]}, (4, 6, 3))
    assert extractor.provides == {"features", "probabilities"}
    np.testing.assert_allclose(extractor(images)["features"], unit(images)[:, 0, 1], atol=1e-6)


def test_fingerprint_is_that_of_the_files(save):
    first, second = (save(function, folder=name) for name, function in (("a", mean_colours), ("b", tf.identity)))
    assert first.fingerprint != second.fingerprint


def test_refuses_outputs_of_which_none_is_called_features(save):
    with pytest.raises(ValueError, match=r"net are \['a', 'b'\]; call one of them 'features'"):
        save(lambda images: {"a": images, "b": images})


def test_refuses_another_signature(save):
    with pytest.raises(ValueError, match="has no signature serving_default"):
        save(mean_colours, signature="other")


@pytest.mark.parametrize("shape", [(), (4,), (4, 6, 3, 2)])
def test_refuses_what_takes_no_images(save, shape):
    with pytest.raises(ValueError, match="must take one batch of images; it takes"):
        save(tf.identity, shape)


def test_refuses_images_of_other_channels(save, images):
    with pytest.raises(ValueError, match=r"saved_model:net takes 1 channels; received images \(4, 6, 3\)"):
        save(tf.identity, (None, None, 1))(images)


def test_refuses_a_folder_without_a_model(tmp_path, pictures):
    with pytest.raises(FileNotFoundError, match=r"no SavedModel in .*nowhere"):
        evaluation.extractor(f"saved_model:{tmp_path / 'nowhere'}", pictures(6), pictures(6))


def test_one_model_under_two_names_is_two_extractors(cache, tmp_path, pictures):
    """Inception resizes by the rule of TensorFlow 1, so what is kept of the one is not what the other gives."""

    class Whole(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], name="images")])
        def __call__(self, images):
            return {"logits": images[:, 0, :8, 0], "pool_3": images[:, 0, 74:77, 0]}

    network = Whole()
    tf.saved_model.save(network, str(tmp_path / "net"), network.__call__.get_concrete_function())
    images, values = evaluation.image_set_source(pictures(40)), []
    for name in ("inception_tfgan", "saved_model"):
        extractor = evaluation.extractor(f"{name}:{tmp_path / 'net'}", pictures(6), pictures(6))
        generated = evaluation.image_set_source(pictures(40, seed=1))
        scores = evaluation.compute_scores(
            ["prdc", "frechet"], [generated], images, images, extractor, samples=40, progress=False
        )
        values.append([score["value"] for score in scores])
    assert values[0] != values[1]
    assert len(list(cache.iterdir())) == 4
