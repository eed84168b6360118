"""The SavedModel answers as the model does, row by row."""

import numpy as np
import pytest
import tensorflow as tf
from table import train

import tfgans
from tfgans import serving


@pytest.fixture
def model(row):
    model = row.make()
    model.compile()
    return train(model, row, 2)


def labels_of(row, n):
    """Labels for the model and for a signature, none where the row has none."""
    labels = row.arrays().get("label")
    if labels is None:
        return {}, {}
    return {"labels": labels[:n]}, {"label": tf.constant(labels[:n].astype("int32"))}


def test_signatures_equal_the_model(row, model, tmp_path):
    signatures = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures
    seeds = np.array([5, -1, 2**40])
    ours, theirs = labels_of(row, 3)
    kind = "image" if len(model.sample_shape) == 3 else "point"

    image = signatures["sample"](seed=tf.constant(seeds), **theirs)[kind]
    np.testing.assert_array_equal(image, model.sample(3, seed=seeds, **ours))
    np.testing.assert_array_equal(image, signatures["serving_default"](seed=tf.constant(seeds), **theirs)[kind])

    latent = np.random.default_rng(0).normal(size=(3, model.prior.size)).astype("float32")
    generated = signatures["generate"](latent=tf.constant(latent), **theirs)[kind]
    np.testing.assert_array_equal(generated, model.generate(latent, **ours))

    beside = {"latent": latent} if "latent" in model.discriminator_inputs else ours
    inputs = {name: tf.constant(value) for name, value in beside.items()} if "latent" in beside else theirs
    if model.discriminator_output is None:
        assert "discriminate" not in signatures
    else:
        judged = signatures["discriminate"](**{kind: image}, **inputs)[model.discriminator_output]
        np.testing.assert_array_equal(judged, model.discriminate(image, **beside))

    if isinstance(model, tfgans.AutoencodingModel):
        np.testing.assert_array_equal(signatures["encode"](**{kind: image})["latent"], model.encode(image))
        np.testing.assert_array_equal(signatures["reconstruct"](**{kind: image})[kind], model.reconstruct(image))
        weights = np.array([0.0, 0.3, 2.0], "float32")
        pair = {f"{kind}_a": image, f"{kind}_b": image[::-1]}
        between = signatures["interpolate"](**pair, weight=tf.constant(weights))[kind].numpy()
        np.testing.assert_array_equal(between[:2], model.interpolate(image[:2], image[::-1][:2], weights[:2]))
        assert np.all(np.isnan(between[2]))
        change = (np.array([0, model.prior.size - 1, model.prior.size], "int32"), np.array([0.5, -2.0, 0.0], "float32"))
        named = dict(zip(("dimension", "value"), map(tf.constant, change), strict=True))
        changed = signatures["traverse"](**{kind: image}, **named)[kind].numpy()
        np.testing.assert_array_equal(changed[:2], model.traverse(image[:2], *(values[:2] for values in change)))
        assert np.all(np.isnan(changed[2]))
    if kind == "point":
        assert "sample_png" not in signatures
        return
    png = signatures["sample_png"](seed=tf.constant(seeds), **theirs)["image_bytes"]
    for encoded, expected in zip(png.numpy(), image.numpy(), strict=True):
        decoded = tf.io.decode_png(encoded).numpy()
        np.testing.assert_allclose(decoded / 127.5 - 1, expected, atol=1 / 255 + 1e-6)


def test_a_row_depends_on_itself_alone(row, model, tmp_path):
    sample = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures["sample"]
    seeds = tf.range(6, dtype=tf.int64)
    if model.label_spec() is None:
        merged = next(iter(sample(seed=seeds).values())).numpy()
        alone = np.concatenate([next(iter(sample(seed=seeds[i : i + 1]).values())) for i in range(6)])
        np.testing.assert_allclose(merged, alone, atol=1e-5)
        return
    labels = tf.constant([0, 1, 2, 99, -1, 0])
    merged = sample(seed=seeds, label=labels)["image"].numpy()
    alone = np.concatenate([sample(seed=seeds[i : i + 1], label=labels[i : i + 1])["image"] for i in range(6)])
    np.testing.assert_allclose(merged, alone, atol=1e-5)
    assert np.all(np.isnan(merged[3:5]))
    good = [0, 1, 2, 5]
    others = sample(seed=seeds, label=tf.constant([0, 1, 2, 1, 1, 0]))["image"].numpy()
    np.testing.assert_array_equal(merged[good], others[good])


def test_png_of_a_bad_row_is_empty(row, model, tmp_path):
    if model.label_spec() is None:
        pytest.skip("A seed cannot be bad.")
    sample = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures["sample_png"]
    png = sample(seed=tf.constant([0, 1], tf.int64), label=tf.constant([99, 1]))["image_bytes"].numpy()
    assert png[0] == b""
    assert png[1].startswith(b"\x89PNG")
