import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgans
from tfgans import latent, networks
from tfgans.augmentation import DifferentiableAugmentation
from tfgans.faces import row_seeds


def model(**arguments):
    return tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6,)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4,)),
        latent.Normal(4),
        **arguments,
    )


def dataset(image=(8, 8, 8, 1), label=(8,), batches=4, label_type="int32"):
    return tf.data.Dataset.from_tensors((tf.zeros(image), tf.zeros(label, label_type))).repeat(batches)


def test_compile_builds_every_optimizer_and_no_other():
    gan = model()
    gan.compile()
    assert gan.optimizer is None
    assert list(gan.optimizers) == ["discriminator", "generator"]
    assert all(optimizer.built for optimizer in gan.optimizers.values())


def test_compile_fills_in_the_papers_optimizer():
    gan = model()
    gan.compile({"generator": keras.optimizers.SGD(0.5)})
    assert isinstance(gan.optimizers["generator"], keras.optimizers.SGD)
    assert float(gan.optimizers["discriminator"].learning_rate) == pytest.approx(2e-4)


@pytest.mark.parametrize(
    ("make", "networks", "players"),
    [
        (tfgans.GAN, [networks.mlp_generator(2, 3, (4,)), networks.mlp_discriminator(2, widths=(4,))], "discriminator"),
        (tfgans.VAE, [networks.mlp_generator((8, 8, 1), 3, (4,)), networks.mlp_encoder((8, 8, 1), 6, (4,))], "encoder"),
    ],
    ids=["points", "no discriminator"],
)
def test_an_augmentation_needs_a_discriminator_of_images(make, networks, players):
    with pytest.raises(ValueError, match=f"An augmentation changes the images .* its players are {players}, generator"):
        make(*networks, latent.Normal(3), augmentation=DifferentiableAugmentation())


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_the_first_step_with_a_loss_that_is_not_finite_is_noted(value):
    gan = model()
    gan.compile()
    losses = dict.fromkeys(gan.log_names, tf.constant(0.0))
    for broken in (losses, {**losses, gan.log_names[-1]: tf.constant(value, tf.float32)}, losses):
        gan.finish_step(broken)
    assert int(gan.nonfinite_step.numpy()) == 1


def test_an_old_average_forgets_as_its_decay_says():
    """At step 1,000 it is .9, and (1 + 1,000) / (10 + 1,000) no more: of 2 and 3 it makes 2.1."""
    gan = model(ema_decay=0.9)
    gan.compile()
    gan.step.assign(1_000)
    average, weight = (each.trainable_variables[0] for each in (gan.averaged_generator, gan.generator))
    average.assign(np.full(average.shape, 2.0))
    weight.assign(np.full(weight.shape, 3.0))
    gan.finish_step(dict.fromkeys(gan.log_names, tf.constant(0.0)))
    np.testing.assert_allclose(average.numpy(), 2.1, rtol=1e-6)


def test_noise_is_that_of_the_seed():
    first, second = (model(seed=seed).noise(latent.Normal(4).sample, 3, use=0).numpy() for seed in (1, 2))
    assert np.all(first != second)


def test_compile_refuses_a_stranger():
    with pytest.raises(ValueError, match="players are"):
        model().compile({"encoder": keras.optimizers.SGD(0.5)})


@pytest.mark.parametrize("decay", [0.0, 1.0, -0.5])
def test_refuses_an_average_outside_its_range(decay):
    with pytest.raises(ValueError, match="ema_decay"):
        model(ema_decay=decay)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.built = True


@pytest.mark.parametrize("generator", [lambda: keras.Sequential([keras.layers.Dense(2)]), Subclassed])
def test_refuses_a_network_whose_shapes_are_not_known(generator):
    with pytest.raises(ValueError, match="functional Keras model, built"):
        tfgans.ConditionalGAN(generator(), model().discriminator, latent.Normal(4))


def test_an_uncompiled_model_can_be_saved(tmp_path):
    model().save(tmp_path / "model.keras")
    assert not keras.saving.load_model(tmp_path / "model.keras").compiled


def test_fit_refuses_validation_data():
    gan = model()
    gan.compile()
    with pytest.raises(ValueError, match="no validation_data"):
        gan.fit(dataset(), validation_data=dataset())


def test_update_scales_nothing_on_one_replica():
    """SGD at .1 on 3 times the sum of the generator's weights moves each by -.3."""
    gan = model()
    gan.compile({"generator": keras.optimizers.SGD(0.1)})
    before = [variable.numpy() for variable in gan.generator.trainable_variables]
    with tf.GradientTape() as tape:
        loss = 3 * tf.add_n([tf.reduce_sum(v) for v in gan.generator.trainable_variables])
    gan.update({"generator": (tape, loss)})
    for old, new in zip(before, gan.generator.trainable_variables, strict=True):
        np.testing.assert_allclose(new.numpy() - old, -0.3, atol=1e-6)


@pytest.mark.run
def test_fit_takes_tuples_and_dicts_alike():
    states = []
    for form in (lambda image, label: (image, label), lambda image, label: {"label": label, "image": image}):
        keras.utils.set_random_seed(0)
        gan = model(n_critic=2)
        gan.compile(run_eagerly=True)
        history = gan.fit(dataset().map(form), epochs=2, verbose=0)
        states.append(gan.get_weights())
        assert len(history.history["discriminator_loss"]) == 2
        assert int(gan.step.numpy()) == 4
    for first, second in zip(*states, strict=True):
        np.testing.assert_array_equal(first, second)


def test_step_batches_keep_the_batch_first_and_the_order():
    gan = model(n_critic=3)
    numbered = tf.data.Dataset.range(6).map(
        lambda i: (tf.fill([2, 8, 8, 1], tf.cast(i, tf.float32)), tf.zeros([2], "int32"))
    )
    stacked = list(gan._step_batches(numbered, 1))
    assert [batch["image"].shape for batch in stacked] == [(2, 3, 8, 8, 1)] * 2
    np.testing.assert_array_equal(stacked[1]["image"][1, :, 0, 0, 0], [3, 4, 5])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (dataset(image=(8, 9, 8, 1)), "expected image"),
        (dataset(label_type="float32"), "expected image"),
        (dataset(batches=1), "takes 2 batches; the dataset has 1"),
        (dataset().unbatch().batch(8), "no fixed size"),
        (dataset().map(lambda image, label: {"image": image}), "no 'label'"),
        (np.zeros((8, 8, 8, 1)), "tf.data.Dataset"),
    ],
)
def test_fit_refuses(bad, message):
    gan = model(n_critic=2)
    gan.compile()
    with pytest.raises(ValueError, match=message):
        gan.fit(bad, verbose=0)


@pytest.mark.run
def test_stock_callbacks_work(tmp_path):
    gan = model()
    gan.compile(run_eagerly=True)
    gan.fit(
        dataset(),
        epochs=2,
        verbose=0,
        callbacks=[
            keras.callbacks.ModelCheckpoint(str(tmp_path / "best.weights.h5"), save_weights_only=True),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.TerminateOnNaN(),
        ],
    )
    assert (tmp_path / "best.weights.h5").exists()
    assert (tmp_path / "log.csv").read_text().count("\n") == 3


def test_notes_the_first_step_that_is_not_finite():
    gan = model()
    gan.compile(run_eagerly=True)
    good, bad = tf.zeros([8, 8, 8, 1]), tf.fill([8, 8, 8, 1], float("nan"))
    images = tf.data.Dataset.from_tensor_slices([good, good, bad, good])
    gan.fit(images.map(lambda image: (image, tf.zeros([8], "int32"))), verbose=0)
    assert int(gan.nonfinite_step.numpy()) == 2


def test_row_seeds():
    np.testing.assert_array_equal(row_seeds(3, 5), [5, 6, 7])
    np.testing.assert_array_equal(row_seeds(2, [9, 1]), [9, 1])
    assert np.any(row_seeds(2, None) != row_seeds(2, None))
    with pytest.raises(ValueError, match="one seed or n"):
        row_seeds(3, [1, 2])
    with pytest.raises(ValueError, match=r"integers; received 0\.9"):
        row_seeds(2, 0.9)
    with pytest.raises(ValueError, match="n >= 1"):
        row_seeds(0, 1)


def test_samples_do_not_depend_on_how_many_are_drawn():
    gan = model()
    many = gan.sample(600, labels=1, seed=0)
    few = gan.sample(3, labels=1, seed=[0, 299, 599])
    np.testing.assert_allclose(many[[0, 299, 599]], few, atol=1e-5)
