"""Measures the steps a second of LOGAN on a toy world: `fit` and a hand-written loop, in one process.

Width 128, batch 256, 2-D z, lol2, pair-wise penalty, no averaging. It prints lines of JSON. Both take turns, and the
best turn counts, since other work on the machine only slows a turn. `logan_step_torch.py` is the same step in PyTorch.
"""

from collections.abc import Callable

from _adam import adam
from _turns import report_rates
from _workload import define_workload
from absl import app, flags

_WIDTHS = (128, 128, 128)
_BATCH = 256
_LOOP = 50
_PENALTY = 0.1

FLAGS = flags.FLAGS
flags.DEFINE_integer("steps", 5_000, "Steps in a turn, a multiple of 50.", lower_bound=_LOOP)
define_workload(turns=5)


def main(argv: list[str]) -> None:
    """Measures both, and prints their rates and the ratio."""
    import tfgans
    from tfgans import data, latent, networks

    world = data.toy_world("ring8")
    model = tfgans.LOGAN(
        networks.mlp_generator(2, 2, _WIDTHS),
        networks.mlp_encoder(2, 2, _WIDTHS),
        networks.mlp_discriminator(2, 2, _WIDTHS),
        latent.Uniform(2),
    )
    model.compile(steps_per_execution=_LOOP)
    batches = world.batches(_BATCH)

    def fit() -> None:
        model.fit(batches, steps_per_epoch=FLAGS.steps, verbose=0)

    report_rates("LOGAN toy step", {"fit": fit, "graph loop": hand_written(world)}, FLAGS.steps, FLAGS.turns)


def hand_written(world: "ToyWorld") -> Callable[[], None]:  # noqa: F821 - data imports TensorFlow
    """Makes the hand-written training, which uses TensorFlow alone: a loop in the graph over the updates."""
    import tensorflow as tf

    from tfgans import networks

    generator = networks.mlp_generator(2, 2, _WIDTHS)
    encoder = networks.mlp_encoder(2, 2, _WIDTHS)
    discriminator = networks.mlp_discriminator(2, 2, _WIDTHS)
    players = [network.trainable_variables for network in (discriminator, encoder, generator)]
    move = adam(players, 1e-4, 0.5, 0.9)
    count = tf.Variable(0, dtype=tf.int64)

    def logit(x: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        return discriminator([x, z], training=True)[:, 0]

    def step() -> None:
        t = tf.cast(count.assign_add(1), tf.float32)
        x = world.sample(_BATCH, tf.stack([tf.constant(0, tf.int64), count]))
        z = tf.random.uniform([_BATCH, 2], -1, 1)
        with tf.GradientTape() as tape:
            encoded, generated = encoder(x, training=True), generator(z, training=True)
            r, q = logit(x, encoded), logit(generated, z)
            reconstructed = generator(encoded, training=True)
            between = reconstructed + tf.random.uniform([_BATCH, 1]) * (x - reconstructed)
            with tf.GradientTape(watch_accessed_variables=False) as inner:
                inner.watch(between)
                scores = logit(between, encoded)
            slope = inner.gradient(scores, between)
            unit = (x - reconstructed) / tf.sqrt(tf.reduce_sum((x - reconstructed) ** 2, 1, keepdims=True) + 1e-12)
            norms = tf.sqrt(tf.reduce_sum((slope - unit) ** 2, 1) + 1e-12)
            loss = tf.reduce_mean(tf.sigmoid(-r) ** 2) + tf.reduce_mean(tf.sigmoid(q) ** 2)
            loss += _PENALTY * tf.reduce_mean(norms)
        move(0, tape.gradient(loss, discriminator.trainable_variables), t)
        with tf.GradientTape() as encoder_tape:
            encoder_loss = tf.reduce_mean(logit(x, encoder(x, training=True)))
        with tf.GradientTape() as generator_tape:
            generator_loss = -tf.reduce_mean(logit(generator(z, training=True), z))
        move(1, encoder_tape.gradient(encoder_loss, encoder.trainable_variables), t)
        move(2, generator_tape.gradient(generator_loss, generator.trainable_variables), t)

    @tf.function
    def loop() -> None:
        for _ in tf.range(_LOOP):
            step()

    def run() -> None:
        for _ in range(FLAGS.steps // _LOOP):
            loop()
        count.numpy()

    return run


if __name__ == "__main__":
    app.run(main)
