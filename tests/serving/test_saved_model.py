import io
import logging
import os
import pathlib
import shutil
import struct
import threading
import types

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from malformed import png
from tensorflow.core.protobuf import config_pb2

import tfgans
from tfgans import latent, networks, serving
from tfgans._files import changing
from tfgans.cli import export
from tfgans.serving import saved_model


@pytest.fixture(scope="module")
def model():
    gan = tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6)),
        latent.Normal(4, mean=-1.0),
    )
    gan.compile()
    return gan


@pytest.fixture
def empty_exports(monkeypatch):
    """Exports write an empty SavedModel: their numbers and folders do not depend on its content."""

    def save(module, path, signatures):
        pathlib.Path(path).mkdir()
        pathlib.Path(path, "saved_model.pb").touch()

    monkeypatch.setattr(saved_model, "_signatures", lambda model: {})
    monkeypatch.setattr(tf.saved_model, "save", save)


def test_committed_example_makes_digits():
    example = pathlib.Path(__file__).parents[2] / "saved_models" / "cwgan_digits"
    sample = tf.saved_model.load(str(serving.latest_version(example))).signatures["sample"]
    labels = np.arange(500) % 10
    images = sample(seed=tf.range(500, dtype=tf.int64), label=tf.constant(labels, tf.int32))["image"].numpy()
    train, test = tfgans.data.digits("train"), tfgans.data.digits("test")
    judge = tfgans.metrics.support_vector_judge(train.image, train.label, test.image, test.label)
    assert tfgans.metrics.label_accuracy(judge.predict(images), labels) > 0.96


def test_versions_count_up(model, tmp_path, empty_exports):
    for expected in (1, 2):
        assert serving.export(model, tmp_path / "model") == tmp_path / "model" / str(expected)
    assert serving.versions(tmp_path / "model") == [1, 2]
    assert serving.latest_version(tmp_path / "model").name == "2"


def test_a_failed_export_leaves_nothing_behind(model, tmp_path, monkeypatch):
    def fail(module, path, signatures):
        pathlib.Path(path).mkdir()
        raise OSError("disk full")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    for folder in (tmp_path / "model", tmp_path / "new" / "model"):
        with pytest.raises(OSError, match="disk full"):
            serving.export(model, folder)
        assert not list(tmp_path.iterdir())


def test_a_failed_export_leaves_other_versions_alone(model, tmp_path, monkeypatch, empty_exports):
    serving.export(model, tmp_path / "model")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(saved_model, "write_warmup_requests", fail)
    with pytest.raises(OSError, match="disk full"):
        serving.export(model, tmp_path / "model", warmup=True)
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["1"]
    assert serving.export(model, tmp_path / "model").name == "2"


def test_versions_go_on_from_the_highest_that_is_left(model, tmp_path, empty_exports):
    for _ in range(3):
        version = serving.export(model, tmp_path / "model")
    shutil.rmtree(version)
    shutil.rmtree(version.with_name("1"))
    assert serving.latest_version(tmp_path / "model").name == "2"
    assert serving.export(model, tmp_path / "model").name == "3"


def test_versions_go_on_from_folders_without_a_model(model, tmp_path, empty_exports):
    (tmp_path / "3").mkdir()
    assert serving.export(model, tmp_path).name == "4"
    assert serving.versions(tmp_path) == [4]


def test_a_version_and_its_name_are_on_the_disk_before_anybody_relies_on_it(model, tmp_path, flushed, moves):
    """Each file and folder of it before it gets its name, and the name before the export ends."""
    version = serving.export(model, tmp_path / "model")
    ((written, name, before),) = moves
    assert name == os.fspath(version)
    parts = [path.relative_to(version) for path in (version, *version.rglob("*"))]
    assert sorted(before) == sorted(os.path.normpath(os.path.join(written, part)) for part in parts)
    assert flushed[len(before) :] == [os.fspath(version.parent)]


def test_an_export_says_nothing_of_assets(model, tmp_path, caplog, monkeypatch):
    logger = tf.get_logger()
    monkeypatch.setattr(logger, "propagate", True)
    with caplog.at_level("INFO", logger=logger.name):
        serving.export(model, tmp_path / "small")
        assert "Assets written" not in caplog.text
        assert logger.level == logging.INFO
        tf.saved_model.save(tf.Module(), str(tmp_path / "other"))
    assert "Assets written" in caplog.text


def test_others_may_read_what_is_exported(model, tmp_path):
    (tmp_path / "plain").mkdir()
    assert serving.export(model, tmp_path).stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_export_while_another_runs(model, tmp_path, monkeypatch, empty_exports):
    save = tf.saved_model.save

    def meanwhile(*arguments, **named):
        monkeypatch.setattr(tf.saved_model, "save", save)
        assert serving.export(model, tmp_path).name == "1"
        save(*arguments, **named)

    monkeypatch.setattr(tf.saved_model, "save", meanwhile)
    assert serving.export(model, tmp_path).name == "2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


def test_signatures_have_their_names_and_types(model, tmp_path):
    signatures = tf.saved_model.load(str(serving.export(model, tmp_path / "model"))).signatures
    assert set(signatures) == {"serving_default", "sample", "sample_png", "generate", "discriminate"}
    inputs = {name: spec.dtype for name, spec in signatures["sample"].structured_input_signature[1].items()}
    assert inputs == {"seed": tf.int64, "label": tf.int32}
    assert signatures["sample"].structured_outputs["image"].shape.as_list() == [None, 8, 8, 1]
    assert signatures["sample_png"].structured_outputs["image_bytes"].dtype == tf.string
    assert signatures["generate"].structured_input_signature[1]["latent"].shape.as_list() == [None, 4]
    assert signatures["discriminate"].structured_outputs["logit"].shape.rank == 1


def test_models_config_gains_a_model_and_keeps_what_is_there(tmp_path):
    (tmp_path / "other").mkdir()
    file = serving.add_to_models_config(tmp_path / "a")
    by_hand = file.read_text().replace('name: "a"', 'name: "a" model_version_policy { all {} }')
    file.write_text(by_hand)
    serving.add_to_models_config(tmp_path / "a")
    assert file.read_text() == by_hand
    text = serving.add_to_models_config(tmp_path / "b").read_text()
    assert text.startswith(by_hand.rstrip()[:-1].rstrip())
    assert 'name: "b" base_path: "/models/b"' in text
    assert text.count("{") == text.count("}")
    assert "other" not in text


def test_models_config_keeps_what_another_export_adds_at_that_time(tmp_path, deadline):
    adding = threading.Thread(target=serving.add_to_models_config, args=[tmp_path / "ours"])
    with changing(tmp_path / "theirs"):
        adding.start()
        adding.join(0.2)
        (tmp_path / "models.config").write_text('model_config_list {\n  config { name: "theirs" }\n}\n')
    adding.join()
    text = (tmp_path / "models.config").read_text()
    assert [name in text for name in ('name: "theirs"', 'name: "ours"')] == [True, True]


@pytest.mark.parametrize("text", ["something else", "", "model_config_list {\n}\n# }"])
def test_models_config_of_another_form_is_left_alone(tmp_path, text):
    (tmp_path / "models.config").write_text(text)
    for call in (serving.check_models_config, serving.add_to_models_config):
        with pytest.raises(ValueError, match=r"models\.config must end with the brace of model_config_list; received"):
            call(tmp_path / "a")
    assert (tmp_path / "models.config").read_text() == text


def test_the_command_looks_at_models_config_before_it_exports(tmp_path, monkeypatch):
    """There is no run in the folder; the command does not come to look for it."""
    (tmp_path / "models.config").write_text("something else")
    arguments = {"workdir": str(tmp_path / "run"), "step": None, "averaged": True, "warmup": False}
    arguments["format"] = "saved_model"
    flags = types.SimpleNamespace(out=str(tmp_path / "a"), **arguments)
    monkeypatch.setattr("tfgans.cli.export.FLAGS", flags)
    with pytest.raises(ValueError, match="received 'something else'"):
        export.main()
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("name:'x'", True),
        ('name : "x"', True),
        ('base_path: "/models/#1" name:"x"', True),
        ('# name: "x"\n', False),
        ('base_path: "y" # name: "x"\n', False),
        ('name: "xy"', False),
        ('file_name: "x"', False),
        ("base_path: 'name: \"x\"'", False),
    ],
)
def test_models_that_models_config_lists(tmp_path, text, listed):
    text = f"model_config_list {{ config {{ {text} }}\n}}\n"
    (tmp_path / "models.config").write_text(text)
    added = serving.add_to_models_config(tmp_path / "x").read_text()
    assert added == text if listed else added.count("/models/x") == 1


def test_versions_are_folders_with_a_model(tmp_path):
    for name in ("1/saved_model.pb", "10/saved_model.pb", "2/other", "x/saved_model.pb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    assert serving.versions(tmp_path) == [1, 10]
    assert serving.versions(tmp_path / "nowhere") == []
    with pytest.raises(ValueError, match="there are none in"):
        serving.latest_version(tmp_path / "nowhere")


@pytest.mark.parametrize(("value", "pixel"), [(-1.0, 0), (1.0, 255), (0.0, 128), (-2.0, 0), (2.0, 255)])
def test_png_pixels(value, pixel):
    (file,) = serving.encode_png(tf.fill([1, 2, 3, 3], value)).numpy()
    decoded = tf.io.decode_png(file).numpy()
    assert decoded.shape == (2, 3, 3)
    assert np.all(decoded == pixel)


def test_files_that_are_no_png_of_the_size_fail_no_others(random):
    pixels = random.integers(0, 256, (3, 8, 6), np.uint8)
    first, second, third = map(png, pixels)
    damaged = bytearray(first)
    damaged[45] ^= 255
    jpeg = io.BytesIO()
    PIL.Image.fromarray(pixels[0]).save(jpeg, "JPEG")
    # Signature and header of an image that would take 16 GB.
    huge = first[:16] + struct.pack(">II", 2**17, 2**17) + first[24:]
    other_size = png(random.integers(0, 256, (6, 8), np.uint8))
    bad = [
        b"",
        b"no PNG",
        first[:8],
        first[:24],
        first[:40],
        first[:-14],
        bytes(damaged),
        jpeg.getvalue(),
        huge,
        other_size,
    ]
    images, readable = serving.decode_png(tf.constant([first, *bad, second, third]), (8, 6, 1))
    np.testing.assert_array_equal(readable, [True] + [False] * len(bad) + [True, True])
    np.testing.assert_allclose(images.numpy()[[0, -2, -1], ..., 0], pixels / 127.5 - 1, atol=1e-6)
    for none in ([], bad):
        _, readable = serving.decode_png(tf.constant(none, tf.string), (8, 6, 1))
        np.testing.assert_array_equal(readable, [False] * len(none))


def test_colours_are_brought_to_those_of_the_model(random):
    pixels = random.integers(0, 256, (8, 6, 3), np.uint8)
    grey = pixels[..., 0]
    opaque = np.concatenate([pixels, np.full((8, 6, 1), 9, np.uint8)], axis=-1)
    files = [png(pixels), png(grey), png(opaque)]
    images, readable = serving.decode_png(tf.constant(files), (8, 6, 3))
    assert np.all(readable)
    expected = np.stack([pixels, np.repeat(grey[..., np.newaxis], 3, axis=-1), pixels])
    np.testing.assert_allclose(images, expected / 127.5 - 1, atol=1e-6)


def test_png_there_and_back(random):
    pixels = random.integers(0, 256, (4, 5, 7, 3), np.uint8)
    images = pixels.astype("float32") / 127.5 - 1
    decoded, readable = serving.decode_png(serving.encode_png(images), (5, 7, 3))
    assert np.all(readable)
    np.testing.assert_array_equal(decoded, images)


@pytest.fixture(scope="module")
def in_session(model, tmp_path_factory):
    """Calls a signature as the C++ server does, which feeds tensors without looking at their shapes."""
    version = serving.export(model, tmp_path_factory.mktemp("in_session"))
    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        graph = tf.compat.v1.saved_model.load(session, ["serve"], str(version))

    def call(name, **inputs):
        signature = graph.signature_def[name]
        feeds = [signature.inputs[key].name for key in inputs]
        fetches = [output.name for output in signature.outputs.values()]
        options = config_pb2.CallableOptions(feed=feeds, fetch=fetches)
        return session._make_callable_from_options(options)(*inputs.values())[0]

    yield call
    session.close()


@pytest.mark.parametrize(
    ("seed", "label"),
    [
        (np.zeros((2, 1), np.int64), np.zeros(2, np.int32)),
        (np.zeros(2, np.int64), np.zeros((2, 1), np.int32)),
        (np.zeros((), np.int64), np.zeros(1, np.int32)),
        (np.zeros(2, np.int64), np.zeros(1, np.int32)),
        (np.zeros(2, np.int32), np.zeros(2, np.int32)),
        (np.zeros(2, np.int64), np.zeros(2, np.float32)),
    ],
)
def test_another_shape_or_type_is_an_invalid_argument(in_session, seed, label):
    for name in ("sample", "sample_png"):
        with pytest.raises(tf.errors.InvalidArgumentError):
            in_session(name, seed=seed, label=label)
        assert len(in_session(name, seed=np.zeros(2, np.int64), label=np.zeros(2, np.int32))) == 2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_spoil_their_row_alone(in_session, bad):
    latent_vectors, label = np.zeros((3, 4), np.float32), np.array([0, 1, 2], np.int32)
    expected = in_session("generate", latent=latent_vectors, label=label)
    latent_vectors[1, 2] = bad
    found = in_session("generate", latent=latent_vectors, label=label)
    np.testing.assert_array_equal(found[[0, 2]], expected[[0, 2]])
    assert np.all(found[1] == np.float32(serving.NOTHING))


def test_infinity_means_nothing_also_where_a_network_hides_it(tmp_path):
    """Without a check, tanh(inf) would be 1."""
    inputs = keras.Input((2,))
    generator = keras.Model(inputs, keras.layers.Dense(2, "tanh", kernel_initializer="ones")(inputs))
    gan = tfgans.GAN(generator, networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(2))
    generate = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures["generate"]
    points = generate(latent=tf.constant([[0.0, 0.0], [np.inf, 0.0], [0.0, 0.0]]))["point"]
    np.testing.assert_array_equal(points, [[0, 0], [serving.NOTHING] * 2, [0, 0]])


def test_faces_of_an_encoder_that_takes_labels(tmp_path):
    """Where a label means nothing, or four weights are not convex, the row is NOTHING, and no other."""
    gan = tfgans.CVAEGAN(
        networks.mlp_generator(2, 3, (4,), condition_size=5),
        networks.mlp_encoder(2, 6, (4,), condition_size=5),
        networks.mlp_classifier(2, 1, (4,), "discriminator"),
        networks.mlp_classifier(2, 5, (4,)),
        latent.Normal(3),
    )
    signatures = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures
    nothing = np.float32(serving.NOTHING)
    points, label = tf.constant([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), tf.constant([0, 99, 4])
    for name, output in (("encode", "latent"), ("reconstruct", "point")):
        found = signatures[name](point=points, label=label)[output].numpy()
        np.testing.assert_array_equal((found == nothing).all(axis=1), [False, True, False])
        np.testing.assert_array_equal((found == nothing).any(axis=1), [False, True, False])
    corners, weights = tf.stack([points] * 4, axis=1), tf.constant([[0.25] * 4, [0.25] * 4, [0.5, 0.5, 0.5, -0.5]])
    found = signatures["morph"](points=corners, weights=weights, label=label)["point"].numpy()
    np.testing.assert_array_equal((found == nothing).all(axis=1), [False, True, True])
    np.testing.assert_allclose(found[0], gan.reconstruct(points[:1], labels=[0])[0], atol=1e-6)
    assert "label" not in signatures["discriminate"].structured_input_signature[1]


def test_an_image_of_nan_has_no_png(tmp_path):
    inputs = keras.Input((1,))
    images = keras.layers.Reshape((1, 1, 1))(keras.layers.Dense(1)(inputs))
    discriminator = keras.Sequential([keras.Input((1, 1, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    gan = tfgans.GAN(keras.Model(inputs, images), discriminator, latent.Uniform(1))
    gan.generator.set_weights([np.zeros((1, 1)), np.array([np.nan])])
    signatures = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures
    seed = tf.constant([1], tf.int64)
    np.testing.assert_array_equal(signatures["sample"](seed=seed)["image"], [[[[serving.NOTHING]]]])
    assert signatures["sample_png"](seed=seed)["image_bytes"].numpy().tolist() == [b""]


def test_a_model_that_has_diverged_answers_what_json_can_write(tmp_path):
    inputs = keras.Input((2,))
    generator = keras.Model(inputs, keras.layers.Dense(2, kernel_initializer="ones")(inputs))
    gan = tfgans.GAN(generator, networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(2))
    sample = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures["sample"]
    assert np.isfinite(sample(seed=tf.constant([1], tf.int64))["point"]).all()
    for broken in (np.nan, np.inf):
        generator.set_weights([np.full((2, 2), broken), np.zeros(2)])
        sample = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures["sample"]
        np.testing.assert_array_equal(sample(seed=tf.constant([1], tf.int64))["point"], [[serving.NOTHING] * 2])
