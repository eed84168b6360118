"""The SavedModel answers as the model does, row by row."""

import numpy as np
import pytest
import tensorflow as tf
from table import train

from tfgans import serving


@pytest.fixture
def model(row):
    model = row.make()
    model.compile()
    return train(model, row, 2)


def test_signatures_equal_the_model(row, model, tmp_path):
    signatures = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures
    seeds = np.array([5, -1, 2**40])
    labels = row.arrays()["label"][:3].astype("int32")

    image = signatures["sample"](seed=tf.constant(seeds), label=tf.constant(labels))["image"]
    np.testing.assert_array_equal(image, model.sample(3, labels=labels, seed=seeds))
    default = signatures["serving_default"](seed=tf.constant(seeds), label=tf.constant(labels))["image"]
    np.testing.assert_array_equal(image, default)

    latent = np.random.default_rng(0).normal(size=(3, model.prior.size)).astype("float32")
    generated = signatures["generate"](latent=tf.constant(latent), label=tf.constant(labels))["image"]
    np.testing.assert_array_equal(generated, model.generate(latent, labels))

    logit = signatures["discriminate"](image=image, label=tf.constant(labels))["logit"]
    np.testing.assert_array_equal(logit, model.discriminate(image, labels))

    png = signatures["sample_png"](seed=tf.constant(seeds), label=tf.constant(labels))["image_bytes"]
    for encoded, expected in zip(png.numpy(), image.numpy(), strict=True):
        decoded = tf.io.decode_png(encoded).numpy()
        np.testing.assert_allclose(decoded / 127.5 - 1, expected, atol=1 / 255 + 1e-6)


def test_a_row_depends_on_itself_alone(row, model, tmp_path):
    sample = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures["sample"]
    seeds = tf.range(6, dtype=tf.int64)
    labels = tf.constant([0, 1, 2, 99, -1, 0])
    merged = sample(seed=seeds, label=labels)["image"].numpy()
    alone = np.concatenate([sample(seed=seeds[i : i + 1], label=labels[i : i + 1])["image"] for i in range(6)])
    np.testing.assert_allclose(merged, alone, atol=1e-5)
    assert np.all(np.isnan(merged[3:5]))
    good = [0, 1, 2, 5]
    others = sample(seed=seeds, label=tf.constant([0, 1, 2, 1, 1, 0]))["image"].numpy()
    np.testing.assert_array_equal(merged[good], others[good])


def test_png_of_a_bad_row_is_empty(row, model, tmp_path):
    sample = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures["sample_png"]
    png = sample(seed=tf.constant([0, 1], tf.int64), label=tf.constant([99, 1]))["image_bytes"].numpy()
    assert png[0] == b""
    assert png[1].startswith(b"\x89PNG")
