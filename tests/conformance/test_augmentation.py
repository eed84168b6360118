"""The discriminator of images of every system sees augmented images on both sides, and nobody else does."""

import keras
import pytest
import tensorflow as tf
from double_precision import double_precision
from table import TABLE, Row, images, logan
from test_step import turns

import tfgans
from tfgans import losses as objectives
from tfgans.augmentation import DifferentiableAugmentation

UNTOUCHED = {
    "classifier_loss",
    "code_classifier_loss",
    "generated_class_loss",
    "reconstruction_error",
    "embedding_error",
    "divergence",
    "prior_loss",
}
COMPARED = {"similarity", "discriminator_error", "feature_error"}
# All that these log is of logits or energies of what the discriminator sees.
LOG_WHAT_IT_SEES = (tfgans.LOGAN, tfgans.BEGANCS, tfgans.GAN)


def encoded_twice():
    """A LOGAN that also encodes generated images, for a penalty in z and for reconstructions."""
    return logan(latent_penalty=objectives.PairwiseGradientPenalty(), reconstruction_weight=0.1)


ROWS = [row for row in TABLE if row.arrays()["image"].ndim == 4]
ROWS.append(Row(tfgans.LOGAN, encoded_twice, images, "Encoding"))


@pytest.fixture(scope="module")
def augmenting(row):
    """In double precision, with an augmentation of two kinds that can be switched off by numbers; and its weights."""
    keras.utils.set_random_seed(0)
    with double_precision():
        model = row.make()
    model.augmentation = DifferentiableAugmentation(("color", "translation"))
    if hasattr(model, "equilibrium"):
        model.equilibrium.k.assign(0.5)
    return model, model.get_weights()


@pytest.fixture
def model(augmenting, float64):
    """The same model in each test of a row, with the weights that it began with."""
    model, weights = augmenting
    model.set_weights(weights)
    return model


def losses(model, turn, batch, noise, real, generated):
    numbers = {"real_augmentation": real, "generated_augmentation": generated}
    return model.losses_of(turn, batch, {**noise, **numbers})


def test_numbers_that_change_nothing_leave_the_losses(model, batch):
    for turn, _, *given in turns(model, batch):
        unchanged, start = tf.fill([8, 7], tf.constant(0.5, tf.float64)), model.get_weights()
        found = losses(model, turn, *given, unchanged, unchanged)
        # Batch normalisation has seen the batch.
        model.set_weights(start)
        augmentation, model.augmentation = model.augmentation, None
        expected = model.losses_of(turn, *given)
        model.augmentation = augmentation
        assert {k: float(v) for k, v in found.items()} == pytest.approx({k: float(v) for k, v in expected.items()})


def test_the_discriminator_sees_augmented_real_and_generated_images(model, batch):
    """Its loss follows the brightness of both."""
    for turn, players, examples, noise in turns(model, batch):
        if "discriminator" not in players:
            continue
        numbers = [noise["real_augmentation"], noise["generated_augmentation"]]
        with tf.GradientTape() as tape:
            tape.watch(numbers)
            loss = losses(model, turn, examples, noise, *numbers)["discriminator_loss"]
        for gradient in tape.gradient(loss, numbers):
            assert tf.reduce_max(tf.abs(gradient[:, 0])) > 1e-9


def test_nobody_else_sees_augmented_images(row, model, batch):
    """Errors of pixels and codes, and losses of classifiers, follow no numbers. What is compared has the same ones."""
    if issubclass(row.public, LOG_WHAT_IT_SEES):
        pytest.skip("It logs nothing that others see.")
    seen = set()
    for turn, _, examples, noise in turns(model, batch):
        numbers = [noise["real_augmentation"], noise["generated_augmentation"]]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(numbers)
            found = losses(model, turn, examples, noise, *numbers)
        for name in UNTOUCHED & found.keys():
            assert all(follows == 0 for follows in slopes(tape, found[name], numbers)), name
        for name in COMPARED & found.keys():
            real, generated = slopes(tape, found[name], numbers)
            assert generated == 0 < real, name
        seen |= (UNTOUCHED | COMPARED) & found.keys()
    assert seen


def test_the_encoder_sees_images_as_they_are(model, batch, monkeypatch):
    """Those of the data, and generated ones."""
    if "encoder" not in model.players:
        pytest.skip("No encoder is a player.")
    seen, call = [], keras.layers.Layer.__call__

    def spy(layer, inputs, *arguments, **options):
        if layer is model.encoder:
            seen.append(keras.tree.flatten(inputs)[0])
        return call(layer, inputs, *arguments, **options)

    monkeypatch.setattr(keras.layers.Layer, "__call__", spy)
    for turn, _, examples, noise in turns(model, batch):
        start, numbers = len(seen), [noise["real_augmentation"], noise["generated_augmentation"]]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(numbers)
            losses(model, turn, examples, noise, *numbers)
            brightness = [tf.reduce_sum(image) for image in seen[start:]]
        assert all(slopes(tape, value, numbers) == [0, 0] for value in brightness)
    assert seen


def slopes(tape, value, numbers):
    """The largest slope of a value in each of some tensors."""
    gradients = tape.gradient(value, numbers, unconnected_gradients="zero")
    return [float(tf.reduce_max(tf.abs(gradient))) for gradient in gradients]


def test_the_generator_learns_through_the_augmentation(model, batch):
    """Contrast scales what reaches it."""
    for turn, players, examples, noise in turns(model, batch):
        if "generator" not in players:
            continue
        found = []
        for contrast in (0.1, 0.9):
            numbers = tf.concat([tf.fill([8, 2], 0.5), tf.fill([8, 1], contrast), tf.fill([8, 4], 0.5)], axis=1)
            numbers, start = tf.cast(numbers, tf.float64), model.get_weights()
            with tf.GradientTape() as tape:
                loss = losses(model, turn, examples, noise, noise["real_augmentation"], numbers)["generator_loss"]
            found.append(tape.gradient(loss, model.generator.trainable_variables, unconnected_gradients="zero"))
            model.set_weights(start)
        assert max(float(tf.reduce_max(tf.abs(low - high))) for low, high in zip(*found, strict=True)) > 1e-9


def test_turns_and_sides_have_numbers_of_their_own(model, batch):
    drawn = [noise for _, _, _, noise in turns(model, batch)]
    numbers = [float(noise[f"{of}_augmentation"][0, 0]) for noise in drawn for of in ("real", "generated")]
    assert len(set(numbers)) == len(numbers)
