"""Prints, as JSON, how far training on two devices lies from training on one, for every row.

A program of its own: logical devices are fixed when TensorFlow starts, and a failed collective would
poison the tests after it.
"""

import json
import tempfile

import keras
import numpy as np
import tensorflow as tf
from table import TABLE, state, train

from tfgans import recipes, training

STEPS = 4


def trained(row, strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = row.make()
        model.compile({player: keras.optimizers.SGD(0.1) for player in model.players})
    return state(train(model, row, STEPS))


def main():
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    keras.config.set_dtype_policy("float64")
    one_device = tf.distribute.OneDeviceStrategy("CPU:0")
    # A second MirroredStrategy would begin again at the collective keys of the first.
    two_devices = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    results = {}
    for row in TABLE:
        one, two = trained(row, one_device), trained(row, two_devices)
        start = state_of_new(row)
        results[row.name] = {
            "difference": max(float(np.max(np.abs(a - b))) for a, b in zip(one.values(), two.values(), strict=True)),
            "moved": max(float(np.max(np.abs(a - b))) for a, b in zip(one.values(), start.values(), strict=True)),
        }
    with tempfile.TemporaryDirectory() as folder:
        keras.config.set_dtype_policy("float32")
        tiny = ["generator_widths=(8, 4)", "discriminator_widths=(4, 8)", "n_critic=1", "steps=2", "score_samples=100"]
        done = training.run(recipes.get("cwgan/digits").override(tiny), folder, strategy=two_devices, progress=False)
        results["run"] = int(done.model.step.numpy())
    print(json.dumps(results))


def state_of_new(row):
    keras.utils.set_random_seed(0)
    model = row.make()
    model.compile({player: keras.optimizers.SGD(0.1) for player in model.players})
    return state(model)


if __name__ == "__main__":
    main()
