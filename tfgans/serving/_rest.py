"""TensorFlow Serving over REST: https://www.tensorflow.org/tfx/serving/api_rest."""

import base64
import http.client
import io
import json
import math
import socket
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import requests
import tensorflow as tf
import urllib3
from google.protobuf import json_format
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from tfgans.serving._transport import MOST_BYTES, RefusalError, Transport, fits

# HTTP's status codes in gRPC's words; a load balancer answers 502 if the server is away.
_CODES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

# Python types of JSON values that are allowed for each kind of dtype.
_TYPES = {"f": {"int", "float"}, "i": {"int"}, "u": {"int"}, "b": {"bool"}, "O": {"dict", "str"}}


class Rest(Transport):
    """JSON over HTTP, in the columnar format."""

    def __init__(self, address: str, model: str, version: int | None) -> None:
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())
        self._model = f"{address}/v1/models/{urllib.parse.quote(model, safe='')}"
        self._servable = self._model if version is None else f"{self._model}/versions/{version}"

    def close(self) -> None:
        self._session.close()

    def _versions(self, seconds: float) -> list[int]:
        statuses = self._ask("model_version_status", "GET", self._model, seconds)
        return [int(status["version"]) for status in statuses if status["state"] == "AVAILABLE"]

    def _signatures(self, seconds: float) -> Mapping[str, SignatureDef]:
        metadata = self._ask("metadata", "GET", f"{self._servable}/metadata", seconds)
        return {
            name: json_format.ParseDict(signature, SignatureDef(), ignore_unknown_fields=True)
            for name, signature in metadata["signature_def"]["signature_def"].items()
        }

    def _predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> Mapping[str, Any]:
        columns = {name: _to_json(array) for name, array in inputs.items()}
        body = {"signature_name": signature, "inputs": columns}
        answer = self._ask("outputs", "POST", f"{self._servable}:predict", seconds, body)
        # The server leaves out the name of a single output.
        if len(outputs) == 1:
            return dict.fromkeys(outputs, answer)
        return answer if isinstance(answer, dict) else {}

    def _decode(self, answer: Any, spec: tf.TensorSpec, rows: int) -> np.ndarray:
        cells, dtype = np.array(answer, object), np.dtype(spec.dtype.as_numpy_dtype)
        names = {type(cell).__name__ for cell in cells.ravel()}
        if not names <= _TYPES[dtype.kind] or not fits(cells.shape, spec, rows):
            raise ValueError(f"{', '.join(sorted(names))} {list(cells.shape)}")
        if spec.dtype == tf.string:
            return np.array([_from_text(cell) for cell in cells.ravel()], object).reshape(cells.shape)
        # A number that is too large becomes Infinity, which `predict` refuses.
        with np.errstate(over="ignore"):
            return cells.astype(dtype)

    def _ask(self, key: str, method: str, url: str, seconds: float, body: Any = None) -> Any:
        """The value of a key in the answer."""
        # requests' own `json=` and `json()` may refuse NaN, which TF Serving reads and writes.
        data = None if body is None else json.dumps(body)
        timeout = urllib3.Timeout(total=seconds)
        try:
            with self._session.request(
                method,
                url,
                data=data,
                timeout=timeout,  # type: ignore[arg-type]  # requests passes urllib3's Timeout on; its types lack it.
                stream=True,
                allow_redirects=False,
            ) as response:
                content = _content(response)
        except requests.RequestException as error:
            raise RefusalError(_code(error), str(error)) from error
        if 300 <= response.status_code < 400:
            location = response.headers.get("Location")
            raise RefusalError(f"HTTP {response.status_code}", f"the server redirects to {location!r:.200}")
        answer = _parsed(content)
        if response.ok and key in answer:
            return answer[key]
        code = _CODES.get(response.status_code, f"HTTP {response.status_code}")
        message = answer.get("error", f"not an answer of TensorFlow Serving: {content[:80].decode(errors='replace')!r}")
        raise RefusalError(code, str(message))


class _Adapter(requests.adapters.HTTPAdapter):
    """Sends requests over connections, to servers or proxies, that keep a deadline."""

    def get_connection_with_tls_context(self, *arguments: Any, **keywords: Any) -> urllib3.HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*arguments, **keywords)
        if not issubclass(pool.ConnectionCls, _Punctual):
            pool.ConnectionCls = type("PunctualConnection", (_Punctual, pool.ConnectionCls), {})
        return pool


class _Punctual(http.client.HTTPConnection):
    """A connection whose timeout limits everything together that it does after the timeout is set.

    The timeout of an ordinary connection limits each read and write, so a server may take that long for each byte.
    """

    _deadline = math.inf

    @property
    def timeout(self) -> float:
        """Seconds that are left, above 0: a socket with a timeout of 0 does not wait and raises another error."""
        return max(self._deadline - time.monotonic(), 1e-3)

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        super().send(data)

    # A class in http.client, which only calls it.
    def response_class(  # type: ignore[override]
        self, sock: socket.socket, *arguments: Any, **keywords: Any
    ) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *arguments, **keywords)
        response.fp = io.BufferedReader(_PunctualReader(sock, response.fp.detach(), self._deadline))
        return response


class _PunctualReader(io.RawIOBase):
    """Reads from a socket, with a deadline for all reads together."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, deadline: float) -> None:
        self._sock = sock
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _content(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(2**16):
        content += chunk
        if len(content) > MOST_BYTES:
            raise RefusalError("RESOURCE_EXHAUSTED", f"the answer has more than {MOST_BYTES} bytes")
    return bytes(content)


def _code(error: requests.RequestException) -> str:
    """gRPC's name of an error."""
    # requests raises different errors for a time-out, depending on what it was doing.
    if any(isinstance(cause, TimeoutError) for cause in _causes(error)):
        return "DEADLINE_EXCEEDED"
    broken = isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError)
    return "UNAVAILABLE" if broken else "UNKNOWN"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _parsed(content: bytes) -> dict[str, Any]:
    """Parses an object in JSON; anything else gives an empty object."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _to_json(array: np.ndarray) -> list:
    if array.dtype == object:
        return [{"b64": base64.b64encode(text).decode()} for text in array]
    return array.tolist()


def _from_text(cell: dict[str, Any] | str) -> bytes:
    if isinstance(cell, str):
        return cell.encode()
    if cell.keys() != {"b64"}:
        raise ValueError(f"an object of {', '.join(cell) or 'nothing'}")
    return base64.b64decode(cell["b64"], validate=True)
