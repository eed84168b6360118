"""The exported models of the repository."""

import http.server
import inspect
import pathlib
import re
import subprocess
import threading

import numpy as np
import pytest
import served_models
import tensorflow as tf
import tensorflow_alone
from google.protobuf import text_format
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

import tfgans
from tfgans import serving

FOLDER = pathlib.Path(__file__).parents[2] / "saved_models"
LISTED = re.findall(r"^\| `(\w+)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
EXAMPLES = [name for name in LISTED if serving.versions(FOLDER / name)]


def test_there_is_one_of_each_system():
    assert {f"{system}_digits" for system in ("cwgan", "logan", "began_cs", "avae", "xgan")} <= set(LISTED)
    systems = {tfgans.from_pretrained(name).card["system"] for name in LISTED}
    # The faces of LOGAN are those of a BiGAN with its objective and penalty.
    assert systems == {"ConditionalWGANGP", "LOGAN", "BiGAN", "BEGANCS", "AdversarialVAE", "XGAN"}
    assert EXAMPLES == LISTED
    assert set(LISTED) == {path.parent.name for path in FOLDER.glob("*/card.json")}


def test_they_are_small():
    files = [path for name in EXAMPLES for path in (FOLDER / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 25e6


def test_three_of_them_and_a_new_export_load_where_neither_tfgans_nor_keras_can_be_imported(tmp_path):
    """One of the examples takes labels, one has an encoder, and one a bank of codes."""
    names, model = ("cwgan_digits", "logan_digits", "xgan_digits"), served_models.conditional()
    versions = [serving.latest_version(FOLDER / name) for name in names]
    *examples, exported = tensorflow_alone.samples(
        tmp_path / "samples.npz", *versions, serving.export(model, tmp_path / "model")
    )
    for name, images in zip(names, examples, strict=True):
        assert images.shape == (5, *tfgans.from_pretrained(name).card["data"]["shape"])
        assert np.all(np.abs(images) <= 1)
    np.testing.assert_array_equal(exported, model.sample(5, labels=[0, 1, 2, 0, 1], seed=0))


@pytest.mark.parametrize("name", EXAMPLES)
def test_warm_up_requests_fit(name):
    version = serving.latest_version(FOLDER / name)
    signatures = tf.saved_model.load(str(version)).signatures
    requests = [
        PredictionLog.FromString(record.numpy()).predict_log.request
        for record in tf.data.TFRecordDataset(str(version / "assets.extra" / "tf_serving_warmup_requests"))
    ]
    assert {request.model_spec.signature_name for request in requests} == set(signatures)
    for request in requests:
        inputs = {key: tf.constant(tf.make_ndarray(tensor)) for key, tensor in request.inputs.items()}
        (output,) = signatures[request.model_spec.signature_name](**inputs).values()
        assert output.shape[0] == 1


def test_the_server_is_told_of_them():
    config = text_format.Parse((FOLDER / "models.config").read_text(), ModelServerConfig())
    listed = {model.name: model.base_path for model in config.model_config_list.config}
    assert listed.items() >= {name: f"/models/{name}" for name in EXAMPLES}.items()
    assert "--model_config_file=/models/models.config" in (FOLDER / "compose.yaml").read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_they_have_cards(name):
    model = tfgans.from_pretrained(name)
    assert model.card["name"] == name
    assert model.card["step"] == model.mark["step"]
    assert all(score["protocol"]["step"] == model.mark["step"] for score in model.card["scores"])
    assert {"frechet/pixels", "recall/pixels"} <= {score["metric"] for score in model.card["scores"]}
    page = (FOLDER / name / "README.md").read_text()
    assert model.card["licence"] in page
    assert model.card["data"]["licence"] in page


def test_the_health_check_finds_a_server_that_answers():
    """The check of the compose file, on a free port in place of 8501."""
    (check,) = re.findall(r"- (exec 3<>.*)", (FOLDER / "compose.yaml").read_text())
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        command = ["bash", "-c", check.replace("8501", str(server.server_port))]
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
        thread.join()
    assert subprocess.run(command, capture_output=True, check=False, timeout=20).returncode != 0


def test_the_version_of_the_server_is_pinned():
    assert re.search(r"image: tensorflow/serving:\$\{\w+:-\d+\.\d+\.\d+\}", (FOLDER / "compose.yaml").read_text())


def test_the_client_sends_what_the_server_takes():
    bound = re.search(r"max_batch_size \{ value: (\d+) \}", (FOLDER / "batching.config").read_text())
    assert inspect.signature(serving.Client).parameters["batch_size"].default == int(bound[1])
