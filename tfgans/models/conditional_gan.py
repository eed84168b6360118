"""The conditional GAN, with any objective."""

from collections.abc import Sequence
from typing import Any

import keras

from tfgans.choices import Conditioning, check_choice
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, Objective
from tfgans.models._fit import Shape
from tfgans.models.gan import GAN
from tfgans.models.labels import Attributes, Classes


@keras.saving.register_keras_serializable("tfgans")
class ConditionalGAN(GAN):
    """GAN conditioned on a class or on attributes (cWGAN section IV-A, Eq. 2; Mirza and Osindero 2014).

    With its defaults it is the vanilla baseline of the cWGAN paper; `ConditionalWGANGP` is the same step
    with the Wasserstein objective and a gradient penalty.

    Args:
        generator: G, from `[latent [B, N], condition [B, K]]` to images `[B, H, W, C]` in [-1, 1].
        discriminator: f, from `[image [B, H, W, C], condition [B, K]]` to logits `[B]` or, for patches,
            `[B, ...]`.
        prior: Distribution of z, of size N.
        objective: Losses of the two players; vanilla by default.
        penalty: Gradient penalty of the discriminator, or `None`.
        conditioning: `"class"` where labels are integers [B] in 0 to K - 1, fed as one-hot vectors;
            `"attributes"` where they are floating [B, K], fed as they are.
        n_critic: Discriminator updates in a step, each on a fresh batch.
        n_generator: Generator updates in a step, conditioned as the last batch.
        latent_sharing: Which updates of a step have one z, as of `GAN`.
        ema_decay: Decay of the averaged generator, or `None`.
        seed: Seed of the noise of training.
        name: Name of the Keras model.

    Raises:
        ValueError: If the networks and the prior do not fit together, or a number is out of range.

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
        objective: Objective | None = None,
        penalty: GradientPenalty | None = None,
        *,
        conditioning: Conditioning = "class",
        **kwargs: Any,
    ) -> None:
        super().__init__(generator, discriminator, prior, objective, penalty, **kwargs)
        check_choice("conditioning", conditioning, Conditioning)
        self.conditioning = conditioning
        self.labels = {"class": Classes, "attributes": Attributes}[conditioning](generator.inputs[1].shape[-1])

    def default_optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at 2e-4, betas .5 and .999, as the authors' code trains the vanilla objective."""
        return {player: keras.optimizers.Adam(2e-4, 0.5, 0.999) for player in self.players}

    def _shapes(
        self, sample: Shape, generator: keras.Model, prior: Prior
    ) -> dict[str, tuple[Sequence[Shape], Shape | None]]:
        condition = tuple(generator.inputs[-1].shape[1:])
        return {"generator": ([(prior.size,), condition], sample), "discriminator": ([sample, condition], None)}
