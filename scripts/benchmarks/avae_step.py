"""Measures the steps a second of the adversarial VAE on images: `fit` and a hand-written step, in one process.

All weights of the paper, latents of 64 entries, no averaging. It prints lines of JSON. `avae_step_torch.py` is the same
step in PyTorch.
"""

from collections.abc import Callable

from _adam import adam
from _turns import report_rates
from _workload import define_workload
from absl import app, flags

_LATENT = 64
_ALPHA, _BETA, _GAMMA = 0.3, 0.1, 0.1
_RATIO, _INTEGRAL, _PROPORTIONAL, _DERIVATIVE = 0.5, 1e-3, 1e-5, 1e-5

FLAGS = flags.FLAGS
define_workload(pixels=32, filters=16, batch_size=16, steps=60, turns=5)


def main(argv: list[str]) -> None:
    """Measures both, and prints their rates and the ratio."""
    import numpy as np

    import tfgans
    from tfgans import data, latent

    shape = (FLAGS.pixels, FLAGS.pixels, 3)
    images = np.random.default_rng(0).integers(0, 256, (1_000, *shape), np.uint8)
    model = tfgans.AdversarialVAE(*networks_of(shape), latent.Normal(_LATENT))
    model.compile()
    batches = data.batches({"image": images}, FLAGS.batch_size)

    def fit() -> None:
        model.fit(batches, steps_per_epoch=FLAGS.steps, verbose=0)

    runs = {"fit": fit, "graph": hand_written(shape, images)}
    report_rates(f"AVAE {FLAGS.pixels}x{FLAGS.pixels} step", runs, FLAGS.steps, FLAGS.turns)


def networks_of(shape: tuple[int, ...]) -> "list[keras.Model]":  # noqa: F821
    """Generator, encoder, and encoder and decoder of the discriminator."""
    from tfgans import networks

    return [
        networks.began_decoder(shape, _LATENT, FLAGS.filters, name="generator"),
        networks.began_encoder(shape, 2 * _LATENT, FLAGS.filters),
        networks.began_encoder(shape, _LATENT, FLAGS.filters),
        networks.began_decoder(shape, _LATENT, FLAGS.filters),
    ]


def hand_written(shape: tuple[int, ...], images: "np.ndarray") -> Callable[[], None]:  # noqa: F821
    """Makes the hand-written training, which uses TensorFlow alone."""
    import tensorflow as tf

    generator, encoder, discriminator_encoder, discriminator_decoder = networks_of(shape)
    discriminator = [*discriminator_encoder.trainable_variables, *discriminator_decoder.trainable_variables]
    players = (encoder.trainable_variables, generator.trainable_variables, discriminator)
    move = adam(players, 5e-5, 0.9, 0.999)
    count, k = tf.Variable(0, dtype=tf.int64), tf.Variable(0.0)
    past = [tf.Variable(0.0), tf.Variable(0.0)]
    real = tf.constant(images)

    def code_and_error(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        code = discriminator_encoder(x, training=True)
        return code, tf.reduce_mean(tf.abs(x - discriminator_decoder(code, training=True)))

    @tf.function
    def step() -> None:
        t = tf.cast(count.assign_add(1), tf.float32)
        rows = tf.random.uniform([FLAGS.batch_size], 0, len(images), tf.int32)
        x = tf.cast(tf.gather(real, rows), tf.float32) / 127.5 - 1.0
        noise, z = tf.unstack(tf.random.normal([2, FLAGS.batch_size, _LATENT]))
        with tf.GradientTape() as encoder_tape, tf.GradientTape() as generator_tape, tf.GradientTape() as tape:
            mean, log_variance = tf.split(encoder(x, training=True), 2, axis=1)
            reconstructed = generator(mean + tf.exp(0.5 * log_variance) * noise, training=True)
            generated = generator(z, training=True)
            code, real_error = code_and_error(x)
            reconstructed_code, reconstructed_error = code_and_error(reconstructed)
            fakes = code_and_error(generated)[1] + _ALPHA * reconstructed_error
            divergence = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - log_variance - 1, 1)
            guidance = _BETA * tf.reduce_mean(tf.abs(code - reconstructed_code))
            guidance += _GAMMA * tf.reduce_mean(tf.abs(x - reconstructed))
            encoder_loss = tf.reduce_mean(divergence) / x.shape[1:].num_elements() + guidance
            generator_loss = fakes + guidance
            discriminator_loss = real_error - k * fakes
        losses = (encoder_loss, generator_loss, discriminator_loss)
        tapes = (encoder_tape, generator_tape, tape)
        gradients = [tape.gradient(loss, player) for tape, loss, player in zip(tapes, losses, players, strict=True)]
        for player, gradient in enumerate(gradients):
            move(player, gradient, t)
        error = _RATIO * real_error - fakes
        last, before = past
        moved = _INTEGRAL * error + _PROPORTIONAL * (error - last) + _DERIVATIVE * (error - 2 * last + before)
        k.assign(tf.clip_by_value(k + moved, 0.0, 1.0))
        before.assign(last)
        last.assign(error)

    def run() -> None:
        for _ in range(FLAGS.steps):
            step()
        count.numpy()

    return run


if __name__ == "__main__":
    app.run(main)
