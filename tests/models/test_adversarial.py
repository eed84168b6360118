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


def test_logs_are_means_over_the_steps_of_an_epoch():
    """1, 2 and 6 have the mean 3; the next epoch begins anew, and 4, 4 and 10 have 6."""
    values = iter([1.0, 2.0, 6.0, 4.0, 4.0, 10.0])

    class Scripted(tfgans.GAN):
        def train_step(self, data):
            return self.finish_step(dict.fromkeys(self.log_names, tf.constant(next(values))))

    gan = Scripted(networks.mlp_generator(2, 3, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Normal(3))
    gan.compile(run_eagerly=True)
    history = gan.fit(np.zeros((8, 2)), batch_size=4, steps_per_epoch=3, epochs=2, verbose=0).history
    assert history["generator_loss"] == pytest.approx([3, 6])


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


@pytest.mark.parametrize("given", ["sgd", keras.optimizers.SGD(0.01)])
@pytest.mark.parametrize("name", ["optimizer", "optimizers"])
def test_one_optimizer_makes_a_copy_for_each_player(given, name):
    gan = model()
    gan.compile(**{name: given})
    first, second = gan.optimizers["discriminator"], gan.optimizers["generator"]
    assert first is not second
    for optimizer in (first, second):
        assert optimizer is not given
        assert isinstance(optimizer, keras.optimizers.SGD)
        assert float(optimizer.learning_rate) == pytest.approx(0.01)


def test_optimizers_by_name():
    gan = model()
    gan.compile({"generator": "sgd"})
    assert isinstance(gan.optimizers["generator"], keras.optimizers.SGD)
    assert isinstance(gan.optimizers["discriminator"], keras.optimizers.Adam)


def test_compile_refuses_what_is_no_optimizer():
    gan, adam = model(), keras.optimizers.Adam()
    with pytest.raises(ValueError, match="the same optimizer for several"):
        gan.compile({"generator": adam, "discriminator": adam})
    with pytest.raises(ValueError, match=r"a Keras optimizer or its name, or a dict of them by player; received 0\.1"):
        gan.compile(0.1)
    with pytest.raises(ValueError, match="received both"):
        gan.compile("adam", optimizer="adam")


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


def test_refuses_networks_whose_shapes_are_not_known():
    with pytest.raises(ValueError, match=r"generator .* a functional or a Sequential Keras model"):
        tfgans.ConditionalGAN(Subclassed(), model().discriminator, latent.Normal(4))
    with pytest.raises(ValueError, match=r"generator cannot take inputs of shape .* it has no layers"):
        tfgans.ConditionalGAN(keras.Sequential(), model().discriminator, latent.Normal(4))


def sequential(*layers):
    return keras.Sequential([keras.layers.Reshape((-1,)), *layers])


def image_layers():
    return keras.layers.Dense(64), keras.layers.Reshape((8, 8, 1)), keras.layers.Activation("tanh")


@pytest.mark.run
def test_sequential_networks_are_built_and_train(tmp_path, random):
    gan = tfgans.GAN(
        keras.Sequential(image_layers()), sequential(keras.layers.Dense(1)), latent.Normal(3), ema_decay=0.5
    )
    assert gan.sample_shape == (8, 8, 1)
    gan.compile(run_eagerly=True)
    gan.fit(random.uniform(-1, 1, (8, 8, 8, 1)), batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(gan.sample(2, seed=0), loaded.sample(2, seed=0))


@pytest.mark.parametrize(
    ("make", "size"), [(tfgans.BEGAN, 3), (tfgans.BEGANCS, 3), (tfgans.VAE, 6), (tfgans.AdversarialVAE, 6)]
)
def test_sequential_encoders_and_decoders_are_built(make, size):
    parts = [keras.Sequential(image_layers()), sequential(keras.layers.Dense(size))]
    if make is tfgans.AdversarialVAE:
        parts.append(sequential(keras.layers.Dense(5)))
    if make is not tfgans.VAE:
        parts.append(keras.Sequential(image_layers()))
    made = make(*parts, latent.Normal(3))
    assert made.reconstruct(np.zeros((2, 8, 8, 1))).shape == (2, 8, 8, 1)


def test_networks_of_two_inputs_are_not_sequential():
    with pytest.raises(ValueError, match="must be a functional Keras model and not a Sequential one"):
        tfgans.ConditionalGAN(keras.Sequential(image_layers()), model().discriminator, latent.Normal(4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prior": 32}, r"prior of a ConditionalGAN must be a Prior, such as tfgans.latent.Normal\(64\); received 32"),
        ({"generator": 3}, "generator .* must be a functional or a Sequential Keras model; received 3"),
        ({"objective": "hinge"}, "objective .* an Objective, .*, or a function of .*, or None; received 'hinge'"),
        ({"penalty": 10.0}, "penalty .* a GradientPenalty, .*, or None; received 10.0"),
        ({"n_critic": 1.5}, "n_critic of a ConditionalGAN must be an int; received 1.5"),
        ({"ema_decay": "0.9"}, "ema_decay .* a float, or None; received '0.9'"),
        ({"augmentation": ("color",)}, "augmentation .* a DifferentiableAugmentation, or None"),
    ],
)
def test_arguments_of_another_type(arguments, message):
    known = model()
    given = {"generator": known.generator, "discriminator": known.discriminator, "prior": known.prior, **arguments}
    with pytest.raises(ValueError, match=message):
        tfgans.ConditionalGAN(**given)


def test_positional_arguments_of_another_type():
    known = model()
    with pytest.raises(ValueError, match="prior of a ConditionalWGANGP"):
        tfgans.ConditionalWGANGP(known.generator, known.discriminator, 4)
    with pytest.raises(TypeError, match="unexpected keyword argument 'priors'"):
        tfgans.ConditionalGAN(known.generator, known.discriminator, known.prior, priors=latent.Normal(4))


def test_an_uncompiled_model_can_be_saved(tmp_path):
    model().save(tmp_path / "model.keras")
    assert not keras.saving.load_model(tmp_path / "model.keras").compiled


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_refuses_seeds_that_would_be_those_of_others(seed):
    with pytest.raises(ValueError, match=rf"seed must lie in 0 to 2\^31 - 1; received {seed}"):
        model(seed=seed)


def test_pixels_are_no_images_in_their_range():
    with pytest.raises(ValueError, match=r"images must be floating .* uint8, which x / 127\.5 - 1 maps there"):
        model().discriminate(np.zeros((2, 8, 8, 1), np.uint8), labels=[0, 1])


def test_fit_refuses_validation_data():
    gan = model()
    gan.compile()
    with pytest.raises(ValueError, match="a dataset has its own order; received shuffle"):
        gan.fit(dataset(), shuffle=True)
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
        lambda i: (tf.fill([2, 8, 8, 1], tf.cast(i, tf.float32) / 8), tf.zeros([2], "int32"))
    )
    stacked = list(gan._step_batches(numbered, 1))
    assert [batch["image"].shape for batch in stacked] == [(2, 3, 8, 8, 1)] * 2
    np.testing.assert_array_equal(8 * stacked[1]["image"][1, :, 0, 0, 0], [3, 4, 5])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (dataset(image=(8, 9, 8, 1)), "expected image"),
        (dataset(label_type="float32"), "expected image"),
        (dataset(batches=1), "takes 2 batches; the dataset has 1"),
        (dataset().take(0).unbatch().batch(8), "no batches"),
        (dataset().map(lambda image, label: {"image": image}), "no 'label'"),
        ({"label": np.zeros(8, int)}, "a dict of arrays with 'image'; received label"),
        (np.zeros((40, 8, 8, 1)), "no 'label'"),
        (np.zeros((40, 8, 9, 1)), r"must have shape \[n, 8, 8, 1\]; received \(40, 8, 9, 1\)"),
        (np.zeros((40, 8, 8, 1), int), "must be float32; received int64"),
        (np.full((40, 8, 8, 1), 1.5), "Images must lie in -1 to 1; .* values from 1.5 to 1.5"),
        ({"image": np.zeros((9, 8, 8, 1)), "label": np.zeros(8, int)}, "the same number of rows"),
        ({"image": np.zeros((9, 8, 8, 1)), "label": np.zeros(9, int)}, "batch_size must lie in 1 to 9"),
    ],
)
def test_fit_refuses(bad, message):
    gan = model(n_critic=2)
    gan.compile()
    with pytest.raises(ValueError, match=message):
        gan.fit(bad, verbose=0)


@pytest.mark.parametrize("batch_size", [0, -1, 41])
def test_fit_refuses_a_size_of_batches(batch_size):
    gan = model()
    gan.compile()
    with pytest.raises(ValueError, match="batch_size must lie in 1 to 40"):
        gan.fit(np.zeros((40, 8, 8, 1)), np.zeros(40, int), batch_size=batch_size, verbose=0)


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
    gan.fit(dataset(batches=2), verbose=0)
    (*_, bias) = gan.discriminator.trainable_variables
    bias.assign(tf.fill(bias.shape, float("nan")))
    gan.fit(dataset(batches=2), verbose=0)
    assert int(gan.nonfinite_step.numpy()) == 2


@pytest.mark.parametrize("value", [1.5, -2.0, 255.0])
def test_images_outside_their_range_are_an_error(value):
    gan = model()
    gan.compile(run_eagerly=True)
    images = dataset().map(lambda image, label: (image + value, label))
    with pytest.raises(ValueError, match=r"Images must lie in -1 to 1; x / 127\.5 - 1 maps those in 0 to 255"):
        gan.fit(images, verbose=0)


def test_points_have_no_range():
    gan = tfgans.GAN(networks.mlp_generator(2, 3, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Normal(3))
    gan.compile(run_eagerly=True)
    gan.fit(np.full((8, 2), 9.0), batch_size=4, verbose=0)
    assert int(gan.step.numpy()) == 2


@pytest.mark.run
def test_fit_takes_arrays(random):
    """Bytes without their channel are the images of a dataset in [-1, 1], and each epoch has each row once."""
    images, labels = random.integers(0, 256, (10, 8, 8), np.uint8), np.arange(10) % 3
    seen = []

    class Watched(tfgans.ConditionalGAN):
        def train_step(self, data):
            seen.append((data["image"].numpy(), data["label"].numpy()))
            return super().train_step(data)

    gan = Watched(model().generator, model().discriminator, latent.Normal(4))
    gan.compile(run_eagerly=True)
    for arguments in ((images, labels, 5), ({"image": images, "label": labels}, None, 5)):
        seen.clear()
        gan.fit(*arguments, epochs=2, verbose=0)
        assert [image.shape for image, _ in seen] == [(5, 1, 8, 8, 1)] * 4
        for first in (0, 2):
            image, label = (np.concatenate(column)[:, 0] for column in zip(*seen[first : first + 2], strict=True))
            pixels = np.round((image[..., 0] + 1) * 127.5).astype(np.uint8)
            order = [next(row for row in range(10) if np.array_equal(images[row], each)) for each in pixels]
            assert sorted(order) == list(range(10))
            np.testing.assert_array_equal(label, labels[order])


@pytest.mark.run
def test_fit_takes_arrays_for_steps():
    gan = model()
    gan.compile(run_eagerly=True)
    gan.fit(np.zeros((8, 8, 8, 1)), np.zeros(8, int), batch_size=4, steps_per_epoch=5, verbose=0)
    assert int(gan.step.numpy()) == 5
    with pytest.raises(ValueError, match="received y or batch_size"):
        gan.fit(dataset(), batch_size=4)


@pytest.mark.run
def test_fit_takes_folders_as_keras_reads_them(tmp_path, random):
    """Ten images in batches of 4: two whole batches an epoch, and two images that are left out."""
    for number in range(10):
        folder = tmp_path / f"class_{number % 3}"
        folder.mkdir(exist_ok=True)
        keras.utils.save_img(folder / f"{number}.png", random.integers(0, 256, (8, 8, 1), np.uint8))
    images = keras.utils.image_dataset_from_directory(
        tmp_path, image_size=(8, 8), color_mode="grayscale", batch_size=4, seed=0, verbose=False
    )
    gan = model()
    gan.compile(run_eagerly=True)
    with pytest.raises(ValueError, match="Images must lie in -1 to 1"):
        gan.fit(images, verbose=0)
    gan.fit(images.map(lambda image, label: (image / 127.5 - 1, label)), epochs=2, verbose=0)
    assert int(gan.step.numpy()) == 4


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


def test_one_graph_answers_any_number_of_rows(monkeypatch):
    """A graph of its own for each number of rows would cost seconds, and TensorFlow would warn of it."""
    gan, traced = model(), []
    generate = gan.generate_graph

    def noted(*arguments):
        traced.append(arguments)
        return generate(*arguments)

    monkeypatch.setattr(gan, "generate_graph", noted)
    for n in (1, 3, 300):
        assert len(gan.sample(n, labels=1, seed=0)) == n
    assert len(traced) == 1
