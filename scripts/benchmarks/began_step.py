"""Measures the steps a second of BEGAN on images: `fit` and a hand-written step, in one process.

L1, uniform z of 64 entries, no averaging. It prints lines of JSON. `began_step_torch.py` is the same step in PyTorch.
"""

from collections.abc import Callable

from _adam import adam
from _turns import report_rates
from _workload import define_workload
from absl import app, flags

_LATENT = 64
_RATIO, _GAIN = 0.5, 1e-3

FLAGS = flags.FLAGS
define_workload(pixels=32, filters=32, batch_size=16, steps=60, turns=5)
flags.DEFINE_string("store", None, "Store of images; `fit` on it takes turns with `fit` on images in memory.")


def main(argv: list[str]) -> None:
    """Measures all, and prints their rates and the ratios."""
    import numpy as np

    import tfgans
    from tfgans import data, latent

    shape = (FLAGS.pixels, FLAGS.pixels, 3)
    images = np.random.default_rng(0).integers(0, 256, (1_000, *shape), np.uint8)
    model = tfgans.BEGAN(*networks_of(shape), latent.Uniform(_LATENT))
    model.compile()

    def fit(images: data.Images) -> Callable[[], None]:
        batches = data.batches({"image": images}, FLAGS.batch_size)
        return lambda: model.fit(batches, steps_per_epoch=FLAGS.steps, verbose=0)

    runs = {"fit": fit(images), "graph": hand_written(shape, images)}
    if FLAGS.store:
        runs["fit on a store"] = fit(data.ImageStore(FLAGS.store))
    report_rates(f"BEGAN {FLAGS.pixels}x{FLAGS.pixels} step", runs, FLAGS.steps, FLAGS.turns)


def networks_of(shape: tuple[int, ...]) -> "tuple[keras.Model, keras.Model, keras.Model]":  # noqa: F821
    """Generator, encoder and decoder."""
    from tfgans import networks

    return (
        networks.began_decoder(shape, _LATENT, FLAGS.filters, name="generator"),
        networks.began_encoder(shape, _LATENT, FLAGS.filters),
        networks.began_decoder(shape, _LATENT, FLAGS.filters),
    )


def hand_written(shape: tuple[int, ...], images: "np.ndarray") -> Callable[[], None]:  # noqa: F821
    """Makes the hand-written training, which uses TensorFlow alone."""
    import tensorflow as tf

    generator, encoder, decoder = networks_of(shape)
    players = ([*encoder.trainable_variables, *decoder.trainable_variables], generator.trainable_variables)
    move = adam(players, 1e-4, 0.9, 0.999)
    count, k = tf.Variable(0, dtype=tf.int64), tf.Variable(0.0)
    real = tf.constant(images)

    def error(x: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.abs(x - decoder(encoder(x, training=True), training=True)))

    @tf.function
    def step() -> None:
        t = tf.cast(count.assign_add(1), tf.float32)
        rows = tf.random.uniform([FLAGS.batch_size], 0, len(images), tf.int32)
        x = tf.cast(tf.gather(real, rows), tf.float32) / 127.5 - 1.0
        with tf.GradientTape() as tape:
            real_error = error(x)
            generated = generator(tf.random.uniform([FLAGS.batch_size, _LATENT], -1, 1), training=True)
            loss = real_error - k * error(generated)
        move(0, tape.gradient(loss, players[0]), t)
        with tf.GradientTape() as tape:
            generated_error = error(generator(tf.random.uniform([FLAGS.batch_size, _LATENT], -1, 1), training=True))
        move(1, tape.gradient(generated_error, players[1]), t)
        k.assign(tf.clip_by_value(k + _GAIN * (_RATIO * real_error - generated_error), 0.0, 1.0))

    def run() -> None:
        for _ in range(FLAGS.steps):
            step()
        count.numpy()

    return run


if __name__ == "__main__":
    app.run(main)
