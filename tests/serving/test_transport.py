"""The client against servers that do not give what it asks for: small ones in threads, which misbehave in one way."""

import base64
import concurrent.futures
import contextlib
import gzip
import http.server
import io
import itertools
import json
import re
import socket
import threading
import time

import grpc
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from google.protobuf import any_pb2, json_format
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import prediction_service_pb2_grpc
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataResponse, SignatureDefMap
from tensorflow_serving.apis.predict_pb2 import PredictResponse

from tfgans import serving
from tfgans.serving import _rest

TIMEOUT = 0.4
# A server gives up after so long, so that a client without a deadline comes back too.
PATIENCE = 10.0
# A client that keeps its deadline is back by then, on a busy machine too.
LATEST = 5.0


def tensor(dtype, *sizes):
    return {"dtype": dtype, "tensor_shape": {"dim": [{"size": str(size)} for size in (-1, *sizes)]}}


SEED = {"inputs": {"seed": tensor("DT_INT64")}}
POINT, COUNT = tensor("DT_FLOAT", 2), tensor("DT_INT32")
SIGNATURES = {
    "sample": SEED | {"outputs": {"point": POINT}},
    "count": SEED | {"outputs": {"count": COUNT}},
    "both": SEED | {"outputs": {"point": POINT, "count": COUNT}},
    "sample_png": SEED | {"outputs": {"image_bytes": tensor("DT_STRING")}},
    "wide": {"inputs": {"image": tensor("DT_FLOAT", 10**6)}, "outputs": {"point": POINT}},
}
METADATA = {"metadata": {"signature_def": {"signature_def": SIGNATURES}}}
POINTS = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


@contextlib.contextmanager
def served(answer, metadata=METADATA):
    """The address of a server, and the paths that it is asked for; `answer` gets its handler."""
    paths = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            reply(self, metadata)

        def do_POST(self):
            paths.append(self.path)
            self.close_connection = True
            with contextlib.suppress(OSError):
                answer(self)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.socket.close()


def reply(handler, content, status=200, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.rfile.read(int(handler.headers["Content-Length"] or 0))
    handler.send_response(status)
    for name, value in ({"Content-Length": len(body)} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def grpc_served(answer, signatures=None):
    """The same of gRPC; `answer` makes a response."""
    metadata = GetModelMetadataResponse()
    right = json_format.ParseDict({"signature_def": SIGNATURES}, SignatureDefMap())
    metadata.metadata["signature_def"].CopyFrom(signatures) if signatures else metadata.metadata["signature_def"].Pack(
        right
    )
    asked = []

    class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
        def GetModelMetadata(self, request, context):  # noqa: N802
            return metadata

        def Predict(self, request, context):  # noqa: N802
            asked.append(request)
            return answer(context)

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"grpc://127.0.0.1:{port}", asked
    server.stop(None)


WRONG_IN_JSON = [
    ("sample", POINTS[:2], r"received float \[2, 2\]"),
    ("sample", [*POINTS, POINTS[0]], r"received float \[4, 2\]"),
    ("sample", [[*row, 1.0] for row in POINTS], r"received float \[3, 3\]"),
    ("sample", [0.0, 1.0, 2.0], r"received float \[3\]"),
    ("sample", 1.0, r"received float \[\]"),
    ("sample", [], r"received  \[0\]"),
    ("sample", None, r"received NoneType \[\]"),
    ("sample", [["0", "1"]] * 3, r"received str \[3, 2\]"),
    ("sample", [[0.0, None]] * 3, r"received NoneType, float \[3, 2\]"),
    ("sample", [[True, 1.0]] * 3, r"received bool, float \[3, 2\]"),
    ("sample", [[0.0, 1.0], [2.0], [4.0, 5.0]], r"received list \[3\]"),
    ("sample", {"point": POINTS}, r"received dict \[\]"),
    ("sample", [[0.0, np.inf]] * 3, "received Infinity"),
    ("sample", [[0.0, -np.inf]] * 3, "received Infinity"),
    ("sample", [[0.0, 1e39]] * 3, "received Infinity"),
    ("sample", [[0, 10**400]] * 3, "received int too large"),
    ("count", [1, 2, 2.0], r"received float, int \[3\]"),
    ("count", [1, 2, 2**31], "received .* out of bounds for int32"),
    ("count", [1, 2, True], r"received bool, int \[3\]"),
    ("both", {"point": POINTS}, "expected int32 .3. as count of both; received no count"),
    ("both", POINTS, "as count of both; received no count"),
    ("both", {"point": POINTS, "count": [1, 2]}, r"received int \[2\]"),
    ("sample_png", ["a", "b"], r"expected string \[3\] as image_bytes of sample_png; received str \[2\]"),
    ("sample_png", ["a", "b", 3], r"received int, str \[3\]"),
    ("sample_png", [{"b64": 3}] * 3, "received argument should be"),
    ("sample_png", [{"b64": "?"}] * 3, "received .*base64"),
    ("sample_png", [{"b": ""}] * 3, "received an object of b"),
    ("sample_png", ["\ud800"] * 3, "received .*surrogates"),
]


@pytest.mark.parametrize(("signature", "values", "message"), WRONG_IN_JSON)
def test_json_that_was_not_asked_for(signature, values, message):
    with (
        served(lambda handler: reply(handler, {"outputs": values})) as (address, paths),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match=f"^{address}, toy: DATA_LOSS: expected .* of {signature}.*") as raised,
    ):
        client.predict(signature, seed=[1, 2, 3])
    assert re.search(message, str(raised.value))
    # It is not asked again: the answer would be the same.
    assert len(paths) == 2


def png(mode, size):
    file = io.BytesIO()
    PIL.Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"no PNG", "received cannot identify image file"),
        (png("L", (9, 8)), "received one of 9 x 8"),
        (png("L", (8, 9)), "received one of 8 x 9"),
        (png("L", (8, 8))[:-30], "received cannot identify image file"),
        (png("L", (8, 8))[:16] + b"\x00\x00\xff\xff" * 2 + png("L", (8, 8))[24:], "received "),
    ],
)
def test_files_that_were_not_asked_for(file, message):
    image = tensor("DT_FLOAT", 8, 8, 1)
    signatures = SIGNATURES | {"sample": SEED | {"outputs": {"image": image}}}
    with (
        served(
            lambda handler: reply(handler, {"outputs": [{"b64": base64.b64encode(file).decode()}]}),
            {"metadata": {"signature_def": {"signature_def": signatures}}},
        ) as (address, _),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match=f"{address}, toy: DATA_LOSS: expected a PNG of 8 x 8 .*{message}"),
    ):
        client.sample_png(1)


def test_json_that_is_too_deep():
    with (
        served(lambda handler: reply(handler, b"[" * 100_000)) as (address, _),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match=r"not an answer of TensorFlow Serving: '\[\["),
    ):
        client.predict("sample", seed=[1, 2, 3])


def proto(values, dtype, **changes):
    found = tf.make_tensor_proto(values, dtype)
    found.MergeFrom(TensorProto(**changes))
    return found


def sized(dtype, *sizes, **values):
    found = TensorProto(dtype=dtype, **values)
    for size in sizes:
        found.tensor_shape.dim.add(size=size)
    return found


WRONG_IN_GRPC = [
    ("sample", proto(POINTS[:2], "float32"), r"received float32 \[2, 2\]"),
    ("sample", proto([*POINTS, POINTS[0]], "float32"), r"received float32 \[4, 2\]"),
    ("sample", proto([[*row, 1.0] for row in POINTS], "float32"), r"received float32 \[3, 3\]"),
    ("sample", proto(1.0, "float32"), r"received float32 \[\]"),
    ("sample", proto(POINTS, "float64"), r"received float64 \[3, 2\]"),
    ("sample", proto([["0", "1"]] * 3, "string"), r"received string \[3, 2\]"),
    ("sample", proto([[0.0, np.inf]] * 3, "float32"), "received Infinity"),
    ("sample", TensorProto(), "received Cannot convert"),
    ("sample", TensorProto(dtype=99), "received Cannot convert"),
    ("sample", sized("DT_FLOAT", 3, 2, tensor_content=b"abc"), "received buffer size"),
    ("sample", sized("DT_FLOAT", 3, 2, float_val=[1.0] * 7), "received .*negative"),
    ("sample", sized("DT_FLOAT", 3, -2, float_val=[1.0] * 6), "received .*-2"),
    ("sample", sized("DT_FLOAT", 3, 2**60, float_val=[1.0]), "received float32 .3, 1152921504606846976"),
    ("sample", None, "received no point"),
    ("count", proto([1, 2, 3], "int64"), r"expected int32 \[3\] as count of count; received int64 \[3\]"),
    ("sample_png", proto([b"", b""], "string"), r"expected string \[3\] as image_bytes .* received string \[2\]"),
]


@pytest.mark.parametrize(("signature", "found", "message"), WRONG_IN_GRPC)
def test_tensors_that_were_not_asked_for(signature, found, message):
    (name,) = SIGNATURES[signature]["outputs"]
    response = PredictResponse(outputs={"nobody": proto(1.0, "float32")} if found is None else {name: found})
    with (
        grpc_served(lambda context: response) as (address, asked),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match=f"^{address}, toy: DATA_LOSS: expected .* as {name} of {signature}") as raised,
    ):
        client.predict(signature, seed=[1, 2, 3])
    assert re.search(message, str(raised.value))
    assert len(asked) == 1


def test_what_was_asked_for():
    """Rows that mean nothing are NaN, an integer may be a number, and gRPC may leave out equal values at the end."""
    values = {"point": [[0, 1.5], [np.nan, np.nan], [4.0, 5.0]], "count": [1, 2, -(2**31)]}
    files = ["a", {"b64": "iVA="}, {"b64": ""}]
    with (
        served(lambda handler: reply(handler, {"outputs": values})) as (address, _),
        serving.Client(address, "toy") as client,
    ):
        found = client.predict("both", seed=[1, 2, 3])
        np.testing.assert_array_equal(found["point"], np.array(values["point"], np.float32), strict=True)
        np.testing.assert_array_equal(found["count"], np.array(values["count"], np.int32), strict=True)
    with (
        served(lambda handler: reply(handler, {"outputs": files})) as (address, _),
        serving.Client(address, "toy") as client,
    ):
        assert client.predict("sample_png", seed=[1, 2, 3])["image_bytes"].tolist() == [b"a", b"\x89P", b""]
    response = PredictResponse(outputs={"point": sized("DT_FLOAT", 3, 2, float_val=[1.0, np.nan])})
    with grpc_served(lambda context: response) as (address, _), serving.Client(address, "toy") as client:
        wanted = np.array([[1, np.nan], [np.nan, np.nan], [np.nan, np.nan]], np.float32)
        np.testing.assert_array_equal(client.predict("sample", seed=[1, 2, 3])["point"], wanted, strict=True)


@pytest.mark.parametrize(
    "metadata",
    [
        {"metadata": 3},
        {"metadata": {"signature_def": {"signature_def": [3]}}},
        {"metadata": {"signature_def": {"signature_def": {"sample": 3}}}},
        {"metadata": {"signature_def": {"signature_def": {"sample": {"outputs": {"point": {"dtype": "DT_ODD"}}}}}}},
        {"metadata": {"signature_def": {"signature_def": {"sample": {"outputs": {"point": {}}}}}}},
        {"model_version_status": [3]},
        {"model_version_status": [{"state": "AVAILABLE"}]},
        {"model_version_status": [{"state": "AVAILABLE", "version": "newest"}]},
    ],
)
def test_metadata_that_is_none(metadata):
    with served(None, metadata) as (address, _), serving.Client(address, "toy") as client:
        ask = client.signatures if "metadata" in metadata else client.versions
        with pytest.raises(OSError, match=f"{address}, toy: DATA_LOSS: expected (signatures|versions); received"):
            ask()


@pytest.mark.parametrize(
    "found", [any_pb2.Any(type_url="x/tensorflow.serving.Nobody"), any_pb2.Any(type_url="x/y", value=b"\xff")]
)
def test_grpc_metadata_that_is_none(found):
    with (
        grpc_served(None, found) as (address, _),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match=f"{address}, toy: DATA_LOSS: expected signatures; received"),
    ):
        client.signatures()


HEAD = b"HTTP/1.1 200 OK\r\n"


def trickled(before, parts):
    """Writes something, then a part every 20 ms."""

    def answer(handler):
        handler.rfile.read(int(handler.headers["Content-Length"]))
        handler.wfile.write(before)
        end = time.monotonic() + PATIENCE
        for part in parts:
            if time.monotonic() > end:
                return
            handler.wfile.write(part)
            time.sleep(0.02)

    return answer


def flood(handler):
    """As much as goes into the connection, for as long as the client wants it."""
    handler.rfile.read(int(handler.headers["Content-Length"]))
    handler.wfile.write(HEAD + b"\r\n")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        handler.wfile.write(b" " * 1000)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(trickled(b"", itertools.repeat(b"H")), id="status line"),
        pytest.param(trickled(b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")), id="100 Continue"),
        pytest.param(trickled(HEAD + b"X: ", itertools.repeat(b"y")), id="header"),
        pytest.param(trickled(HEAD, (b"X%d: y\r\n" % i for i in range(99))), id="headers"),
        pytest.param(trickled(HEAD + b"Content-Length: 9999\r\n\r\n", itertools.repeat(b" ")), id="body"),
        pytest.param(trickled(HEAD + b"\r\n", itertools.repeat(b" ")), id="body without a length"),
        pytest.param(
            trickled(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"1\r\n \r\n")), id="chunks"
        ),
        pytest.param(trickled(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"0")), id="size"),
        pytest.param(flood, id="flood"),
        pytest.param(lambda handler: time.sleep(PATIENCE), id="silence"),
    ],
)
def test_an_answer_that_comes_slowly(answer):
    with served(answer) as (address, paths), serving.Client(address, "toy", timeout=TIMEOUT) as client:
        client.signatures()
        began = time.monotonic()
        with pytest.raises(TimeoutError, match=f"{address}, toy: DEADLINE_EXCEEDED: .*timed out"):
            client.predict("sample", seed=[1, 2, 3])
        assert TIMEOUT <= time.monotonic() - began < LATEST
    assert len(paths) == 2


def test_a_request_that_is_not_read():
    """5 MB are more than a connection takes without a reader."""
    with served(lambda handler: time.sleep(PATIENCE)) as (address, _), serving.Client(address, "toy") as client:
        signatures = client.signatures()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with serving.Client(address, "toy", timeout=TIMEOUT) as client:
            client.__dict__["_signatures"] = signatures
            began = time.monotonic()
            with pytest.raises(TimeoutError, match="timed out"):
                client.predict("wide", image=np.zeros((1, 10**6), np.float32))
            assert time.monotonic() - began < LATEST


def test_a_grpc_answer_that_does_not_come():
    over = threading.Event()
    with grpc_served(lambda context: over.wait(PATIENCE)) as (address, _):
        with serving.Client(address, "toy", timeout=TIMEOUT) as client:
            client.signatures()
            began = time.monotonic()
            with pytest.raises(TimeoutError, match=f"{address}, toy: DEADLINE_EXCEEDED"):
                client.predict("sample", seed=[1, 2, 3])
            assert time.monotonic() - began < LATEST
        over.set()


def busy(context):
    context.abort(grpc.StatusCode.UNAVAILABLE, "full")


@pytest.mark.parametrize(
    "start",
    [
        lambda: served(lambda handler: reply(handler, {"error": "full"}, 503)),
        lambda: grpc_served(busy),
    ],
    ids=["http", "grpc"],
)
def test_the_deadline_is_that_of_all_attempts(start):
    """At most .1, .2 and .4 s are between four attempts; a fifth would come too late."""
    with start() as (address, asked), serving.Client(address, "toy", timeout=1.0, retries=50) as client:
        client.signatures()
        asked.clear()
        began = time.monotonic()
        with pytest.raises(ConnectionError, match="UNAVAILABLE: full"):
            client.predict("sample", seed=[1, 2, 3])
        assert time.monotonic() - began < 1.3
        assert 4 <= len(asked) <= 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    with served(lambda handler: reply(handler, {"outputs": POINTS})) as (elsewhere, paths):
        target = f"{elsewhere}/v1/models/toy:predict"
        with (
            served(lambda handler: reply(handler, b"", status, Location=target)) as (address, _),
            serving.Client(address, "toy") as client,
            pytest.raises(OSError, match=f"{address}, toy: HTTP {status}: the server redirects to '{target}'"),
        ):
            client.predict("sample", seed=[1, 2, 3])
    assert not paths


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b" " * 10**5, {}), (gzip.compress(b" " * 10**6), {"Content_Encoding": "gzip"})],
    ids=["plain", "compressed"],
)
def test_an_answer_that_is_too_large(monkeypatch, body, headers):
    monkeypatch.setattr(_rest, "MOST_BYTES", 10**4, raising=False)
    with (
        served(lambda handler: reply(handler, body, **headers)) as (address, _),
        serving.Client(address, "toy") as client,
        pytest.raises(OSError, match="toy: RESOURCE_EXHAUSTED: the answer has more than 10000 bytes"),
    ):
        client.predict("sample", seed=[1, 2, 3])
