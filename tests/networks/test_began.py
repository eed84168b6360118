import keras
import numpy as np
import pytest
from small_networks import trainable

from tfgans import networks


def convolutions(model):
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


@pytest.mark.parametrize(
    ("pixels", "filters", "style", "encoder_count", "decoder_count"),
    [
        (32, 64, "began", 1_821_440, 489_539),
        (64, 64, "began", 3_448_256, 563_395),
        (64, 128, "began", 11_688_768, 1_716_611),
        (128, 128, "began", 21_209_664, 2_011_779),
        (64, 128, "cs", 16_113_216, 2_258_051),
    ],
)
def test_counts_of_the_paper(pixels, filters, style, encoder_count, decoder_count):
    shape = (pixels, pixels, 3)
    encoder = networks.began_encoder(shape, 64, filters, style)
    decoder = networks.began_decoder(shape, 64, filters, style)
    assert (trainable(encoder), trainable(decoder)) == (encoder_count, decoder_count)
    assert (encoder.input.shape, encoder.output.shape) == ((None, *shape), (None, 64))
    assert (decoder.input.shape, decoder.output.shape) == ((None, 64), (None, *shape))


@pytest.mark.parametrize(
    ("style", "channels", "decoder_channels", "decoder_kernels"),
    [
        ("began", [2, 2, 2, 2, 4, 4, 4, 6, 6], [2, 2, 2, 2, 2, 2, 1], [3, 3, 3, 3, 3, 3, 3]),
        ("cs", [2, 2, 4, 4, 4, 6, 6, 6, 6], [2, 2, 4, 2, 2, 4, 2, 2, 1], [3, 3, 1, 3, 3, 1, 3, 3, 3]),
    ],
)
def test_layers_of_three_pairs(style, channels, decoder_channels, decoder_kernels):
    """At 32 pixels maps grow to 3 n, and are 8 pixels wide where the code begins."""
    encoder = convolutions(networks.began_encoder((32, 32, 1), 5, 2, style))
    assert [layer.filters for layer in encoder] == channels
    assert [layer.strides for layer in encoder] == [
        (2, 2) if place in (3, 6) else (1, 1) for place in range(len(channels))
    ]
    assert {layer.kernel_size for layer in encoder} == {(3, 3)}
    decoder = convolutions(networks.began_decoder((32, 32, 1), 5, 2, style))
    assert [layer.filters for layer in decoder] == decoder_channels
    assert [layer.kernel_size for layer in decoder] == [(kernel, kernel) for kernel in decoder_kernels]


def test_activations_are_elus_but_code_and_image_are_linear():
    encoder, decoder = networks.began_encoder((16, 16, 1), 5, 2), networks.began_decoder((16, 16, 1), 5, 2)
    assert {layer.activation for layer in convolutions(encoder)} == {keras.activations.elu}
    assert {layer.activation for layer in convolutions(decoder)[:-1]} == {keras.activations.elu}
    assert convolutions(decoder)[-1].activation is keras.activations.linear
    dense = [layer for model in (encoder, decoder) for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert [(layer.units, layer.activation) for layer in dense] == [
        (5, keras.activations.linear),
        (8 * 8 * 2, keras.activations.linear),
    ]


def test_maps_are_doubled_by_their_nearest_pixels():
    decoder = networks.began_decoder((16, 16, 1), 5, 2)
    doubled = [layer for layer in decoder.layers if isinstance(layer, keras.layers.UpSampling2D)]
    assert [(layer.size, layer.interpolation) for layer in doubled] == [((2, 2), "nearest")]


@pytest.mark.parametrize("style", ["began", "cs"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (27, 48, 3), (12, 9, 1), (4, 4, 1)])
def test_images_of_any_size(random, shape, style):
    image = random.normal(size=(2, *shape)).astype("float32")
    code = networks.began_encoder(shape, 4, 2, style)(image)
    assert code.shape == (2, 4)
    assert networks.began_decoder(shape, 4, 2, style)(code).shape == (2, *shape)


def test_names_say_what_a_network_is_for():
    assert networks.began_encoder((8, 8, 1), 4, 2).name == "encoder"
    assert networks.began_decoder((8, 8, 1), 4, 2).name == "decoder"
    assert networks.began_decoder((8, 8, 1), 4, 2, name="generator").name == "generator"


@pytest.mark.parametrize("network", [networks.began_encoder, networks.began_decoder])
def test_refuses_a_style_that_there_is_not(network):
    with pytest.raises(ValueError, match="style must be one of began, cs; received 'dcgan'"):
        network((8, 8, 1), 4, 2, "dcgan")


@pytest.mark.parametrize("make", [networks.began_encoder, networks.began_decoder])
def test_normalised_convolutions(make, random):
    """Each but that of the image has batch normalisation in the place of its biases, before its ELU."""
    model = make((16, 16, 1), 5, 2, batch_norm=True)
    plain = make((16, 16, 1), 5, 2)
    inner = [layer for layer in convolutions(model) if layer.filters != 1]
    assert [layer.filters for layer in convolutions(model)] == [layer.filters for layer in convolutions(plain)]
    assert not any(layer.use_bias for layer in inner)
    normalised = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(normalised) == len(inner)
    outputs = keras.Model(model.input, [layer.output for layer in normalised])(
        random.normal(size=(64, *model.input.shape[1:])), training=True
    )
    for output in outputs:
        np.testing.assert_allclose(np.mean(output, axis=(0, 1, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(np.var(output, axis=(0, 1, 2)), 1, atol=0.1)
