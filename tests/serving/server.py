"""A stand-in for `tensorflow_model_server`, for tests: the same flags, protocols, batches and answers.

It does what the sources of TensorFlow Serving do where tests can tell: a version is a session, into which tensors are
fed without a look at their shapes; requests for a signature are merged, split, and fail together; the newest version
is served, and folders are looked at again and again. It is not fast, and knows only what the tests need.
"""

import argparse
import base64
import collections
import concurrent.futures
import contextlib
import http.server
import json
import math
import pathlib
import re
import socket
import sys
import threading
import time

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format, text_format
from tensorflow.core.protobuf.config_pb2 import CallableOptions
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataResponse, SignatureDefMap
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusResponse, ModelVersionStatus
from tensorflow_serving.apis.predict_pb2 import PredictResponse
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

HTTP_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
INIT = "__saved_model_init_op"
# A tensor has no more dimensions in numpy; TensorFlow has 254, and no signature of the tests has more than 5.
MOST_DIMENSIONS = 32
WARMUP = "assets.extra/tf_serving_warmup_requests"


class RefusalError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Version:
    """A SavedModel in a session."""

    def __init__(self, folder, batching):
        self.number = int(folder.name)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        with self._session.graph.as_default():
            loaded = tf.compat.v1.saved_model.load(self._session, ["serve"], str(folder))
        self.signatures = dict(loaded.signature_def)
        self._queues = {}
        for name in self.signatures.keys() - {INIT}:
            signature = self.signatures[name]
            run = self._runner(signature)
            self._queues[name] = Queue(name, run, **batching) if batching else run
        for record in tf.compat.v1.io.tf_record_iterator(str(folder / WARMUP)) if (folder / WARMUP).exists() else ():
            request = PredictionLog.FromString(record).predict_log.request
            inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
            self.predict(request.model_spec.signature_name, inputs)

    def _runner(self, signature):
        inputs, outputs = sorted(signature.inputs), sorted(signature.outputs)
        feeds = [signature.inputs[name].name for name in inputs]
        fetches = [signature.outputs[name].name for name in outputs]
        call = self._session._make_callable_from_options(CallableOptions(feed=feeds, fetch=fetches))

        def run(arrays):
            try:
                return dict(zip(outputs, call(*(arrays[name] for name in inputs)), strict=True))
            except tf.errors.OpError as error:
                raise RefusalError(grpc_code(error), error.message) from error

        return run

    def signature(self, name, code):
        if name not in self.signatures:
            raise RefusalError(code, f'Serving signature name: "{name}" not found in signature def')
        return self.signatures[name]

    def predict(self, name, arrays):
        expected = self.signature(name, "FAILED_PRECONDITION").inputs
        if arrays.keys() != expected.keys():
            raise RefusalError("INVALID_ARGUMENT", f"input size does not match signature: {set(arrays)}")
        # It is there for the loader, and the only one without inputs and outputs.
        if name == INIT:
            raise RefusalError("INVALID_ARGUMENT", f"Tried to fetch data for '{name}', which produces no output")
        return self._queues[name](arrays)


def grpc_code(error):
    return next(code.name for code in grpc.StatusCode if code.value[0] == error.error_code)


def rows_of(batch):
    return sum(count for _, count, _ in batch)


class Queue:
    """Merges requests for one signature, and splits the answers."""

    def __init__(self, name, run, max_batch_size, batch_timeout_micros, max_enqueued_batches, num_batch_threads):
        self._name = name
        self._run = run
        self._bound = max_batch_size
        self._timeout = batch_timeout_micros / 1e6
        self._room = max_enqueued_batches
        # The last one is open.
        self._batches = collections.deque([[]])
        self._changed = threading.Condition()
        self._turn = threading.Lock()
        for _ in range(num_batch_threads):
            threading.Thread(target=self._serve, daemon=True).start()

    def __call__(self, arrays):
        counts = {array.shape[:1] for array in arrays.values()}
        if () in counts or len(counts) != 1:
            raise RefusalError("INVALID_ARGUMENT", "input tensors must have equal 0th-dimension size")
        ((count,),) = counts
        if count > self._bound:
            raise RefusalError(
                "INVALID_ARGUMENT", f"Task size {count} is larger than maximum input batch size {self._bound}"
            )
        answer = concurrent.futures.Future()
        with self._changed:
            if rows_of(self._batches[-1]) + count > self._bound:
                if len(self._batches) >= self._room:
                    raise RefusalError(
                        "UNAVAILABLE", "The batch scheduling queue to which this task was submitted is full"
                    )
                self._batches.append([])
            self._batches[-1].append((arrays, count, answer))
            self._changed.notify()
        return answer.result()

    def _is_ready(self):
        return len(self._batches) > 1 or rows_of(self._batches[0]) >= self._bound

    def _serve(self):
        while True:
            with self._turn, self._changed:
                self._changed.wait_for(lambda: self._batches[0])
                self._changed.wait_for(self._is_ready, self._timeout)
                batch = self._batches.popleft()
                if not self._batches:
                    self._batches.append([])
            try:
                answers = self._merged(batch)
            except Exception as error:
                for _, _, answer in batch:
                    answer.set_exception(error)
            else:
                for (_, _, answer), part in zip(batch, answers, strict=True):
                    answer.set_result(part)

    def _merged(self, batch):
        print(f"{self._name}: merged {len(batch)}", flush=True)
        merged = {}
        for name in batch[0][0]:
            arrays = [task[0][name] for task in batch]
            if len({array.shape[1:] for array in arrays}) > 1:
                raise RefusalError(
                    "FAILED_PRECONDITION",
                    f"Tensors with name '{name}' from different tasks have different shapes and padding is turned off.",
                )
            if len({array.dtype for array in arrays}) > 1:
                raise RefusalError("INTERNAL", "Tensor concat operation failed: mixed types")
            merged[name] = np.concatenate(arrays)
        ends = np.cumsum([count for _, count, _ in batch])
        parts = {name: np.split(array, ends[:-1]) for name, array in self._run(merged).items()}
        return [{name: part[i] for name, part in parts.items()} for i in range(len(batch))]


class Models:
    """The newest version of each model."""

    def __init__(self, config, batching):
        text = pathlib.Path(config).read_text()
        configs = text_format.Parse(text, ModelServerConfig()).model_config_list.config
        self._folders = {config.name: pathlib.Path(config.base_path) for config in configs}
        self._batching = batching
        self._served = {}
        self._look()
        threading.Thread(target=self._watch, daemon=True).start()

    def _look(self):
        for name, folder in self._folders.items():
            numbers = [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]
            if numbers and (name not in self._served or self._served[name].number != max(numbers)):
                self._served[name] = Version(folder / str(max(numbers)), self._batching)

    def _watch(self):
        while True:
            time.sleep(0.2)
            self._look()

    def get(self, name, number=None):
        version = self._served.get(name)
        if version is None or number not in (None, version.number):
            wanted = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            raise RefusalError("NOT_FOUND", f"Servable not found for request: {wanted}")
        return version

    def of(self, spec):
        return self.get(spec.name, spec.version.value if spec.HasField("version") else None)

    def status(self, name):
        version = ModelVersionStatus(version=self.get(name).number, state=ModelVersionStatus.AVAILABLE)
        return GetModelStatusResponse(model_version_status=[version])

    def metadata(self, version, name):
        response = GetModelMetadataResponse()
        response.model_spec.name = name
        response.model_spec.version.value = version.number
        response.metadata["signature_def"].Pack(SignatureDefMap(signature_def=version.signatures))
        return response


def answered(method):
    """A method of a servicer, whose refusals become those of gRPC."""

    def call(self, request, context):
        try:
            return method(self, request)
        except RefusalError as refusal:
            # A longer message does not go into the headers that carry it.
            context.abort(grpc.StatusCode[refusal.code], str(refusal)[:1024])

    return call


class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer, model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, models):
        self._models = models

    @answered
    def Predict(self, request):  # noqa: N802
        version = self._models.of(request.model_spec)
        arrays = {}
        for name, tensor in request.inputs.items():
            try:
                arrays[name] = tf.make_ndarray(tensor)
            except Exception as error:
                raise RefusalError("INVALID_ARGUMENT", f"tensor parsing error: {name}") from error
        outputs = version.predict(request.model_spec.signature_name or "serving_default", arrays)
        response = PredictResponse(outputs={name: tf.make_tensor_proto(array) for name, array in outputs.items()})
        response.model_spec.CopyFrom(request.model_spec)
        response.model_spec.version.value = version.number
        return response

    @answered
    def GetModelMetadata(self, request):  # noqa: N802
        return self._models.metadata(self._models.of(request.model_spec), request.model_spec.name)

    @answered
    def GetModelStatus(self, request):  # noqa: N802
        return self._models.status(request.model_spec.name)


class Handler(http.server.BaseHTTPRequestHandler):
    models = None
    protocol_version = "HTTP/1.1"
    # The body of an answer does not wait until its headers have arrived.
    disable_nagle_algorithm = True

    def do_GET(self):
        self._answer(self._get)

    def do_POST(self):
        self._answer(self._predict)

    def do_PUT(self):
        self._answer(self._malformed)

    do_DELETE = do_OPTIONS = do_PATCH = do_PUT  # noqa: N815

    def _malformed(self, body):
        raise RefusalError("INVALID_ARGUMENT", f"Malformed request: {self.command} {self.path}")

    def _body(self):
        """As libevent reads it, which TensorFlow Serving builds on: none where no length is given."""
        # What follows what cannot be read cannot be told from a next request.
        closes, self.close_connection = self.close_connection, True
        if "Transfer-Encoding" in self.headers:
            raise RefusalError("INVALID_ARGUMENT", "the stand-in reads no chunks; TensorFlow Serving does")
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,10}", length):
            raise RefusalError("INVALID_ARGUMENT", f"illegal content length: {length:.80}")
        body = self.rfile.read(int(length))
        self.close_connection = closes
        return body

    def _get(self, body):
        match = re.fullmatch(r"/v1/models/([^/:]+)(?:/versions/([0-9]+))?(/metadata)?", self.path)
        if match is None:
            self._malformed(body)
        name, number, metadata = match.groups()
        version = self.models.get(name, to_version(number))
        message = self.models.metadata(version, name) if metadata else self.models.status(name)
        return json_format.MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )

    def _predict(self, body):
        match = re.fullmatch(r"/v1/models/([^/:]+)(?:/versions/([0-9]+))?:predict", self.path)
        if match is None:
            self._malformed(body)
        name, number = match.groups()
        version = self.models.get(name, to_version(number))
        request = parsed(body)
        if not isinstance(request, dict) or ("instances" in request) == ("inputs" in request):
            raise RefusalError("INVALID_ARGUMENT", "expecting one of 'inputs' or 'instances'")
        called = request.get("signature_name", "serving_default")
        if not isinstance(called, str):
            raise RefusalError("INVALID_ARGUMENT", "'signature_name' key must be a string value")
        if called == INIT:
            raise RefusalError("INVALID_ARGUMENT", f"Failed to get input map for signature: {called}")
        types = {name: tensor.dtype for name, tensor in version.signature(called, "INVALID_ARGUMENT").inputs.items()}
        by_row = "instances" in request
        columns = from_rows(request["instances"], types) if by_row else from_columns(request["inputs"], types)
        arrays = {name: from_json(value, types[name]) for name, value in columns.items()}
        outputs = {name: to_json(name, array) for name, array in version.predict(called, arrays).items()}
        if by_row:
            rows = [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]
            return {"predictions": rows if len(outputs) > 1 else next(iter(outputs.values()))}
        return {"outputs": outputs if len(outputs) > 1 else next(iter(outputs.values()))}

    def _answer(self, method):
        try:
            status, answer = 200, method(self._body())
        except RefusalError as refusal:
            status, answer = HTTP_STATUS[refusal.code], {"error": str(refusal)}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def to_version(digits):
    """A version as it is in a path, which is an int64; None where there is none."""
    if digits is None:
        return None
    if len(digits) > 19 or int(digits) >= 2**63:
        raise RefusalError("INVALID_ARGUMENT", f"Failed to convert version: {digits:.80} to numeric.")
    return int(digits)


def parsed(body):
    """A body as RapidJSON reads it: no half of a surrogate pair, and no number that is too large for a double.

    RapidJSON has a call for each level, and so has what writes a value into a message: by its sources, brackets enough
    overflow the stack of TensorFlow Serving, which ends. Here they are an error.
    """
    try:
        found = json.loads(body.decode(), parse_int=to_number, parse_float=to_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise RefusalError("INVALID_ARGUMENT", f"JSON Parse error: {error}") from error
    return found


def to_number(text):
    number = float(text)
    if math.isinf(number):
        raise ValueError("Number too big to be stored in double.")
    return int(text) if text.lstrip("-").isdecimal() else number


def is_bytes(value):
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)


def from_rows(rows, types):
    if not isinstance(rows, list) or not rows:
        raise RefusalError("INVALID_ARGUMENT", "'instances' must be a list with values")
    if not isinstance(rows[0], dict) or is_bytes(rows[0]):
        if len(types) > 1:
            raise RefusalError("INVALID_ARGUMENT", "instances is a plain list, but expecting list of objects")
        return {next(iter(types)): rows}
    for row in rows:
        if not isinstance(row, dict) or row.keys() != types.keys():
            raise RefusalError("INVALID_ARGUMENT", f"keys must be equal to: {','.join(types)}")
    return {name: [row[name] for row in rows] for name in types}


def from_columns(columns, types):
    if not isinstance(columns, dict) or is_bytes(columns):
        if len(types) > 1:
            raise RefusalError("INVALID_ARGUMENT", "inputs is a plain value/list, but expecting an object")
        return {next(iter(types)): columns}
    missing = types.keys() - columns.keys()
    if missing:
        raise RefusalError("INVALID_ARGUMENT", f"Missing named input: {missing}")
    return {name: columns[name] for name in types}


def from_json(value, dtype):
    shape, first = [], value
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    if len(shape) > MOST_DIMENSIONS:
        raise RefusalError("INVALID_ARGUMENT", f"tensor parsing error: {len(shape)} dimensions")
    flat = []
    flatten(value, shape, tf.as_dtype(dtype), flat)
    array = np.empty(len(flat), tf.as_dtype(dtype).as_numpy_dtype)
    array[:] = flat
    return array.reshape(shape)


def flatten(value, shape, dtype, found):
    if isinstance(value, list):
        if not shape or len(value) != shape[0]:
            raise RefusalError("INVALID_ARGUMENT", f"Encountered list at unexpected size: {len(value)}")
        for item in value:
            flatten(item, shape[1:], dtype, found)
        return
    if shape:
        raise RefusalError("INVALID_ARGUMENT", "JSON Value found at incorrect level")
    found.append(scalar(value, dtype))


def scalar(value, dtype):
    if dtype == tf.string and is_bytes(value):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except ValueError as error:
            raise RefusalError("INVALID_ARGUMENT", "Unable to base64 decode") from error
    if dtype == tf.string and isinstance(value, str):
        return value.encode()
    if dtype.is_integer and type(value) is int and dtype.min <= value <= dtype.max:
        return value
    if dtype.is_floating and type(value) in (int, float) and (not math.isfinite(value) or abs(value) <= dtype.max):
        return value
    raise RefusalError("INVALID_ARGUMENT", f"JSON Value: {value} is not of expected type: {dtype.name}")


def to_json(name, array):
    if array.dtype != object:
        return array.tolist()
    if name.endswith("_bytes"):
        return [{"b64": base64.b64encode(value).decode()} for value in array]
    return [value.decode() for value in array]


class RestServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def shutdown_request(self, request):
        # A connection that is closed with something unread is reset, and its answer may be lost.
        with contextlib.suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(1.0)
            while request.recv(2**16):
                pass
        self.close_request(request)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--rest_api_port", type=int)
    parser.add_argument("--model_config_file")
    parser.add_argument("--enable_batching", action="store_true")
    parser.add_argument("--batching_parameters_file")
    flags = parser.parse_args()
    batching = {}
    if flags.enable_batching:
        text = pathlib.Path(flags.batching_parameters_file).read_text()
        batching = {name: int(value) for name, value in re.findall(r"(\w+)\s*\{\s*value:\s*(\d+)\s*\}", text)}
    models = Models(flags.model_config_file, batching)
    unbounded = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(64), options=unbounded)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Servicer(models), server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(Servicer(models), server)
    if server.add_insecure_port(f"127.0.0.1:{flags.port}") != flags.port:
        sys.exit(f"Port {flags.port} is taken.")
    server.start()
    Handler.models = models
    RestServer(("127.0.0.1", flags.rest_api_port), Handler).serve_forever()


if __name__ == "__main__":
    main()
