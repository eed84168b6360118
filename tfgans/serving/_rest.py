"""TensorFlow Serving over REST: https://www.tensorflow.org/tfx/serving/api_rest."""

import base64
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

import numpy as np
import requests
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from urllib3.exceptions import ReadTimeoutError

from tfgans.serving._transport import RefusalError, Transport

# HTTP's status, as gRPC says it; 502 is what a balancer says of a server that is away.
_CODES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Rest(Transport):
    """JSON over HTTP, in columns."""

    def __init__(self, address: str, model: str, version: int | None, timeout: float) -> None:
        self._session = requests.Session()
        self._model = f"{address}/v1/models/{urllib.parse.quote(model, safe='')}"
        self._servable = self._model if version is None else f"{self._model}/versions/{version}"
        self._timeout = timeout

    def close(self) -> None:
        self._session.close()

    def versions(self) -> list[int]:
        found = self._ask("model_version_status", "GET", self._model)
        return [int(status["version"]) for status in found if status["state"] == "AVAILABLE"]

    def signatures(self) -> Mapping[str, SignatureDef]:
        found = self._ask("metadata", "GET", f"{self._servable}/metadata")["signature_def"]["signature_def"]
        return {
            name: json_format.ParseDict(signature, SignatureDef(), ignore_unknown_fields=True)
            for name, signature in found.items()
        }

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec]
    ) -> dict[str, np.ndarray]:
        columns = {name: _to_json(array) for name, array in inputs.items()}
        body = {"signature_name": signature, "inputs": columns}
        found = self._ask("outputs", "POST", f"{self._servable}:predict", body)
        # The name of an only output is left out.
        found = dict.fromkeys(outputs, found) if len(outputs) == 1 else found
        return {name: _from_json(found[name], spec.dtype) for name, spec in outputs.items()}

    def _ask(self, key: str, method: str, url: str, body: Any = None) -> Any:
        """What an answer has under a key."""
        # Not through `json=` and `json()`, which may refuse NaN; TF Serving reads and writes it.
        data = None if body is None else json.dumps(body)
        try:
            response = self._session.request(method, url, data=data, timeout=self._timeout)
        except requests.RequestException as error:
            raise RefusalError(_code(error), str(error)) from error
        answer = _parsed(response.content)
        if response.ok and key in answer:
            return answer[key]
        code = _CODES.get(response.status_code, f"HTTP {response.status_code}")
        message = answer.get("error", f"not an answer of TensorFlow Serving: {response.text[:80]!r}")
        raise RefusalError(code, str(message))


def _code(error: requests.RequestException) -> str:
    """What gRPC calls it."""
    # A body that comes too late is a broken connection to requests.
    if isinstance(error, requests.Timeout) or any(isinstance(cause, ReadTimeoutError) for cause in error.args):
        return "DEADLINE_EXCEEDED"
    broken = isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError)
    return "UNAVAILABLE" if broken else "UNKNOWN"


def _parsed(content: bytes) -> dict[str, Any]:
    """The object that a text in JSON is, or an empty one."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _to_json(array: np.ndarray) -> list:
    if array.dtype == object:
        return [{"b64": base64.b64encode(text).decode()} for text in array]
    return array.tolist()


def _from_json(values: list, dtype: tf.DType) -> np.ndarray:
    if dtype == tf.string:
        values = [base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode() for value in values]
    return np.array(values, dtype.as_numpy_dtype)
