import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, networks, serving

LOADER = """
import sys
sys.modules["keras"] = sys.modules["tfgans"] = sys.modules["tensorflow_probability"] = None
import numpy as np
import tensorflow as tf
sample = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
images = sample(seed=tf.range(5, dtype=tf.int64), label=tf.constant([0, 1, 2, 0, 1]))["image"]
np.save(sys.argv[2], images.numpy())
"""


@pytest.fixture(scope="module")
def model():
    gan = tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6)),
        latent.Normal(4, mean=-1.0),
    )
    gan.compile()
    return gan


def test_loads_where_neither_tfgans_nor_keras_can_be_imported(model, tmp_path):
    version = serving.export(model, tmp_path / "model")
    done = subprocess.run(
        [sys.executable, "-c", LOADER, version, tmp_path / "images.npy"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = model.sample(5, labels=[0, 1, 2, 0, 1], seed=0)
    np.testing.assert_array_equal(np.load(tmp_path / "images.npy"), expected)


def test_committed_example_makes_digits(tmp_path):
    example = pathlib.Path(__file__).parents[2] / "saved_models" / "cwgan_digits"
    size = sum(path.stat().st_size for path in example.rglob("*") if path.is_file())
    assert size < 2e6
    sample = tf.saved_model.load(str(serving.latest_version(example))).signatures["sample"]
    labels = np.arange(500) % 10
    images = sample(seed=tf.range(500, dtype=tf.int64), label=tf.constant(labels, tf.int32))["image"].numpy()
    train, test = tfgans.data.digits("train"), tfgans.data.digits("test")
    judge = tfgans.metrics.support_vector_judge(train.image, train.label, test.image, test.label)
    assert tfgans.metrics.label_accuracy(judge.predict(images), labels) > 0.96


def test_versions_count_up(model, tmp_path):
    for expected in (1, 2):
        assert serving.export(model, tmp_path / "model") == tmp_path / "model" / str(expected)
    assert serving.versions(tmp_path / "model") == [1, 2]
    assert serving.latest_version(tmp_path / "model").name == "2"


def test_a_failed_export_leaves_nothing_behind(model, tmp_path, monkeypatch):
    def fail(module, path, signatures):
        pathlib.Path(path).mkdir()
        raise OSError("disk full")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        serving.export(model, tmp_path / "model")
    assert not list((tmp_path / "model").iterdir())


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


def test_models_config_of_another_form_is_left_alone(tmp_path):
    (tmp_path / "models.config").write_text("something else")
    with pytest.raises(ValueError, match="does not end with the brace"):
        serving.add_to_models_config(tmp_path / "a")
    assert (tmp_path / "models.config").read_text() == "something else"


def test_versions_are_folders_with_a_model(tmp_path):
    for name in ("1/saved_model.pb", "10/saved_model.pb", "2/other", "x/saved_model.pb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    assert serving.versions(tmp_path) == [1, 10]
    assert serving.versions(tmp_path / "nowhere") == []


@pytest.mark.parametrize(("value", "pixel"), [(-1.0, 0), (1.0, 255), (0.0, 128), (-2.0, 0), (2.0, 255)])
def test_png_pixels(value, pixel):
    (png,) = serving.encode_png(tf.fill([1, 2, 3, 3], value)).numpy()
    decoded = tf.io.decode_png(png).numpy()
    assert decoded.shape == (2, 3, 3)
    assert np.all(decoded == pixel)


def test_faces_of_an_encoder_that_takes_labels(tmp_path):
    """Where a label means nothing, or four weights are not convex, the row is NaN, and no other."""
    gan = tfgans.CVAEGAN(
        networks.mlp_generator(2, 3, (4,), condition_size=5),
        networks.mlp_encoder(2, 6, (4,), condition_size=5),
        networks.mlp_classifier(2, 1, (4,), "discriminator"),
        networks.mlp_classifier(2, 5, (4,)),
        latent.Normal(3),
    )
    signatures = tf.saved_model.load(str(serving.export(gan, tmp_path / "model"))).signatures
    points, label = tf.constant([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), tf.constant([0, 99, 4])
    for name, output in (("encode", "latent"), ("reconstruct", "point")):
        found = signatures[name](point=points, label=label)[output].numpy()
        np.testing.assert_array_equal(np.isnan(found).all(axis=1), [False, True, False])
        np.testing.assert_array_equal(np.isnan(found).any(axis=1), [False, True, False])
    corners, weights = tf.stack([points] * 4, axis=1), tf.constant([[0.25] * 4, [0.25] * 4, [0.5, 0.5, 0.5, -0.5]])
    found = signatures["morph"](points=corners, weights=weights, label=label)["point"].numpy()
    np.testing.assert_array_equal(np.isnan(found).all(axis=1), [False, True, True])
    np.testing.assert_allclose(found[0], gan.reconstruct(points[:1], labels=[0])[0], atol=1e-6)
    assert "label" not in signatures["discriminate"].structured_input_signature[1]
