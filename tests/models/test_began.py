from typing import get_args

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import linear

import tfgans
from tfgans import data, latent, losses, networks
from tfgans.equilibrium import Equilibrium, Margin

ROWS, RATE = 4, 0.125


def model(equilibrium=None, **arguments):
    """From latents of two entries to points of three, all networks linear."""
    return tfgans.BEGAN(
        linear(2, 3, "generator"),
        linear(3, 2, "encoder"),
        linear(2, 3, "decoder"),
        latent.Uniform(2),
        equilibrium,
        **arguments,
    )


def given(image, latents):
    """A batch and the noise of a turn."""
    return {"image": tf.constant(image, tf.float32)}, {"latent": tf.constant(latents, tf.float32)}


def matrices(gan):
    return [network.get_weights()[0] for network in (gan.generator, gan.encoder, gan.decoder)]


def descend(gan):
    gan.compile({player: keras.optimizers.SGD(RATE) for player in gan.players}, run_eagerly=True)
    return gan


@pytest.fixture
def image(random):
    return random.normal(size=(ROWS, 3))


@pytest.fixture
def noise(random):
    """Latents of two steps, for the discriminator and for the generator: [step, use, row, entry]."""
    return random.uniform(-1, 1, size=(2, 2, ROWS, 2))


def error_and_slopes(image, encoder, decoder, norm):
    """L(u) = ||u - u E D||, and its slopes with respect to u, E and D."""
    rest = image - image @ encoder @ decoder
    if norm == "l1_mean":
        error, slope = np.abs(rest).mean(), np.sign(rest) / rest.size
    elif norm == "l2_sample":
        lengths = np.linalg.norm(rest, axis=1, keepdims=True)
        error, slope = lengths.mean(), rest / lengths / len(rest)
    else:
        length = np.sqrt((rest**2).sum())
        error, slope = length / len(rest), rest / length / len(rest)
    return error, slope - slope @ decoder.T @ encoder.T, -image.T @ slope @ decoder.T, -(image @ encoder).T @ slope


def step_by_hand(generator, encoder, decoder, k, image, latents, ratio, gain, norm, recompute=False):
    """The discriminator, the generator that sees the new discriminator, and then k."""
    real, _, *real_slopes = error_and_slopes(image, encoder, decoder, norm)
    generated, _, *generated_slopes = error_and_slopes(latents[0] @ generator, encoder, decoder, norm)
    encoder, decoder = (
        matrix - RATE * (up - k * down)
        for matrix, up, down in zip((encoder, decoder), real_slopes, generated_slopes, strict=True)
    )
    loss, slope, _, _ = error_and_slopes(latents[1] @ generator, encoder, decoder, norm)
    generator = generator - RATE * latents[1].T @ slope
    after = [error_and_slopes(x, encoder, decoder, norm)[0] for x in (image, latents[1] @ generator)]
    held, made = after if recompute else (real, loss)
    error = ratio * held - made
    moved = min(max(k + gain * error, 0.0), 1.0)
    logs = {
        "discriminator_loss": real - k * generated,
        "generator_loss": loss,
        "real_error": real,
        "generated_error": generated,
        "k": moved,
        "allowed_density": min(1 / moved, 1_000.0) if moved else 1_000.0,
        "error": error,
        "convergence": held + abs(error),
    }
    return generator, encoder, decoder, logs


@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("norm", get_args(losses.Norm))
def test_two_steps_by_hand(float64, image, noise, norm, share, recompute):
    """In the second step k is above 0, so that the discriminator climbs on what is generated."""
    options = {"norm": norm, "share_latent": share, "recompute_errors": recompute}
    gan = descend(model(Equilibrium(ratio=2.0, integral=0.3), **options))
    expected, k = matrices(gan), 0.0
    gan.noise = lambda draw, rows, use, index=0: tf.constant(noise[int(gan.step.numpy()), use])
    for latents in noise:
        gan.reset_metrics()
        logs = gan.train_step({"image": tf.constant(image[:, np.newaxis])})
        used = latents[[0, 0]] if share else latents
        *expected, by_hand = step_by_hand(*expected, k, image, used, 2.0, 0.3, norm, recompute)
        k = by_hand["k"]
        assert 0 < k < 1
        assert set(logs) == set(by_hand)
        for name, value in by_hand.items():
            assert float(logs[name]) == pytest.approx(value, rel=1e-6), name
        for found, matrix in zip(matrices(gan), expected, strict=True):
            np.testing.assert_allclose(found, matrix, rtol=1e-6)


@pytest.mark.parametrize("share", [False, True])
def test_the_generator_has_latents_of_its_own_unless_they_are_shared(image, share):
    gan = descend(model(share_latent=share))
    seen, losses_of = {}, gan.losses_of

    def spy(turn, batch, noise):
        seen[turn] = noise["latent"].numpy()
        return losses_of(turn, batch, noise)

    gan.losses_of = spy
    gan.train_step({"image": tf.constant(image[:, np.newaxis])})
    assert seen["discriminator"].shape == seen["generator"].shape == (ROWS, 2)
    assert np.all((seen["discriminator"] == seen["generator"]) == share)


def test_the_generator_rests_while_the_discriminator_moves(image, noise):
    gan = descend(model())
    gan.equilibrium.k.assign(0.5)
    before = matrices(gan)
    with tf.GradientTape() as tape:
        loss = gan.discriminator_losses(*given(image, noise[0, 0]))
    gan.update({"discriminator": (tape, loss["discriminator_loss"])})
    moved = [np.any(old != new) for old, new in zip(before, matrices(gan), strict=True)]
    assert moved == [False, True, True]


def test_the_discriminator_is_the_encoder_and_the_decoder():
    gan = model()
    theirs = [*gan.encoder.trainable_variables, *gan.decoder.trainable_variables]
    assert [variable.path for variable in gan.discriminator.trainable_variables] == [v.path for v in theirs]
    assert all(a is b for a, b in zip(gan.discriminator.trainable_variables, theirs, strict=True))


def test_k_weighs_what_is_generated(image, noise):
    """L(x) - k L(G(z)), at k = .25."""
    gan = model()
    gan.equilibrium.k.assign(0.25)
    found = gan.discriminator_losses(*given(image, noise[0, 0]))
    generator, encoder, decoder = matrices(gan)
    real = error_and_slopes(image, encoder, decoder, "l1_mean")[0]
    generated = error_and_slopes(noise[0, 0] @ generator, encoder, decoder, "l1_mean")[0]
    assert set(found) == {"discriminator_loss", "real_error", "generated_error"}
    assert float(found["real_error"]) == pytest.approx(real, rel=1e-5)
    assert float(found["generated_error"]) == pytest.approx(generated, rel=1e-5)
    assert float(found["discriminator_loss"]) == pytest.approx(real - 0.25 * generated, rel=1e-5)


def test_a_perfect_auto_encoder_makes_no_error_on_anything(random):
    gan = tfgans.BEGAN(linear(2, 2, "generator"), linear(2, 2, "encoder"), linear(2, 2, "decoder"), latent.Uniform(2))
    matrix = random.normal(size=(2, 2))
    gan.encoder.set_weights([matrix])
    gan.decoder.set_weights([np.linalg.inv(matrix)])
    points, z = (tf.constant(random.normal(size=(ROWS, 2)), tf.float32) for _ in range(2))
    found = gan.discriminator_losses(*given(points, z)) | gan.generator_losses(*given(points, z))
    for name in ("discriminator_loss", "real_error", "generated_error", "generator_loss"):
        assert float(found[name]) == pytest.approx(0, abs=1e-5)


def points(count=64):
    return data.batches({"image": np.random.default_rng(1).normal(size=(count, 3))}, 8)


def test_state_of_the_balance_survives(tmp_path):
    gains = {"ratio": 3.0, "integral": 0.01, "proportional": 0.02, "derivative": 0.03}
    first, second = model(Equilibrium(**gains)), model(Equilibrium(**gains))
    for gan in (first, second):
        gan.compile()
    first.fit(points(), steps_per_epoch=3, verbose=0)
    kept = [float(variable.numpy()) for variable in first.equilibrium.variables]
    assert len(set(kept)) == 3
    assert 0 < float(first.equilibrium.k.numpy()) < 1
    first.save_weights(tmp_path / "model.weights.h5")
    second.load_weights(tmp_path / "model.weights.h5")
    assert [float(variable.numpy()) for variable in second.equilibrium.variables] == kept


def test_configuration_has_the_balance_the_norm_and_the_sharing():
    options = {"norm": "l2_batch", "share_latent": True, "recompute_errors": True, "ema_decay": 0.9, "seed": 3}
    gan = model(Equilibrium(0.7, 0.01, 0.02, 0.03), **options)
    copy = tfgans.BEGAN.from_config(gan.get_config())
    assert {name: getattr(copy, name) for name in options} == options
    balance = copy.equilibrium
    assert (balance.ratio, balance.integral, balance.proportional, balance.derivative) == (0.7, 0.01, 0.02, 0.03)
    assert [network.name for network in (copy.generator, copy.encoder, copy.decoder)] == [
        "generator",
        "encoder",
        "decoder",
    ]


def test_defaults_are_those_of_the_paper():
    gan = model()
    gan.compile()
    balance = gan.equilibrium
    assert (balance.ratio, balance.integral, balance.proportional, balance.derivative) == (0.5, 1e-3, 0, 0)
    assert (gan.norm, gan.share_latent, gan.recompute_errors) == ("l1_mean", False, False)
    for optimizer in gan.optimizers.values():
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.999)


@pytest.mark.parametrize("norm", get_args(losses.Norm))
def test_energies_are_how_far_points_lie_from_what_the_discriminator_makes_of_them(image, norm):
    gan = model(norm=norm)
    _, encoder, decoder = matrices(gan)
    rest = image - image @ encoder @ decoder
    expected = np.abs(rest).mean(1) if norm == "l1_mean" else np.linalg.norm(rest, axis=1)
    assert gan.faces()["discriminate"].output == "energy"
    np.testing.assert_allclose(gan.discriminate(image), expected, rtol=1e-4)


def test_codes_and_what_the_generator_makes_of_them(image):
    """A reconstruction is G(Enc(x)), not Dec(Enc(x))."""
    gan = model()
    generator, encoder, _ = matrices(gan)
    np.testing.assert_allclose(gan.encode(image), image @ encoder, atol=1e-5)
    np.testing.assert_allclose(gan.reconstruct(image), image @ encoder @ generator, atol=1e-5)
    between = gan.interpolate(image[:1], image[1:2], [0.25])
    np.testing.assert_allclose(between, (0.75 * image[:1] + 0.25 * image[1:2]) @ encoder @ generator, atol=1e-5)


def test_images_are_clipped_where_they_are_sampled():
    gan = tfgans.BEGAN(
        networks.began_decoder((8, 8, 1), 3, 2, name="generator"),
        networks.began_encoder((8, 8, 1), 3, 2),
        networks.began_decoder((8, 8, 1), 3, 2),
        latent.Uniform(3),
    )
    gan.generator.layers[-1].bias.assign([5.0])
    assert float(tf.reduce_max(gan.generator(gan.prior.sample(3, [0, 1])))) > 1
    np.testing.assert_array_equal(gan.sample(3, seed=0), np.ones((3, 8, 8, 1)))


@pytest.mark.parametrize(
    ("generator", "encoder", "decoder", "message"),
    [
        (
            (3, 3),
            (3, 2),
            (2, 3),
            r"The generator of a BEGAN must take \[\(2,\)\] and give \(3,\) first; it takes \[\(3,\)\]",
        ),
        ((2, 4), (3, 2), (2, 3), r"The encoder .* must take \[\(4,\)\]"),
        ((2, 3), (4, 2), (2, 3), r"it takes \[\(4,\)\] and gives \(2,\)"),
        ((2, 3), (3, 1), (2, 3), r"it takes \[\(3,\)\] and gives \(1,\)"),
        ((2, 3), (3, 2), (1, 3), r"The decoder .*; it takes \[\(1,\)\] and gives \(3,\)"),
        ((2, 3), (3, 2), (2, 4), r"The decoder .*; it takes \[\(2,\)\] and gives \(4,\)"),
    ],
)
def test_networks_that_do_not_fit(generator, encoder, decoder, message):
    with pytest.raises(ValueError, match=message):
        tfgans.BEGAN(
            linear(*generator, "generator"), linear(*encoder, "encoder"), linear(*decoder, "decoder"), latent.Uniform(2)
        )


def test_unknown_norm():
    with pytest.raises(ValueError, match="norm must be one of l1_mean, l2_sample, l2_batch; received 'l3'"):
        model(norm="l3")


@pytest.mark.parametrize("face", ["encode", "reconstruct", "discriminate"])
def test_faces_refuse_points_of_another_size(face):
    with pytest.raises(ValueError, match=r"must have shape \[n, 3\]; received \(4, 2\)"):
        getattr(model(), face)(np.zeros((4, 2)))


def test_the_decoder_is_not_the_generator():
    network = linear(2, 3, "generator")
    with pytest.raises(ValueError, match="decoder must be another network than the generator"):
        tfgans.BEGAN(network, linear(3, 2, "encoder"), network, latent.Uniform(2))


def test_a_margin_needs_the_error_of_each_sample():
    parts = (linear(2, 3, "generator"), linear(3, 2, "encoder"), linear(2, 3, "decoder"), latent.Uniform(2))
    with pytest.raises(ValueError, match="A margin needs an error for each sample; received norm='l2_batch'"):
        tfgans.BEGAN(*parts, equilibrium=Margin(0.5), norm="l2_batch")


def test_networks_must_be_built():
    unbuilt = keras.Model()
    with pytest.raises(ValueError, match="The encoder of a BEGAN must be a functional or a Sequential Keras model"):
        tfgans.BEGAN(linear(2, 3, "generator"), unbuilt, linear(2, 3, "decoder"), latent.Uniform(2))


def test_similarity_is_of_the_means_of_codes():
    gan = model(similarity_weight=2.0)
    z = tf.constant([[0.5, -1.0], [1.0, 0.25], [0.0, 0.5]])
    points = tf.constant([[1.0, 0.0, 2.0], [-1.0, 0.5, 0.0], [0.25, 1.0, 1.0]])
    found = {name: float(value) for name, value in gan.generator_losses(*given(points, z)).items()}
    means = [gan.encoder(x).numpy().mean(axis=0) for x in (points, gan.generator(z))]
    assert found["similarity"] == pytest.approx(np.abs(means[0] - means[1]).mean(), rel=1e-5)
    assert found["generator_loss"] == pytest.approx(found["generator_error"] + 2 * found["similarity"], rel=1e-6)
    made = gan.generator(z).numpy()
    error = np.abs(made - gan.decoder(gan.encoder(made)).numpy()).mean()
    assert found["generator_error"] == pytest.approx(error, rel=1e-5)


def test_a_margin_in_the_place_of_the_controller():
    gan = model(Margin(0.5))
    gan.compile()
    history = gan.fit(points(), steps_per_epoch=2, verbose=0).history
    assert set(history) == {"discriminator_loss", "generator_loss", "real_error", "generated_error"}
    copy = tfgans.BEGAN.from_config(gan.get_config())
    assert copy.equilibrium == Margin(0.5)


@pytest.mark.parametrize("norm", ["l1_mean", "l2_sample"])
def test_a_margin_is_of_each_sample(image, noise, norm):
    """Half of the samples lie beyond it: the hinge of their mean is another number."""
    gan = model(Margin(1.0), norm=norm)
    generator, encoder, decoder = matrices(gan)
    rest = noise[0, 0] @ generator @ (np.eye(3) - encoder @ decoder)
    errors = np.abs(rest).mean(axis=1) if norm == "l1_mean" else np.linalg.norm(rest, axis=1)
    margin = float(np.median(errors))
    gan.equilibrium = Margin(margin)
    found = gan.discriminator_losses(*given(image, noise[0, 0]))
    real = error_and_slopes(image, encoder, decoder, norm)[0]
    hinge = np.maximum(margin - errors, 0).mean()
    assert float(found["discriminator_loss"]) == pytest.approx(real + hinge, rel=1e-5)
    assert float(found["generated_error"]) == pytest.approx(errors.mean(), rel=1e-5)
    assert hinge > max(margin - errors.mean(), 0) + 1e-3


def test_the_penalty_is_on_the_slope_of_the_energy_between_real_and_generated_samples(random):
    """L(u) = ||u - u E D|| with a fixed place between the pairs; its slope by hand, and weight 3."""
    penalty = losses.InterpolatedGradientPenalty(3.0, one_sided=True)
    gan = model(Equilibrium(k_start=0.25), penalty=penalty, norm="l2_sample")
    plain = model(Equilibrium(k_start=0.25), norm="l2_sample")
    plain.set_weights(gan.get_weights())
    image, latents = random.normal(size=(ROWS, 3)), random.uniform(-1, 1, size=(ROWS, 2))
    batch, noise = given(image, latents)
    places = np.array([0.0, 0.25, 0.5, 1.0])
    found = gan.discriminator_losses(batch, {**noise, "interpolation": tf.constant(places, tf.float32)})
    generator, encoder, decoder = matrices(gan)
    between = places[:, None] * image + (1 - places[:, None]) * (latents @ generator)
    slopes = ROWS * error_and_slopes(between, encoder, decoder, "l2_sample")[1]
    expected = np.mean(np.maximum(np.linalg.norm(slopes, axis=1) - 1, 0) ** 2)
    assert float(found["gradient_penalty"]) == pytest.approx(expected, rel=1e-4)
    without = plain.discriminator_losses(batch, noise)["discriminator_loss"]
    assert float(found["discriminator_loss"] - without) == pytest.approx(3 * expected, rel=1e-4)


def test_a_penalty_needs_an_energy_for_each_sample():
    with pytest.raises(ValueError, match="energy for each sample; received norm='l2_batch'"):
        model(penalty=losses.InterpolatedGradientPenalty(1.0), norm="l2_batch")
