"""VEEGAN (Srivastava et al. 2017), a rival of BEGAN-CS."""

import keras
import tensorflow as tf

from tfgans.augmentation import DifferentiableAugmentation
from tfgans.latent import Prior
from tfgans.losses import LogitLoss
from tfgans.models.adversarial import Shared
from tfgans.models.batches import Batch
from tfgans.models.bigan import BiGAN


@keras.saving.register_keras_serializable("tfgans")
class VEEGAN(BiGAN):
    """Reduces mode collapse by a reconstructor that maps data back to noise.

    With l(x, z) the logit that tells real pairs (x, F(x)) from generated ones (G(z), z), one step is:

        discriminator   descends  softplus(-l(x, F(x))) + softplus(l(G(z), z))
        encoder F       descends  ||z - F(G(z))||^2
        generator       descends  -l(G(z), z) + ||z - F(G(z))||^2

    VEEGAN's own ratio T(z, x) is -l. Its discriminator and the generator's first term are those of lol1.

    The networks and the prior are those of `BiGAN`, whose encoder is F, the reconstructor. The keywords are those of
    `AdversarialModel`.

    Example:

    >>> model = tfgans.VEEGAN(
    ...     tfgans.networks.mlp_generator(2, 4, (16,)),
    ...     tfgans.networks.mlp_encoder(2, 4, (16,)),
    ...     tfgans.networks.mlp_discriminator(2, 4, (16,)),
    ...     tfgans.latent.Uniform(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.encode(np.zeros((3, 2))).shape
    (3, 4)
    """

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        *,
        augmentation: DifferentiableAugmentation | None = None,
        ema_decay: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        shared: Shared = {"augmentation": augmentation, "ema_decay": ema_decay, "seed": seed, "name": name}
        super().__init__(generator, encoder, discriminator, prior, LogitLoss(squared=False), **shared)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-3, beta_1 = .5, as in the authors' code for toy worlds."""
        return keras.optimizers.Adam(1e-3, 0.5)

    def generator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The scalars `encoder_loss` and `generator_loss`, whose players move together."""
        latent = noise["latent"]
        generated = self.forward(self.generator, latent, training=True)
        recoded = self.forward(self.encoder, generated, training=True)
        error = tf.reduce_mean(tf.reduce_sum(tf.square(latent - recoded), axis=1))
        logits = self.logits(self.augmented(generated, noise, "generated"), latent)
        return {"encoder_loss": error, "generator_loss": self.objective.generator_loss(logits) + error}
