import pytest

import tfgans
from tfgans import latent, losses, networks


def model(**arguments):
    return tfgans.ConditionalWGANGP(
        networks.conditional_dcgan_generator((8, 8, 1), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 1), 3, widths=(4, 6)),
        latent.Normal(4),
        **arguments,
    )


def test_defaults_are_the_papers():
    gan = model()
    gan.compile()
    assert gan.n_critic == 5
    assert gan.objective == losses.Wasserstein()
    assert gan.penalty == losses.InterpolatedGradientPenalty(weight=10.0, target=1.0)
    for optimizer in gan.optimizers.values():
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.9)


def test_configuration_keeps_the_penalty():
    gan = model(penalty=losses.HeightAxisGradientPenalty(weight=3.0), n_critic=2)
    copy = tfgans.ConditionalWGANGP.from_config(gan.get_config())
    assert copy.penalty == gan.penalty
    assert copy.n_critic == 2
