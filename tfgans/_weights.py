"""The file of a model's weights, in memory."""

import io

import keras
from keras.src.saving import saving_lib


def weights_file(model: keras.Model) -> memoryview:
    """Returns the content of the `.weights.h5` file of a model, with its optimizers.

    HDF5 ends the process if it writes to a disk that is full. Keras has no public function for a file in memory.
    """
    content = _InMemory()
    saving_lib.save_weights_only(model, content)
    return content.getbuffer()


class _InMemory(io.BytesIO):
    """A buffer that Keras accepts as a file of weights, by its name."""

    def __str__(self) -> str:
        return "memory.weights.h5"
