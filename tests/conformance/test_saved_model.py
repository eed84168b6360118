"""The SavedModel answers as the model does, row by row."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import serving


def labels_of(row, inputs, n):
    """Labels for the model and for a signature, none where these `inputs` have none."""
    if "label" not in inputs:
        return {}, {}
    labels = row.arrays()["label"][:n]
    return {"labels": labels}, {"label": tf.constant(labels.astype("int32"))}


def test_signatures_equal_the_model(row, model, served):
    signatures = served.signatures
    seeds = np.array([5, -1, 2**40])
    kind = "image" if len(model.sample_shape) == 3 else "point"

    ours, theirs = labels_of(row, model.sample_inputs, 3)
    image = signatures["sample"](seed=tf.constant(seeds), **theirs)[kind]
    np.testing.assert_array_equal(image, model.sample(3, seed=seeds, **ours))
    np.testing.assert_array_equal(image, signatures["serving_default"](seed=tf.constant(seeds), **theirs)[kind])
    if kind == "image":
        png = signatures["sample_png"](seed=tf.constant(seeds), **theirs)["image_bytes"]
        for encoded, expected in zip(png.numpy(), image.numpy(), strict=True):
            decoded = tf.io.decode_png(encoded).numpy()
            np.testing.assert_allclose(decoded / 127.5 - 1, expected, atol=1 / 255 + 1e-6)
    else:
        assert "sample_png" not in signatures

    ours, theirs = labels_of(row, model.generator_inputs, 3)
    latent = np.random.default_rng(0).normal(size=(3, model.prior.size)).astype("float32")
    generated = signatures["generate"](latent=tf.constant(latent), **theirs)[kind]
    np.testing.assert_array_equal(generated, model.generate(latent, **ours))

    ours, theirs = labels_of(row, model.discriminator_inputs, 3)
    if "latent" in model.discriminator_inputs:
        ours, theirs = {"latent": latent}, {"latent": tf.constant(latent)}
    if model.discriminator_output is None:
        assert "discriminate" not in signatures
    else:
        judged = signatures["discriminate"](**{kind: image}, **theirs)[model.discriminator_output]
        np.testing.assert_array_equal(judged, model.discriminate(image, **ours))


def test_signatures_of_the_encoder_equal_the_model(row, model, served):
    if not isinstance(model, tfgans.AutoencodingModel):
        pytest.skip("It has none.")
    signatures = served.signatures
    kind = "image" if len(model.sample_shape) == 3 else "point"
    image = tf.constant(row.arrays()["image"][:3])

    ours, theirs = labels_of(row, model.encoder_inputs, 3)
    np.testing.assert_array_equal(
        signatures["encode"](**{kind: image}, **theirs)["latent"], model.encode(image, **ours)
    )
    if kind == "image":
        files = [*serving.encode_png(image[:2]).numpy(), b"no PNG"]
        codes = signatures["encode_png"](image_bytes=tf.constant(files), **theirs)["latent"].numpy()
        rounded = np.round((image[:2].numpy() + 1) * 127.5) / 127.5 - 1
        first, _ = labels_of(row, model.encoder_inputs, 2)
        np.testing.assert_allclose(codes[:2], model.encode(rounded, **first), atol=1e-5)
        assert np.all(np.isnan(codes[2]))
    else:
        assert "encode_png" not in signatures
    ours, theirs = labels_of(row, model.reconstructor_inputs, 3)
    two, _ = labels_of(row, model.reconstructor_inputs, 2)
    again = signatures["reconstruct"](**{kind: image}, **theirs)[kind]
    np.testing.assert_array_equal(again, model.reconstruct(image, **ours))

    # The model refuses the row that the signature answers with NaN, and kernels round otherwise for another n.
    near = functools.partial(np.testing.assert_allclose, atol=1e-5)
    weights = np.array([0.0, 0.3, 2.0], "float32")
    pair = {f"{kind}_a": image, f"{kind}_b": image[::-1]}
    between = signatures["interpolate"](**pair, weight=tf.constant(weights), **theirs)[kind].numpy()
    near(between[:2], model.interpolate(image[:2], image[::-1][:2], weights[:2], **two))
    assert np.all(np.isnan(between[2]))

    change = (np.array([0, model.prior.size - 1, model.prior.size], "int32"), np.array([0.5, -2.0, 0.0], "float32"))
    named = dict(zip(("dimension", "value"), map(tf.constant, change), strict=True))
    changed = signatures["traverse"](**{kind: image}, **named, **theirs)[kind].numpy()
    near(changed[:2], model.traverse(image[:2], *(values[:2] for values in change), **two))
    assert np.all(np.isnan(changed[2]))

    corners = tf.gather(row.arrays()["image"], [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]])
    weights = np.array([[0, 0, 1, 0], [0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0, 0]], "float32")
    morphed = signatures["morph"](**{f"{kind}s": corners}, weights=tf.constant(weights), **theirs)[kind].numpy()
    near(morphed[:2], model.morph(corners[:2], weights[:2], **two))
    one, _ = labels_of(row, model.reconstructor_inputs, 1)
    near(morphed[:1], model.reconstruct(corners[0, 2:3], **one))
    assert np.all(np.isnan(morphed[2]))


def test_a_row_depends_on_itself_alone(row, model, served):
    sample = served.signatures["sample"]
    seeds = tf.range(6, dtype=tf.int64)
    if "label" not in model.sample_inputs:
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


def test_png_of_a_bad_row_is_empty(row, model, served):
    if model.label_spec() is None:
        pytest.skip("A seed cannot be bad.")
    sample = served.signatures["sample_png"]
    png = sample(seed=tf.constant([0, 1], tf.int64), label=tf.constant([99, 1]))["image_bytes"].numpy()
    assert png[0] == b""
    assert png[1].startswith(b"\x89PNG")
