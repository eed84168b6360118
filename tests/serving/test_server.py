"""The client and the signatures, against a server process.

The server is `tests/serving/server.py`; `tensorflow_model_server` where it is on the PATH; and the one at
`TFGANS_SERVING_URL`, such as `http://localhost:8501,grpc://localhost:8500`, which serves the folder that
`python tests/serving/served_models.py FOLDER` writes, with `saved_models/batching.config`.
"""

import base64
import collections
import concurrent.futures
import contextlib
import dataclasses
import functools
import inspect
import io
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import grpc
import malformed
import numpy as np
import PIL.Image
import pytest
import requests
import served_models
import tensorflow as tf
from malformed import images, png
from short_runs import call
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tfgans import serving
from tfgans.cli import client

HERE = pathlib.Path(__file__).parent
BATCHING = HERE.parents[1] / "saved_models" / "batching.config"
BOUND = 64


@dataclasses.dataclass
class Server:
    """A server that runs: its addresses by scheme; where it is ours, its process, folder and log.

    The log of the stand-in tells how many requests were merged.
    """

    addresses: dict
    process: subprocess.Popen | None = None
    folder: pathlib.Path | None = None
    log: pathlib.Path | None = None
    tells_merges: bool = False

    def client(self, scheme, model, **arguments):
        if scheme not in self.addresses:
            pytest.skip(f"TFGANS_SERVING_URL names no {scheme}://.")
        return serving.Client(self.addresses[scheme], model, **arguments)


def stand_in():
    return [sys.executable, str(HERE / "server.py")]


def model_server():
    found = shutil.which("tensorflow_model_server")
    if found is None:
        pytest.skip("There is no tensorflow_model_server on the PATH.")
    return [found]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    served_models.write(folder)
    return folder


@pytest.fixture(scope="module", params=["stand_in", "model_server", "url"])
def server(request, exported, tmp_path_factory):
    if request.param == "url":
        if "TFGANS_SERVING_URL" not in os.environ:
            pytest.skip("TFGANS_SERVING_URL is not set.")
        addresses = os.environ["TFGANS_SERVING_URL"].split(",")
        yield Server({address.partition(":")[0]: address for address in addresses})
        return
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(exported, folder, dirs_exist_ok=True)
    with started(request.param, folder, BATCHING) as found:
        yield found


@pytest.fixture(scope="module", params=["stand_in", "model_server"])
def narrow(request, exported, tmp_path_factory):
    """A server of one model, where one batch may wait and does so for a second, even for each warm-up request."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(exported / "encoding", folder / "encoding", ignore=shutil.ignore_patterns("assets.extra"))
    serving.add_to_models_config(folder / "encoding")
    batching = folder / "batching.config"
    batching.write_text(
        f"max_batch_size {{ value: {BOUND} }} batch_timeout_micros {{ value: 1000000 }}"
        "max_enqueued_batches { value: 1 } num_batch_threads { value: 1 }"
    )
    with started(request.param, folder, batching) as found:
        yield found


@contextlib.contextmanager
def started(kind, folder, batching):
    """A server process of the models in a folder."""
    command = {"stand_in": stand_in, "model_server": model_server}[kind]()
    config = folder / "models.config"
    config.write_text(config.read_text().replace("/models/", f"{folder}/"))
    port, rest_port = free_ports(2)
    command += [f"--port={port}", f"--rest_api_port={rest_port}", f"--model_config_file={config}"]
    command += ["--enable_batching", f"--batching_parameters_file={batching}"]
    log = folder / "log"
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    addresses = {"http": f"http://127.0.0.1:{rest_port}", "grpc": f"grpc://127.0.0.1:{port}"}
    found = Server(addresses, process, folder, log, kind == "stand_in")
    try:
        for model in folder.glob("*/1"):
            wait_for_version(found, "http", model.parent.name, 1)
        yield found
    finally:
        process.terminate()
        process.wait()


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for_version(server, scheme, model, version, seconds=120):
    end = time.monotonic() + seconds
    with server.client(scheme, model, retries=0) as client:
        while True:
            try:
                if client.versions() == [version]:
                    return
            except (ConnectionError, ValueError):
                pass
            assert server.process.poll() is None, server.log.read_text()[-3000:]
            assert time.monotonic() < end, server.log.read_text()[-3000:]
            time.sleep(0.1)


@pytest.fixture(params=["http", "grpc"])
def scheme(request):
    return request.param


@pytest.fixture(scope="module")
def expected(exported):
    """Signatures of the exported models, called without a server."""
    loaded = {name: tf.saved_model.load(str(exported / name / "1")).signatures for name in served_models.MODELS}

    def call(model, signature, **inputs):
        outputs = loaded[model][signature](**{name: tf.constant(value) for name, value in inputs.items()})
        return next(iter(outputs.values())).numpy()

    call.loaded = loaded
    return call


def close_to(wanted):
    """REST and batches of another size round in another place."""
    return lambda found: np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("model", served_models.MODELS)
def test_signatures_and_versions_are_those_of_the_export(server, scheme, model, expected):
    with server.client(scheme, model) as client:
        assert client.versions() == [1]
        assert client.kind == ("image" if model in ("conditional", "encoding") else "point")
        found = client.signatures()
    assert found.keys() == expected.loaded[model].keys()
    for name, function in expected.loaded[model].items():
        for specs, wanted in (
            (found[name].inputs, function.structured_input_signature[1]),
            (found[name].outputs, function.structured_outputs),
        ):
            assert {key: (spec.shape.as_list(), spec.dtype) for key, spec in specs.items()} == {
                key: (spec.shape.as_list(), spec.dtype) for key, spec in wanted.items()
            }


@pytest.mark.parametrize("name", served_models.MODELS)
def test_every_face_answers_as_the_model_does(server, scheme, name, random):
    """The same arguments, given in the same order, to the methods of the model and of the client."""
    model = served_models.MODELS[name]()
    samples = random.uniform(-1, 1, (3, 4, *model.sample_shape)).astype("float32")
    values = {
        "n": 3,
        "seed": [5, -1, 2**40],
        "labels": [0, 1, 1],
        "latent": random.normal(size=(3, model.prior.size)).astype("float32"),
        "images": samples[:, 0],
        "images_a": samples[:, 1],
        "images_b": samples[:, 2],
        "dimensions": [0, 1, 2],
        "values": [0.5, -1.0, 0.0],
    }
    with server.client(scheme, name) as client:
        for face in model.faces().values():
            own = {
                "morph": {"images": samples, "weights": np.full((3, 4), 0.25)},
                "interpolate": {"weights": [0, 0.3, 1]},
            }
            given = {**values, **own.get(face.name, {})}
            taken = {each.argument for each in face.inputs.values()} | {"n"}
            names = inspect.signature(getattr(model, face.name)).parameters
            arguments = [given[each] if each in taken else None for each in names]
            close_to(getattr(model, face.name)(*arguments))(getattr(client, face.name)(*arguments))


def test_faces_of_a_model_with_labels(server, scheme, expected, random):
    seeds, labels = np.arange(5, 8), np.array([0, 2, 1], np.int32)
    with server.client(scheme, "conditional") as client:
        close_to(expected("conditional", "sample", seed=seeds, label=labels))(client.sample(3, labels, seed=5))
        close_to(expected("conditional", "sample", seed=seeds, label=np.full(3, 2, np.int32)))(
            client.sample(3, 2, seed=list(seeds))
        )
        assert client.sample(2, 0).shape == (2, 8, 8, 3)
        files = expected("conditional", "sample_png", seed=seeds, label=labels)
        for image, file in zip(client.sample_png(3, labels, seed=5), files, strict=True):
            assert image.format == "PNG"
            np.testing.assert_allclose(np.asarray(image), tf.io.decode_png(file), atol=1)
        latent = random.normal(size=(3, 4)).astype("float32")
        made = expected("conditional", "generate", latent=latent, label=labels)
        close_to(made)(client.generate(latent, labels))
        close_to(expected("conditional", "discriminate", image=made, label=labels))(
            client.discriminate(made, labels=labels)
        )


def test_faces_of_a_model_with_an_encoder(server, scheme, expected, random):
    def wanted(signature, **inputs):
        return close_to(expected("encoding", signature, **inputs))

    first, second = images(random, 3), images(random, 3)
    with server.client(scheme, "encoding") as client:
        wanted("sample", seed=np.arange(3))(client.sample(3, seed=0))
        codes = client.encode(first)
        wanted("encode", image=first)(codes)
        wanted("reconstruct", image=first)(client.reconstruct(first))
        weight = np.array([0, 0.3, 1], "float32")
        wanted("interpolate", image_a=first, image_b=second, weight=weight)(client.interpolate(first, second, weight))
        dimension, value = np.array([0, 3, 1], "int32"), np.array([-1, 0, 2], "float32")
        wanted("traverse", image=first, dimension=dimension, value=value)(client.traverse(first, dimension, value))
        corners = images(random, 2, 4)
        weights = np.array([[1, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]], "float32")
        wanted("morph", images=corners, weights=weights)(client.morph(corners, weights))
        wanted("discriminate", image=first, latent=codes)(client.discriminate(first, codes))
        pixels = np.round((first[..., 0] + 1) * 127.5).astype("uint8")
        found = client.encode_png([PIL.Image.fromarray(each) for each in pixels])
        wanted("encode", image=pixels[..., np.newaxis] / np.float32(127.5) - 1)(found)


def test_more_rows_than_a_batch_has(server, scheme, expected):
    with server.client(scheme, "encoding") as client:
        close_to(expected("encoding", "sample", seed=np.arange(2 * BOUND + 3)))(client.sample(2 * BOUND + 3, seed=0))
    with (
        server.client(scheme, "encoding", batch_size=BOUND + 1) as client,
        pytest.raises(ValueError, match=f"{BOUND + 1} is larger than maximum"),
    ):
        client.sample(BOUND + 1, seed=0)


def test_rows_that_mean_nothing(server, scheme, random):
    with server.client(scheme, "conditional") as client:
        seeds, labels = np.arange(4), [0, 3, -1, 2]
        found = client.predict("sample", seed=seeds, label=labels)["image"]
        np.testing.assert_array_equal(np.isnan(found).all(axis=(1, 2, 3)), [False, True, True, False])
        close_to(client.sample(1, 2, seed=3)[0])(found[3])
        files = client.predict("sample_png", seed=seeds, label=labels)["image_bytes"]
        assert [len(file) > 0 for file in files] == [True, False, False, True]
        for face in (client.sample, client.sample_png):
            with pytest.raises(ValueError, match=r"no answer for rows \[1, 2\]"):
                face(4, labels)
    with server.client(scheme, "encoding") as client:
        good = png(random.integers(0, 256, (8, 8), np.uint8))
        found = client.predict("encode_png", image_bytes=[good, good[:50], b"", good])["latent"]
        np.testing.assert_array_equal(np.isnan(found).all(axis=1), [False, True, True, False])
        np.testing.assert_array_equal(found[0], found[3])
        with pytest.raises(ValueError, match=r"no answer for rows \[0\].* PNG of another size"):
            client.encode_png([PIL.Image.new("L", (9, 8))])


def test_what_is_not_there(server, scheme):
    with server.client(scheme, "nobody") as client, pytest.raises(ValueError, match=r"nobody: NOT_FOUND: .*not found"):
        client.sample(1)
    with server.client(scheme, "encoding", version=7) as client, pytest.raises(ValueError, match="NOT_FOUND"):
        client.sample(1)
    with server.client(scheme, "encoding", version=1) as client:
        assert client.sample(1).shape == (1, 8, 8, 1)
    with server.client(scheme, "conditional") as client, pytest.raises(ValueError, match="there is no encode"):
        client.encode(np.zeros((1, 8, 8, 3)))


def test_rest_in_rows_and_columns(server, expected, random):
    """The forms of the REST interface that somebody uses who has no client."""
    address = server.addresses.get("http") or pytest.skip("TFGANS_SERVING_URL names no http://.")
    url = f"{address}/v1/models/encoding"

    def ask(body):
        answer = requests.post(f"{url}:predict", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))

    wanted = expected("encoding", "sample", seed=np.array([3, 4]))
    close_to(wanted)(ask({"instances": [3, 4]})["predictions"])
    close_to(wanted)(ask({"instances": [{"seed": 3}, {"seed": 4}]})["predictions"])
    close_to(wanted)(ask({"signature_name": "sample", "inputs": [3, 4]})["outputs"])
    close_to(wanted)(ask({"inputs": {"seed": [3, 4]}})["outputs"])
    # Columns may be too many, other than keys of rows.
    close_to(wanted)(ask({"inputs": {"seed": [3, 4], "nobody": [1]}})["outputs"])
    row = requests.post(f"{url}:predict", json={"instances": [{"seed": 3, "nobody": 1}]}, timeout=30)
    assert row.status_code == 400

    (file,) = ask({"signature_name": "sample_png", "instances": [3]})["predictions"]
    image = np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(file["b64"]))))
    np.testing.assert_allclose(image / 127.5 - 1, wanted[0, ..., 0], atol=1 / 255 + 1e-5)
    codes = ask({"signature_name": "encode_png", "instances": [file, {"b64": ""}]})["predictions"]
    close_to(expected("encoding", "encode", image=image[np.newaxis, ..., np.newaxis] / np.float32(127.5) - 1)[0])(
        codes[0]
    )
    assert set(codes[1]) == {serving.NOTHING}

    status = requests.get(url, timeout=30).json()["model_version_status"]
    assert [(version["version"], version["state"]) for version in status] == [("1", "AVAILABLE")]
    metadata = requests.get(f"{url}/metadata", timeout=30).json()
    assert metadata["model_spec"]["name"] == "encoding"
    assert "encode_png" in metadata["metadata"]["signature_def"]["signature_def"]


def test_the_curl_of_the_documentation_returns_a_png(server, expected, tmp_path):
    address = server.addresses.get("http") or pytest.skip("TFGANS_SERVING_URL names no http://.")
    if shutil.which("curl") is None:
        pytest.skip("There is no curl on the PATH.")
    text = (HERE.parents[1] / "docs" / "serving.md").read_text()
    (command,) = re.findall(r"```sh\n(curl .*?)```", text, re.DOTALL)
    command = command.replace("http://localhost:8501/v1/models/digits", f"{address}/v1/models/conditional")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    (file,) = expected("conditional", "sample_png", seed=np.array([7]), label=np.array([2], np.int32))
    with PIL.Image.open(tmp_path / "two.png") as image:
        np.testing.assert_allclose(np.asarray(image), tf.io.decode_png(file), atol=1)


def test_merged_clients_get_what_they_would_have_got_alone(server, scheme, random):
    def request(number):
        rows = 1 + number % 5
        seeds = random.integers(-(2**62), 2**62, rows)
        return {"seed": seeds, "label": np.where(np.arange(rows) == number % 7, 99, number % 3)}

    wishes = [request(number) for number in range(24)]
    before = len(server.log.read_text()) if server.tells_merges else 0
    with concurrent.futures.ThreadPoolExecutor(len(wishes)) as pool:
        clients = [server.client(scheme, "conditional") for _ in wishes]

        def ask(client, wish):
            return client.predict("sample", **wish)["image"]

        alone = [ask(client, wish) for client, wish in zip(clients, wishes, strict=True)]
        for _ in range(3):
            for found, wanted in zip(pool.map(ask, clients, wishes), alone, strict=True):
                np.testing.assert_allclose(found, wanted, atol=1e-5)
                np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
        for client in clients:
            client.close()
    if server.tells_merges:
        assert max(int(count) for count in re.findall(r"merged (\d+)", server.log.read_text()[before:])) >= 3


def test_where_there_is_no_room_a_client_asks_again(narrow, scheme, expected):
    count = BOUND - 4
    with (
        concurrent.futures.ThreadPoolExecutor(2) as pool,
        narrow.client(scheme, "encoding", retries=0) as hasty,
        narrow.client(scheme, "encoding", retries=7) as patient,
    ):
        for client in (hasty, patient):
            client.signatures()
        asked = [pool.submit(hasty.sample, count) for _ in range(2)]
        (refusal,) = (error for each in asked if (error := each.exception()))
        assert isinstance(refusal, ConnectionError)
        assert re.search("UNAVAILABLE: The batch scheduling queue .* is full", str(refusal))
        for found in [pool.submit(patient.sample, count, seed=0) for _ in range(2)]:
            close_to(expected("encoding", "sample", seed=np.arange(count)))(found.result())


def test_command_writes_a_grid(server, tmp_path, capsys):
    address = server.addresses.get("grpc") or server.addresses["http"]
    rows = ["--label=2", "--label=0", "--count=3"]
    call(client, f"--server={address}", "--model=conditional", *rows, f"--out={tmp_path / 'grid.png'}")
    assert capsys.readouterr().out == f"samples: {tmp_path / 'grid.png'}\n"
    with PIL.Image.open(tmp_path / "grid.png") as image:
        assert image.width > 100


def test_warm_up_requests_ask_each_signature_for_a_row(exported, expected):
    asked = []
    for record in tf.data.TFRecordDataset(str(exported / "encoding/1/assets.extra/tf_serving_warmup_requests")):
        request = PredictionLog.FromString(record.numpy()).predict_log.request
        assert request.model_spec.name == "encoding"
        asked.append(request.model_spec.signature_name)
        output = expected("encoding", asked[-1], **{name: tf.make_ndarray(row) for name, row in request.inputs.items()})
        assert output.shape[0] == 1
        # Four weights of zero do not sum to 1; a PNG of the model's size is decoded.
        nothing = output.dtype.kind == "f" and np.any(output == np.float32(serving.NOTHING))
        assert nothing == (asked[-1] == "morph"), asked[-1]
    assert sorted(asked) == sorted(expected.loaded["encoding"])


def test_the_newest_version_is_served_and_its_folder_deleted_is_a_rollback(server, expected):
    if server.folder is None:
        pytest.skip("The folder of the server that TFGANS_SERVING_URL names is not at hand.")
    first, second = (server.folder / "encoding" / number for number in "12")
    shutil.copytree(first, server.folder / "copy")
    (server.folder / "copy").rename(second)
    for scheme in server.addresses:
        wait_for_version(server, scheme, "encoding", 2)
    shutil.rmtree(second)
    for scheme in server.addresses:
        wait_for_version(server, scheme, "encoding", 1)
        with server.client(scheme, "encoding") as client:
            close_to(expected("encoding", "sample", seed=np.arange(2)))(client.sample(2, seed=0))


def good_answers(server, scheme, expected):
    """Whether a client is still answered, and right."""
    with server.client(scheme, "conditional") as client:
        label = np.array([2, 0], np.int32)
        close_to(expected("conditional", "sample", seed=np.arange(2), label=label))(client.sample(2, label, seed=0))
    with server.client(scheme, "encoding") as client:
        close_to(expected("encoding", "sample", seed=np.arange(2)))(client.sample(2, seed=0))


def sent_by_grpc(server):
    """Sends a message; gives the rows of the answer, or the code of the error."""
    stub = PredictionServiceStub(grpc.insecure_channel(server.addresses["grpc"].removeprefix("grpc://")))

    def send(message):
        try:
            (tensor,) = stub.Predict(message, timeout=60).outputs.values()
            return tf.make_ndarray(tensor)
        except grpc.RpcError as error:
            return error.code()

    return send


# Each of the two tests sends hundreds of them to a server.
@pytest.mark.parametrize("seed", range(4))
def test_malformed_messages(server, expected, seed):
    if "grpc" not in server.addresses:
        pytest.skip("TFGANS_SERVING_URL names no grpc://.")
    random, send = np.random.default_rng(seed), sent_by_grpc(server)
    for good in malformed.well_formed(random):
        alone = send(malformed.to_grpc(good))
        assert not any(malformed.nothing_in(alone))
        for _ in range(3):
            request = malformed.malformed(random, good)
            answer = send(malformed.to_grpc(request))
            if request.nothing is None:
                assert answer == grpc.StatusCode.INVALID_ARGUMENT, (request, answer)
            else:
                assert malformed.nothing_in(answer) == [row == request.nothing for row in range(3)], request
    # All seeds together have all signatures.
    for good in malformed.well_formed(random)[seed::4]:
        for message in malformed.broken_messages(random, good):
            assert send(message) == grpc.StatusCode.INVALID_ARGUMENT, message
        message = malformed.to_grpc(good)
        message.model_spec.signature_name = "nobody"
        assert send(message) == grpc.StatusCode.FAILED_PRECONDITION
    good_answers(server, "grpc", expected)


@pytest.mark.parametrize("seed", range(4))
def test_malformed_bodies(server, expected, seed):
    if "http" not in server.addresses:
        pytest.skip("TFGANS_SERVING_URL names no http://.")
    random = np.random.default_rng(seed)
    session = requests.Session()

    def send(path, body):
        answer = session.post(f"{server.addresses['http']}{path}", data=body, timeout=60)
        content = answer.json()
        return content["error"] if "error" in content else next(iter(content.values())), answer.status_code

    for good in malformed.well_formed(random):
        for _ in range(2):
            request = malformed.malformed(random, good)
            answer, status = send(*malformed.to_rest(request, random))
            if request.nothing is None:
                assert status == 400, (request, answer)
            else:
                assert malformed.nothing_in(answer) == [row == request.nothing for row in range(3)], request
    for good in malformed.well_formed(random)[seed::4]:
        for path, body in malformed.broken_bodies(random, good):
            assert send(path, body)[1] in (400, 404), (path, body)
    good_answers(server, "http", expected)


def sent_by_http(address, data):
    """How a server answers bytes: the status, or "dropped" if it closes the connection without one."""
    with socket.create_connection(address, timeout=30) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(data)
        with connection.makefile("rb") as file:
            try:
                answer = file.read()
            except OSError:
                answer = b""
    # To a first line that it cannot read, an HTML page without a status is the answer of some.
    status = re.match(rb"HTTP/1\.[01] (\d+)", answer)
    return "dropped" if not answer else int(status[1]) if status else "page"


def test_no_malformed_request_is_dropped(server):
    """16 at a time, over both protocols; spoilt by each other, some are FAILED_PRECONDITION or INTERNAL (500)."""
    if server.addresses.keys() != {"http", "grpc"}:
        pytest.skip("TFGANS_SERVING_URL does not name both protocols.")
    host, _, port = server.addresses["http"].removeprefix("http://").partition(":")
    send = sent_by_grpc(server)
    calls = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        for good in malformed.well_formed(random):
            wrong = malformed.malformed(random, good)
            bodies = [malformed.to_rest(wrong, random), *malformed.broken_bodies(random, good)]
            data = [*(malformed.to_http(*body) for body in bodies), *malformed.broken_requests(random, good)]
            messages = [malformed.to_grpc(wrong), *malformed.broken_messages(random, good)]
            calls += [functools.partial(sent_by_http, (host, int(port)), each) for each in data]
            calls += [functools.partial(send, message) for message in messages]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = [each.result() for each in [pool.submit(call) for call in calls]]
    answered = {200, 400, 404, 411, 414, 431, 500, 501, "INVALID_ARGUMENT", "FAILED_PRECONDITION", "INTERNAL", "rows"}
    found = collections.Counter(
        getattr(answer, "name", "rows") if isinstance(answer, (np.ndarray, grpc.StatusCode)) else answer
        for answer in answers
    )
    assert len(answers) > 2500
    assert found.keys() <= answered, found


@pytest.mark.parametrize(
    ("seed", "spoilt"), [(np.zeros((2, 2), np.int64), "FAILED_PRECONDITION"), (np.zeros(2, np.int32), "INTERNAL")]
)
def test_neighbours_of_malformed_requests(server, scheme, expected, seed, spoilt):
    """A server fails the whole batch where shapes or types differ; the client asks again."""
    if "grpc" not in server.addresses:
        pytest.skip("TFGANS_SERVING_URL names no grpc://.")
    send = sent_by_grpc(server)
    wanted = expected("encoding", "sample", seed=np.arange(3))
    bad = malformed.to_grpc(malformed.Request("encoding", "sample", {"seed": seed}))
    with concurrent.futures.ThreadPoolExecutor(8) as pool, server.client(scheme, "encoding") as client:
        client.signatures()
        asked = [(pool.submit(send, bad), pool.submit(client.sample, 3, seed=0)) for _ in range(60)]
        for _, found in asked:
            close_to(wanted)(found.result())
    # Alone or merged with its likes, or merged with others.
    codes = {refused.result().name for refused, _ in asked}
    assert codes <= {"INVALID_ARGUMENT", spoilt}
    if server.tells_merges:
        assert spoilt in codes
