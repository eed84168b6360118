"""Prints, as JSON, how far training on two devices lies from training on one.

`two_devices.py` does so for every row, and for half precision, shared scoring and a whole run; `two_devices.py ROW ...`
for some rows, and for what takes no time.

A program of its own: logical devices are fixed when TensorFlow starts, and a failed collective would
poison the tests after it.
"""

import json
import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf
from table import TABLE, state, train

from tfgans import evaluation, latent, recipes, training

STEPS = 4
# A controller, a bank of codes, and neither.
IN_HALF_PRECISION = ("LOGAN", "BEGANCS", "XGAN")
# Noise depends on the prior alone: a uniform one, a normal one, and a bank of codes.
WITH_NOISE = ("GAN", "VAE", "XGAN")


def descent():
    return keras.optimizers.SGD(0.1)


def scaled_descent():
    """With a scale at which nothing overflows, since such steps are left out."""
    return keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01), initial_scale=16.0)


def trained(row, strategy, optimizer=descent, run_eagerly=False):
    """The state before the steps, and after them."""
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = row.make()
        model.compile({player: optimizer() for player in model.players}, run_eagerly=run_eagerly)
    return state(model), state(train(model, row, STEPS))


def distance(one, other):
    """The largest difference of any variable."""
    return max(float(np.max(np.abs(a - b))) for a, b in zip(one.values(), other.values(), strict=True))


def moved(one, start):
    """The largest way of any variable that is no counter."""
    pairs = zip(one.values(), start.values(), strict=True)
    return max(float(np.max(np.abs(a - b))) for a, b in pairs if np.issubdtype(a.dtype, np.floating))


def noise(row, strategy):
    """Eight rows of noise in the order of replicas."""
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = row.make()
    rows = 8 // strategy.num_replicas_in_sync
    drawn = strategy.run(tf.function(lambda: model.noise(model.prior.sample, rows, 0)))
    return np.concatenate([part.numpy() for part in strategy.experimental_local_results(drawn)]).ravel().tolist()


def bank(strategy):
    """The codes on each replica after each has written two of its own back."""
    with strategy.scope():
        made = latent.CodeBank(6, 1, latent.ConvexSampler(2), neighbours=2)
    made.fill(np.arange(6.0)[:, np.newaxis])

    def keep():
        index = tf.constant([0, 1]) + 4 * tf.distribute.get_replica_context().replica_id_in_sync_group
        made.keep(index, tf.cast(10 + index, made.codes.dtype)[:, tf.newaxis])

    strategy.run(tf.function(keep))
    return [part.numpy().ravel().tolist() for part in strategy.experimental_local_results(made.codes.value)]


def nonfinite_step(row, strategy):
    """The step that is noted where the losses of the second replica are NaN."""
    with strategy.scope():
        model = row.make()
        model.compile()

    def finish():
        is_second = tf.distribute.get_replica_context().replica_id_in_sync_group == 1
        loss = tf.where(is_second, tf.constant(np.nan, model.variable_dtype), 0)
        model.finish_step(dict.fromkeys(model.log_names, loss))

    strategy.run(tf.function(finish))
    return int(model.nonfinite_step.numpy())


class Seen(evaluation.Extractor):
    """The pixels, with a note of where how many images were."""

    def __init__(self):
        self.found = {}

    def __call__(self, images):
        here = tf.identity(tf.constant(images))
        self.found[here.device.split("task:0")[-1]] = len(images)
        return {"features": here.numpy().reshape(len(images), -1)}


def features(devices):
    extractor, images = Seen(), np.arange(39 * 4, dtype=np.uint8).reshape(39, 2, 2, 1)
    extractor.devices = devices
    shared = extractor.shared(images)["features"]
    return {"seen": extractor.found, "same": bool(np.array_equal(shared, images.reshape(39, -1)))}


def main():
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    keras.config.set_dtype_policy("float64")
    one_device = tf.distribute.OneDeviceStrategy("CPU:0")
    # A second MirroredStrategy would begin again at the collective keys of the first.
    two_devices = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    results = {
        row.name: with_noise(row, one_device, two_devices)
        for row in TABLE
        if row.name in sys.argv[1:] or not sys.argv[1:]
    }
    results |= {"bank": bank(two_devices), "nonfinite_step": nonfinite_step(TABLE[0], two_devices)}
    if not sys.argv[1:]:
        results |= beyond_rows(one_device, two_devices)
    print(json.dumps(results))


def compared(row, one_device, two_devices, optimizer=descent):
    """How far two devices lie from one, and one from where it began."""
    # A graph takes longer to make than a few steps do.
    start, one = trained(row, one_device, optimizer, run_eagerly=True)
    _, two = trained(row, two_devices, optimizer)
    return {"difference": distance(one, two), "moved": moved(one, start)}


def with_noise(row, one_device, two_devices):
    found = compared(row, one_device, two_devices)
    if row.name in WITH_NOISE or row.name in sys.argv[1:]:
        found |= {"noise": noise(row, two_devices), "noise_of_one": noise(row, one_device)}
    return found


def beyond_rows(one_device, two_devices):
    results = {}
    keras.config.set_dtype_policy("mixed_float16")
    results["float16"] = {
        row.name: compared(row, one_device, two_devices, scaled_descent)
        for row in TABLE
        if row.name in IN_HALF_PRECISION
    }
    results["features"] = features(two_devices.extended.worker_devices)
    with tempfile.TemporaryDirectory() as folder:
        keras.config.set_dtype_policy("float32")
        tiny = ["generator_widths=(8, 4)", "discriminator_widths=(4, 8)", "n_critic=1", "steps=2", "score_samples=100"]
        done = training.run(recipes.get("cwgan/digits").override(tiny), folder, strategy=two_devices, progress=False)
        results["run"] = int(done.model.step.numpy())
    return results


if __name__ == "__main__":
    main()
