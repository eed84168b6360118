"""The models that the tests serve: `python tests/serving/served_models.py FOLDER` writes them for a server of yours.

They are not trained, and the same wherever they are made.
"""

import pathlib
import sys

import keras
import numpy as np

import tfgans
from tfgans import latent, networks, serving


def conditional():
    """A conditional GAN of colour images: 3 classes."""
    keras.utils.set_random_seed(0)
    return tfgans.ConditionalGAN(
        networks.conditional_dcgan_generator((8, 8, 3), 4, 3, widths=(6, 4)),
        networks.conditional_dcgan_discriminator((8, 8, 3), 3, widths=(4, 6)),
        latent.Normal(4),
    )


def encoding():
    """A LOGAN of grey images, which has an encoder."""
    keras.utils.set_random_seed(1)
    return tfgans.LOGAN(
        networks.dcgan_generator((8, 8, 1), 4, (4, 6)),
        networks.dcgan_encoder((8, 8, 1), 4, (4, 6)),
        networks.dcgan_discriminator((8, 8, 1), 4, (4, 6), head_width=5),
        latent.Uniform(4),
    )


def energies():
    """A BEGAN of points, whose discriminator is an auto-encoder."""
    keras.utils.set_random_seed(2)
    return tfgans.BEGAN(
        networks.relu_mlp(3, 2, (6, 5), "generator"),
        networks.relu_mlp(2, 3, (5, 6), "encoder"),
        networks.relu_mlp(3, 2, (6, 5), "decoder"),
        latent.Uniform(3),
    )


def bank():
    """An X-GAN of points of two classes, which has a bank of codes."""
    keras.utils.set_random_seed(3)
    model = tfgans.XGAN(
        networks.mlp_generator(2, 3, (6,)),
        networks.mlp_encoder(2, 3, (6,)),
        networks.mlp_classifier(2, 1, (6,), "discriminator"),
        networks.mlp_classifier(2, 2, (6,)),
        latent.CodeBank(20, 3, latent.ConvexSampler(3), neighbours=5, classes=2),
    )
    model.fill_bank(np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2)
    return model


MODELS = {"conditional": conditional, "encoding": encoding, "energies": energies, "bank": bank}


def write(folder):
    """Exports all models, with warm-up requests, and `models.config`."""
    for name, make in MODELS.items():
        serving.export(make(), pathlib.Path(folder, name), warmup=True)
        serving.add_to_models_config(pathlib.Path(folder, name))


if __name__ == "__main__":
    write(sys.argv[1])
