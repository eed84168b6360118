"""X-GAN (Blum, Brattoli and Ommer), whose latents are convex combinations of codes of real images."""

import dataclasses
import enum
from typing import Any, ClassVar, Unpack

import keras
import tensorflow as tf

from tfgans.faces import Face
from tfgans.latent import CodeBank, Normal, Prior
from tfgans.losses import (
    LossFunction,
    Minimax,
    Objective,
    as_objective,
    classification_loss,
    feature_distance,
    minimax_generator_loss,
    nonsaturating_generator_loss,
)
from tfgans.models._fit import Shape, Shapes, check_fit, first_output
from tfgans.models.adversarial import AdversarialModel, Shared
from tfgans.models.batches import Batch, checked, rows_of
from tfgans.models.discrimination import Logit
from tfgans.models.faces import make_face, takes_condition
from tfgans.models.labels import Classes


class Draw(enum.IntEnum):
    """The draws of noise in one step."""

    LATENT = 0
    POSTERIOR = 1


class XGANModel(AdversarialModel):
    """The losses of X-GAN and of its ablations without a bank.

    A subclass draws latents in `draw_noise` and codes in `draw_codes`. The arguments are those of `XGAN`, with a prior
    instead of the bank, and with a discriminator of codes, from these to logits `[B, 1]`, or None.
    """

    # In the order of Algorithm 1. A model leaves out the players whose networks it does not have.
    players: tuple[str, ...] = (
        "encoder",
        "generator",
        "discriminator",
        "code_classifier",
        "feature_discriminator",
        "code_discriminator",
    )

    discrimination = Logit()

    code_numbers: ClassVar[int] = 1
    """Numbers that the encoder gives for each entry of a code."""

    code_classifier: keras.Model | None = None
    feature_discriminator: keras.Model | None = None

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        image_classifier: keras.Model,
        code_discriminator: keras.Model | None,
        prior: Prior,
        objective: Objective | LossFunction | None = None,
        *,
        code_classifier: keras.Model | None = None,
        feature_discriminator: keras.Model | None = None,
        adversarial_weight: float = 2.0,
        **shared: Unpack[Shared],
    ) -> None:
        networks = {
            "generator": generator,
            "encoder": encoder,
            "discriminator": discriminator,
            "image_classifier": image_classifier,
            "code_classifier": code_classifier,
            "feature_discriminator": feature_discriminator,
            "code_discriminator": code_discriminator,
        }

        def shapes(sample: Shape) -> Shapes:
            code, classes = (prior.size,), first_output(image_classifier)
            conditions = [classes] if takes_condition(generator) else []
            return {
                "generator": ([code, *conditions], sample),
                "encoder": ([sample], (self.code_numbers * prior.size,)),
                "discriminator": ([sample], (1,)),
                "image_classifier": ([sample], classes),
                "code_classifier": ([code], classes),
                "feature_discriminator": ([sample], (1,)),
                "code_discriminator": ([code], (1,)),
            }

        check_fit(type(self).__name__, networks, (prior.size,), shapes)
        if adversarial_weight < 0:
            raise ValueError(f"adversarial_weight must not be negative; received {adversarial_weight}.")
        self.players = tuple(player for player in type(self).players if networks[player] is not None)
        super().__init__(networks, prior, **shared)
        image_classifier.trainable = False
        self.image_classifier = image_classifier
        self.objective = as_objective(objective or Minimax())
        self.adversarial_weight = adversarial_weight

    @property
    def log_names(self) -> tuple[str, ...]:
        players = tuple(f"{player}_loss" for player in self.players)
        errors = ("feature_error", "reconstruction_error", "embedding_error")
        classes = ("generated_class_loss",) if self.samples_by_label else ()
        adversarial = ("minimax_loss", "nonsaturating_loss", "real_logit", "generated_logit")
        return (*players, *errors, *classes, *adversarial, "code_norm", "code_spread")

    def default_optimizer(self) -> keras.optimizers.Optimizer:
        """Adam at 1e-4 (section 4.1), whose betas the paper does not state."""
        return keras.optimizers.Adam(1e-4, 0.5, 0.999)

    @property
    def labels(self) -> Classes | None:
        """The classes that C_emb or the generator needs; `sample` takes them if `samples_by_label`."""
        if self.code_classifier is None and not self.samples_by_label:
            return None
        # A bank has codes of single classes.
        return Classes(self.image_classifier.outputs[0].shape[-1], mixes=self.sample_prior is not None)

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        """The codes of a batch, and the encoder's regularisation loss.

        Returns:
            Codes `[B, N]`, the scalar regularisation loss, and other scalars by name.
        """
        raise NotImplementedError(f"{type(self).__name__} must define draw_codes.")

    def joint_losses(self, batch: Batch, noise: Batch) -> dict[str, tf.Tensor]:
        """The losses of all players and their parts: the scalars of `log_names`.

        Args:
            batch: `image` x, and `label` y, `[B]`, if `labels` is not None.
            noise: `latent` z_hat, `[B, N]`, which are of the classes y if `samples_by_label`, and the noise that
                `draw_codes` takes.
        """
        image, label, latent = batch["image"], batch.get("label"), noise["latent"]
        generated = self.forward(self.generator, latent, label, training=True)
        # This comes before E sees x in training mode, so that E has the statistics of the codes in the bank.
        embedding_error = tf.reduce_mean(tf.square(latent - self.encode_graph(generated)))
        code, code_loss, losses = self.draw_codes(batch, noise)
        reconstructed = self.forward(self.generator, code, label, training=True)

        (_, *fixed_maps), (_, *fixed_reconstructed), (generated_classes, *_) = (
            self.forward_all(self.image_classifier, x, training=False) for x in (image, reconstructed, generated)
        )
        judged: dict[str, list[list[tf.Tensor]]] = {
            name: [
                self.forward_all(getattr(self, name), self.augmented(x, noise, of), training=True)
                for of, x in (("real", image), ("generated", generated))
            ]
            for name in ("discriminator", "feature_discriminator")
            if name in self.players
        }
        compared = "feature_discriminator" if "feature_discriminator" in judged else "discriminator"
        (_, *learned_maps), _ = judged[compared]
        _, *learned_reconstructed = self.forward_all(
            getattr(self, compared), self.augmented(reconstructed, noise, "real"), training=True
        )
        feature_error = feature_distance(
            [image, *fixed_maps, *learned_maps], [reconstructed, *fixed_reconstructed, *learned_reconstructed]
        )
        (real_logits, *_), (generated_logits, *_) = judged["discriminator"]

        others = (real_logits,) if self.objective.is_relativistic else ()
        adversarial_loss = self.objective.generator_loss(generated_logits, *others)
        encoder_loss = feature_error + code_loss
        generator_loss = feature_error + self.adversarial_weight * adversarial_loss + embedding_error
        for name, pair in judged.items():
            losses[f"{name}_loss"] = self.objective.discriminator_loss(*(logits for logits, *_ in pair))
        losses["discriminator_loss"] *= self.adversarial_weight
        if self.code_classifier is not None:
            logits = self.forward(self.code_classifier, code, training=True)
            losses["code_classifier_loss"] = classification_loss(logits, label)
            encoder_loss += losses["code_classifier_loss"]
        if self.samples_by_label:
            losses["generated_class_loss"] = classification_loss(generated_classes, label)
            generator_loss += losses["generated_class_loss"]
        return {
            **losses,
            "encoder_loss": encoder_loss,
            "generator_loss": generator_loss,
            "feature_error": feature_error,
            "reconstruction_error": tf.reduce_mean(tf.abs(image - reconstructed)),
            "embedding_error": embedding_error,
            "minimax_loss": minimax_generator_loss(generated_logits),
            "nonsaturating_loss": nonsaturating_generator_loss(generated_logits),
            "real_logit": tf.reduce_mean(real_logits),
            "generated_logit": tf.reduce_mean(generated_logits),
            # No loss fixes the scale of the codes, and L_emb falls with it.
            "code_norm": tf.reduce_mean(tf.norm(code, axis=1)),
            "code_spread": tf.reduce_mean(tf.math.reduce_std(code, axis=0)),
        }


@keras.saving.register_keras_serializable("tfgans")
class XGAN(XGANModel):
    """A GAN whose latents lie between the codes of real images of one class (sections 3.1 to 3.3, Algorithm 1).

    With z the code of x, which has class y, z_hat = CC(z) a convex combination of codes near z, and f pixels and maps:

        L_E.clf = -E log softmax(C_emb(E(x)))_y           L_ae = sum over f of mean |f(x) - f(G(E(x)))|
        L_gan = -E log D(x) - E log(1 - D(G(z_hat)))      L_emb = mean (z_hat - E(G(z_hat)))^2
        L_G.clf = -E log softmax(C_img(G(z_hat)))_y

        encoder          descends  L_E.clf + L_ae                                  (line 10)
        generator        descends  L_ae - lambda L_gan + L_emb + L_G.clf           (line 11)
        discriminator    descends  lambda L_gan                                    (line 12)
        code classifier  descends  L_E.clf                                         (line 13)

    All losses come from one pass, before anybody moves. The paper encodes all images at each step. Here a bank keeps
    their codes: `fill_bank` encodes all images, and each step writes back the codes of its batch. The codes in the
    bank, and E within L_emb, are those of E at inference, so that they have one scale. All other passes are in training
    mode, except those of C_img, which is frozen. So the moving statistics of G's batch normalisation, with which it
    samples, come from codes (.53 at momentum .9) as well as from z_hat. L_emb is a mean over entries, since the paper
    gives it the weight of the other losses. With an augmentation T, discriminators see T(x), T(G(E(x))) and
    T(G(z_hat)), the first two with the same random numbers. -lambda L_gan, as printed, is the saturating form;
    `objective=Vanilla()` is the other.

    The ablations of section 4.6 are arguments. Without labels: a bank of one class, and no code classifier. Labels
    beside codes: a generator that takes a condition, and no code classifier. KDE: `KDESampler` in the bank. Codes
    with a prior are `VariationalXGAN` and `AdversarialXGAN`.

    Args:
        generator: G, from codes, or `[codes, conditions]`, to samples.
        encoder: E, from samples to codes; linear, since codes have no prior.
        discriminator: D, from samples to `[logits [B, 1], *maps]`.
        image_classifier: C_img, from samples to `[logits [B, K], *maps]`. It must be trained before, and becomes not
            trainable.
        bank: Codes of the training set, of size N, and of K classes or of one.
        objective: Losses of D and G; `Minimax()` by default.
        code_classifier: C_emb, from codes to logits `[B, K]`, or `None` for no L_E.clf.
        feature_discriminator: A second discriminator like D, with a loss of its own, whose maps are compared. `None`
            compares the maps of D.
        adversarial_weight: lambda; 2 in the paper and by default.
        **shared: `augmentation`, `ema_decay`, `seed` and `name` of `AdversarialModel`.

    Example:

    >>> images, labels = np.random.default_rng(0).uniform(-1, 1, (30, 8, 8, 1)).astype("float32"), np.arange(30) % 3
    >>> model = tfgans.XGAN(
    ...     tfgans.networks.mlp_generator((8, 8, 1), 4, (16,)),
    ...     tfgans.networks.mlp_encoder((8, 8, 1), 4, (16,)),
    ...     tfgans.networks.mlp_classifier((8, 8, 1), 1, (16,), "discriminator"),
    ...     tfgans.networks.mlp_classifier((8, 8, 1), 3, (16,)),
    ...     tfgans.latent.CodeBank(30, 4, neighbours=8, classes=3),
    ...     code_classifier=tfgans.networks.code_classifier(4, 3, 16),
    ... )
    >>> model.fill_bank(images, labels)
    >>> model.compile()
    >>> arrays = {"image": images, "label": labels, "index": np.arange(30)}
    >>> history = model.fit(tfgans.data.batches(arrays, 10), steps_per_epoch=2, verbose=0)
    >>> model.sample(3, labels=range(3), seed=0).shape
    (3, 8, 8, 1)
    """

    def __init__(
        self,
        generator: keras.Model,
        encoder: keras.Model,
        discriminator: keras.Model,
        image_classifier: keras.Model,
        bank: CodeBank,
        objective: Objective | LossFunction | None = None,
        **kwargs: Any,
    ) -> None:
        # Codes follow no prior. This one has their size, and a search for a code may begin at its draws.
        prior = Normal(bank.size)
        super().__init__(generator, encoder, discriminator, image_classifier, None, prior, objective, **kwargs)
        classes = image_classifier.outputs[0].shape[-1]
        if bank.classes not in (1, classes):
            raise ValueError(
                f"A bank has one class or those {classes} of the image_classifier; received {bank.classes}."
            )
        self.bank = bank

    @property
    def log_names(self) -> tuple[str, ...]:
        return (*super().log_names, "shrinkage")

    @property
    def samples_by_label(self) -> bool:
        return self.bank.classes > 1 or super().samples_by_label

    def batch_fields(self) -> dict[str, tf.TensorSpec]:
        return {**super().batch_fields(), "index": tf.TensorSpec([], tf.int64)}

    def fit(self, x: Any, *args: Any, **kwargs: Any) -> keras.callbacks.History:
        """Trains as all models do, on batches with a field `index`: the images' numbers in the bank, integers [B].

        Arrays may leave it out, if they have the order of the bank.

        Raises:
            ValueError: If the bank is empty, or the dataset's elements do not fit the networks.
        """
        self._check_filled()
        return super().fit(x, *args, **kwargs)

    def _check_filled(self) -> None:
        if not self.bank.is_filled:
            raise ValueError("The bank has no codes yet; call fill_bank with the training images.")

    def _step_batches(self, dataset: tf.data.Dataset, replicas: int) -> tf.data.Dataset:
        count, labels = self.bank.count, tf.constant(self.bank.labels.numpy())
        has_classes = self.labels is not None and self.bank.classes > 1
        message = f"An index must lie in 0 to {count - 1}, and have the label that it has in the bank."

        def with_valid_index(batch: Batch) -> Batch:
            index = tf.cast(batch["index"], tf.int64)
            is_valid = (index >= 0) & (index < count)
            if has_classes:
                banked = tf.gather(labels, tf.clip_by_value(index, 0, count - 1))
                is_valid &= banked == tf.cast(batch["label"], tf.int32)
            return checked({**batch, "index": index}, "index", is_valid, message)

        return super()._step_batches(dataset, replicas).map(with_valid_index)

    def fill_bank(self, images: Any, labels: Any = None) -> None:
        """Encodes all samples at inference, and finds the neighbours of each (Algorithm 1, line 2).

        Args:
            images: Samples [n, ...] in the order of the `index` of batches.
            labels: Integers [n] in 0 to K - 1; not needed if the bank has one class.

        Raises:
            ValueError: If a shape does not fit, or the bank refuses the codes.
        """
        self.bank.fill(self.encode(images), labels if self.bank.classes > 1 else None)

    def draw_noise(self, turn: str, batch: Batch, index: int = 0) -> Batch:
        """Adds `latent` z_hat, `[B, N]`, near the batch's codes in the bank."""
        noise = self.noise(self.bank.noise.sample, rows_of(batch), Draw.LATENT, index)
        return {**super().draw_noise(turn, batch, index), "latent": self.bank.combine(batch["index"], noise)}

    def draw_codes(self, batch: Batch, noise: Batch) -> tuple[tf.Tensor, tf.Tensor, dict[str, tf.Tensor]]:
        code = self.forward(self.encoder, batch["image"], training=True)
        return code, tf.zeros([], code.dtype), {}

    def train_step(self, data: Batch) -> dict[str, tf.Tensor]:
        batch = self.batch_of(data)
        code = self.encode_graph(batch["image"])
        self.bank.keep(batch["index"], code)
        noise = self.draw_noise("joint", batch)
        shrinkage = self.shrinkage(batch["index"], noise["latent"], code)
        return self.finish_step({**self.take_turn("joint", batch, noise), "shrinkage": shrinkage})

    def shrinkage(self, index: tf.Tensor, latent: tf.Tensor, code: tf.Tensor) -> tf.Tensor:
        """Mean squared distance of latents `[B, N]` from the means of their classes, over that of codes: a scalar."""
        return tf.math.divide_no_nan(*(self.bank.distance_from_class(index, values) for values in (latent, code)))

    def faces(self) -> dict[str, Face]:
        by_generator = takes_condition(self.generator)
        near = make_face(self, "sample_near", self.sample_near_graph, self.kind, has_label=by_generator)
        faces = super().faces()
        of_bank = (faces["sample"], near)
        return faces | {face.name: dataclasses.replace(face, check=self._check_filled) for face in of_bank}

    @property
    def sample_prior(self) -> None:
        """None, since the latents of samples lie between codes of the bank."""

    def sample_graph(self, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Samples from int64 seeds `[n]` and classes `[n]`: around an anchor of the class."""
        within = label if self.bank.classes > 1 else None
        return self.generate_graph(self.bank.sample_rows(seed, within, self.variable_dtype), label)

    def sample_near_graph(self, image: tf.Tensor, seed: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Samples around given samples `[n, ...]`, from int64 seeds `[n]` and labels."""
        anchor = self.bank.nearest(self.encode_graph(image))
        noise = self.bank.noise.sample_rows(seed, self.variable_dtype)
        return self.generate_graph(self.bank.combine(anchor, noise), label)
