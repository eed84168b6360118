"""The adversarial VAE (Khan, Hayat and Barnes): learned loss and latent distributions."""

from typing import Unpack

import keras
import tensorflow as tf

from tfgans.choices import ErrorSign, KLReduction, check_choice
from tfgans.equilibrium import Balance, Equilibrium, Margin
from tfgans.latent import Prior, active_units
from tfgans.losses import sample_errors
from tfgans.models._fit import check_fit, first_output
from tfgans.models._variational import check_standard_normal, encode_posterior, posterior_and_latent
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch
from tfgans.models.discrimination import Energy, autoencoder


@keras.saving.register_keras_serializable("tfgans")
class AdversarialVAE(AdversarialModel):
    """A VAE whose generator also follows a discriminating auto-encoder, in balance with it (sections 3.2 to 3.4).

    With z_v = mean + deviation * noise of E(x), x_v = G(z_v), x_g = G(z_g), and r = A_d(A_e) the discriminator:

        L_e = mean |x - x_v|           L_d = mean |x - r(x)|        L_n = KL(N(mean, variance) || N(0, I))
        L_g = mean |x_g - r(x_g)|      L_v = mean |x_v - r(x_v)|    L_s = mean |A_e(x) - A_e(x_v)|

        encoder        descends  L_n + beta L_s + gamma L_e                        (Eq. 15)
        generator      descends  L_g + alpha L_v + beta L_s + gamma L_e            (Eq. 14)
        discriminator  descends  L_d - k (L_g + alpha L_v)                         (Eq. 13)
        k              follows   e = eta L_d - (L_g + alpha L_v) with a PID controller (Eqs. 11, 12)

    All losses come from one pass, before anybody moves (Algorithm 1). With an augmentation T, A_e and r take T(x),
    T(x_v) and T(x_g), the first two with the same random numbers.

    Args:
        generator: G, from latents to samples; images need not lie in [-1, 1], since `sample` clips them.
        encoder: E, from samples to means and logarithms of variances `[B, 2 N]`.
        discriminator_encoder: A_e, from samples to codes of any shape.
        discriminator_decoder: A_d, from these codes to samples; another network than G.
        prior: Standard normal.
        equilibrium: The controller, by default with eta = .5 and gains of 1e-3, 1e-5 and 1e-5 (section 4); or EBGAN's
            `Margin`, which section 3.2 calls its ancestor, on L_g + alpha L_v of each row.
        reconstructed_weight: alpha, the weight of reconstructions beside generated samples.
        similarity_weight: beta, the weight of the similarity of the discriminator's codes.
        pixel_weight: gamma, the weight of the pixel error.
        kl_reduction: Divisor of L_n, one of `choices.KLReduction`.
        error_sign: `corrected`, or `literal` for e = eta L_d - L_g + alpha L_v, as Eq. 11 is printed.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> model = tfgans.AdversarialVAE(
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "generator"),
    ...     tfgans.networks.relu_mlp(2, 8, (16,), "encoder"),
    ...     tfgans.networks.relu_mlp(2, 4, (16,), "encoder"),
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "decoder"),
    ...     tfgans.latent.Normal(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.reconstruct(np.zeros((3, 2))).shape
    (3, 2)
    """

    players = ("encoder", "generator", "discriminator")
    discrimination = Energy("l1_mean")

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator_encoder: keras.Model,
        discriminator_decoder: keras.Model,
        prior: Prior,
        equilibrium: Balance | Margin | None = None,
        *,
        reconstructed_weight: float = 0.3,
        similarity_weight: float = 0.1,
        pixel_weight: float = 0.1,
        kl_reduction: KLReduction = "per_pixel",
        error_sign: ErrorSign = "corrected",
        **shared: Unpack[Shared],
    ) -> None:
        parts = {
            "generator": generator,
            "encoder": encoder,
            "discriminator_encoder": discriminator_encoder,
            "discriminator_decoder": discriminator_decoder,
        }
        check_fit(
            type(self).__name__,
            parts,
            (prior.size,),
            lambda sample: {
                "encoder": ([sample], (2 * prior.size,)),
                "discriminator_encoder": ([sample], None),
                "discriminator_decoder": ([first_output(discriminator_encoder)], sample),
            },
        )
        check_choice("kl_reduction", kl_reduction, KLReduction)
        check_choice("error_sign", error_sign, ErrorSign)
        if min(reconstructed_weight, similarity_weight, pixel_weight) < 0:
            raise ValueError(
                "reconstructed_weight, similarity_weight and pixel_weight must be at least 0; "
                f"received {reconstructed_weight}, {similarity_weight}, {pixel_weight}."
            )
        discriminator = autoencoder(discriminator_encoder, discriminator_decoder, generator)
        networks = {"generator": generator, "encoder": encoder, "discriminator": discriminator}
        check_standard_normal(type(self).__name__, prior)
        super().__init__(networks, prior, **shared)
        self.discriminator_encoder = discriminator_encoder
        self.discriminator_decoder = discriminator_decoder
        self.equilibrium = equilibrium or Equilibrium(0.5, 1e-3, 1e-5, 1e-5)
        self.reconstructed_weight = reconstructed_weight
        self.similarity_weight = similarity_weight
        self.pixel_weight = pixel_weight
        self.kl_reduction = kl_reduction
        self.error_sign = error_sign

    @property
    def log_names(self) -> tuple[str, ...]:
        players = tuple(f"{player}_loss" for player in self.players)
        errors = ("reconstruction_error", "real_error", "generated_error", "reconstructed_error", "similarity")
        return (*players, *errors, "divergence", "active_units", "measured_ratio", *self.equilibrium.log_names)

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 5e-5 (section 4)."""
        return keras.optimizers.Adam(5e-5)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `posterior`, the noise of z_v, and `latent` z_g, `[B, N]` each."""
        return {**super().draw_noise(turn, batch, index), **posterior_and_latent(self, batch, index)}

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of all players and their parts.

        Returns:
            Scalars: the losses of the players, `reconstruction_error` L_e, `divergence` L_n, `real_error` L_d,
            `generated_error` L_g, `reconstructed_error` L_v, `similarity` L_s, and `active_units`.
        """
        image = batch["image"]
        posterior = encode_posterior(self, batch, noise, self.kl_reduction)
        reconstructed = self.forward(self.generator, posterior.latent, training=True)
        generated = self.forward(self.generator, noise["latent"], training=True)
        code, real_errors = self._code_and_errors(self.augmented(image, noise, "real"))
        reconstructed_code, reconstructed_errors = self._code_and_errors(self.augmented(reconstructed, noise, "real"))
        _, generated_errors = self._code_and_errors(self.augmented(generated, noise, "generated"))
        real_error = tf.reduce_mean(real_errors)
        error = tf.reduce_mean(tf.abs(image - reconstructed))
        similarity = tf.reduce_mean(tf.abs(code - reconstructed_code))
        guidance = self.similarity_weight * similarity + self.pixel_weight * error
        fakes = generated_errors + self.reconstructed_weight * reconstructed_errors
        return {
            "encoder_loss": posterior.divergence + guidance,
            "generator_loss": tf.reduce_mean(fakes) + guidance,
            "discriminator_loss": self.equilibrium.discriminator_loss(real_error, fakes),
            "reconstruction_error": error,
            "divergence": posterior.divergence,
            "real_error": real_error,
            "generated_error": tf.reduce_mean(generated_errors),
            "reconstructed_error": tf.reduce_mean(reconstructed_errors),
            "similarity": similarity,
            "active_units": active_units(posterior.mean),
        }

    def _code_and_errors(self, image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """A_e(u), and the mean |u - r(u)| of each row, `[B]`."""
        code = self.discriminator_encoder(image, training=True)
        decoded = self.forward(self.discriminator_decoder, code, training=True)
        return tf.cast(code, image.dtype), sample_errors(image, decoded, "l1_mean")

    def update_balance(self, losses: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Moves k by this step's errors; returns scalars `k`, `error`, `convergence` and `measured_ratio` (Eq. 10)."""
        weighted = self.reconstructed_weight * losses["reconstructed_error"]
        fakes = losses["generated_error"] + (weighted if self.error_sign == "corrected" else -weighted)
        measured = (losses["generated_error"] + weighted) / losses["real_error"]
        return {**self.equilibrium.update(losses["real_error"], fakes), "measured_ratio": measured}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        losses = self.take_turn("joint", batch, self.draw_noise("joint", batch))
        return self.finish_step({**losses, **self.update_balance(losses)})
