import hashlib
import inspect

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.saving import legacy_h5_format

from tfgans import evaluation
from tfgans.evaluation import inception


class StandIn(tf.Module):
    """The signature of the Inception of 2015: features are the first line, logits ten times the first pixel."""

    def __init__(self, flat):
        super().__init__()
        self.flat = flat

    @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], name="images")])
    def called(self, images):
        pooled = tf.pad(tf.reshape(images[:, 0], [-1, 3 * 299]), [[0, 0], [0, 2048 - 3 * 299]])
        pooled = pooled if self.flat else pooled[:, tf.newaxis, tf.newaxis]
        return {"logits": tf.pad(10 * images[:, 0, 0], [[0, 0], [0, 1005]]), "pool_3": pooled}


class Callable(StandIn):
    @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], name="images")])
    def __call__(self, images):
        return self.called(images)


class OnlyFeatures(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], name="images")])
    def __call__(self, images):
        return {"features": images[:, 0, 0]}


class OneTensor(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], name="images")])
    def __call__(self, images):
        return images[:, 0, 0]


@pytest.fixture(autouse=True)
def _nothing_on_this_machine(monkeypatch, tmp_path):
    for name in ("TFGANS_INCEPTION", "TFHUB_CACHE_DIR", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def extractor(pictures):
    return lambda name: evaluation.extractor(name, pictures(6), pictures(6))


def save(module, folder):
    signatures = {"serving_default": module.called} if type(module) is StandIn else None
    tf.saved_model.save(module, str(folder), signatures)
    return folder


@pytest.mark.parametrize(("kind", "flat"), [(Callable, False), (Callable, True), (StandIn, False), (StandIn, True)])
def test_features_and_probabilities_by_hand(tmp_path, extractor, kind, flat):
    network = extractor(f"inception_tfgan:{save(kind(flat), tmp_path / 'net')}")
    assert network.provides == {"features", "probabilities"}
    colours = np.array([[0, 51, 255], [204, 204, 0]], np.uint8)
    outputs = network(np.broadcast_to(colours[:, None, None], (2, 4, 4, 3)))
    pixel = (colours - 128.0) / 128
    line = np.pad(np.tile(pixel, 299), [(0, 0), (0, 2048 - 3 * 299)])
    np.testing.assert_allclose(outputs["features"], line, atol=1e-6)
    odds = np.exp(np.pad(10 * pixel, [(0, 0), (0, 1005)]))
    np.testing.assert_allclose(outputs["probabilities"], odds / odds.sum(axis=1, keepdims=True), rtol=1e-4)


def test_grey_images_have_three_equal_channels(tmp_path, extractor):
    network = extractor(f"inception_tfgan:{save(Callable(True), tmp_path / 'net')}")
    features = network(np.full((2, 4, 4, 1), 204, np.uint8))["features"]
    np.testing.assert_allclose(features[:, : 3 * 299], 76 / 128, atol=1e-6)


def test_images_are_resized_by_the_rule_of_tensorflow_1(tmp_path, extractor):
    network = extractor(f"inception_tfgan:{save(Callable(True), tmp_path / 'net')}")
    assert network.protocol == {"resize": "299x299, bilinear as in TensorFlow 1", "scaling": "(byte - 128) / 128"}
    images = np.zeros((1, 2, 2, 1), np.uint8)
    images[:, :, 1] = 255
    # Without half-pixel centres: pixel x lies at 2 x / 299, and beyond 1 the last value stands.
    expected = 255 / 128 * np.minimum(np.arange(299) * 2 / 299, 1) - 1
    line = network(images)["features"][0, : 3 * 299].reshape(299, 3)
    np.testing.assert_allclose(line, np.stack([expected] * 3, axis=1), atol=1e-5)


def test_is_found_by_the_variable_and_where_tf_hub_keeps_it(tmp_path, extractor, monkeypatch):
    folder = save(Callable(True), tmp_path / "net")
    by_path = extractor(f"inception_tfgan:{folder}")
    monkeypatch.setenv("TFGANS_INCEPTION", str(folder))
    assert extractor("inception_tfgan").fingerprint == by_path.fingerprint
    monkeypatch.delenv("TFGANS_INCEPTION")
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "hub"))
    (tmp_path / "hub").mkdir()
    # The name that TF-Hub gives the folder is the SHA-1 of the module's address.
    name = hashlib.sha1(b"https://tfhub.dev/tensorflow/tfgan/eval/inception/1").hexdigest()
    folder.rename(tmp_path / "hub" / name)
    assert extractor("inception_tfgan").fingerprint == by_path.fingerprint


@pytest.mark.parametrize(("kind", "found"), [(OnlyFeatures, "this model gives features"), (OneTensor, "Tensor")])
def test_another_model_is_refused(tmp_path, extractor, kind, found):
    network = extractor(f"inception_tfgan:{save(kind(), tmp_path / 'net')}")
    with pytest.raises(ValueError, match=f"gives pool_3 and logits; .*{found}"):
        network(np.zeros((1, 4, 4, 1), np.uint8))


def test_a_model_that_cannot_be_called_is_refused(tmp_path, extractor):
    with pytest.raises(ValueError, match="no model that can be called"):
        extractor(f"inception_tfgan:{save(tf.Module(), tmp_path / 'net')}")


def test_where_it_is_missing_the_error_says_what_to_do(tmp_path, extractor, monkeypatch):
    with pytest.raises(FileNotFoundError) as error:
        extractor(f"inception_tfgan:{tmp_path / 'nowhere'}")
    for text in (str(tmp_path / "nowhere"), "https://tfhub.dev/tensorflow/tfgan", "TFGANS_INCEPTION", "classifier"):
        assert text in str(error.value)
    with pytest.raises(FileNotFoundError, match="tmp/tfhub_modules"):
        extractor("inception_tfgan")
    monkeypatch.setenv("TFGANS_INCEPTION", str(tmp_path / "elsewhere"))
    with pytest.raises(FileNotFoundError, match="elsewhere"):
        extractor("inception_tfgan")


def test_weights_of_keras_that_are_missing_are_named(tmp_path, extractor):
    with pytest.raises(FileNotFoundError) as error:
        extractor("inception_keras")
    file = "inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
    assert str(tmp_path / "home" / ".keras" / "models" / file) in str(error.value)
    for text in (f"https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/{file}", "classifier"):
        assert text in str(error.value)


def test_other_weights_of_keras_are_refused(tmp_path, extractor):
    (tmp_path / "weights.h5").write_bytes(b"other")
    with pytest.raises(ValueError, match=f"its MD5 is {hashlib.md5(b'other').hexdigest()}, not 9a0d5805"):
        extractor(f"inception_keras:{tmp_path / 'weights.h5'}")


def test_weights_of_keras_are_read_and_give_features(tmp_path, extractor, monkeypatch):
    """With a small network in place of Inception-v3, in the format in which Keras publishes its weights."""
    image = keras.Input((299, 299, 3))
    features = keras.layers.GlobalAveragePooling2D(name="avg_pool")(keras.layers.Conv2D(5, 50, 50)(image))
    network = keras.Model(image, keras.layers.Dense(4, "softmax", name="predictions")(features))
    (tmp_path / "models").mkdir()
    file = tmp_path / "models" / "inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
    with h5py.File(file, "w") as opened:
        legacy_h5_format.save_weights_to_hdf5_group(opened, network)
    stored = [weight.copy() for weight in network.get_weights()]
    network.set_weights([np.zeros_like(weight) for weight in stored])
    made_with = []
    monkeypatch.setattr(keras.applications, "InceptionV3", lambda **options: made_with.append(options) or network)
    monkeypatch.setattr(inception, "_KERAS_MD5", hashlib.md5(file.read_bytes()).hexdigest())
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    outputs = extractor("inception_keras")(np.full((1, 4, 4, 1), 204, np.uint8))
    assert made_with == [{"weights": None, "classifier_activation": "softmax"}]
    kernel, bias, last_kernel, last_bias = stored
    # All pixels are .6.
    np.testing.assert_allclose(outputs["features"], [0.6 * kernel.sum(axis=(0, 1, 2)) + bias], rtol=1e-4)
    logits = outputs["features"] @ last_kernel + last_bias
    np.testing.assert_allclose(outputs["probabilities"], tf.nn.softmax(logits), rtol=1e-4)


def test_keras_has_the_layer_of_the_features():
    made = inspect.signature(keras.applications.InceptionV3)
    made.bind(weights=None, classifier_activation="softmax")
    assert 'layers.GlobalAveragePooling2D(name="avg_pool")' in inspect.getsource(keras.applications.InceptionV3)


def test_only_the_inception_of_2015_has_the_names_of_the_literature():
    assert inception.InceptionKeras.score_names == {}
    assert inception.InceptionTFGAN.score_names["frechet"] == "fid"
    assert inception.InceptionTFGAN.score_names["kernel"] == "kid"
