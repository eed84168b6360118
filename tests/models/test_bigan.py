import collections

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import line

import tfgans
from tfgans import latent, losses, networks


def model(cls=tfgans.BiGAN, size=2, **arguments):
    return cls(
        networks.mlp_generator(2, size, (8,)),
        networks.mlp_encoder(2, size, (8,)),
        networks.mlp_discriminator(2, size, (8,)),
        latent.Uniform(size),
        **arguments,
    )


@pytest.fixture
def batch(random):
    return [tf.constant(random.normal(size=(16, 2)), tf.float32) for _ in range(2)]


def by_hand(**options):
    """G(z) = 2 z, E(x) = x / 2 + 2 and l(x, z) = x z, whose slopes are z in x and x in z."""
    pair = [keras.Input((1,), dtype="float64"), keras.Input((1,), dtype="float64")]
    return tfgans.BiGAN(
        line([[2.0]], [0.0], "generator"),
        line([[0.5]], [2.0], "encoder"),
        keras.Model(pair, keras.layers.Multiply()(pair)),
        latent.Uniform(1),
        **options,
    )


def number(value):
    return tf.constant([[value]], tf.float64)


def losses_by_hand(turn, **options):
    """The scalars of x = 2, whose pair is (2, 3) with the logit 6, and of z = -1, whose pair is (-2, -1) with 2."""
    noise = {"latent": number(-1.0), "interpolation": number(0.3)[0], "latent_interpolation": number(0.3)[0]}
    found = by_hand(**options).losses_of(turn, {"image": number(2.0)}, noise)
    return {name: float(value) for name, value in found.items()}


def test_penalties_of_the_discriminator_by_hand(float64):
    """The slope in x is 3, and x lies below G(E(x)) = 6: |3 + 1|. That of -l in z is 2, and z lies below E(G(z)) = 1:
    |2 + 1|. Slopes in both are (3, 2) at the real pair and (-1, -2) at the generated one."""
    found = losses_by_hand(
        "discriminator",
        objective=losses.Wasserstein(),
        penalty=losses.PairwiseGradientPenalty(0.1),
        latent_penalty=losses.PairwiseGradientPenalty(0.5),
        zero_centered_penalty=losses.ZeroCenteredPenalty(10.0, 4.0),
    )
    expected = {
        "real_logit": 6,
        "generated_logit": 2,
        "gradient_penalty": 4,
        "gradient_norm": 4,
        "latent_gradient_penalty": 3,
        "r1": 13,
        "r2": 5,
        "zero_centered_penalty": 5 * 13 + 2 * 5,
        "discriminator_loss": 2 - 6 + 0.1 * 4 + 0.5 * 3 + 75,
    }
    assert found == pytest.approx(expected)


def test_relativistic_losses_by_hand(float64):
    """The logits 6 and 2 differ by 4, which the discriminator makes more, and the other two less."""
    found = losses_by_hand("discriminator", objective=losses.Relativistic())
    assert found["discriminator_loss"] == pytest.approx(np.log1p(np.exp(-4)))
    found = losses_by_hand("generator", objective=losses.Relativistic())
    assert found == pytest.approx({"encoder_loss": np.log1p(np.exp(4)), "generator_loss": np.log1p(np.exp(4))})


def test_each_update_of_the_discriminator_has_a_fresh_batch_and_fresh_noise(monkeypatch):
    """The encoder and the generator then move on the last batch and its z."""
    gan, seen = model(n_critic=3), []
    gan.compile(run_eagerly=True)
    losses_of = gan.losses_of

    def spy(turn, batch, noise):
        seen.append((turn, float(batch["image"][0, 0]), noise["latent"].numpy()))
        return losses_of(turn, batch, noise)

    monkeypatch.setattr(gan, "losses_of", spy)
    batches = tf.tile(tf.reshape([0.1, 0.2, 0.3], [1, 3, 1]), [4, 1, 2])
    gan.train_step({"image": batches})
    turns, images, latents = zip(*seen, strict=True)
    assert turns == ("discriminator",) * 3 + ("generator",)
    assert images == pytest.approx([0.1, 0.2, 0.3, 0.3])
    assert [next(i for i, other in enumerate(latents) if np.array_equal(z, other)) for z in latents] == [0, 1, 2, 2]


@pytest.mark.parametrize("arguments", [{}, {"objective": losses.Relativistic()}, {"reconstruction_weight": 1.0}])
def test_a_turn_of_the_generator_has_one_pass_for_each_loss(arguments, batch, monkeypatch):
    """Otherwise batch normalisation and spectral normalisation would move twice, and the step take longer."""
    gan, (image, z), passes = model(**arguments), batch, collections.Counter()
    forward, logits = gan.forward, gan.logits

    def counted(network, *given, **options):
        passes[network.name] += 1
        return forward(network, *given, **options)

    def counted_logits(*given):
        passes["discriminator"] += 1
        return logits(*given)

    monkeypatch.setattr(gan, "forward", counted)
    monkeypatch.setattr(gan, "logits", counted_logits)
    gan.generator_losses({"image": image}, {"latent": z})
    # The reconstructions E(G(z)) and G(E(x)) are one more pass each.
    expected = 2 if "reconstruction_weight" in arguments else 1
    assert passes == {"encoder": expected, "generator": expected, "discriminator": 2}


@pytest.mark.parametrize(
    "objective", [losses.Vanilla(), losses.Wasserstein(), losses.LeastSquares(), losses.LogitLoss()]
)
def test_the_encoder_goes_down_where_the_generator_goes_up(objective, batch):
    """E makes r smaller and G makes q larger: with the signs swapped, this fails."""
    image, z = batch
    for player, pair in (("encoder", -1), ("generator", 1)):
        gan = model(objective=objective)

        def logit(gan=gan, player=player):
            if player == "encoder":
                return float(tf.reduce_mean(gan.logits(image, gan.encoder(image))))
            return float(tf.reduce_mean(gan.logits(gan.generator(z), z)))

        # In least squares, r is pulled to 0 and q to 1.
        gan.discriminator.layers[-2].bias.assign([5.0 if player == "encoder" else -5.0])
        before = logit()
        with tf.GradientTape() as tape:
            loss = gan.generator_losses({"image": image}, {"latent": z})[f"{player}_loss"]
        variables = getattr(gan, player).trainable_variables
        gradients = tape.gradient(loss, variables)
        assert all(gradient is not None for gradient in gradients)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(1e-3 * gradient)
        assert pair * (logit() - before) > 0


def test_penalty_in_x_is_between_an_image_and_its_own_reconstruction(batch):
    """With l = a . x and G(E(x)) = 0 it is E ||a - x / ||x|| ||."""
    gan = model(penalty=losses.PairwiseGradientPenalty(1.0))
    slope = tf.constant([0.3, -0.7])
    gan.logits = lambda image, latent: tf.linalg.matvec(image, slope)
    for variable in gan.generator.variables:
        variable.assign(tf.zeros_like(variable))
    image, z = batch
    parts = gan.discriminator_losses({"image": image}, {"latent": z, "interpolation": tf.fill([16], 0.2)})
    units = image.numpy() / np.linalg.norm(image, axis=1, keepdims=True)
    expected = np.linalg.norm(slope.numpy() - units, axis=1).mean()
    assert float(parts["gradient_penalty"]) == pytest.approx(expected, rel=1e-5)


def test_penalty_in_z_asks_for_the_opposite_slope(batch):
    """With l = b . z and E(G(z)) = 0 it is E ||-b - z / ||z|| ||: 0 where b = -z / ||z||."""
    gan = model(size=1, latent_penalty=losses.PairwiseGradientPenalty(1.0))
    for variable in gan.encoder.variables:
        variable.assign(tf.zeros_like(variable))
    gan.logits = lambda image, latent: -latent[:, 0]
    image, z = batch[0], tf.abs(batch[1][:, :1])
    given = {"image": image}, {"latent": z, "latent_interpolation": tf.fill([16], 0.2)}
    parts = gan.discriminator_losses(*given)
    assert float(parts["latent_gradient_penalty"]) == pytest.approx(0.0, abs=1e-5)
    gan.logits = lambda image, latent: latent[:, 0]
    parts = gan.discriminator_losses(*given)
    assert float(parts["latent_gradient_penalty"]) == pytest.approx(2.0, rel=1e-4)


def test_direct_reconstruction_is_added_with_its_weight(batch):
    image, z = batch
    plain, direct = model(), model(reconstruction_weight=2.0)
    for ours, theirs in zip(plain.variables, direct.variables, strict=True):
        theirs.assign(ours)
    first, second = (gan.generator_losses({"image": image}, {"latent": z}) for gan in (plain, direct))
    added = [float(second[name] - first[name]) for name in ("generator_loss", "encoder_loss")]
    expected = [
        2 * np.abs(image - plain.generator(plain.encoder(image))).mean(),
        2 * np.abs(z - plain.encoder(plain.generator(z))).mean(),
    ]
    np.testing.assert_allclose(added, expected, rtol=1e-4)


def test_faces(random):
    gan = model()
    points = random.normal(size=(300, 2))
    codes = gan.encode(points)
    assert codes.shape == (300, 2)
    np.testing.assert_allclose(gan.reconstruct(points), gan.generate(codes), atol=1e-6)
    between = gan.interpolate(points[:2], points[2:4], [0.0, 1.0])
    np.testing.assert_allclose(between, gan.reconstruct(points[[0, 3]]), atol=1e-6)
    assert gan.discriminate(points, codes).shape == (300,)


def test_a_pair_has_the_mean_of_its_patches(random):
    """The discriminator's four patches of a pair are 2 x + z, 3 x + z, 4 x + z and 5 x + z for 1-D x and z."""
    image, code = keras.Input((1,)), keras.Input((1,))
    patches = keras.layers.Concatenate()([slope * image + code for slope in (2.0, 3.0, 4.0, 5.0)])
    gan = tfgans.BiGAN(
        networks.mlp_generator(1, 1, (4,)),
        networks.mlp_encoder(1, 1, (4,)),
        keras.Model([image, code], keras.layers.Reshape((2, 2, 1))(patches)),
        latent.Uniform(1),
    )
    x, z = random.normal(size=(2, 3, 1)).astype("float32")
    np.testing.assert_allclose(gan.discriminate(x, z), (3.5 * x + z)[:, 0], rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda gan: gan.encode(np.zeros((3, 5))), r"must have shape \[n, 2\]; received \(3, 5\)"),
        (
            lambda gan: gan.discriminate(np.zeros((3, 2)), np.zeros((2, 2))),
            "received {'images': 3, 'latent': 2}",
        ),
        (
            lambda gan: gan.interpolate(np.zeros((1, 2)), np.zeros((1, 2)), [1.5]),
            r"lie in \[0, 1\]; received 1.5 in row 0",
        ),
        (lambda gan: gan.interpolate(np.zeros((1, 2)), np.zeros((2, 2)), [0.5]), "as many rows each"),
        (lambda gan: gan.sample(3, labels=[0, 1, 2]), "BiGAN takes no labels here"),
        (lambda gan: gan.discriminate(np.zeros((3, 2))), "BiGAN needs latent here"),
    ],
)
def test_faces_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call(model())


def test_networks_that_do_not_fit():
    with pytest.raises(ValueError, match=r"The encoder of a BiGAN must take \[\(2,\)\] and give \(2,\) first"):
        tfgans.BiGAN(
            networks.mlp_generator(2, 2, (4,)),
            networks.mlp_encoder(2, 3, (4,)),
            networks.mlp_discriminator(2, 2, (4,)),
            latent.Uniform(2),
        )
    with pytest.raises(ValueError, match="n_critic >= 1"):
        model(n_critic=0)


def test_pairs_cannot_be_packed():
    with pytest.raises(ValueError, match=r"discriminator of a LOGAN sees pairs .* cannot be packed; .*packing=2"):
        model(tfgans.LOGAN, packing=2)


def test_logan_is_a_bigan_on_logits_with_the_pairwise_penalty():
    gan = model(tfgans.LOGAN)
    gan.compile()
    assert gan.objective == losses.LogitLoss(squared=True)
    assert gan.penalty == losses.PairwiseGradientPenalty(weight=0.1, power=1)
    for optimizer in gan.optimizers.values():
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.9)


def test_morph_weighs_four_codes(random):
    """Corners are reconstructions, and between them codes are weighed."""
    gan = model()
    images = random.normal(size=(3, 4, 2))
    weights = np.array([[0, 1, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0, 0.5, 0]])
    found = gan.morph(images, weights)
    np.testing.assert_allclose(found[0], gan.reconstruct(images[0, 1:2])[0], atol=1e-6)
    codes = gan.encode(images.reshape(12, 2)).reshape(3, 4, -1)
    np.testing.assert_allclose(found, gan.generate(np.einsum("nc,ncd->nd", weights, codes)), atol=1e-6)


@pytest.mark.parametrize(
    ("images", "weights", "message"),
    [
        (np.zeros((2, 3, 2)), np.full((2, 4), 0.25), r"images must have shape \[n, 4, 2\]; received \(2, 3, 2\)"),
        (np.zeros((2, 4, 2)), np.full((3, 4), 0.25), "as many rows each"),
        (np.zeros((1, 4, 2)), [[0.5, 0.5, 0.5, 0.0]], r"have sum 1; received \[0\.5 0\.5 0\.5 0\. \] in row 0"),
        (np.zeros((1, 4, 2)), [[1.5, -0.5, 0.0, 0.0]], "weights must not be negative"),
    ],
)
def test_morph_refuses(images, weights, message):
    with pytest.raises(ValueError, match=message):
        model().morph(images, weights)
