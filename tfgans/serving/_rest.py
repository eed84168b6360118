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
        found = self._ask("GET", self._model)["model_version_status"]
        return [int(status["version"]) for status in found if status["state"] == "AVAILABLE"]

    def signatures(self) -> Mapping[str, SignatureDef]:
        found = self._ask("GET", f"{self._servable}/metadata")["metadata"]["signature_def"]["signature_def"]
        return {
            name: json_format.ParseDict(signature, SignatureDef(), ignore_unknown_fields=True)
            for name, signature in found.items()
        }

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec]
    ) -> dict[str, np.ndarray]:
        columns = {name: _to_json(array) for name, array in inputs.items()}
        found = self._ask("POST", f"{self._servable}:predict", {"signature_name": signature, "inputs": columns})
        # The name of an only output is left out.
        found = dict.fromkeys(outputs, found["outputs"]) if len(outputs) == 1 else found["outputs"]
        return {name: _from_json(found[name], spec.dtype) for name, spec in outputs.items()}

    def _ask(self, method: str, url: str, body: Any = None) -> Any:
        # Not through `json=`, which refuses NaN; TF Serving reads it.
        data = None if body is None else json.dumps(body)
        try:
            response = self._session.request(method, url, data=data, timeout=self._timeout)
        except requests.Timeout as error:
            raise RefusalError("DEADLINE_EXCEEDED", f"no answer in {self._timeout} s") from error
        except requests.ConnectionError as error:
            raise RefusalError("UNAVAILABLE", str(error)) from error
        try:
            answer = response.json()
        except requests.JSONDecodeError:
            answer = {"error": f"not an answer of TensorFlow Serving: {response.text[:80]!r}"}
        if not response.ok or "error" in answer:
            code = _CODES.get(response.status_code, f"HTTP {response.status_code}")
            raise RefusalError(code, answer.get("error", response.reason))
        return answer


def _to_json(array: np.ndarray) -> list:
    if array.dtype == object:
        return [{"b64": base64.b64encode(text).decode()} for text in array]
    return array.tolist()


def _from_json(values: list, dtype: tf.DType) -> np.ndarray:
    if dtype == tf.string:
        values = [base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode() for value in values]
    return np.array(values, dtype.as_numpy_dtype)
