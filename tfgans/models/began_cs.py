"""BEGAN-CS (Chang et al.): escaping from collapsing modes in a constrained space."""

from typing import Any

import keras
import tensorflow as tf

from tfgans.choices import Norm, check_choice
from tfgans.equilibrium import Balance, Margin
from tfgans.latent import Prior
from tfgans.losses import GradientPenalty, reconstruction_error
from tfgans.models.began import BEGAN


@keras.saving.register_keras_serializable("tfgans")
class BEGANCS(BEGAN):
    """BEGAN with a constraint that codes of G(z) stay close to z, so that different z keep different codes.

    With L(u) = ||u - Dec(Enc(u))|| and L_c = ||z_D - Enc(G(z_D))||, one step is (section 3, Eqs. 1 to 3):

        discriminator  descends  L(x) - k L(G(z_D)) + alpha L_c
        generator      descends  L(G(z_G))
        k              moves by  lambda_k (gamma L(x) - L(G(z_G))), clipped to [0, 1]

    The constraint trains the encoder alone: the decoder is no part of it, and the generator does not descend it. It
    makes Enc an inverse of G, so that Enc(x) is the latent of an image in one pass (section 3.2), and `reconstruct` is
    G(Enc(x)).

    Args:
        constraint_weight: alpha; with 0 this is BEGAN.
        norm: The distance L; the Euclidean norm of a sample by default, as in section 4.
        constraint_norm: The distance of codes.
        Other arguments: As of `BEGAN`.

    Example:

    >>> model = tfgans.BEGANCS(
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "generator"),
    ...     tfgans.networks.relu_mlp(2, 4, (16,), "encoder"),
    ...     tfgans.networks.relu_mlp(4, 2, (16,), "decoder"),
    ...     tfgans.latent.Uniform(4),
    ... )
    >>> model.compile()
    >>> history = model.fit(tfgans.data.toy_world("ring8").batches(64), steps_per_epoch=2, verbose=0)
    >>> model.reconstruct(np.zeros((3, 2))).shape
    (3, 2)
    """

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        decoder: keras.Model,
        prior: Prior,
        equilibrium: Balance | Margin | None = None,
        penalty: GradientPenalty | None = None,
        *,
        constraint_weight: float = 0.1,
        norm: Norm = "l2_sample",
        constraint_norm: Norm = "l2_sample",
        **kwargs: Any,
    ) -> None:
        super().__init__(generator, encoder, decoder, prior, equilibrium, penalty, norm=norm, **kwargs)
        check_choice("constraint_norm", constraint_norm, Norm)
        if constraint_weight < 0:
            raise ValueError(f"constraint_weight must not be negative; received {constraint_weight}.")
        self.constraint_weight = constraint_weight
        self.constraint_norm = constraint_norm

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, *(("constraint",) if self.constraint_weight else ()))

    def constraints(self, latent: tf.Tensor, code: tf.Tensor) -> dict[str, tuple[float, tf.Tensor]]:
        if not self.constraint_weight:
            return {}
        return {"constraint": (self.constraint_weight, reconstruction_error(latent, code, self.constraint_norm))}
