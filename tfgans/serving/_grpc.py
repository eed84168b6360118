"""TensorFlow Serving over gRPC."""

import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest, SignatureDefMap
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest, ModelVersionStatus
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tfgans.serving._transport import MOST_BYTES, RefusalError, Transport, fits

# Images are larger than gRPC's default limit of 4 MB.
_OPTIONS = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", MOST_BYTES))


class Grpc(Transport):
    """Protocol buffers over gRPC, without encryption."""

    def __init__(self, address: str, model: str, version: int | None) -> None:
        self._channel = grpc.insecure_channel(urllib.parse.urlsplit(address).netloc, _OPTIONS)
        self._predictions = PredictionServiceStub(self._channel)
        self._models = ModelServiceStub(self._channel)
        self._model = ModelSpec(name=model)
        self._servable = ModelSpec(name=model)
        if version is not None:
            self._servable.version.value = version

    def close(self) -> None:
        self._channel.close()

    def _versions(self, seconds: float) -> list[int]:
        answer = _ask(self._models.GetModelStatus, GetModelStatusRequest(model_spec=self._model), seconds)
        statuses = answer.model_version_status
        return [status.version for status in statuses if status.state == ModelVersionStatus.AVAILABLE]

    def _signatures(self, seconds: float) -> Mapping[str, SignatureDef]:
        request = GetModelMetadataRequest(model_spec=self._servable, metadata_field=["signature_def"])
        metadata = _ask(self._predictions.GetModelMetadata, request, seconds).metadata["signature_def"]
        signatures = SignatureDefMap()
        if not metadata.Unpack(signatures):
            raise ValueError(f"{metadata.type_url!r}")
        return signatures.signature_def

    def _predict(
        self, signature: str, inputs: Mapping[str, np.ndarray], outputs: Mapping[str, tf.TensorSpec], seconds: float
    ) -> Mapping[str, TensorProto]:
        request = PredictRequest(inputs={name: tf.make_tensor_proto(array) for name, array in inputs.items()})
        request.model_spec.CopyFrom(self._servable)
        request.model_spec.signature_name = signature
        return _ask(self._predictions.Predict, request, seconds).outputs

    def _decode(self, answer: TensorProto, spec: tf.TensorSpec, rows: int) -> np.ndarray:
        dtype, shape = tf.as_dtype(answer.dtype), [dim.size for dim in answer.tensor_shape.dim]
        # The shape is checked first, since it may promise more values than fit into memory.
        if dtype != spec.dtype or not fits(shape, spec, rows):
            raise ValueError(f"{dtype.name} {shape}")
        return tf.make_ndarray(answer)


def _ask(method: Callable[..., Any], request: Any, seconds: float) -> Any:
    try:
        return method(request, timeout=seconds)
    except grpc.RpcError as error:
        raise RefusalError(error.code().name, error.details() or "") from error
