"""The client by itself; `test_server.py` has it speak to servers."""

import http.server
import importlib
import inspect
import json
import socket
import sys
import threading
import time

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import tfgans
from tfgans import faces, models, serving
from tfgans._errors import MissingExtraError
from tfgans.cli.client import parse_labels
from tfgans.serving import _rest
from tfgans.serving._transport import RefusalError

ROWS = {"tensor_shape": {"dim": [{"size": "-1"}]}}
SIGNATURE = {
    "inputs": {"seed": ROWS | {"dtype": "DT_INT64"}},
    "outputs": {"point": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}, {"size": "2"}]}}},
}
LABELLED = SIGNATURE | {"inputs": SIGNATURE["inputs"] | {"label": ROWS | {"dtype": "DT_INT32"}}}
FILES = SIGNATURE | {"inputs": {"image_bytes": ROWS | {"dtype": "DT_STRING"}}}
BETWEEN = SIGNATURE | {
    "inputs": {name: ROWS | {"dtype": "DT_FLOAT"} for name in ("point_a", "point_b", "weight")}
    | {"label": ROWS | {"dtype": "DT_INT32"}}
}
SIGNATURES = {"sample": SIGNATURE, "labelled": LABELLED, "encode_png": FILES, "interpolate": BETWEEN}
METADATA = {"metadata": {"signature_def": {"signature_def": SIGNATURES}}}
STATES = (("9", "AVAILABLE"), ("10", "AVAILABLE"), ("11", "LOADING"))
STATUS = {"model_version_status": [{"version": number, "state": state} for number, state in STATES]}


@pytest.fixture
def scripted():
    """A server that gives the answers of a list, then the last one over and over; and the requests it got."""
    answers, requests = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(200, METADATA if self.path.endswith("/metadata") else STATUS)

        def do_POST(self):
            requests.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.answer(*(answers.pop(0) if len(answers) > 1 else answers[0]))

        def answer(self, status, content, missing=0, seconds=0):
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + missing))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            time.sleep(seconds)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers, requests
    server.shutdown()
    server.server_close()


POINTS = (200, {"outputs": [[0.0, 1.0]]})
BUSY = (503, {"error": "The batch scheduling queue to which this task was submitted is full"})
SPOILT = (400, {"error": "Tensors with name 'x' from different tasks have different shapes and padding is turned off."})
MIXED = (500, {"error": "Tensor concat operation failed: Invalid argument: Cannot concatenate different types."})
# It ends before it should, or stops on its way.
BROKEN, STUCK = (200, b'{"outputs"', 9), (200, b'{"outputs"', 9, 3.0)


@pytest.mark.parametrize("passing", [BUSY, SPOILT, MIXED, (502, b"<html>"), BROKEN])
def test_what_passes_is_asked_again(scripted, passing):
    address, answers, requests = scripted
    answers += [passing, passing, POINTS]
    with serving.Client(address, "toy") as client:
        np.testing.assert_array_equal(client.sample(1, seed=3), [[0, 1]])
    assert requests == [("/v1/models/toy:predict", {"signature_name": "sample", "inputs": {"seed": [3]}})] * 3


def test_the_parts_of_an_answer_are_of_one_version(scripted):
    address, answers, requests = scripted
    answers.append(POINTS)
    with serving.Client(address, "toy", batch_size=1) as client:
        client.sample(3, seed=0)
        client.sample(1, seed=0)
    with serving.Client(address, "toy", 7, batch_size=1) as client:
        client.sample(2, seed=0)
    assert [path for path, _ in requests] == [
        *["/v1/models/toy/versions/10:predict"] * 3,
        "/v1/models/toy:predict",
        *["/v1/models/toy/versions/7:predict"] * 2,
    ]


def test_large_answers_of_one_version_share_a_session(scripted, monkeypatch):
    address, answers, _ = scripted
    answers.append(POINTS)
    sessions, session = [], _rest.requests.Session
    monkeypatch.setattr(_rest.requests, "Session", lambda: sessions.append(session()) or sessions[-1])
    with serving.Client(address, "toy", batch_size=1) as client:
        for _ in range(3):
            client.sample(2, seed=0)
    assert len(sessions) == 2


def test_no_version_for_the_parts(scripted, monkeypatch):
    monkeypatch.setitem(STATUS, "model_version_status", [])
    with serving.Client(scripted[0], "toy", batch_size=1) as client, pytest.raises(ConnectionError, match="no version"):
        client.sample(2)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (BUSY, ConnectionError, r"http://127.*, toy: UNAVAILABLE: The batch scheduling queue .* is full"),
        ((400, {"error": "wrong"}), ValueError, "toy: INVALID_ARGUMENT: wrong"),
        ((404, {"error": "who?"}), ValueError, "toy: NOT_FOUND: who"),
        ((504, {"error": "late"}), TimeoutError, "toy: DEADLINE_EXCEEDED: late"),
        ((500, {"error": "oh"}), OSError, "toy: HTTP 500: oh"),
        ((500, {"error": {"code": 13}}), OSError, "toy: HTTP 500: {'code': 13}"),
        ((200, b"<html>"), OSError, "not an answer of TensorFlow Serving: '<html>'"),
        ((200, []), OSError, r"not an answer of TensorFlow Serving: '\[\]'"),
        ((200, {"predictions": []}), OSError, "not an answer of TensorFlow Serving: '{\"predictions"),
        ((302, b""), OSError, "toy: HTTP 302: the server redirects to None"),
        (BROKEN, ConnectionError, "toy: UNAVAILABLE: "),
        (STUCK, TimeoutError, "toy: DEADLINE_EXCEEDED: .*timed out"),
    ],
)
def test_errors(scripted, answer, error, message):
    address, answers, requests = scripted
    answers.append(answer)
    with serving.Client(address, "toy", retries=1, timeout=2) as client, pytest.raises(error, match=message):
        client.sample(1)
    assert len(requests) == (2 if error is ConnectionError else 1)


def test_an_address_that_is_none():
    with serving.Client("http://:8501", "toy") as client, pytest.raises(OSError, match="toy: UNKNOWN: Invalid URL"):
        client.sample(1)


def test_nothing_comes_as_nan(scripted):
    """Models of earlier versions wrote NaN, which is no JSON. A row has the lowest number in all places."""
    address, answers, _ = scripted
    answers.append((200, b'{"outputs": [[NaN, 1.0]]}'))
    for lowest in (b"-3.4028235e38", b"-3.4028234663852886e+38"):
        answers.append((200, b'{"outputs": [[1.0, 2.0], [%b, %b], [%b, 0.0]]}' % (lowest, lowest, lowest)))
    with serving.Client(address, "toy") as client:
        np.testing.assert_array_equal(client.predict("sample", seed=[3])["point"], [[np.nan, 1]])
        for _ in range(2):
            points = client.predict("sample", seed=[3, 4, 5])["point"]
            np.testing.assert_array_equal(points, [[1, 2], [np.nan, np.nan], [np.float32(serving.NOTHING), 0]])


def test_no_server():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}", f"grpc://127.0.0.1:{port}"):
        with serving.Client(address, "toy", retries=1) as client, pytest.raises(ConnectionError, match="UNAVAILABLE"):
            client.sample(1)


def test_an_attempt_has_the_time_that_is_left(monkeypatch):
    """All four are to end one second after the first began."""
    began, ends = time.monotonic(), []

    def turned_away(seconds):
        ends.append(time.monotonic() - began + seconds)
        raise RefusalError("UNAVAILABLE", "no room")

    client = serving.Client("http://localhost:1", "model", timeout=1.0, retries=3)
    monkeypatch.setattr(client._transport, "versions", turned_away)
    with pytest.raises(ConnectionError, match="no room"):
        client.versions()
    assert len(ends) > 1
    assert max(ends) < 1.05


def test_no_answer_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme in ("http", "grpc"):
            address = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
            began = time.monotonic()
            with serving.Client(address, "toy", timeout=0.2) as client, pytest.raises(TimeoutError):
                client.versions()
            # Not the default of 30 s.
            assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("signature", "inputs", "message"),
    [
        ("nobody", {}, "signatures of toy are encode_png, interpolate, labelled, sample; there is no nobody"),
        ("sample", {"seed": [1], "label": [1]}, "sample takes seed; received seed, label"),
        ("sample", {"seed": 1}, r"seed must be int64 \[n\]; received int64 \(\)"),
        ("sample", {"seed": [[1]]}, r"received int64 \(1, 1\)"),
        (
            "interpolate",
            {"point_a": np.zeros((1, 8, 8, 1), np.uint8), "point_b": [0.0], "weight": [0.5], "label": [1]},
            "point_a must be floating .* received uint8",
        ),
        ("sample", {"seed": [1.5]}, r"seed must be int64 \[n\]; received float64"),
        ("sample", {"seed": [True]}, "received bool"),
        ("sample", {"seed": ["1"]}, "received str"),
        ("sample", {"seed": np.zeros(0, int)}, "at least 1"),
        ("sample", {"seed": None}, r"received object_ \(\)"),
        ("encode_png", {"image_bytes": ["text"]}, r"image_bytes must be bytes \[n\]; received str \(1,\)"),
        ("encode_png", {"image_bytes": [b"", None]}, r"received NoneType, bytes \(2,\)"),
        ("encode_png", {"image_bytes": None}, r"received NoneType \(\)"),
        ("labelled", {"seed": [1], "label": [2**32]}, r"label must be int32 \[n\]; received int64"),
        (
            "labelled",
            {"seed": [1, 2], "label": [1]},
            r"as many rows each, at least 1; received {'label': 1, 'seed': 2}",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_not_sent(scripted, signature, inputs, message):
    address, answers, requests = scripted
    answers.append(POINTS)
    with serving.Client(address, "toy") as client, pytest.raises(ValueError, match=message):
        client.predict(signature, **inputs)
    assert not requests


def test_only_images_may_not_be_uint8(scripted):
    """Weights, and labels that are attributes, are numbers without a range."""
    address, answers, requests = scripted
    answers.append(POINTS)
    with serving.Client(address, "toy") as client:
        client.predict("interpolate", point_a=[0.0], point_b=[0.0], weight=np.ones(1, np.uint8), label=[1])
    ((_, content),) = requests
    assert content["inputs"]["weight"] == [1.0]


@pytest.mark.parametrize("mode", ["F", "CMYK", "LAB", "HSV"])
def test_images_that_png_cannot_hold(scripted, mode):
    with serving.Client(scripted[0], "toy") as client, pytest.raises(ValueError, match=f"mode={mode}.*cannot write"):
        client.encode_png([PIL.Image.new(mode, (2, 2))])


def test_what_is_no_image(scripted):
    with (
        serving.Client(scripted[0], "toy") as client,
        pytest.raises(ValueError, match=r"Expected PIL .* received None"),
    ):
        client.encode_png([None])


def test_one_weight_for_all_pairs_is_refused(scripted):
    with serving.Client(scripted[0], "toy") as client, pytest.raises(ValueError, match=r"weight must be float32 \[n\]"):
        client.interpolate([1.0, 2.0], [3.0, 4.0], 0.5, labels=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"address": "localhost:8501"}, "grpc://HOST:PORT or file:///FOLDER; received 'localhost:8501'"),
        ({"address": "ftp://host"}, "received 'ftp://host'"),
        ({"address": "grpc://host:8500/path"}, "received 'grpc://host:8500/path'"),
        ({"batch_size": 0}, "received 0, 5, 30"),
        ({"retries": -1}, "received 64, -1, 30"),
        ({"timeout": 0}, "received 64, 5, 0"),
        ({"timeout": np.inf}, "received 64, 5, inf"),
    ],
)
def test_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        serving.Client(**{"address": "http://localhost:8501", "model": "toy", **arguments})


def test_what_needs_the_extra_says_so(tmp_path, monkeypatch):
    """The package is imported anew where there is no `tensorflow_serving`."""
    for name in [*sys.modules]:
        if name.startswith(("tensorflow_serving", "tfgans.serving")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)
    monkeypatch.setattr(tfgans, "serving", None)
    without = importlib.import_module("tfgans.serving")
    for call in (
        lambda: without.Client("grpc://host:1", "m"),
        lambda: without.write_warmup_requests(tmp_path, "m", {}),
    ):
        with pytest.raises(
            MissingExtraError, match=r"needs the extra 'serving': pip install 'tfgans-keras\[serving\]'"
        ):
            call()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("face", faces.ARGUMENTS)
def test_arguments_of_the_client_are_those_of_the_model(face):
    """Names, order and defaults; also in models with a method of their own."""
    ours, *theirs = (inspect.signature(getattr(owner, face)) for owner in (serving.Client, *public_models()))
    assert all(signature == ours for signature in theirs)
    assert set(ours.parameters) - {"self", "n", "labels"} == set(faces.ARGUMENTS[face])


def public_models():
    return [getattr(models, name) for name in models.__all__]


CLASS = tf.TensorSpec([None], tf.int32)
ATTRIBUTES = tf.TensorSpec([None, 2], tf.float32)


def test_labels_from_their_texts():
    assert parse_labels([], None) is None
    np.testing.assert_array_equal(parse_labels(["3", "0"], CLASS), np.array([3, 0], np.int32))
    np.testing.assert_array_equal(parse_labels(["1,.5", "0,-1"], ATTRIBUTES), [[1, 0.5], [0, -1]])


@pytest.mark.parametrize(
    ("texts", "spec", "message"),
    [
        (["1"], None, "takes no labels"),
        ([], CLASS, "takes a --label"),
        (["x"], CLASS, "the number of a class; received 'x'"),
        (["1,2"], CLASS, "received '1,2'"),
        (["1"], ATTRIBUTES, "takes 2 numbers with commas; received '1'"),
        (["1,2", "1"], ATTRIBUTES, "received '1,2', '1'"),
        (["1,x"], ATTRIBUTES, "received '1,x'"),
    ],
)
def test_texts_that_are_no_labels(texts, spec, message):
    with pytest.raises(ValueError, match=message):
        parse_labels(texts, spec)
