"""Any exported network as extractor."""

import pathlib

import numpy as np
import tensorflow as tf

from tfgans import data
from tfgans.evaluation.extractor import Extractor, Outputs, file_hash, three_channels


class SavedModelExtractor(Extractor):
    """A SavedModel such as FaceNet, from images float32 [n, H, W, C] in [-1, 1] to features [n, D].

    It is called through its signature `serving_default`. The output `probabilities` or `logits` gives class
    probabilities. The output `features`, or the only other one, gives features. Images are resized if its input has a
    fixed size, and the channel of grey images is repeated if its input has three channels.

    Args:
        path: Folder of the SavedModel.

    Raises:
        FileNotFoundError: If the folder has no SavedModel.
        ValueError: If the signature does not fit this description.
    """

    def __init__(self, path: str) -> None:
        if not tf.saved_model.contains_saved_model(path):
            raise FileNotFoundError(f"There is no SavedModel in {path}.")
        self._loaded = tf.saved_model.load(path)
        if "serving_default" not in self._loaded.signatures:
            raise ValueError(f"The SavedModel in {path} has no signature serving_default.")
        self._call = self._loaded.signatures["serving_default"]
        inputs, outputs = self._call.structured_input_signature[1], self._call.structured_outputs
        shapes = [spec.shape for spec in inputs.values()]
        if len(shapes) != 1 or shapes[0].rank != 4:
            raise ValueError(f"The SavedModel in {path} must take one batch of images; it takes {shapes}.")
        (self._input,), self._shape = inputs, shapes[0][1:]
        classes = [name for name in ("probabilities", "logits") if name in outputs]
        others = sorted(name for name in outputs if name not in classes)
        if "features" not in others and len(others) > 1:
            raise ValueError(f"Outputs of the SavedModel in {path} are {others}; call one of them 'features'.")
        self._features = "features" if "features" in others else next(iter(others), None)
        self._classes = next(iter(classes), None)
        pairs = (("features", self._features), ("probabilities", self._classes))
        self.provides = frozenset(kind for kind, name in pairs if name is not None)
        self.name = f"saved_model:{pathlib.Path(path).name}"
        self.fingerprint = file_hash(pathlib.Path(path))[:12]
        fixed = None not in self._shape[:2]
        self.protocol = {"resize": f"{self._shape[0]}x{self._shape[1]}, bilinear" if fixed else None}

    def __call__(self, images: np.ndarray) -> Outputs:
        inputs = tf.constant(data.unit_images(images))
        inputs = three_channels(inputs) if self._shape[-1] == 3 else inputs
        if self._shape[-1] not in (None, inputs.shape[-1]):
            raise ValueError(f"{self.name} takes {self._shape[-1]} channels; received images {images.shape[1:]}.")
        if self.protocol["resize"] is not None:
            inputs = tf.image.resize(inputs, self._shape[:2])
        outputs = self._call(**{self._input: inputs})
        arrays: Outputs = {}
        if self._features is not None:
            arrays["features"] = tf.reshape(outputs[self._features], [len(images), -1]).numpy()
        if self._classes is not None:
            values = outputs[self._classes]
            arrays["probabilities"] = (tf.nn.softmax(values) if self._classes == "logits" else values).numpy()
        return arrays
