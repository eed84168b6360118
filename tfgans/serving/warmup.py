"""Warm-up requests, which TensorFlow Serving runs on a version before it serves it."""

import os
import pathlib
from collections.abc import Mapping

import tensorflow as tf

from tfgans._errors import needs_extra


def write_warmup_requests(
    version: str | os.PathLike, model: str, signatures: Mapping[str, tf.types.experimental.ConcreteFunction]
) -> pathlib.Path:
    """Writes a request of one row for each signature, so that the first client need not wait for TensorFlow.

    Rows are zeros, since all rows, valid or not, run the same operations. A PNG has the model's size, since the graph
    decodes no other size.

    Args:
        version: Folder of the SavedModel.
        model: Name of the model on the server.
        signatures: Its signatures, as `export` makes them.

    Returns:
        The file, a TFRecord of PredictionLogs in the place where TF Serving looks for it.

    Raises:
        MissingExtraError: If the extra `serving` is not installed.
    """
    with needs_extra("serving"):
        from tensorflow_serving.apis.model_pb2 import ModelSpec
        from tensorflow_serving.apis.predict_pb2 import PredictRequest
        from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog, PredictLog
    file = pathlib.Path(version, "assets.extra", "tf_serving_warmup_requests")
    file.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(os.fspath(file)) as writer:
        for signature, function in signatures.items():
            inputs = {
                name: tf.make_tensor_proto(_row(spec, signatures))
                for name, spec in function.structured_input_signature[1].items()
            }
            request = PredictRequest(model_spec=ModelSpec(name=model, signature_name=signature), inputs=inputs)
            log = PredictionLog(predict_log=PredictLog(request=request))
            writer.write(log.SerializeToString())
    return file


def _row(spec: tf.TensorSpec, signatures: Mapping[str, tf.types.experimental.ConcreteFunction]) -> tf.Tensor:
    if spec.dtype != tf.string:
        return tf.zeros([1, *spec.shape[1:]], spec.dtype)
    image = signatures["sample"].structured_outputs["image"]
    return tf.io.encode_png(tf.zeros(image.shape[1:], tf.uint8))[tf.newaxis]
