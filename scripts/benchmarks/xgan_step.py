"""Measures the steps a second of X-GAN on images: `fit` and a hand-written step, in one process.

A bank of 2,000 codes of 64 entries in 10 classes, m = 100, k = 5, the maps of the discriminator and of `small_vgg`, no
averaging. It prints lines of JSON. `xgan_step_torch.py` is the same step in PyTorch.
"""

from collections.abc import Callable

from _adam import adam
from _turns import report_rates
from _workload import define_workload
from absl import app, flags

_LATENT, _CLASSES, _IMAGES = 64, 10, 2_000
_NEIGHBOURS, _COMBINED, _LAMBDA = 100, 5, 2.0

FLAGS = flags.FLAGS
define_workload(pixels=32, batch_size=32, steps=60, turns=5)
flags.DEFINE_list("widths", ["16", "32", "64"], "Channels of the maps, the first of half the image's size.")


def main(argv: list[str]) -> None:
    """Measures both, and prints their rates and the ratio."""
    import numpy as np

    import tfgans
    from tfgans import data, latent

    shape = (FLAGS.pixels, FLAGS.pixels, 3)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (_IMAGES, *shape), np.uint8)
    labels = np.arange(_IMAGES) % _CLASSES
    bank = latent.CodeBank(_IMAGES, _LATENT, latent.ConvexSampler(_COMBINED), neighbours=_NEIGHBOURS, classes=_CLASSES)
    bank.fill(random.normal(size=(_IMAGES, _LATENT)), labels)
    *networks, code_classifier = networks_of(shape)
    model = tfgans.XGAN(*networks, bank, code_classifier=code_classifier)
    model.compile()
    arrays = {"image": images, "label": labels, "index": np.arange(_IMAGES)}
    batches = data.batches(arrays, FLAGS.batch_size)

    def fit() -> None:
        model.fit(batches, steps_per_epoch=FLAGS.steps, verbose=0)

    table, _ = bank.neighbours_of(np.arange(_IMAGES))
    graph = hand_written(shape, images, labels, bank.codes.numpy(), table.numpy())
    what = f"X-GAN {FLAGS.pixels}x{FLAGS.pixels} step"
    report_rates(what, {"fit": fit, "graph": graph}, FLAGS.steps, FLAGS.turns)


def networks_of(shape: tuple[int, ...]) -> "list[keras.Model]":  # noqa: F821
    """Generator, encoder, discriminator, classifier of images and of codes."""
    from tfgans import networks

    widths = [int(width) for width in FLAGS.widths]
    return [
        networks.cnn_generator(shape, _LATENT, widths),
        networks.cnn_encoder(shape, _LATENT, widths),
        networks.cnn_discriminator(shape, widths),
        networks.small_vgg(shape, _CLASSES),
        networks.code_classifier(_LATENT, _CLASSES),
    ]


def hand_written(
    shape: tuple[int, ...],
    images: "np.ndarray",  # noqa: F821
    labels: "np.ndarray",  # noqa: F821
    codes: "np.ndarray",  # noqa: F821
    table: "np.ndarray",  # noqa: F821
) -> Callable[[], None]:
    """Makes the hand-written training, which uses TensorFlow alone."""
    import tensorflow as tf

    generator, encoder, discriminator, image_classifier, code_classifier = networks_of(shape)
    learning = (encoder, generator, discriminator, code_classifier)
    players = [network.trainable_variables for network in learning]
    move = adam(players, 1e-4, 0.5, 0.999)
    count, bank = tf.Variable(0, dtype=tf.int64), tf.Variable(codes)
    real, classes, neighbours = tf.constant(images), tf.constant(labels, tf.int32), tf.constant(table)

    def cross_entropy(logits: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))

    def combined(rows: tf.Tensor) -> tf.Tensor:
        _, places = tf.math.top_k(tf.random.uniform([FLAGS.batch_size, _NEIGHBOURS]), _COMBINED)
        weights = tf.abs(tf.random.normal([FLAGS.batch_size, _COMBINED]))
        chosen = tf.gather(bank, tf.gather(tf.gather(neighbours, rows), places, batch_dims=1))
        return tf.einsum("bk,bkn->bn", weights / tf.reduce_sum(weights, 1, keepdims=True), chosen)

    def losses(x: tf.Tensor, y: tf.Tensor, z: tf.Tensor) -> list[tf.Tensor]:
        generated = generator(z, training=True)
        embedding = tf.reduce_mean(tf.square(z - encoder(generated, training=False)))
        code = encoder(x, training=True)
        reconstructed = generator(code, training=True)
        fixed = [image_classifier(seen, training=False) for seen in (x, reconstructed, generated)]
        real_look, fake_look, look = (discriminator(seen, training=True) for seen in (x, generated, reconstructed))
        pairs = zip([x, *fixed[0][1:], *real_look[1:]], [reconstructed, *fixed[1][1:], *look[1:]], strict=True)
        features = tf.add_n([tf.reduce_mean(tf.abs(a - b)) for a, b in pairs])
        fakes = tf.nn.softplus(fake_look[0])
        adversarial = tf.reduce_mean(tf.nn.softplus(-real_look[0])) + tf.reduce_mean(fakes)
        of_code = cross_entropy(code_classifier(code, training=True), y)
        of_generated = cross_entropy(fixed[2][0], y)
        encoder_loss = features + of_code
        generator_loss = features - _LAMBDA * tf.reduce_mean(fakes) + embedding + of_generated
        return [encoder_loss, generator_loss, _LAMBDA * adversarial, of_code]

    @tf.function
    def step() -> None:
        t = tf.cast(count.assign_add(1), tf.float32)
        rows = tf.random.uniform([FLAGS.batch_size], 0, len(images), tf.int32)
        x, y = tf.cast(tf.gather(real, rows), tf.float32) / 127.5 - 1.0, tf.gather(classes, rows)
        bank.scatter_update(tf.IndexedSlices(encoder(x, training=False), rows))
        z = combined(rows)
        with tf.GradientTape() as e, tf.GradientTape() as g, tf.GradientTape() as d, tf.GradientTape() as c:
            found = losses(x, y, z)
        gradients = [
            tape.gradient(loss, player) for tape, loss, player in zip((e, g, d, c), found, players, strict=True)
        ]
        for player, gradient in enumerate(gradients):
            move(player, gradient, t)

    def run() -> None:
        for _ in range(FLAGS.steps):
            step()
        count.numpy()

    return run


if __name__ == "__main__":
    app.run(main)
