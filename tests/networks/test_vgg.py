import itertools

import keras
import numpy as np
import pytest
from small_networks import shapes

from tfgans import networks


@pytest.fixture(scope="module")
def vgg():
    return networks.vgg19((32, 32, 3), 10)


def test_vgg_has_the_layers_of_the_paper(vgg):
    """Sixteen convolutions of 2, 2, 4, 4, 4 and three layers: 20,024,384 numbers, and 18,923,530 behind them."""
    convolutions = [layer for layer in vgg.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
    channels = [3, *(layer.filters for layer in convolutions)]
    behind = (512 * 4096 + 4096) + (4096 * 4096 + 4096) + (4096 * 10 + 10)
    counted = sum(9 * a * b + b for a, b in itertools.pairwise(channels)) + behind
    assert vgg.count_params() == counted == 38_947_914


def test_vgg_gives_logits_and_the_second_map_of_each_block(vgg, random):
    maps = [(32, 32, 64), (16, 16, 128), (8, 8, 256), (4, 4, 512), (2, 2, 512)]
    assert shapes(vgg.outputs) == [(10,), *maps]
    logits = vgg(random.uniform(-1, 1, (2, 32, 32, 3)))[0].numpy()
    assert np.abs(logits.sum(axis=1) - 1).max() > 1e-3


def test_vgg_refuses_small_images():
    with pytest.raises(ValueError, match=r"32x32 pixels or more; received 28x28. small_vgg takes smaller images"):
        networks.vgg19((28, 28, 3), 10)


def test_small_vgg_by_its_count():
    """448 + 2,320, 4,640 + 9,248, 18,496 + 36,928, then 1,024 x 64 + 64 and 64 x 10 + 10."""
    model = networks.small_vgg((32, 32, 3), 10)
    assert model.count_params() == 138_330
    assert shapes(model.outputs) == [(10,), (32, 32, 16), (16, 16, 32), (8, 8, 64)]


def test_small_vgg_takes_tiny_images(random):
    model = networks.small_vgg((8, 8, 1), 1, (4, 5))
    assert [tuple(output.shape) for output in model(random.normal(size=(2, 8, 8, 1)))] == [
        (2, 1),
        (2, 8, 8, 4),
        (2, 4, 4, 5),
    ]
    with pytest.raises(ValueError, match="4 halvings need images of 16 pixels or more"):
        networks.small_vgg((8, 8, 1), 1, (4, 4, 4, 4))
