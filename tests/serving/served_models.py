"""The models that the tests serve: `python tests/serving/served_models.py FOLDER` writes them for a server of yours.

They are not trained, and the same wherever they are made.
"""

import pathlib
import sys

import keras

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


MODELS = {"conditional": conditional, "encoding": encoding}


def write(folder):
    """Exports all models, with warm-up requests, and `models.config`."""
    for name, make in MODELS.items():
        serving.export(make(), pathlib.Path(folder, name), warmup=True)
        serving.add_to_models_config(pathlib.Path(folder, name))


if __name__ == "__main__":
    write(sys.argv[1])
