"""Two Inception networks, which differ: the one that FID is defined on, and the one of Keras."""

import hashlib
import os
import pathlib
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from tfgans import data
from tfgans.evaluation.extractor import Extractor, Outputs, file_hash, three_channels

_PIXELS = 299

_TFHUB_MODULE = "https://tfhub.dev/tensorflow/tfgan/eval/inception/1"
_KERAS_FILE = "inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
_KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications/inception_v3"
_KERAS_MD5 = "9a0d58056eeedaa3f26cb7ebd46da564"


class InceptionTFGAN(Extractor):
    """The Inception of 2015 on which FID, KID and the Inception score are defined, as TF-GAN publishes it.

    Images are resized to 299x299 by TensorFlow 1's bilinear rule, as the original graph does.

    Args:
        path: Folder of the SavedModel; by default `$TFGANS_INCEPTION`, else its folder in TF-Hub's cache.

    Raises:
        FileNotFoundError: If the SavedModel is missing. The message says where to get it and where to put it.
        ValueError: If it is another model.
    """

    name = "inception_tfgan"
    provides = frozenset({"features", "probabilities"})
    score_names = {
        "frechet": "fid",
        "kernel": "kid",
        "kernel_standard_error": "kid_standard_error",
        "score": "inception_score",
        "score_std_of_splits": "inception_score_std_of_splits",
    }

    def __init__(self, path: str | None = None) -> None:
        folder = pathlib.Path(path or os.environ.get("TFGANS_INCEPTION") or _tfhub_folder())
        if not (folder / "saved_model.pb").is_file():
            raise FileNotFoundError(
                f"The Inception of 2015 is not in {folder}. Unpack {_TFHUB_MODULE}?tf-hub-format=compressed there "
                "(saved_model.pb and variables/), or name its folder as --extractor=inception_tfgan:PATH or in "
                "TFGANS_INCEPTION. Nothing else is taken in its place; --extractor=classifier needs no download."
            )
        loaded = tf.saved_model.load(str(folder))
        signatures = loaded.signatures
        if not callable(loaded) and not signatures:
            raise ValueError(f"{folder} is no model that can be called, as {_TFHUB_MODULE} is.")
        # The variables of `call` live only as long as the model.
        self._loaded = loaded
        self._call = loaded if callable(loaded) else signatures.get("serving_default", next(iter(signatures.values())))
        self.fingerprint = file_hash(folder)[:12]
        self.protocol = {"resize": f"{_PIXELS}x{_PIXELS}, bilinear as in TensorFlow 1", "scaling": "(byte - 128) / 128"}

    def __call__(self, images: np.ndarray) -> Outputs:
        # The graph of 2015 had this scaling inside, in which a byte of 255 is no 1.
        scaled = three_channels((tf.cast(images, tf.float32) - 128) / 128)
        outputs = self._call(tf.compat.v1.image.resize_bilinear(scaled, [_PIXELS] * 2))
        given = ", ".join(outputs) if isinstance(outputs, Mapping) else type(outputs).__name__
        if not isinstance(outputs, Mapping) or not {"pool_3", "logits"} <= outputs.keys():
            raise ValueError(f"The Inception of 2015 gives pool_3 and logits; this model gives {given}.")
        flat = {name: tf.reshape(outputs[name], [len(images), -1]) for name in ("pool_3", "logits")}
        return {"features": flat["pool_3"].numpy(), "probabilities": tf.nn.softmax(flat["logits"]).numpy()}


class InceptionKeras(Extractor):
    """Inception-v3 with the ImageNet weights of Keras. Its scores cannot be compared with published FIDs.

    Args:
        path: File of the weights; by default the file in Keras's cache.

    Raises:
        FileNotFoundError: If the file is missing. The message says where to get it and where to put it.
        ValueError: If it is another file.
    """

    name = "inception_keras"
    provides = frozenset({"features", "probabilities"})

    def __init__(self, path: str | None = None) -> None:
        home = pathlib.Path(os.environ.get("KERAS_HOME") or pathlib.Path.home() / ".keras")
        file = pathlib.Path(path or home / "models" / _KERAS_FILE)
        if not file.is_file():
            raise FileNotFoundError(
                f"There is no file {file}. Put {_KERAS_URL}/{_KERAS_FILE} there, or name it as "
                "--extractor=inception_keras:FILE. Nothing else is taken in its place; --extractor=classifier needs no "
                "download."
            )
        if (digest := file_hash(file, hashlib.md5)) != _KERAS_MD5:
            raise ValueError(f"{file} is not {_KERAS_FILE}: its MD5 is {digest}, not {_KERAS_MD5}.")
        network = keras.applications.InceptionV3(weights=None, classifier_activation="softmax")
        network.load_weights(file)
        self._outputs = tf.function(
            keras.Model(network.input, [network.get_layer("avg_pool").output, network.output]), reduce_retracing=True
        )
        self.fingerprint = _KERAS_MD5[:12]
        self.protocol = {"resize": f"{_PIXELS}x{_PIXELS}, bilinear"}

    def __call__(self, images: np.ndarray) -> Outputs:
        resized = tf.image.resize(three_channels(tf.constant(data.unit_images(images))), [_PIXELS] * 2)
        features, probabilities = self._outputs(resized)
        return {"features": features.numpy(), "probabilities": probabilities.numpy()}


def _tfhub_folder() -> pathlib.Path:
    cache = os.environ.get("TFHUB_CACHE_DIR") or os.path.join(os.environ.get("TMPDIR", "/tmp"), "tfhub_modules")
    return pathlib.Path(cache) / hashlib.sha1(_TFHUB_MODULE.encode()).hexdigest()
