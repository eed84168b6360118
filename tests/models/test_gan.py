import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import line

import tfgans
from tfgans import latent, losses, networks
from tfgans.augmentation import DifferentiableAugmentation
from tfgans.models import gan as gan_module


@pytest.mark.parametrize(
    ("sharing", "different"), [("none", [0, 1, 2, 3]), ("updates", [0, 1, 2, 2]), ("players", [0, 1, 1, 1])]
)
def test_which_updates_have_one_latent(monkeypatch, sharing, different):
    """Two updates of the discriminator, then two of the generator: equal numbers are equal latents."""
    gan = tfgans.GAN(
        networks.mlp_generator(2, 3, (4,)),
        networks.mlp_discriminator(2, widths=(4,)),
        latent.Uniform(3),
        n_critic=2,
        n_generator=2,
        latent_sharing=sharing,
    )
    gan.compile(run_eagerly=True)
    seen = []
    losses_of = gan.losses_of

    def spy(turn, batch, noise):
        seen.append(noise["latent"].numpy())
        return losses_of(turn, batch, noise)

    monkeypatch.setattr(gan, "losses_of", spy)
    gan.train_step({"image": tf.zeros((5, 2, 2))})
    firsts = [next(i for i, other in enumerate(seen) if np.array_equal(z, other)) for z in seen]
    assert firsts == different
    assert tfgans.GAN.from_config(gan.get_config()).latent_sharing == sharing


def test_unknown_sharing():
    with pytest.raises(ValueError, match="latent_sharing must be one of none, updates, players; received 'all'"):
        tfgans.GAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_discriminator(2, widths=(4,)),
            latent.Uniform(2),
            latent_sharing="all",
        )


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match=r"The generator of a GAN must take \[\(3,\)\]"):
        tfgans.GAN(networks.mlp_generator(2, 2, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(3))
    with pytest.raises(ValueError, match="needs updates of both"):
        tfgans.GAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_discriminator(2, widths=(4,)),
            latent.Uniform(2),
            n_critic=0,
        )


def test_takes_no_labels():
    gan = tfgans.GAN(networks.mlp_generator(2, 2, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(2))
    assert gan.sample(3, seed=0).shape == (3, 2)
    with pytest.raises(ValueError, match="GAN takes no labels here; received 1"):
        gan.sample(3, labels=1)


def packing_gan(packing=2, **arguments):
    return tfgans.GAN(
        networks.mlp_generator(2, 3, (4,)),
        networks.mlp_discriminator(2 * packing, widths=(4,)),
        latent.Uniform(3),
        packing=packing,
        **arguments,
    )


def test_packed_samples_stand_beside_each_other():
    points = tf.reshape(tf.range(8), [4, 2])
    np.testing.assert_array_equal(gan_module.packed(points, 2), [[0, 1, 2, 3], [4, 5, 6, 7]])
    images = tf.reshape(tf.range(4 * 2 * 2 * 3), [4, 2, 2, 3])
    joined = gan_module.packed(images, 2).numpy()
    np.testing.assert_array_equal(joined, np.concatenate([images[::2], images[1::2]], axis=-1))
    with pytest.raises(ValueError, match="packed by 3, and must be a multiple of that; received 4"):
        gan_module.packed(points, 3)


def test_a_packed_discriminator_scores_packs():
    """Its losses are those of a GAN whose samples are the packs; it has no logit of a single sample."""
    gan = packing_gan(zero_centered_penalty=losses.ZeroCenteredPenalty(1.0, 2.0))
    batch = {"image": tf.random.stateless_normal([6, 2], [0, 1])}
    noise = {"latent": tf.random.stateless_uniform([6, 3], [0, 2])}
    generated = gan_module.packed(gan.generator(noise["latent"]), 2)
    real = gan_module.packed(batch["image"], 2)
    found = gan.losses_of("discriminator", batch, noise)
    penalty = gan.zero_centered_penalty(gan.discriminator, [real], [generated])["zero_centered_penalty"]
    logits = gan.discriminator(real), gan.discriminator(generated)
    assert float(found["discriminator_loss"]) == pytest.approx(
        float(losses.Vanilla().discriminator_loss(*logits) + penalty)
    )
    assert "discriminate" not in gan.faces()
    assert tfgans.GAN.from_config(gan.get_config()).packing == 2


def test_a_gradient_penalty_of_packs_by_hand():
    """l = (1, 2, 2, 4) . pack has a slope of 5, and 5 and 2 at the packs (1, 0, 0, 1) and (2, 0, 0, 0); G(z) = 0."""
    gan = tfgans.GAN(
        line([[0.0, 0.0]], [0.0, 0.0], "generator"),
        line([[1.0], [2.0], [2.0], [4.0]], [0.0], "discriminator"),
        latent.Uniform(1),
        losses.Wasserstein(),
        losses.InterpolatedGradientPenalty(10.0),
        packing=2,
    )
    batch = {"image": tf.constant([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 0.0]])}
    found = gan.losses_of("discriminator", batch, gan.draw_noise("discriminator", batch))
    assert float(found["gradient_norm"]) == pytest.approx(5)
    assert float(found["discriminator_loss"]) == pytest.approx(-3.5 + 10 * 4**2, rel=1e-6)


def test_each_image_of_a_pack_has_an_augmentation_of_its_own(monkeypatch):
    """Grey images and numbers of brightness: the discriminator sees these less a half, in the channels of a pack."""
    generator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(4, kernel_initializer="zeros")])
    generator.add(keras.layers.Reshape((2, 2, 1)))
    discriminator = keras.Sequential([keras.Input((2, 2, 2)), keras.layers.Flatten(), keras.layers.Dense(1)])
    augmentation = DifferentiableAugmentation(("color",))
    gan = tfgans.GAN(generator, discriminator, latent.Uniform(1), packing=2, augmentation=augmentation)
    batch, seen = {"image": tf.zeros([4, 2, 2, 1])}, []
    noise = gan.draw_noise("discriminator", batch)
    for of, brightness in (("real", [0.0, 0.25, 0.75, 1.0]), ("generated", [0.5, 1.0, 0.0, 0.5])):
        numbers = np.full((4, 7), 0.5, "float32")
        assert noise[f"{of}_augmentation"].shape == numbers.shape
        numbers[:, 0] = brightness
        noise[f"{of}_augmentation"] = tf.constant(numbers)
    monkeypatch.setattr(gan, "logits", lambda image, label: seen.append(image.numpy()) or image[:, 0, 0, 0])
    gan.losses_of("discriminator", batch, noise)
    for images, channels in zip(seen, ([[-0.5, -0.25], [0.25, 0.5]], [[0.0, 0.5], [-0.5, 0.0]]), strict=True):
        np.testing.assert_allclose(images, np.broadcast_to(np.reshape(channels, (2, 1, 1, 2)), (2, 2, 2, 2)), atol=1e-6)


def test_a_relativistic_generator_compares_with_the_batch():
    gan = packing_gan(objective=losses.Relativistic())
    batch = {"image": tf.random.stateless_normal([6, 2], [0, 1])}
    noise = {"latent": tf.random.stateless_uniform([6, 3], [0, 2])}
    generated = gan.discriminator(gan_module.packed(gan.generator(noise["latent"]), 2))
    real = gan.discriminator(gan_module.packed(batch["image"], 2))
    expected = tf.reduce_mean(tf.nn.softplus(real - generated))
    assert float(gan.losses_of("generator", batch, noise)["generator_loss"]) == pytest.approx(float(expected))


def test_packing_that_does_not_fit():
    with pytest.raises(ValueError, match=r"The discriminator of a GAN must take \[\(6,\)\]"):
        tfgans.GAN(
            networks.mlp_generator(2, 3, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Uniform(3), packing=3
        )
    with pytest.raises(ValueError, match="packing must be 1 or more; received 0"):
        packing_gan(packing=0)


def mean_logits(real_logits, generated_logits):
    real, generated = tf.reduce_mean(real_logits), tf.reduce_mean(generated_logits)
    return generated - real, real - generated


@pytest.mark.run
def test_a_function_as_objective_trains_as_the_object_does(tmp_path, random):
    """The real logits are a constant for the generator, so that these losses are those of Wasserstein."""
    points, states = random.normal(size=(32, 2)).astype("float32"), []
    for objective in (losses.Wasserstein(), mean_logits):
        keras.utils.set_random_seed(0)
        gan = tfgans.GAN(
            networks.mlp_generator(2, 3, (4,)), networks.mlp_discriminator(2, widths=(4,)), latent.Normal(3), objective
        )
        gan.compile(run_eagerly=True)
        gan.fit(points, batch_size=8, verbose=0)
        states.append(gan.get_weights())
    for first, second in zip(*states, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-6)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras", custom_objects={"mean_logits": mean_logits})
    assert loaded.objective == gan.objective


def test_a_search_sees_images_that_are_not_clipped():
    """G(3) is 3 in four pixels, of which each has a slope of 1; a sample has 1, and no slope."""
    generator = keras.Sequential(
        [keras.layers.Dense(4, use_bias=False, kernel_initializer="ones"), keras.layers.Reshape((2, 2, 1))]
    )
    discriminator = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    gan, z = tfgans.GAN(generator, discriminator, latent.Uniform(1)), tf.constant([[3.0]])
    for graph, value, slope in ((gan.unclipped_graph, 3, 4), (gan.generate_graph, 1, 0)):
        with tf.GradientTape() as tape:
            tape.watch(z)
            image = graph(z)
        np.testing.assert_allclose(image, np.full((1, 2, 2, 1), value))
        assert float(tape.gradient(image, z)[0, 0]) == slope
