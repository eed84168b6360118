import keras
import numpy as np
import pytest
from small_networks import shapes, trainable

from tfgans import networks


def batch_norms(model):
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


def test_counts_at_128_pixels():
    """Kernels of 4 x 4, no bias before a normalisation, two numbers a channel in it.

    Encoder: 3136 + 131,328 + 524,800 + 2,098,176 + 4,195,328 + 4,194,816; the discriminator ends in 8,193 instead;
    generator: 4,210,688 + 4,195,328 + 2,097,664 + 524,544 + 131,200 + 3,075.
    """
    encoder = networks.cnn_encoder((128, 128, 3), 512)
    discriminator = networks.cnn_discriminator((128, 128, 3))
    generator = networks.cnn_generator((128, 128, 3), 512)
    assert (trainable(encoder), trainable(discriminator), trainable(generator)) == (11_147_584, 6_960_961, 11_162_499)
    assert shapes(discriminator.outputs) == [
        (1,),
        *((64, 64, 64), (32, 32, 128), (16, 16, 256), (8, 8, 512), (4, 4, 512)),
    ]
    assert shapes([encoder.output, generator.output]) == [(512,), (128, 128, 3)]


@pytest.mark.parametrize(
    ("shape", "maps"),
    [
        ((64, 64, 3), [(32, 32, 64), (16, 16, 128), (8, 8, 256), (4, 4, 512)]),
        ((32, 32, 3), [(16, 16, 64), (8, 8, 128), (4, 4, 256)]),
        ((28, 28, 1), [(14, 14, 64), (7, 7, 128), (4, 4, 256)]),
        ((8, 8, 1), [(4, 4, 64)]),
    ],
)
def test_maps_are_halved_to_about_four_pixels(shape, maps):
    assert shapes(networks.cnn_discriminator(shape).outputs) == [(1,), *maps]
    assert shapes([networks.cnn_generator(shape, 6).output]) == [shape]


def test_first_convolution_and_heads_are_not_normalised():
    for model in (networks.cnn_encoder((16, 16, 1), 3), networks.cnn_discriminator((16, 16, 1), (4, 5, 6))):
        convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
        assert [layer.use_bias for layer in convolutions] == [True] + [False] * (len(convolutions) - 1)
        assert len(batch_norms(model)) == len(convolutions) - 1
        (head,) = (layer for layer in model.layers if isinstance(layer, keras.layers.Dense))
        assert head.activation is keras.activations.linear


def test_classifier_has_a_logit_for_each_class():
    assert shapes(networks.cnn_classifier((16, 16, 1), 7, (4, 6)).outputs) == [(7,), (8, 8, 4), (4, 4, 6)]


@pytest.mark.parametrize("kind", ["cnn", "mlp"])
def test_conditions_go_to_generator_and_encoder(random, kind):
    generator = getattr(networks, f"{kind}_generator")((8, 8, 1), 4, (5, 6), condition_size=3)
    encoder = getattr(networks, f"{kind}_encoder")((8, 8, 1), 4, (5, 6), condition_size=3)
    assert shapes(generator.inputs) == [(4,), (3,)]
    assert shapes(encoder.inputs) == [(8, 8, 1), (3,)]
    latent, image = random.normal(size=(2, 4)), random.normal(size=(2, 8, 8, 1))
    one, other = np.eye(3)[[0, 0]], np.eye(3)[[1, 2]]
    for network, first in ((generator, latent), (encoder, image)):
        assert np.all(np.any(np.reshape(network([first, one]) != network([first, other]), (2, -1)), axis=1))


def test_refuses_too_many_halvings():
    with pytest.raises(ValueError, match="4 halvings need images of 16 pixels or more"):
        networks.cnn_generator((8, 8, 1), 4, (4, 4, 4, 4))
