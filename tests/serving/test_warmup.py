import tensorflow as tf
from served_models import encoding
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from tfgans import serving


def test_each_signature_is_asked_for_a_row(tmp_path):
    version = serving.export(encoding(), tmp_path / "model", warmup=True)
    signatures = tf.saved_model.load(str(version)).signatures
    asked = []
    for record in tf.data.TFRecordDataset(str(version / "assets.extra" / "tf_serving_warmup_requests")):
        request = PredictionLog.FromString(record.numpy()).predict_log.request
        assert request.model_spec.name == "model"
        asked.append(request.model_spec.signature_name)
        inputs = {name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()}
        (output,) = signatures[asked[-1]](**inputs).values()
        assert output.shape[0] == 1
        # Four weights of zero do not sum to 1; a PNG of the model's size is decoded.
        nothing = output.dtype.is_floating and bool(tf.reduce_any(tf.math.is_nan(output)))
        assert nothing == (asked[-1] == "morph"), asked[-1]
    assert sorted(asked) == sorted(signatures)
