import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import lines

import tfgans
from tfgans import data, latent, losses, networks, serving

SOFTPLUS = {x: float(np.log1p(np.exp(x))) for x in (-0.5, 0.0, 0.5, 0.6)}


def filled_bank(classes=2):
    bank = latent.CodeBank(4, 1, latent.ConvexSampler(1), neighbours=1, classes=classes)
    bank.fill(np.array([[0.0], [1.0], [4.0], [5.0]]), np.array([0, 0, 1, 1]) % classes)
    return bank


def by_hand(cls=tfgans.XGAN, source=None, **options):
    """E(x) = .5 x + .1, G(z) = 2 z; D(x) = x - 1 with the map 3 x; C_img(x) = (x, 0) with the map -2 x."""
    parts = {
        "generator": lines("generator", (2.0, 0.0)),
        "encoder": lines("encoder", (0.5, 0.1)),
        "discriminator": lines("discriminator", (1.0, -1.0), (3.0, 0.0)),
        "image_classifier": lines("classifier", ([1.0, 0.0], [0.0, 0.0]), (-2.0, 0.0)),
        "code_classifier": lines("code_classifier", ([0.0, 1.0], [0.0, 0.0])),
    }
    if cls is tfgans.XGAN:
        parts["bank"] = source or filled_bank()
    else:
        parts["prior"] = latent.Normal(1)
    return cls(**{**parts, **options})


def numbers(*values):
    return tuple(tf.constant([[value]], tf.float64) for value in values)


def given(image=1.0, label=0, z=0.25, noise=0.0):
    """A batch of one row, and the noise of its turn."""
    (image,), (z,), (noise,) = (numbers(value) for value in (image, z, noise))
    batch = {"image": image} if label is None else {"image": image, "label": tf.constant([label])}
    return batch, {"latent": z, "posterior": noise}


def losses_of(model, **values):
    return {name: float(value) for name, value in model.joint_losses(*given(**values)).items()}


EXPECTED = {
    # x = 1 has the code .6 and comes back as 1.2: .2 in pixels, .6 in D's map and .4 in C_img's.
    "feature_error": 1.2,
    "reconstruction_error": 0.2,
    # z_hat = .25 makes .5, whose code is .35; D's logits are 0 and -.5.
    "embedding_error": 0.01,
    "discriminator_loss": 2 * (SOFTPLUS[0.0] + SOFTPLUS[-0.5]),
    "minimax_loss": -SOFTPLUS[-0.5],
    "nonsaturating_loss": SOFTPLUS[0.5],
    "real_logit": 0.0,
    "generated_logit": -0.5,
    # C_img gives (.5, 0) of it, and C_emb (0, .6) of the code.
    "generated_class_loss": SOFTPLUS[-0.5],
    "code_classifier_loss": SOFTPLUS[0.6],
    "encoder_loss": 1.2 + SOFTPLUS[0.6],
    "generator_loss": 1.2 - 2 * SOFTPLUS[-0.5] + 0.01 + SOFTPLUS[-0.5],
    "code_norm": 0.6,
    "code_spread": 0.0,
}


def test_losses_by_hand(float64):
    assert losses_of(by_hand()) == pytest.approx(EXPECTED, abs=1e-12)


def test_nonsaturating_generator(float64):
    found = losses_of(by_hand(objective=losses.Vanilla()))
    assert found["generator_loss"] == pytest.approx(1.2 + 2 * SOFTPLUS[0.5] + 0.01 + SOFTPLUS[-0.5])
    assert found["discriminator_loss"] == pytest.approx(EXPECTED["discriminator_loss"])


def test_relativistic_players_compare_real_and_generated_logits(float64):
    """The logits are 0 and -.5; the generator adds 2 softplus(0 + .5)."""
    found = losses_of(by_hand(objective=losses.Relativistic()))
    assert found["generator_loss"] == pytest.approx(1.2 + 2 * SOFTPLUS[0.5] + 0.01 + SOFTPLUS[-0.5])
    assert found["discriminator_loss"] == pytest.approx(2 * SOFTPLUS[-0.5])


def test_maps_of_a_feature_discriminator_take_the_place_of_the_discriminators(float64):
    """Of 7 x: 1.4 for .6. Its own loss is without lambda, and the generator does not hear of it."""
    model = by_hand(feature_discriminator=lines("features", (0.0, 0.0), (7.0, 0.0)))
    found = losses_of(model)
    assert model.players == (
        *("encoder", "generator", "discriminator"),
        *("code_classifier", "feature_discriminator"),
    )
    assert found["feature_error"] == pytest.approx(0.2 + 1.4 + 0.4)
    assert found["feature_discriminator_loss"] == pytest.approx(2 * np.log(2))
    assert found["generator_loss"] == pytest.approx(EXPECTED["generator_loss"] + 0.8)


def test_a_discriminator_that_knows_nothing(float64):
    """L_gan = 2 ln 2 = 1.386294 for logits of 0, and each generated one is pushed down by 1/2 over the batch."""
    model = by_hand(discriminator=lines("discriminator", (0.0, 0.0)))
    image, z = tf.constant([[1.0], [2.0]], tf.float64), tf.constant([[0.5], [0.25]], tf.float64)
    with tf.GradientTape() as tape:
        found = model.joint_losses({"image": image, "label": tf.constant([0, 1])}, {"latent": z})
    assert float(found["discriminator_loss"]) == pytest.approx(2 * 1.386294, abs=1e-5)
    slope, shift = tape.gradient(found["discriminator_loss"], model.discriminator.trainable_variables)
    # lambda (sum of 1/2 x_generated - 1/2 x_real) / B.
    assert float(slope[0, 0]) == pytest.approx(2 * 0.5 * (1.0 + 0.5 - 1.0 - 2.0) / 2)
    assert float(shift[0]) == pytest.approx(0, abs=1e-12)


def test_embedding_error_of_an_encoder_that_inverts_the_generator(float64):
    assert losses_of(by_hand(encoder=lines("encoder", (0.5, 0.0))))["embedding_error"] == pytest.approx(0)


def test_embedding_error_of_an_encoder_that_gives_nothing_is_the_mean_square(float64):
    model = by_hand(encoder=lines("encoder", (0.0, 0.0)))
    assert losses_of(model, z=3.0)["embedding_error"] == pytest.approx(9)


def test_embedding_error_is_a_mean_over_entries(float64):
    """512 entries that miss by 1 are an error of 1, not of 512."""
    bank = latent.CodeBank(4, 512, neighbours=5)
    model = tfgans.XGAN(
        lines("generator", (np.zeros((512, 1)), 0.0), inputs=(512,)),
        lines("encoder", (np.zeros((1, 512)), np.zeros(512))),
        lines("discriminator", (1.0, 0.0)),
        lines("classifier", ([1.0, 0.0], [0.0, 0.0])),
        bank,
    )
    found = model.joint_losses({"image": numbers(1.0)[0]}, {"latent": tf.ones([1, 512], tf.float64)})
    assert float(found["embedding_error"]) == pytest.approx(1)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_everybody_moves_from_where_all_were(float64, monkeypatch):
    """One step of SGD equals each player's own gradient at the start."""
    start, model = by_hand(), by_hand()
    batch, noise = given()
    expected = {}
    for player in start.players:
        variables = getattr(start, player).trainable_variables
        with tf.GradientTape() as tape:
            loss = start.joint_losses(batch, noise)[f"{player}_loss"]
        # Nothing descends the discriminator's map.
        gradients = [0.0 if g is None else g.numpy() for g in tape.gradient(loss, variables)]
        expected[player] = [v.numpy() - 0.1 * g for v, g in zip(variables, gradients, strict=True)]
    model.compile({player: keras.optimizers.SGD(0.1) for player in model.players}, run_eagerly=True)
    monkeypatch.setattr(model, "draw_noise", lambda *_: noise)
    model.train_step({name: values[:, tf.newaxis] for name, values in {**batch, "index": tf.constant([0])}.items()})
    for player, weights in expected.items():
        for ours, theirs in zip(getattr(model, player).trainable_variables, weights, strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("weight", [1.0, 50.0])
def test_gradient_of_the_encoder_by_hand(float64, weight):
    """The code .6 moves the three errors of 2 z by 2 (1 + 3 + 2), and C_emb's loss ln(1 + e^z) by its sigmoid.

    Nothing else moves the encoder: z_hat is a constant, and neither lambda nor L_emb is a part of its loss.
    """
    model = by_hand(adversarial_weight=weight)
    with tf.GradientTape() as tape:
        loss = model.joint_losses(*given())["encoder_loss"]
    slope, shift = tape.gradient(loss, model.encoder.trainable_variables)
    expected = 12 + 1 / (1 + np.exp(-0.6))
    np.testing.assert_allclose([slope[0, 0], shift[0]], [expected, expected], rtol=1e-12)


def test_lambda_does_not_turn_the_discriminators_adam(float64):
    """It scales a lone loss, which Adam divides out, but for its epsilon."""
    steps = []
    for weight in (1.0, 20.0):
        keras.utils.set_random_seed(0)
        model = tiny(adversarial_weight=weight)
        optimizers = {"discriminator": keras.optimizers.Adam(1e-4, 0.5, 0.999, epsilon=1e-12)}
        model.compile(optimizers, run_eagerly=True)
        before = [v.numpy() for v in model.discriminator.trainable_variables]
        train(model, 1)
        steps.append([v.numpy() - old for v, old in zip(model.discriminator.trainable_variables, before, strict=True)])
    for one, other in zip(*steps, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-9)


# On tiny images.


def images():
    return np.random.default_rng(0).uniform(-1, 1, (40, 8, 8, 1)).astype("float32"), np.arange(40) % 3


def tiny(fill=True, classes=3, sampler=None, condition_size=None, supervised=True, normalised=False, **options):
    """A model of perceptrons, or of convolutions with batch normalisation."""
    if normalised:
        parts = (
            networks.cnn_generator((8, 8, 1), 4, (4, 6), condition_size=condition_size),
            networks.cnn_encoder((8, 8, 1), 4, (4, 6)),
            networks.cnn_discriminator((8, 8, 1), (4, 6)),
            networks.cnn_classifier((8, 8, 1), 3, (4, 6)),
        )
    else:
        parts = (
            networks.mlp_generator((8, 8, 1), 4, (6,), condition_size=condition_size),
            networks.mlp_encoder((8, 8, 1), 4, (6,)),
            networks.mlp_classifier((8, 8, 1), 1, (6,), "discriminator"),
            networks.mlp_classifier((8, 8, 1), 3, (6,)),
        )
    model = tfgans.XGAN(
        *parts,
        latent.CodeBank(40, 4, sampler or latent.ConvexSampler(3), neighbours=6, classes=classes),
        code_classifier=networks.code_classifier(4, 3, 5) if supervised else None,
        **options,
    )
    if fill:
        model.fill_bank(*images())
    return model


def batches(names=("image", "label", "index"), size=8, **changes):
    image, label = images()
    arrays = {"image": image, "label": label, "index": np.arange(40), **changes}
    return data.batches({name: arrays[name] for name in names}, size)


def train(model, steps, **options):
    return model.fit(batches(tuple(model.batch_fields()), **options), steps_per_epoch=steps, verbose=0).history


def test_the_bank_has_the_codes_of_the_encoder_at_inference():
    model = tiny(normalised=True)
    np.testing.assert_allclose(model.bank.codes.numpy(), model.encode(images()[0]), atol=1e-6)
    model.compile(run_eagerly=True)
    train(model, 3)
    assert np.abs(model.bank.codes.numpy() - model.encode(images()[0])).max() > 1e-4
    model.fill_bank(*images())
    np.testing.assert_allclose(model.bank.codes.numpy(), model.encode(images()[0]), atol=1e-6)
    np.testing.assert_array_equal(model.bank.labels.numpy(), images()[1])


def test_a_step_writes_the_codes_of_its_batch_back():
    """They are codes of E before the step; the codes of other images, and the table, stay."""
    model = tiny(normalised=True)
    model.compile({player: keras.optimizers.SGD(0.1) for player in model.players}, run_eagerly=True)
    train(model, 2)
    before, table = model.bank.codes.numpy().copy(), model.bank.neighbours_of(tf.range(40))[0].numpy()
    codes = model.encode(images()[0])
    (batch,) = batches().take(1)
    train(model, 1)
    index = batch["index"].numpy()
    others = np.setdiff1d(np.arange(40), index)
    np.testing.assert_allclose(model.bank.codes.numpy()[index], codes[index], atol=1e-5)
    np.testing.assert_array_equal(model.bank.codes.numpy()[others], before[others])
    assert np.abs(codes[index] - before[index]).max() > 1e-4
    np.testing.assert_array_equal(model.bank.neighbours_of(tf.range(40))[0], table)


def test_a_batch_of_all_images_has_the_bank_of_algorithm_1():
    """Line 2: Z is E(X) of the parameters that the step begins with."""
    model = tiny()
    model.compile(run_eagerly=True)
    train(model, 2, size=40)
    codes = model.encode(images()[0])
    train(model, 1, size=40)
    np.testing.assert_allclose(model.bank.codes.numpy(), codes, atol=1e-5)


def test_the_image_classifier_is_frozen_and_the_encoder_normalises_real_images_once():
    """Of a step's passes of E only that of x is in training mode: moving means are .1 of x's."""
    model = tiny(normalised=True)
    frozen = [weight.numpy() for weight in model.image_classifier.weights]
    encoder = model.encoder
    (norm,) = (layer for layer in encoder.layers if isinstance(layer, keras.layers.BatchNormalization))
    image = images()[0][:8]
    seen = keras.Model(encoder.input, norm.input)(image).numpy()
    z = tf.random.stateless_normal([8, 4], [0, 1])
    model.joint_losses({"image": tf.constant(image), "label": tf.constant(images()[1][:8])}, {"latent": z})
    np.testing.assert_allclose(norm.moving_mean.numpy(), 0.1 * seen.mean(axis=(0, 1, 2)), atol=1e-6)
    model.compile(run_eagerly=True)
    train(model, 2)
    for before, after in zip(frozen, model.image_classifier.weights, strict=True):
        np.testing.assert_array_equal(before, after.numpy())
    assert not model.image_classifier.trainable_variables
    assert "image_classifier" not in model.players


def two_groups():
    """G = E = id: the codes of classes 0 and 1 lie within [0, 1] and [4, 5], and so do latents."""
    model = tfgans.XGAN(
        lines("generator", (1.0, 0.0)),
        lines("encoder", (1.0, 0.0)),
        lines("discriminator", (1.0, 0.0)),
        lines("classifier", ([1.0, 0.0], [0.0, 0.0])),
        latent.CodeBank(6, 1, latent.ConvexSampler(2), neighbours=2, classes=2),
    )
    model.fill_bank(np.array([[0.0], [0.5], [1.0], [4.0], [4.5], [5.0]]), np.array([0, 0, 0, 1, 1, 1]))
    return model


def test_samples_near_an_image_lie_between_the_neighbours_of_the_code_nearest_to_it():
    """Those of 1 are 0 and .5, those of 4 are 4.5 and 5; a sample of an image is that of its own seed."""
    model = two_groups()
    for place, (low, high) in ((1.4, (0, 0.5)), (3.6, (4.5, 5))):
        found = model.sample_near(np.full((200, 1), place), seed=0)
        assert low <= found.min() < low + 0.1
        assert high - 0.1 < found.max() <= high
    both = model.sample_near(np.array([[1.4], [3.6]]), seed=7)
    np.testing.assert_array_equal(both[1], model.sample_near(np.array([[3.6]]), seed=8)[0])
    with pytest.raises(ValueError, match=r"images must have shape \[n, 1\]; received \(2, 3\)"):
        model.sample_near(np.zeros((2, 3)))


def test_samples_are_of_their_class():
    model = two_groups()
    for label, (low, high) in enumerate([(0, 1), (4, 5)]):
        found = model.sample(200, labels=label, seed=0)
        assert low <= found.min() < low + 0.2
        assert high - 0.2 < found.max() <= high
    both = model.sample(4, labels=[0, 1, 0, 1], seed=7)
    np.testing.assert_array_equal(both[1], model.sample(1, labels=1, seed=8)[0])


def test_shrinkage_by_hand(float64):
    """Of two codes in a class each latent is the other, as far from the mean; of 0, 1 and 4 they are 1, 0 and 1."""
    model = by_hand(encoder=lines("encoder", (1.0, 0.0)))
    image = tf.constant([[0.0], [1.0], [4.0], [5.0]], tf.float64)
    index = tf.range(4, dtype=tf.int64)
    model.bank.keep(index, image)
    drawn = model.draw_noise("joint", {"image": image, "index": index})["latent"]
    np.testing.assert_allclose(drawn, [[1.0], [0.0], [5.0], [4.0]])
    assert float(model.shrinkage(index, drawn, image)) == pytest.approx(1)
    bank = latent.CodeBank(3, 1, latent.ConvexSampler(1), neighbours=1)
    bank.fill(np.array([[0.0], [1.0], [4.0]]))
    model = by_hand(encoder=lines("encoder", (1.0, 0.0)), source=bank)
    drawn = model.draw_noise("joint", {"image": image[:3], "index": index[:3]})["latent"]
    squares = np.square(np.array([[1, 0, 1], [0, 1, 4]]) - 5 / 3).sum(axis=1)
    assert float(model.shrinkage(index[:3], drawn, image[:3])) == pytest.approx(squares[0] / squares[1])


def _compiled(model):
    model.compile(run_eagerly=True)
    return model


# Ablations.


def test_unsupervised():
    model = _compiled(tiny(classes=1, supervised=False))
    assert model.players == ("encoder", "generator", "discriminator")
    assert model.labels is None
    assert list(model.batch_fields()) == ["image", "index"]
    history = train(model, 2)
    assert not {"code_classifier_loss", "generated_class_loss"} & set(history)
    assert model.sample(2, seed=0).shape == (2, 8, 8, 1)
    with pytest.raises(ValueError, match="XGAN takes no labels here; received"):
        model.sample(2, labels=[0, 1])


def test_supervised_without_the_class_of_latents():
    """A bank of one class mixes classes, so that there is no L_G.clf; C_emb learns all the same."""
    model = _compiled(tiny(classes=1))
    history = train(model, 2)
    assert "generated_class_loss" not in history
    assert "code_classifier_loss" in history
    assert model.labels is not None
    assert not model.samples_by_label


def test_concatenated_labels():
    model = _compiled(tiny(condition_size=3, supervised=False))
    history = train(model, 2)
    assert "generated_class_loss" in history
    assert "code_classifier_loss" not in history
    z = np.zeros((2, 4), "float32")
    assert np.any(model.generate(z, labels=[0, 0]) != model.generate(z, labels=[1, 2]))
    image = images()[0][:2]
    np.testing.assert_allclose(
        model.reconstruct(image, labels=[1, 2]), model.generate(model.encode(image), labels=[1, 2]), atol=1e-6
    )
    with pytest.raises(ValueError, match="needs labels; received None"):
        model.reconstruct(image)
    with pytest.raises(ValueError, match=r"labels must be integers \[n\], n = 2; received \(2, 3\), float32"):
        model.sample(2, labels=np.eye(3)[:2])


def test_kernel_density():
    """Latents lie around their anchors, by the bandwidth and the draw."""
    model = tiny(sampler=latent.KDESampler(0.0))
    noise = tf.ones([3, 4])
    np.testing.assert_allclose(
        model.bank.combine(tf.constant([0, 1, 2]), noise), model.bank.codes.numpy()[:3], atol=1e-7
    )
    assert np.isfinite(train(_compiled(tiny(sampler=latent.KDESampler())), 2)["generator_loss"]).all()


def test_divergence_is_added_to_the_encoder(float64):
    """E(x) has mean .5 x + .1 and logarithm of the variance -2; x = 1, noise .5: code .6 + .5 / e."""
    encoder = lines("encoder", ([0.5, 0.0], [0.1, -2.0]))
    model = by_hand(tfgans.VariationalXGAN, encoder=encoder)
    found = losses_of(model, noise=0.5)
    code, divergence = 0.6 + 0.5 * np.exp(-1), 0.5 * (0.36 + np.exp(-2) - 1 + 2)
    error = 6 * abs(1 - 2 * code)
    assert found["divergence"] == pytest.approx(divergence)
    assert found["feature_error"] == pytest.approx(error)
    assert found["encoder_loss"] == pytest.approx(error + np.log1p(np.exp(code)) + divergence)
    # E(G(z_hat)) is the mean.
    assert found["embedding_error"] == pytest.approx(0.01)
    assert "generated_class_loss" not in found
    np.testing.assert_allclose(model.encode([[1.0]]), [[0.6]])


def test_a_discriminator_of_codes(float64):
    """c(z) = 2 z - .5: 0 of z_hat = .25, and .7 of the code .6."""
    judge = lines("code_discriminator", (2.0, -0.5))
    model = by_hand(tfgans.AdversarialXGAN, code_discriminator=judge, objective=losses.Vanilla())
    found = losses_of(model)
    assert model.players[-1] == "code_discriminator"
    assert found["code_discriminator_loss"] == pytest.approx(np.log(2) + np.log1p(np.exp(0.7)))
    assert found["prior_loss"] == pytest.approx(np.log1p(np.exp(-0.7)))
    assert found["encoder_loss"] == pytest.approx(EXPECTED["encoder_loss"] + np.log1p(np.exp(-0.7)))


def test_a_prior_and_concatenated_labels_have_the_loss_of_generated_classes(float64):
    generator = lines("generator", ([2.0, 0.0, 1.0], 0.0), inputs=(1, 2))
    model = by_hand(
        tfgans.VariationalXGAN,
        encoder=lines("encoder", ([0.5, 0.0], [0.1, -80.0])),
        generator=generator,
        code_classifier=None,
    )
    assert "label" in model.faces()["sample"].inputs
    # Of class 1, G(z) = 2 z + 1: the generated 1.5 has logits (1.5, 0).
    assert losses_of(model, label=1, noise=0.0)["generated_class_loss"] == pytest.approx(np.log1p(np.exp(1.5)))


# What is refused.


def test_an_empty_bank_is_refused(tmp_path):
    model = _compiled(tiny(fill=False))
    acts = (lambda: train(model, 1), lambda: model.sample(1, labels=0), lambda: serving.export(model, tmp_path / "x"))
    for act in acts:
        with pytest.raises(ValueError, match="The bank has no codes yet; call fill_bank"):
            act()


@pytest.mark.parametrize(
    "changes", [{"label": (np.arange(40) + 1) % 3}, {"index": np.arange(40) + 1}, {"index": np.arange(40) - 1}]
)
def test_batches_that_are_not_of_the_bank_are_refused(changes):
    model = tiny()
    with pytest.raises(tf.errors.InvalidArgumentError, match="An index must lie in 0 to 39, and have the label"):
        list(model._step_batches(batches(tuple(model.batch_fields()), **changes), 1).take(5))


def test_batches_need_their_numbers():
    with pytest.raises(ValueError, match="The dataset's elements have no 'index'"):
        _compiled(tiny()).fit(batches(("image", "label")), steps_per_epoch=1)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"generator": lines("g", ([1.0, 1.0], 0.0), inputs=(2,))},
            r"a XGAN must take \[\(1,\)\] and give \(1,\)",
        ),
        ({"encoder": lines("e", ([1.0, 1.0], [0.0, 0.0]))}, r"encoder .* must take .* and give \(1,\) first; .*\(2,\)"),
        ({"discriminator": lines("d", ([1.0, 1.0], [0.0, 0.0]))}, "discriminator of a XGAN must take"),
        ({"feature_discriminator": lines("f", ([1.0, 1.0], [0.0, 0.0]))}, "feature_discriminator of a XGAN must take"),
        ({"code_classifier": lines("c", ([1.0] * 3, [0.0] * 3))}, r"code_classifier .* must .* give \(2,\) first"),
        ({"generator": lines("g", (np.ones((4, 1)), 0.0), inputs=(1, 3))}, r"must take \[\(1,\), \(2,\)\]"),
        ({"adversarial_weight": -1.0}, "must not be negative; received -1"),
        ({"bank": latent.CodeBank(9, 1, latent.ConvexSampler(1), classes=3)}, "those 2 of the image_classifier"),
        ({"bank": latent.CodeBank(9, 3, latent.ConvexSampler(1))}, r"generator of a XGAN must take \[\(3,\)\]"),
    ],
)
def test_refuses_what_does_not_fit(parts, message):
    with pytest.raises(ValueError, match=message):
        by_hand(**parts)


def test_refuses_a_reduction_that_there_is_not():
    encoder = lines("encoder", ([0.5, 0.0], [0.1, -2.0]))
    with pytest.raises(ValueError, match="kl_reduction must be one of per_pixel, sum, mean; received 'batch'"):
        by_hand(tfgans.VariationalXGAN, encoder=encoder, kl_reduction="batch")


def test_defaults_are_the_papers():
    model = by_hand()
    adam = model.default_optimizer()
    assert (float(adam.learning_rate.numpy()), adam.beta_1, adam.beta_2) == (pytest.approx(1e-4), 0.5, 0.999)
    assert (model.adversarial_weight, model.objective) == (2.0, losses.Minimax())
    bank = latent.CodeBank(200, 2)
    assert (bank.neighbours, bank.sampler) == (100, latent.ConvexSampler(5, "halfnormal"))
