import keras
import numpy as np
import pytest
import tensorflow as tf
from small_networks import lines

import tfgans
from tfgans import latent, networks


@pytest.fixture
def model(float64):
    """G(z, y) = 2 z + y_1; E(x, y) has mean .5 x and no variance; maps are 3 x of D and -2 x of C."""
    return tfgans.CVAEGAN(
        lines("generator", ([2.0, 0.0, 1.0], 0.0), inputs=(1, 2)),
        lines("encoder", ([[0.5, 0.0], [0.0, 0.0], [0.0, 0.0]], [0.0, -80.0]), inputs=(1, 2)),
        lines("discriminator", (1.0, -1.0), (9.0, 0.0), (3.0, 0.0)),
        lines("classifier", ([1.0, 0.0], [0.0, 0.0]), (-2.0, 0.0)),
        latent.Normal(1),
    )


def softplus(x):
    return np.log1p(np.exp(x))


def test_losses_by_hand(model):
    """x = 1 of class 1: z_f = .5 and x_f = 2, of logit 1; z_p = .25 and x_p = 1.5, of logit .5; last maps count."""
    image, noise, z = (tf.constant([[value]], tf.float64) for value in (1.0, 3.0, 0.25))
    losses = model.joint_losses({"image": image, "label": tf.constant([1])}, {"posterior": noise, "latent": z})
    found = {name: float(value) for name, value in losses.items()}
    divergence, shared = 0.5 * (0.25 - 1 + 80), 1 + 9 + 4
    assert found == pytest.approx(
        {
            "reconstruction_error": 1,
            "discriminator_error": 9,
            "classifier_error": 4,
            "discriminator_matching": 0.5 * 1.5**2,
            "classifier_matching": 0.5,
            "divergence": divergence,
            "encoder_loss": shared + divergence,
            "generator_loss": shared + 0.5 * 1.5**2 + 0.5,
            "classifier_loss": softplus(1),
            "discriminator_loss": softplus(0) + softplus(1) + softplus(0.5),
            "real_logit": 0,
            "generated_logit": 0.5,
        }
    )


def test_faces_take_labels(model):
    np.testing.assert_allclose(model.encode([[3.0]], labels=[0]), [[1.5]])
    np.testing.assert_allclose(model.reconstruct([[3.0]] * 2, labels=[0, 1]), [[3.0], [4.0]])
    np.testing.assert_allclose(model.generate([[3.0]] * 2, labels=[0, 1]), [[6.0], [7.0]])
    np.testing.assert_allclose(model.interpolate([[0.0]], [[4.0]], [0.5], labels=1), [[3.0]])
    np.testing.assert_allclose(
        model.morph([[[0.0], [4.0], [8.0], [12.0]]], [[0.25, 0.25, 0.5, 0.0]], labels=1), [[6.0]]
    )
    np.testing.assert_allclose(model.traverse([[3.0]], [0], [2.0], labels=1), [[5.0]])
    np.testing.assert_allclose(model.discriminate([[3.0]]), [2.0])
    with pytest.raises(ValueError, match="needs labels; received None"):
        model.encode([[3.0]])
    with pytest.raises(ValueError, match="lie in 0 to 1"):
        model.encode([[3.0]], labels=[2])


def test_generator_may_be_asked_for_something_between_classes(model):
    np.testing.assert_allclose(model.generate([[0.0]], labels=[[0.5, 0.5]]), [[0.5]])


def test_order_of_players_is_that_of_the_code():
    assert tfgans.CVAEGAN.players == ("encoder", "generator", "classifier", "discriminator")


def test_refuses(float64):
    nets = (
        networks.mlp_generator(2, 3, (4,), condition_size=5),
        networks.mlp_encoder(2, 6, (4,), condition_size=5),
        networks.mlp_classifier(2, 1, (4,)),
    )
    with pytest.raises(ValueError, match=r"The generator of a CVAEGAN must take \[\(3,\), \(4,\)\]"):
        tfgans.CVAEGAN(*nets, networks.mlp_classifier(2, 4, (4,)), latent.Normal(3))
    with pytest.raises(ValueError, match="must give maps after their logits; they give 1 and 2 outputs"):
        tfgans.CVAEGAN(
            *nets[:2], networks.mlp_discriminator(2, widths=(4,)), networks.mlp_classifier(2, 5, (4,)), latent.Normal(3)
        )


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (keras.Model(), "The classifier of a CVAEGAN must be a functional or a Sequential Keras model"),
        (keras.Sequential([keras.layers.Dense(5)]), "must give maps after their logits; they give 2 and 1 outputs"),
    ],
    ids=["no shapes", "no maps"],
)
def test_refuses_a_classifier(classifier, message):
    nets = (
        networks.mlp_generator(2, 3, (4,), condition_size=5),
        networks.mlp_encoder(2, 6, (4,), condition_size=5),
        networks.mlp_classifier(2, 1, (4,)),
    )
    with pytest.raises(ValueError, match=message):
        tfgans.CVAEGAN(*nets, classifier, latent.Normal(3))
