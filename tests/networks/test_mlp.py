import numpy as np
import pytest

from tfgans import networks


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def test_counts_of_the_paper():
    assert trainable(networks.mlp_generator(2, 1)) == 527_362
    assert trainable(networks.mlp_generator(2, 2)) == 527_874
    assert trainable(networks.mlp_encoder(2, 1)) == 527_361
    assert trainable(networks.mlp_discriminator(2, 1)) == 527_873
    assert trainable(networks.mlp_discriminator(2)) == 527_361


def test_initial_weights():
    """U(+-1.43 sqrt(3 / n)) with n the fan-in, whose variance is 1.43^2 / n."""
    kernel = networks.mlp_generator(2, 2).layers[3].get_weights()[0]
    assert kernel.shape == (512, 512)
    assert np.abs(kernel).max() == pytest.approx(1.43 * np.sqrt(3 / 512), rel=1e-3)
    assert kernel.var() == pytest.approx(1.43**2 / 512, rel=0.02)


def test_logits_are_one_a_row(random):
    discriminator = networks.mlp_discriminator(2, 3, widths=(4,))
    assert discriminator([random.normal(size=(5, 2)), random.normal(size=(5, 3))]).shape == (5, 1)
