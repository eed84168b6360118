"""Networks whose outputs can be worked out by hand, and numbers of networks."""

import keras
import numpy as np


def lines(name, *outputs, inputs=(1,)):
    """A network whose outputs are a^T x + b for the given pairs (a, b); several inputs are put side by side."""
    tensors = [keras.Input((size,), dtype=keras.config.dtype_policy().variable_dtype) for size in inputs]
    x = keras.layers.Concatenate()(tensors) if len(tensors) > 1 else tensors[0]
    results = []
    for slope, shift in outputs:
        slope, shift = np.reshape(slope, (sum(inputs), -1)), np.atleast_1d(shift)
        layer = keras.layers.Dense(slope.shape[1])
        results.append(layer(x))
        layer.set_weights([slope, shift])
    return keras.Model(
        tensors if len(tensors) > 1 else tensors[0], results if len(results) > 1 else results[0], name=name
    )


def line(slope, shift, name):
    """A network of one layer: slope^T x + shift."""
    return lines(name, (slope, shift), inputs=(len(np.atleast_2d(slope)),))


def linear(inputs, outputs, name):
    """A network that multiplies its rows by a matrix."""
    x = keras.Input((inputs,), dtype=keras.config.dtype_policy().variable_dtype)
    return keras.Model(x, keras.layers.Dense(outputs, use_bias=False)(x), name=name)


def trainable(network):
    """Number of trainable parameters."""
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


def shapes(tensors):
    """Shapes of tensors without the batch axis."""
    return [tuple(tensor.shape[1:]) for tensor in tensors]
