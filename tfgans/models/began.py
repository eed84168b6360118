"""BEGAN (Berthelot et al. 2017), whose discriminator is an auto-encoder in balance with the generator."""

from typing import Unpack

import keras
import tensorflow as tf

from tfgans.choices import Norm, check_choice
from tfgans.equilibrium import Balance, Equilibrium, Margin
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, mean_difference, reconstruction_error, reconstruction_errors
from tfgans.models._fit import check_fit
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, rows_of
from tfgans.models.discrimination import Energy, autoencoder
from tfgans.models.gan import Draw, uniform


@keras.saving.register_keras_serializable("tfgans")
class BEGAN(AdversarialModel):
    """Boundary equilibrium GAN, which tells real from generated samples by the error of their reconstructions.

    With D(x) = Dec(Enc(x)) and L(x) = ||x - D(x)||, one step is:

        discriminator  descends  L(x) - k L(G(z_D)), and the penalty on the slope of L between x and G(z_D)
        generator      descends  L(G(z_G))
        k              moves by  lambda_k (gamma L(x) - L(G(z_G))), clipped to [0, 1]

    M = L(x) + |gamma L(x) - L(G(z_G))| measures convergence. With an augmentation T, all x and G(z) are T(x) and
    T(G(z)), also as what D must reconstruct. The papers' networks have no batch normalisation. With it, moving
    statistics of D come from samples as well as from data (.67 to .33 at momentum .9), and `encode` uses them.

    Args:
        generator: G, from latents to samples; images need not lie in [-1, 1], since `sample` clips them.
        encoder: Enc, from samples to codes.
        decoder: Dec, from codes to samples.
        prior: Distribution of z; uniform in the paper.
        equilibrium: The controller of k, by default gamma = .5 and lambda_k = .001; a `Schedule` of k; or EBGAN's
            `Margin`.
        penalty: Gradient penalty of the energy L, or `None`. The paper has none.
        norm: The distance L, one of `choices.Norm`; the mean absolute error by default.
        similarity_weight: Factor of the learned similarity, mean |E Enc(x) - E Enc(G(z))|, in the generator's loss. It
            is that of the row of AVAE's Table 1 without a VAE, in which no generated image belongs to a real one.
        share_latent: Whether z_G is z_D, as in the code of BEGAN-CS.
        recompute_errors: Whether k follows L(x) and L(G(z_G)) of the players after their moves, as in the code of
            BEGAN-CS, instead of the errors that they descended. It takes another pass of all networks.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> model = tfgans.BEGAN(
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "generator"),
    ...     tfgans.networks.relu_mlp(2, 4, (16,), "encoder"),
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "decoder"),
    ...     tfgans.latent.Uniform(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> sorted(history.history)[:5]
    ['allowed_density', 'convergence', 'discriminator_loss', 'error', 'generated_error']
    >>> sorted(history.history)[5:]
    ['generator_loss', 'k', 'real_error']
    """

    players = ("discriminator", "generator")
    turns = {"discriminator": ("discriminator",), "generator": ("generator",)}

    encoder: keras.Model

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        decoder: keras.Model,
        prior: Prior,
        equilibrium: Balance | Margin | None = None,
        penalty: GradientPenalty | None = None,
        *,
        norm: Norm = "l1_mean",
        similarity_weight: float = 0.0,
        share_latent: bool = False,
        recompute_errors: bool = False,
        **shared: Unpack[Shared],
    ) -> None:
        parts = {"generator": generator, "encoder": encoder, "decoder": decoder}
        check_fit(type(self).__name__, parts, (prior.size,))
        check_choice("norm", norm, Norm)
        discriminator = autoencoder(encoder, decoder, generator)
        networks = {"generator": generator, "discriminator": discriminator}
        super().__init__(networks, prior, **shared)
        self.encoder = encoder
        self.decoder = decoder
        self.equilibrium = equilibrium or Equilibrium()
        self.penalty = penalty
        if similarity_weight < 0:
            raise ValueError(f"similarity_weight must not be negative; received {similarity_weight}.")
        if penalty is not None and norm == "l2_batch":
            raise ValueError("A gradient penalty needs an energy for each sample; received norm='l2_batch'.")
        if isinstance(equilibrium, Margin) and norm == "l2_batch":
            raise ValueError("A margin needs an error for each sample; received norm='l2_batch'.")
        self.norm = norm
        self.discrimination = Energy(norm)
        self.similarity_weight = similarity_weight
        self.share_latent = share_latent
        self.recompute_errors = recompute_errors

    @property
    def log_names(self) -> tuple[str, ...]:
        similarity = ("similarity",) if self.similarity_weight else ()
        penalty = self.penalty.log_names if self.penalty else ()
        losses = ("discriminator_loss", "generator_loss", "real_error", "generated_error", *similarity, *penalty)
        return (*losses, *self.equilibrium.log_names)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-4 (BEGAN, section 4.1; BEGAN-CS's code)."""
        return keras.optimizers.Adam(1e-4)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent`, z_D or z_G, `[B, N]`, and `interpolation`, the penalty's epsilon, `[B]`."""
        use = {"discriminator": Draw.DISCRIMINATOR_LATENT, "generator": Draw.GENERATOR_LATENT}[turn]
        latent = self.noise(self.prior.sample, rows_of(batch), use, index)
        noise = {**super().draw_noise(turn, batch, index), "latent": latent}
        if self.penalty is not None and turn == "discriminator":
            noise["interpolation"] = self.noise(uniform, rows_of(batch), Draw.INTERPOLATION, index)
        return noise

    def _samples(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """x and G(z), or T(x) and T(G(z)), `[B, ...]`."""
        generated = self.forward(self.generator, noise["latent"], training=True)
        return self.augmented(batch["image"], noise, "real"), self.augmented(generated, noise, "generated")

    def discriminator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of the discriminator and its parts.

        Returns:
            Scalars `discriminator_loss`, `real_error` L(x), `generated_error` L(G(z_D)), and the constraints.
        """
        latent, (image, generated) = noise["latent"], self._samples(batch, noise)
        code = self.encoder(generated, training=True)
        reconstructed = self.forward(self.discriminator, image, training=True)
        regenerated = self.forward(self.decoder, code, training=True)
        real_error = reconstruction_error(image, reconstructed, self.norm)
        generated_errors = reconstruction_errors(generated, regenerated, self.norm)
        loss = self.equilibrium.discriminator_loss(real_error, generated_errors)
        parts = {"real_error": real_error, "generated_error": tf.reduce_mean(generated_errors)}
        if self.penalty is not None:
            parts |= self.penalty(self._energies, image, generated, noise["interpolation"])
            loss += self.penalty.weight * parts["gradient_penalty"]
        for name, (weight, value) in self.constraints(latent, tf.cast(code, latent.dtype)).items():
            loss += weight * value
            parts[name] = value
        return {"discriminator_loss": loss, **parts}

    def constraints(self, latent: tf.Tensor, code: tf.Tensor) -> dict[str, tuple[float, tf.Tensor]]:
        """Weights and values, by name, of more terms of the discriminator's loss.

        Args:
            latent: z_D, `[B, N]`.
            code: Enc(G(z_D)), `[B, N]`.
        """
        return {}

    def generator_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The loss of the generator and its parts.

        Returns:
            Scalars `generator_loss`, `generator_error` L(G(z_G)), and `similarity` if it has a weight.
        """
        image, generated = self._samples(batch, noise)
        code = self.encoder(generated, training=True)
        regenerated = self.forward(self.decoder, code, training=True)
        error = reconstruction_error(generated, regenerated, self.norm)
        if not self.similarity_weight:
            return {"generator_loss": error, "generator_error": error}
        real_code = self.forward(self.encoder, image, training=True)
        similarity = mean_difference(real_code, tf.cast(code, real_code.dtype))
        loss = error + self.similarity_weight * similarity
        return {"generator_loss": loss, "generator_error": error, "similarity": similarity}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        noise = self.draw_noise("discriminator", batch)
        losses = self.take_turn("discriminator", batch, noise)
        if not self.share_latent:
            noise = self.draw_noise("generator", batch)
        losses |= self.take_turn("generator", batch, noise)
        errors = losses["real_error"], losses["generator_error"]
        if self.recompute_errors:
            errors = tuple(tf.reduce_mean(self._energies(samples)) for samples in self._samples(batch, noise))
        losses |= self.equilibrium.update(*errors)
        return self.finish_step(losses)

    def _energies(self, image: tf.Tensor) -> tf.Tensor:
        """L(u) of each of samples u, `[B]`."""
        return reconstruction_errors(image, self.forward(self.discriminator, image, training=True), self.norm)
