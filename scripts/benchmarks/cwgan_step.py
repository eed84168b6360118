"""Measures the steps a second of cWGAN on 28x28 images: `fit` and a hand-written step, in one process.

A step is five updates of the discriminator and one of the generator. Ten classes, z of 64 entries, no averaging.
It prints lines of JSON. `cwgan_step_torch.py` is the same step in PyTorch.
"""

from collections.abc import Callable

from _adam import adam
from _turns import report_rates
from _workload import define_workload
from absl import app, flags

_LATENT, _CLASSES, _CRITIC, _PENALTY = 64, 10, 5, 10.0
_SHAPE = (28, 28, 1)

FLAGS = flags.FLAGS
define_workload(width=16, batch_size=64, steps=60, turns=5)


def main(argv: list[str]) -> None:
    """Measures both, and prints their rates and the ratio."""
    import numpy as np

    import tfgans
    from tfgans import data, latent

    images = np.random.default_rng(0).integers(0, 256, (2_000, *_SHAPE), np.uint8)
    labels = np.arange(2_000) % _CLASSES
    model = tfgans.ConditionalWGANGP(*networks_of(), latent.Normal(_LATENT), n_critic=_CRITIC)
    model.compile()
    arrays = {"image": images, "label": labels}
    batches = data.batches(arrays, FLAGS.batch_size)

    def fit() -> None:
        model.fit(batches, steps_per_epoch=FLAGS.steps, verbose=0)

    runs = {"fit": fit, "graph": hand_written(images, labels)}
    report_rates(f"cWGAN step, width {FLAGS.width}", runs, FLAGS.steps, FLAGS.turns)


def networks_of() -> "tuple[keras.Model, keras.Model]":  # noqa: F821
    """Generator and discriminator."""
    from tfgans import networks

    width = FLAGS.width
    return (
        networks.conditional_dcgan_generator(_SHAPE, _LATENT, _CLASSES, (8 * width, 4 * width, 2 * width)),
        networks.conditional_dcgan_discriminator(_SHAPE, _CLASSES, (width, 2 * width, 4 * width, 8 * width)),
    )


def hand_written(images: "np.ndarray", labels: "np.ndarray") -> Callable[[], None]:  # noqa: F821
    """Makes the hand-written training, which uses TensorFlow alone."""
    import tensorflow as tf

    generator, discriminator = networks_of()
    players = (discriminator.trainable_variables, generator.trainable_variables)
    move = adam(players, 1e-4, 0.5, 0.9)
    counts = [tf.Variable(0, dtype=tf.int64) for _ in players]
    real, classes = tf.constant(images), tf.one_hot(labels, _CLASSES)

    def batch() -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.random.uniform([FLAGS.batch_size], 0, len(images), tf.int32)
        return tf.cast(tf.gather(real, rows), tf.float32) / 127.5 - 1.0, tf.gather(classes, rows)

    def score(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(discriminator([x, y], training=True), [1, 2, 3])

    def noise() -> tf.Tensor:
        return tf.random.normal([FLAGS.batch_size, _LATENT])

    def moved(player: int, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        t = tf.cast(counts[player].assign_add(1), tf.float32)
        move(player, tape.gradient(loss, players[player]), t)

    @tf.function
    def step() -> None:
        for _ in range(_CRITIC):
            x, y = batch()
            generated = generator([noise(), y], training=True)
            with tf.GradientTape() as tape:
                between = x + tf.random.uniform([FLAGS.batch_size, 1, 1, 1]) * (generated - x)
                with tf.GradientTape(watch_accessed_variables=False) as inner:
                    inner.watch(between)
                    scores = score(between, y)
                slope = inner.gradient(scores, between)
                norms = tf.sqrt(tf.reduce_sum(tf.square(slope), [1, 2, 3]) + 1e-12)
                loss = tf.reduce_mean(score(generated, y)) - tf.reduce_mean(score(x, y))
                loss += _PENALTY * tf.reduce_mean(tf.square(norms - 1))
            moved(0, tape, loss)
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(score(generator([noise(), y], training=True), y))
        moved(1, tape, loss)

    def run() -> None:
        for _ in range(FLAGS.steps):
            step()
        counts[1].numpy()

    return run


if __name__ == "__main__":
    app.run(main)
