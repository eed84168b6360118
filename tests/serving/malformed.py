"""Requests that no server should fall over: of another type, shape or count, out of range, or no requests at all."""

import base64
import dataclasses
import io
import json

import numpy as np
import PIL.Image
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis.predict_pb2 import PredictRequest

from tfgans.serving import NOTHING

ROWS = 3
NOT_FINITE = (np.nan, np.inf, -np.inf)
OUTSIDE = {
    "label": (-(2**31), -1, 3, 99, 2**31 - 1),
    "dimension": (-(2**31), -1, 4, 2**31 - 1),
    "weight": (*NOT_FINITE, -1e-3, 1.001),
}


@dataclasses.dataclass
class Request:
    """A request of three rows, and the one of them that means nothing; None where the whole is refused."""

    model: str
    signature: str
    inputs: dict
    nothing: int | None = None

    def changed(self, **inputs):
        return dataclasses.replace(self, inputs=self.inputs | inputs)


def png(pixels):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def images(random, *shape):
    return random.uniform(-1, 1, (*shape, 8, 8, 1)).astype("float32")


def well_formed(random):
    """A request to each signature of `served_models`."""
    files = np.array([png(pixels) for pixels in random.integers(0, 256, (ROWS, 8, 8), np.uint8)], object)
    seed, label = random.integers(0, 2**62, ROWS), random.integers(0, 3, ROWS).astype("int32")
    image, latent = images(random, ROWS), random.normal(size=(ROWS, 4)).astype("float32")
    weight, dimension = random.uniform(0, 1, ROWS).astype("float32"), random.integers(0, 4, ROWS).astype("int32")
    corners, weights = images(random, ROWS, 4), np.full((ROWS, 4), 0.25, "float32")
    return [
        Request("conditional", "sample", {"seed": seed, "label": label}),
        Request("conditional", "sample_png", {"seed": seed, "label": label}),
        Request("conditional", "generate", {"latent": latent, "label": label}),
        Request("encoding", "serving_default", {"seed": seed}),
        Request("encoding", "generate", {"latent": latent}),
        Request("encoding", "encode", {"image": image}),
        Request("encoding", "encode_png", {"image_bytes": files}),
        Request("encoding", "reconstruct", {"image": image}),
        Request("encoding", "discriminate", {"image": image, "latent": latent}),
        Request("encoding", "interpolate", {"image_a": image, "image_b": image[::-1], "weight": weight}),
        Request("encoding", "traverse", {"image": image, "dimension": dimension, "value": weight}),
        Request("encoding", "morph", {"images": corners, "weights": weights}),
    ]


def malformed(random, request):
    """The request with something wrong in it."""
    name = str(random.choice(list(request.inputs)))
    flaws = [another_type, another_shape, another_count, too_many, another_name]
    # All seeds are good.
    flaws += [] if name == "seed" else [out_of_range] * 3
    return flaws[random.integers(len(flaws))](random, request, name)


def out_of_range(random, request, name):
    row, values = int(random.integers(ROWS)), request.inputs[name].copy()
    if name == "image_bytes":
        values[row] = no_png(random, values[row])
    elif name in OUTSIDE:
        values[row] = random.choice(OUTSIDE[name])
    else:
        np.reshape(values[row : row + 1], -1)[random.integers(values[row].size)] = random.choice(NOT_FINITE)
    return dataclasses.replace(request.changed(**{name: values}), nothing=row)


def no_png(random, file):
    return [
        b"",
        file[: random.integers(1, len(file) - 12)],
        random.bytes(random.integers(1, 100)),
        # Of another size, or of one that says so.
        png(np.zeros(random.integers(9, 40, 2), np.uint8)),
        file[:16] + random.integers(9, 256, 8, np.uint8).tobytes() + file[24:],
    ][random.integers(5)]


def another_type(random, request, name):
    values = request.inputs[name]
    numbers = values.dtype != object
    return request.changed(**{name: np.full(values.shape, b"3", object) if numbers else np.zeros(ROWS, "float32")})


def another_shape(random, request, name):
    values = request.inputs[name]
    shapes = [values[..., np.newaxis], np.stack([values, values], axis=1), np.array(values[0], values.dtype)]
    shapes += [values[:, 1:]] if values.ndim > 1 else []
    return request.changed(**{name: shapes[random.integers(len(shapes))]})


def another_count(random, request, name):
    if len(request.inputs) == 1:
        return another_shape(random, request, name)
    return request.changed(**{name: request.inputs[name][:2]})


def too_many(random, request, name):
    times = random.choice([22, 100, 3000]) if name in ("seed", "label") else random.choice([22, 50])
    return request.changed(**{key: np.repeat(values, times, axis=0) for key, values in request.inputs.items()})


def another_name(random, request, name):
    inputs = dict(request.inputs)
    values = inputs.pop(name)
    renamed = {"nobody": values} if random.integers(2) else {}
    return dataclasses.replace(request, inputs=inputs | renamed)


def to_grpc(request):
    message = PredictRequest(inputs={name: tf.make_tensor_proto(values) for name, values in request.inputs.items()})
    message.model_spec.name = request.model
    message.model_spec.signature_name = request.signature
    return message


def broken_messages(random, request):
    """Messages of tensors that are none, or of one too many."""
    broken = [
        TensorProto(),
        TensorProto(dtype="DT_INT64", tensor_content=b"abc"),
        TensorProto(dtype=99),
        TensorProto(dtype="DT_FLOAT", float_val=[1.0]),
        TensorProto(dtype="DT_RESOURCE"),
    ]
    for size in (-5, 2**60):
        broken.append(TensorProto(dtype="DT_INT64", int64_val=[1]))
        broken[-1].tensor_shape.dim.add(size=size)
    yield to_grpc(request.changed(nobody=np.zeros(ROWS)))
    yield to_grpc(request.changed(**{"n" * 20_000: np.zeros(ROWS)}))
    # A SavedModel has it for its loader.
    yield to_grpc(Request(request.model, "__saved_model_init_op", {}))
    for tensor in broken:
        message = to_grpc(request)
        message.inputs[str(random.choice(list(request.inputs)))].CopyFrom(tensor)
        yield message


def to_rest(request, random):
    """Path and body, in rows or columns."""
    columns = {name: to_json(values) for name, values in request.inputs.items()}
    form = {"inputs": columns}
    lengths = {np.shape(values)[:1] for values in request.inputs.values()}
    if len(lengths) == 1 and () not in lengths and random.integers(2):
        form = {"instances": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}
    return f"/v1/models/{request.model}:predict", json.dumps({"signature_name": request.signature} | form)


def to_json(values):
    if values.dtype != object:
        return values.tolist()
    if values.ndim:
        return [to_json(value if isinstance(value, np.ndarray) else np.array(value, object)) for value in values]
    return {"b64": base64.b64encode(values.item()).decode()}


def broken_bodies(random, request):
    """Paths and bodies that are no requests."""
    path, body = to_rest(request, random)
    name = next(iter(request.inputs))
    texts = [
        "",
        "null",
        "[]",
        "3",
        body[: random.integers(1, len(body))],
        body + "}",
        json.dumps({"instances": []}),
        json.dumps({"instances": 3}),
        json.dumps({"instances": [1], "inputs": [1]}),
        json.dumps({"signature_name": 3, "instances": [1]}),
        json.dumps({"signature_name": "nobody", "instances": [1]}),
        json.dumps({"signature_name": request.signature}),
        json.dumps({"signature_name": request.signature, "instances": [{name: [1, [2]]}, {name: 3}]}),
        json.dumps({"signature_name": request.signature, "inputs": {name: [[1, 2], [3]]}}),
        json.dumps({"signature_name": request.signature, "inputs": {name: [None]}}),
        json.dumps({"signature_name": request.signature, "inputs": {name: [True]}}),
        json.dumps({"signature_name": request.signature, "inputs": {name: {"b64": "?"}}}),
        json.dumps({"signature_name": request.signature, "inputs": {name: [10**40]}}),
        "[" * 500,
        "[" * 5000,
        '{"inputs": ' * 3000,
        *(f'{{"signature_name": "{request.signature}", "inputs": {{"{name}": [{digits}]}}}}' for digits in NUMBERS),
        *(json.dumps({"signature_name": request.signature, "inputs": nested(depth)}) for depth in (40, 300, 900)),
        json.dumps({"signature_name": "encode_png", "inputs": {"image_bytes": ["\ud800"]}}),
        json.dumps({"signature_name": "\ud800", "inputs": [1]}),
        json.dumps({"signature_name": "__saved_model_init_op", "inputs": {}}),
        json.dumps({"signature_name": "n" * 20_000, "inputs": [1]}),
    ]
    yield from ((path, text) for text in texts)
    versions = (
        f"/v1/models/{request.model}/versions/{digits}:predict" for digits in ("7", "9" * 30, "9" * 5000, "\u0663")
    )
    for wrong in (f"/v1/models/{request.model}", "/v1/models/nobody:predict", *versions):
        yield wrong, body


# Larger than an integer, a float or a double may be, or than Python reads.
NUMBERS = ("9" * 19, "-1e39", "1e999", "9" * 400, "9" * 5000)


def nested(depth):
    return [nested(depth - 1)] if depth else 1


def to_http(path, body, method="POST", **headers):
    """The bytes of a request, of which a header that is None is left out."""
    body = body.encode(errors="surrogatepass")
    headers = {"Content_Length": len(body), "Connection": "close"} | headers
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value is not None]
    return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body


def broken_requests(random, request):
    """Bytes of requests whose HTTP is wrong."""
    path, body = to_rest(request, random)
    # A longer one than the body is no wrong one: a server waits for the rest.
    for length in ("x", "", "-1", "1e3", "0x10", "5, 5", "0", "3", "\u0665", None):
        yield to_http(path, body, Content_Length=length)
    yield to_http(path, body, Content_Length=None, Transfer_Encoding="chunked")
    yield to_http(path, body, Content_Length=None, Transfer_Encoding="odd")
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "ODD"):
        yield to_http(path, body, method)
    close = "HTTP/1.1\r\nConnection: close\r\n"
    for line in (f"POST {path} HTTP/1.0\r\n", f"POST {path} {close}odd\r\n", f"POST {path} {close}: odd\r\n"):
        yield f"{line}\r\n{body}".encode()
    yield to_http("/v1/models/" + "n" * 70_000, body)
    yield to_http(path, body, Odd="x" * 70_000)
    yield to_http(path, body, **{f"X{number}": "x" for number in range(150)})


def nothing_in(values):
    """Which rows of an answer are nothing or empty, of arrays or of JSON."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return (values == np.float32(NOTHING)).reshape(len(values), -1).all(axis=1).tolist()
    return [nothing(value) for value in values]


def nothing(value):
    if isinstance(value, list):
        return all(map(nothing, value))
    return value == NOTHING if isinstance(value, float) else value in (b"", {"b64": ""})
