"""TensorFlow Serving over gRPC."""

import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest, SignatureDefMap
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest, ModelVersionStatus
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tfgans.serving._transport import RefusalError, Transport

# Images are larger than what gRPC takes by default, 4 MB.
_OPTIONS = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))


class Grpc(Transport):
    """Protocol buffers over gRPC, not encrypted."""

    def __init__(self, address: str, model: str, version: int | None, timeout: float) -> None:
        self._channel = grpc.insecure_channel(urllib.parse.urlsplit(address).netloc, _OPTIONS)
        self._predictions = PredictionServiceStub(self._channel)
        self._models = ModelServiceStub(self._channel)
        self._model = ModelSpec(name=model)
        self._servable = ModelSpec(name=model)
        if version is not None:
            self._servable.version.value = version
        self._timeout = timeout

    def close(self) -> None:
        self._channel.close()

    def versions(self) -> list[int]:
        found = self._ask(self._models.GetModelStatus, GetModelStatusRequest(model_spec=self._model))
        return [status.version for status in found.model_version_status if status.state == ModelVersionStatus.AVAILABLE]

    def signatures(self) -> Mapping[str, SignatureDef]:
        request = GetModelMetadataRequest(model_spec=self._servable, metadata_field=["signature_def"])
        signatures = SignatureDefMap()
        self._ask(self._predictions.GetModelMetadata, request).metadata["signature_def"].Unpack(signatures)
        return signatures.signature_def

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec]
    ) -> dict[str, np.ndarray]:
        request = PredictRequest(inputs={name: tf.make_tensor_proto(array) for name, array in inputs.items()})
        request.model_spec.CopyFrom(self._servable)
        request.model_spec.signature_name = signature
        found = self._ask(self._predictions.Predict, request)
        return {name: tf.make_ndarray(found.outputs[name]) for name in outputs}

    def _ask(self, method: Callable[..., Any], request: Any) -> Any:
        try:
            return method(request, timeout=self._timeout)
        except grpc.RpcError as error:
            raise RefusalError(error.code().name, error.details()) from error
