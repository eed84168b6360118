"""The conditional GAN with any objective."""

from typing import Any

import keras

from tfgans.choices import Conditioning, check_choice
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, LossFunction, Objective
from tfgans.models._fit import Shape, Shapes
from tfgans.models.gan import GAN
from tfgans.models.labels import Attributes, Classes, Labels


@keras.saving.register_keras_serializable("tfgans")
class ConditionalGAN(GAN):
    """GAN conditioned on a class or on attributes (cWGAN section IV-A, Eq. 2; Mirza and Osindero 2014).

    The step is that of `GAN`, with l(x, y) and G(z, y). With its defaults this is the vanilla baseline of the cWGAN
    paper's code on colour images; the paper has Adam at 1e-4, betas 0 and .9, for all experiments.

    Args:
        generator: G, from `[latents, conditions]` to samples.
        discriminator: f, from `[samples, conditions]` to logits `[B]` or, for patches, `[B, ...]`.
        conditioning: `"class"` for integer labels [B] in 0 to K - 1, which become one-hot conditions, or
            `"attributes"` for floating labels [B, K], which are the conditions.
        Other arguments: As of `GAN`.

    Example:

    >>> model = tfgans.ConditionalGAN(
    ...     tfgans.networks.conditional_dcgan_generator((8, 8, 1), 16, 10, widths=(8, 4)),
    ...     tfgans.networks.conditional_dcgan_discriminator((8, 8, 1), 10, widths=(4, 8)),
    ...     tfgans.latent.Normal(16),
    ... )
    >>> model.compile()
    >>> images, labels = np.zeros((64, 8, 8, 1), "float32"), np.arange(64) % 10
    >>> history = model.fit(tfgans.data.batches({"image": images, "label": labels}, 16), steps_per_epoch=2, verbose=0)
    >>> model.sample(10, labels=range(10), seed=0).shape
    (10, 8, 8, 1)
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        objective: Objective | LossFunction | None = None,
        penalty: GradientPenalty | None = None,
        *,
        conditioning: Conditioning = "class",
        **kwargs: Any,
    ) -> None:
        if kwargs.get("packing", 1) != 1:
            raise ValueError(
                "The discriminator of a conditional GAN sees pairs of a sample and its label, and cannot be packed; "
                f"received packing={kwargs['packing']}."
            )
        super().__init__(generator, discriminator, prior, objective, penalty, **kwargs)
        check_choice("conditioning", conditioning, Conditioning)
        self.conditioning = conditioning

    @property
    def labels(self) -> Labels:
        """Classes or attributes, as many as the generator's condition has entries."""
        count = self.generator.inputs[1].shape[-1]
        return Classes(count) if self.conditioning == "class" else Attributes(count)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 2e-4, betas .5 and .999, as the authors' code trains the vanilla objective on colour images."""
        return keras.optimizers.Adam(2e-4, 0.5, 0.999)

    def _shapes(self, sample: Shape, generator: keras.Model, prior: Prior) -> Shapes:
        condition = tuple(generator.inputs[-1].shape[1:])
        return {"generator": ([(prior.size,), condition], sample), "discriminator": ([sample, condition], None)}
