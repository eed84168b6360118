"""A stored model comes back whole, whatever way it was stored, and goes on as if nothing had happened.

The SavedModel answers as the model does, face by face and row by row.
"""

import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from table import TABLE, UNSERVED, assert_same, settings, state, train

from tfgans import serving

SEEDS = np.array([5, -1, 2**40])


def test_a_run_resumed_from_a_checkpoint_equals_one_that_never_stopped(row, run):
    """The checkpoint carries everything, and two more steps end where the model is that took all four."""
    keras.utils.set_random_seed(1)
    other = row.make()
    other.compile(**settings(row, other))
    other.load_weights(run.weights)
    assert_same(state(other), run.halfway)
    assert_same(state(train(other, row, 2, start=2)), state(run.model))


def test_keras_file_restores_model_optimizers_and_settings(run):
    copy = keras.saving.load_model(run.file)
    assert type(copy) is type(run.model)
    assert copy.prior == run.model.prior
    assert copy.steps_per_execution == 2
    assert settings_of(copy) == settings_of(run.model)
    assert copy.get_compile_config() == run.model.get_compile_config()
    assert_same(state(copy), run.halfway)


def settings_of(model):
    """The arguments of a model that are no networks, whose files are Keras's own."""
    config = model.get_config()
    return {name: value for name, value in config.items() if not isinstance(getattr(model, name), keras.Model)}


def test_average_samples_unless_told_otherwise(row, model, monkeypatch):
    batch = next(iter(row.batches()))
    labels = {"labels": batch["label"].numpy()[0]} if model.samples_by_label else {}
    averaged = model.sample(2, seed=0, **labels)
    monkeypatch.setattr(model, "use_average", False)
    assert np.any(averaged != model.sample(2, seed=0, **labels))


def questions(model):
    """Yields what a SavedModel of the model would depend on: the inputs and the function of each face."""
    for face in model.faces().values():
        function = getattr(face.function, "func", face.function)
        yield model.kind, face.name, tuple(face.inputs), f"{function.__module__}.{function.__qualname__}"


def test_a_row_that_is_not_served_has_the_faces_of_rows_that_are():
    served, unserved = (
        {face for row in TABLE if (row.name in UNSERVED) == left_out for face in questions(row.make())}
        for left_out in (False, True)
    )
    assert unserved <= served


def inputs_of(row, model, face):
    """Three rows for each input of a face, by its name."""
    random, images, kind = np.random.default_rng(0), row.arrays()["image"], model.kind
    values = {
        "seed": SEEDS,
        "label": row.arrays().get("label", np.zeros(3))[:3].astype("int32"),
        "latent": random.normal(size=(3, model.prior.size)).astype("float32"),
        kind: images[:3],
        f"{kind}_a": images[:3],
        f"{kind}_b": images[3:6],
        f"{kind}s": images[[[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]]],
        "weight": np.array([0.0, 0.3, 1.0], "float32"),
        "weights": np.array([[0, 0, 1, 0], [0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0, 0]], "float32"),
        "dimension": np.array([0, model.prior.size - 1, 0], "int32"),
        "value": np.array([0.5, -2.0, 0.0], "float32"),
    }
    return {name: values[name] for name in face.inputs}


def ask(model, face, values):
    """The model's own answer to the inputs of a signature."""
    given = {face.inputs[name].argument: value for name, value in values.items()}
    method = getattr(model, face.name, functools.partial(model.ask, face.name))
    return method(**({"n": 3} if face.name == "sample" else {}), **given)


def call(served, face, values):
    answers = served.signatures[face.name](**{name: tf.constant(value) for name, value in values.items()})
    return answers[face.output].numpy()


def test_signatures_equal_the_model(row, model, served):
    for face in model.faces().values():
        values = inputs_of(row, model, face)
        answer = call(served, face, values)
        np.testing.assert_array_equal(answer, ask(model, face, values), err_msg=face.name)
        assert answer.shape == (3, *face.output_spec.shape)
    sample = model.faces()["sample"]
    np.testing.assert_array_equal(
        served.signatures["serving_default"](**inputs_of(row, model, sample))[sample.output],
        call(served, sample, inputs_of(row, model, sample)),
    )
    png = {"sample_png", *(["encode_png"] if model.encoder is not None else [])} if model.kind == "image" else set()
    assert set(served.signatures) == {"serving_default", *model.faces(), *png}


def test_a_row_that_means_nothing_has_its_answer_and_is_refused_by_the_model(row, model, served):
    bad = {"label": 99, "weight": 2.0, "weights": [0.5, 0.6, 0, 0], "dimension": model.prior.size}
    if not any(bad.keys() & face.inputs.keys() for face in model.faces().values()):
        pytest.skip("It takes seeds, latents and samples alone, none of which is out of range.")
    for face in model.faces().values():
        good = inputs_of(row, model, face)
        expected = call(served, face, good)
        for name in bad.keys() & face.inputs.keys():
            values = {key: value.copy() for key, value in good.items()}
            values[name][2] = bad[name]
            answer = call(served, face, values)
            np.testing.assert_array_equal(answer[:2], expected[:2], err_msg=f"{face.name} {name}")
            assert np.all(answer[2] == np.float32(serving.NOTHING))
            with pytest.raises(ValueError, match=f"{face.inputs[name].argument} must"):
                ask(model, face, values)


def test_files_of_images(row, model, served):
    if model.kind != "image":
        pytest.skip("It makes points.")
    sample = model.faces()["sample"]
    values = inputs_of(row, model, sample)
    files = served.signatures["sample_png"](**values)["image_bytes"].numpy()
    for file, expected in zip(files, call(served, sample, values), strict=True):
        np.testing.assert_allclose(tf.io.decode_png(file).numpy() / 127.5 - 1, expected, atol=1 / 255 + 1e-6)
    if model.encoder is None:
        return
    encode = model.faces()["encode"]
    values = inputs_of(row, model, encode)
    images = values.pop("image")
    files = [*serving.encode_png(images[:2]).numpy(), b"no PNG"]
    codes = served.signatures["encode_png"](image_bytes=tf.constant(files), **values)["latent"].numpy()
    rounded = np.concatenate([np.round((images[:2] + 1) * 127.5) / 127.5 - 1, images[2:]])
    np.testing.assert_allclose(codes[:2], ask(model, encode, {"image": rounded, **values})[:2], atol=1e-5)
    assert np.all(codes[2] == np.float32(serving.NOTHING))


def test_the_documented_table_has_the_signatures(served):
    """Inputs and outputs by name, of points as of images; a model leaves out what it does not take."""
    cells = [
        [re.findall(r"`(\w+)`", cell) for cell in line.split("|")[1:-1]]
        for line in serving.export.__doc__.splitlines()
        if line.strip().startswith("| `")
    ]
    table = {name: (set(taken), set(given)) for names, taken, given in cells for name in names}
    for name, function in served.signatures.items():
        taken, given = (
            {re.sub("^point", "image", each) for each in names}
            for names in (function.structured_input_signature[1], function.structured_outputs)
        )
        documented, answers = table[name]
        assert taken <= documented | {"label"}, name
        assert documented - taken <= {"label", "latent"}, name
        assert given <= answers, name
    assert set(served.signatures) <= set(table)


def test_a_row_depends_on_itself_alone(row, model, served):
    sample = served.signatures["sample"]
    seeds = tf.range(6, dtype=tf.int64)
    if not model.samples_by_label:
        merged = next(iter(sample(seed=seeds).values())).numpy()
        alone = np.concatenate([next(iter(sample(seed=seeds[i : i + 1]).values())) for i in range(6)])
        np.testing.assert_allclose(merged, alone, atol=1e-5)
        return
    labels = tf.constant([0, 1, 2, 99, -1, 0])
    merged = sample(seed=seeds, label=labels)["image"].numpy()
    alone = np.concatenate([sample(seed=seeds[i : i + 1], label=labels[i : i + 1])["image"] for i in range(6)])
    np.testing.assert_allclose(merged, alone, atol=1e-5)
    assert np.all(merged[3:5] == np.float32(serving.NOTHING))
    good = [0, 1, 2, 5]
    others = sample(seed=seeds, label=tf.constant([0, 1, 2, 1, 1, 0]))["image"].numpy()
    np.testing.assert_array_equal(merged[good], others[good])


def test_png_of_a_bad_row_is_empty(row, model, served):
    if not model.samples_by_label:
        pytest.skip("A seed cannot be bad.")
    sample = served.signatures["sample_png"]
    png = sample(seed=tf.constant([0, 1], tf.int64), label=tf.constant([99, 1]))["image_bytes"].numpy()
    assert png[0] == b""
    assert png[1].startswith(b"\x89PNG")
