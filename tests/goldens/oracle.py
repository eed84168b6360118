"""Makes the goldens of the five systems, SYSTEM.json, with the papers' and the authors' formulas in PyTorch.

pip install torch==2.13.0 numpy
python tests/goldens/oracle.py

It shares cases.py with the test, and nothing with tfgans: networks, losses and hyper-parameters are written down
here a second time, in double precision, from the papers and from the behaviour of the authors' code. Two things
are conventions of tfgans: a weight has the place and the axes that Keras gives it, and a constant that moves nobody
is left out of a loss. Four habits of the authors' code are left out as they are in tfgans: LOGAN's one Adam for
three players, whose powers of beta move three times a step; cWGAN's fresh labels for G on MNIST, where these are of
the critic's last batch; the betas that cWGAN never trains; and the wrong labels of real images that one version of its
MNIST script shows the critic.
"""

import json
import math
import pathlib

import cases
import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)

# TensorFlow 1 has the former; the papers state none, and Keras has the latter.
ADAM_EPSILON = {"code": 1e-8, "paper": 1e-7}
BATCH_NORM_EPSILON = 1e-3


class Network:
    """A function of its weights, which are made where it asks for them the first time."""

    def __init__(self, case, name, function):
        self._key, self._function = (case, name), function
        self._weights = []

    def __call__(self, *inputs, training=True):
        self._next, self.training = 0, training
        return self._function(self, *inputs)

    def weight(self, kind, *shape):
        if self._next == len(self._weights):
            value = torch.tensor(cases.weight(*self._key, self._next, kind, shape)).double()
            self._weights.append(value.requires_grad_(not kind.startswith("moving")))
        value = self._weights[self._next]
        assert value.shape == shape, (self._key, self._next, kind, shape)
        self._next += 1
        return value

    def replace(self, moved):
        self._weights = [moved(value) if value.requires_grad else value for value in self._weights]

    @property
    def trainable(self):
        return [value for value in self._weights if value.requires_grad]


# Layers. Images are [B, H, W, C], as the weights have them.


def dense(net, x, units, bias=True):
    y = x @ net.weight("kernel", x.shape[1], units)
    return y + net.weight("bias", units) if bias else y


def convolution(net, x, filters, size, stride=1, bias=True, padding="same"):
    """TensorFlow's `same` puts the odd pixel of the padding behind."""
    kernel = net.weight("kernel", size, size, x.shape[3], filters)
    x = x.permute(0, 3, 1, 2).contiguous()
    if padding == "same":
        pads = []
        for length in (x.shape[3], x.shape[2]):
            total = max((math.ceil(length / stride) - 1) * stride + size - length, 0)
            pads += [total // 2, total - total // 2]
        x = functional.pad(x, pads)
    y = functional.conv2d(x, kernel.permute(3, 2, 0, 1).contiguous(), stride=stride).permute(0, 2, 3, 1)
    return y + net.weight("bias", filters) if bias else y


def transposed(net, x, filters, size, bias):
    """Doubles the size: the gradient of a `same` convolution of stride 2."""
    height, width, channels = x.shape[1:]
    kernel = net.weight("kernel", size, size, filters, channels)
    inputs, kernel = x.permute(0, 3, 1, 2).contiguous(), kernel.permute(3, 2, 0, 1).contiguous()
    y = functional.conv_transpose2d(inputs, kernel, stride=2)
    before = (size - 2) // 2
    y = y[:, :, before : before + 2 * height, before : before + 2 * width].permute(0, 2, 3, 1)
    return y + net.weight("bias", filters) if bias else y


def batch_norm(net, x, scale=True):
    channels = x.shape[-1]
    gamma = net.weight("gamma", channels) if scale else 1
    beta = net.weight("beta", channels)
    mean, variance = net.weight("moving_mean", channels), net.weight("moving_variance", channels)
    if net.training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes, unbiased=False)
    return (x - mean) / torch.sqrt(variance + BATCH_NORM_EPSILON) * gamma + beta


def leaky_relu(x):
    return functional.leaky_relu(x, 0.2)


def nearest(x):
    return x.repeat_interleave(2, 1).repeat_interleave(2, 2)


def flat(x):
    return x.reshape(len(x), -1)


# Formulas that several papers have.


def lengths(x):
    return flat(x).norm(dim=1)


def slope(function, x):
    """The gradient of a sum of logits, through which gradients flow."""
    return torch.autograd.grad(function(x).sum(), x, create_graph=True)[0]


def blend(shares, first, second):
    shares = shares.reshape(-1, *[1] * (first.ndim - 1))
    return (shares * first + (1 - shares) * second).detach().requires_grad_()


def cross_entropy(logits, real):
    return functional.softplus(-logits if real else logits).mean()


def gradient(loss, *networks):
    return torch.autograd.grad(loss, [w for net in networks for w in net.trainable], retain_graph=True)


class Adam:
    """The optimizer of a player, as TensorFlow computes it, at the learning rate that all cases have."""

    rate = 1e-4

    def __init__(self, case, networks, first_decay, second_decay):
        self._networks, self._decays, self._steps = networks, (first_decay, second_decay), 0
        self._epsilon = ADAM_EPSILON[case.split(":")[1]]
        self._start = [w for net in networks for w in net.trainable]
        self._moments = [[torch.zeros_like(w), torch.zeros_like(w)] for w in self._start]

    def descend(self, loss):
        """Puts new weights in the place of the old ones, which graphs may still have."""
        self._steps += 1
        first, second = self._decays
        corrected = math.sqrt(1 - second**self._steps) / (1 - first**self._steps)
        updates = iter(zip(gradient(loss, *self._networks), self._moments, strict=True))

        def moved(weight):
            slope_, moments = next(updates)
            moments[0] = first * moments[0] + (1 - first) * slope_
            moments[1] = second * moments[1] + (1 - second) * slope_**2
            change = corrected * moments[0] / (moments[1].sqrt() + self._epsilon)
            return (weight - self.rate * change).detach().requires_grad_()

        for net in self._networks:
            net.replace(moved)

    def changes(self):
        """How far the weights have come, over the learning rate."""
        now = [w for net in self._networks for w in net.trainable]
        return kept([(new - old) / self.rate for new, old in zip(now, self._start, strict=True)])


def given(array):
    return torch.tensor(array).double()


def scalars(**values):
    return {name: value.item() for name, value in values.items()}


def kept(values):
    return cases.gradients([value.detach().numpy() for value in values])


def seen(**values):
    return {name: cases.forward(value.detach().numpy()) for name, value in values.items()}


# cWGAN. `grey` is the code on MNIST: pixels in [0, 1], and a last layer and a projection with batch normalisation and
# ReLU. Colour is the text: a tanh, and a linear projection.


def cwgan(case, size, grey):
    small, is_code = cases.CASES[case], case.endswith("code")
    channels, labels = (1, 10) if grey else (3, 9)

    def generate(net, z, y):
        first, *widths = small["generator_widths"]

        def normalised(x):
            return torch.relu(batch_norm(net, x, scale=not is_code))

        x = dense(net, torch.cat([z, y], 1), 16 * first).reshape(-1, 4, 4, first)
        x = normalised(x) if grey else x
        for width in widths:
            x = normalised(transposed(net, x, width, 5, bias=False))
        if not grey:
            return torch.tanh(transposed(net, x, channels, 5, bias=True))
        return normalised(transposed(net, x, channels, 5, bias=False))[:, :size, :size]

    def criticise(net, x, y):
        x = torch.cat([x, y[:, None, None, :].expand(-1, size, size, -1)], 3)
        for width in small["discriminator_widths"]:
            x = leaky_relu(convolution(net, x, width, 5, 2))
        return convolution(net, x, 1, 4)

    generator, critic = Network(case, "generator", generate), Network(case, "discriminator", criticise)

    def real(batch):
        x = given(cases.uniform(case, f"image/{batch}", cases.ROWS, size, size, channels))
        return (x + 1) / 2 if grey else x

    def label(batch):
        if not grey:
            return given(cases.attributes(case, f"label/{batch}", labels))
        return functional.one_hot(torch.tensor(cases.classes(case, f"label/{batch}", labels)), labels).double()

    def latent(use):
        return -1 + given(cases.normal(case, use, cases.ROWS, small["latent_size"]))

    def critic_losses(batch):
        x, y = real(batch), label(batch)
        fake = generator(latent(f"discriminator_latent/{batch}"), y)
        share = given(cases.shares(case, f"interpolation/{batch}"))
        if is_code:  # one epsilon for all, the sum of the scores, and a norm over the height alone
            between = blend(share[:1], x, fake)
            norms = slope(lambda u: critic(u, y), between).norm(dim=1)
        else:  # the mean of an image's scores
            between = blend(share, x, fake)
            norms = lengths(slope(lambda u: critic(u, y).mean((1, 2, 3)), between))
        penalty = 10 * ((norms - 1) ** 2).mean()
        fake_score = critic(fake, y).mean()
        return fake_score - critic(x, y).mean() + penalty, fake_score, penalty

    def generator_loss(batch):
        """With the labels of one of the critic's batches."""
        y = label(batch)
        return -critic(generator(latent("generator_latent/0"), y), y).mean()

    critic_loss, fake_score, penalty = critic_losses(0)
    first_loss = generator_loss(0)
    fake = generator(latent("discriminator_latent/0"), label(0))
    found = {
        "forward": seen(generated=2 * fake - 1 if grey else fake, real_logits=critic(real(0), label(0))),
        "losses": scalars(
            discriminator_loss=critic_loss,
            generator_loss=first_loss,
            generated_logit=fake_score,
            weighted_penalty=penalty,
        ),
        "gradients": {
            "discriminator": kept(gradient(critic_loss, critic)),
            "generator": kept(gradient(first_loss, generator)),
        },
    }
    # Five updates of the critic, then of G: two with one z in the code on MNIST, else one.
    players = {"discriminator": Adam(case, [critic], 0.0, 0.9), "generator": Adam(case, [generator], 0.0, 0.9)}
    for batch in range(5):
        players["discriminator"].descend(critic_losses(batch)[0])
    for _ in range(2 if grey else 1):
        players["generator"].descend(generator_loss(4))
    return {**found, "changes": {player: adam.changes() for player, adam in players.items()}}


# LOGAN.


def dcgan_generator(net, z, widths, smallest, size, channels=3, kernel=4):
    """Widths from the largest map to the smallest; the projection is normalised entry by entry."""
    x = leaky_relu(batch_norm(net, dense(net, z, smallest**2 * widths[-1], bias=False)))
    x = x.reshape(-1, smallest, smallest, widths[-1])
    for width in reversed(widths[:-1]):
        x = leaky_relu(batch_norm(net, transposed(net, x, width, kernel, bias=False)))
    return torch.tanh(transposed(net, x, channels, kernel, bias=True))[:, :size, :size]


def logan_images(case, has_encoder):
    small = cases.CASES[case]
    widths, head, latent_size = small["widths"], small["head_width"], small["latent_size"]

    def encode(net, x):
        for width in widths:
            x = leaky_relu(batch_norm(net, convolution(net, x, width, 4, 2, bias=False)))
        return torch.tanh(dense(net, flat(x), latent_size))

    def discriminate(net, x, *beside):
        for width in widths:
            x = leaky_relu(convolution(net, x, width, 4, 2))
        x = flat(leaky_relu(convolution(net, x, head, 4, padding="valid")))
        x = torch.cat([x, *beside], 1)
        return dense(net, leaky_relu(dense(net, x, x.shape[1])), 1)[:, 0]

    generator = Network(case, "generator", lambda net, z: dcgan_generator(net, z, widths, 4, 32))
    encoder = Network(case, "encoder", encode)
    discriminator = Network(case, "discriminator", discriminate)
    x = given(cases.uniform(case, "image/0", cases.ROWS, 32, 32, 3))
    if has_encoder:
        z = given(cases.uniform(case, "latent/0", cases.ROWS, latent_size))
        return bigan(case, generator, encoder, discriminator, x, z, penalty_weight=1.0)
    z = given(cases.uniform(case, "discriminator_latent/0", cases.ROWS, latent_size))
    return gan(case, generator, discriminator, x, z)


def logan_toy(case):
    widths = cases.CASES[case]["widths"]

    def fully_connected(outputs):
        def apply(net, *inputs):
            x = torch.cat(inputs, 1)
            for width in widths:
                x = leaky_relu(dense(net, x, width))
            return dense(net, x, outputs)

        return apply

    networks = (Network(case, name, fully_connected(n)) for name, n in (("generator", 2), ("encoder", 1)))
    scored = fully_connected(1)
    discriminator = Network(case, "discriminator", lambda net, x, z: scored(net, x, z)[:, 0])
    x = given(cases.uniform(case, "image/0", cases.ROWS, 2))
    z = given(cases.uniform(case, "latent/0", cases.ROWS, 1))
    return bigan(case, *networks, discriminator, x, z, penalty_weight=0.1)


def bigan(case, generator, encoder, discriminator, x, z, penalty_weight):
    """lol1 (`code`) or lol2 (`paper`), and the pair-wise penalty, a norm, in x alone.

    D moves first, and E and G together on the same batch.
    """
    share = given(cases.shares(case, "interpolation/0"))
    code, fake = encoder(x), generator(z)
    real_logits, fake_logits = discriminator(x, code), discriminator(fake, z)
    back = generator(code)
    difference = (x - back).detach()
    direction = difference / lengths(difference).reshape(-1, *[1] * (x.ndim - 1))
    found = slope(lambda between: discriminator(between, code), blend(share, x, back))
    penalty = lengths(found - direction).mean()
    if case.endswith("code"):
        told_apart = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False)
    else:
        told_apart = ((1 - torch.sigmoid(real_logits)) ** 2 + torch.sigmoid(fake_logits) ** 2).mean()
    discriminator_loss = told_apart + penalty_weight * penalty
    encoder_loss, generator_loss = real_logits.mean(), -fake_logits.mean()
    goldens = {
        "forward": seen(
            generated=fake, code=code, reconstructed=back, real_logits=real_logits, generated_logits=fake_logits
        ),
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            encoder_loss=encoder_loss,
            generator_loss=generator_loss,
            real_logit=real_logits.mean(),
            generated_logit=fake_logits.mean(),
            gradient_penalty=penalty,
        ),
        "gradients": {
            "discriminator": kept(gradient(discriminator_loss, discriminator)),
            "encoder": kept(gradient(encoder_loss, encoder)),
            "generator": kept(gradient(generator_loss, generator)),
        },
    }
    networks = {"discriminator": discriminator, "encoder": encoder, "generator": generator}
    players = {player: Adam(case, [net], 0.5, 0.9) for player, net in networks.items()}
    players["discriminator"].descend(discriminator_loss)
    later = {"encoder": discriminator(x, encoder(x)).mean(), "generator": -discriminator(generator(z), z).mean()}
    for player, loss in later.items():
        players[player].descend(loss)
    return {**goldens, "changes": {player: adam.changes() for player, adam in players.items()}}


def gan(case, generator, discriminator, x, z):
    """The form without an encoder, with the vanilla losses; G's does not saturate. Both players have one z."""
    fake = generator(z)
    real_logits, fake_logits = discriminator(x), discriminator(fake)
    discriminator_loss = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False)
    generator_loss = cross_entropy(fake_logits, True)
    goldens = {
        "forward": seen(generated=fake, real_logits=real_logits),
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            generator_loss=generator_loss,
            generated_logit=fake_logits.mean(),
        ),
        "gradients": {
            "discriminator": kept(gradient(discriminator_loss, discriminator)),
            "generator": kept(gradient(generator_loss, generator)),
        },
    }
    players = {"discriminator": Adam(case, [discriminator], 0.5, 0.9), "generator": Adam(case, [generator], 0.5, 0.9)}
    players["discriminator"].descend(discriminator_loss)
    players["generator"].descend(cross_entropy(discriminator(generator(z)), True))
    return {**goldens, "changes": {player: adam.changes() for player, adam in players.items()}}


# The auto-encoders of BEGAN, BEGAN-CS and AVAE, for 64 pixels: four pairs of convolutions.


def pairs_encoder(net, x, filters, outputs, grows_in_second):
    """Maps grow by `filters` a pair; all convolutions end in an ELU, and the code is linear."""
    x = functional.elu(convolution(net, x, filters, 3))
    for pair in range(1, 5):
        last = pair == 4
        after = (pair + 1) * filters if grows_in_second and not last else pair * filters
        x = functional.elu(convolution(net, x, pair * filters, 3))
        x = functional.elu(convolution(net, x, after, 3))
        if not last:
            x = functional.elu(convolution(net, x, after, 3, 2))
    return dense(net, flat(x), outputs)


def pairs_decoder(net, z, filters, widens):
    """From 8 pixels; BEGAN-CS doubles the channels with a 1x1 convolution before it doubles the size."""
    x = dense(net, z, 64 * filters).reshape(-1, 8, 8, filters)
    for pair in range(1, 5):
        x = functional.elu(convolution(net, x, filters, 3))
        x = functional.elu(convolution(net, x, filters, 3))
        if pair < 4:
            x = nearest(functional.elu(convolution(net, x, 2 * filters, 1)) if widens else x)
    return convolution(net, x, 3, 3)


# BEGAN-CS. Code: one z serves D, G and k, which moves by errors computed anew after both updates, and the constraint
# is a mean. Paper: BEGAN's layout, a z for each player, Euclidean norms of a batch over its size.


def began_cs(case):
    filters, size = (cases.CASES[case][name] for name in ("filters", "latent_size"))
    is_code = case.endswith("code")
    generator, decoder = (
        Network(case, name, lambda net, z: pairs_decoder(net, z, filters, widens=is_code))
        for name in ("generator", "decoder")
    )
    encoder = Network(case, "encoder", lambda net, x: pairs_encoder(net, x, filters, size, grows_in_second=is_code))
    x = given(cases.uniform(case, "image/0", cases.ROWS, 64, 64, 3))
    z_d, z_g = (
        given(cases.uniform(case, f"{player}_latent/0", cases.ROWS, size)) for player in ("discriminator", "generator")
    )

    def error(u):
        return (u - decoder(encoder(u))).norm() / len(u)

    fake = generator(z_d)
    real_error, fake_error = error(x), error(fake)
    missed = z_d - encoder(fake)
    constraint = missed.abs().mean() if is_code else missed.norm() / len(missed)
    discriminator_loss = real_error - cases.K * fake_error + 0.1 * constraint
    generator_loss = error(generator(z_g))
    goldens = {
        "forward": seen(generated=fake, code=encoder(x), reconstructed=decoder(encoder(x))),
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            generator_loss=generator_loss,
            real_error=real_error,
            generated_error=fake_error,
            constraint=constraint,
        ),
        "gradients": {
            "discriminator": kept(gradient(discriminator_loss, encoder, decoder)),
            "generator": kept(gradient(generator_loss, generator)),
        },
    }
    players = {
        "discriminator": Adam(case, [encoder, decoder], 0.9, 0.999),
        "generator": Adam(case, [generator], 0.9, 0.999),
    }
    z_g = z_d if is_code else z_g
    players["discriminator"].descend(discriminator_loss)
    generator_loss = error(generator(z_g))
    players["generator"].descend(generator_loss)
    if is_code:
        real_error, generator_loss = error(x), error(generator(z_g))
    return {
        **goldens,
        "changes": {player: adam.changes() for player, adam in players.items()},
        "change_of_k": (1e-3 * (0.5 * real_error - generator_loss)).item(),
    }


# AVAE: the paper, with the layout of BEGAN and its Eqs. 7 and 11 corrected.


def avae(case):
    filters, size = (cases.CASES[case][name] for name in ("filters", "latent_size"))
    generator, decoder = (
        Network(case, name, lambda net, z: pairs_decoder(net, z, filters, widens=False))
        for name in ("generator", "discriminator_decoder")
    )
    encoder, discriminator_encoder = (
        Network(case, name, lambda net, x, n=n: pairs_encoder(net, x, filters, n, grows_in_second=False))
        for name, n in (("encoder", 2 * size), ("discriminator_encoder", size))
    )
    x = given(cases.uniform(case, "image/0", cases.ROWS, 64, 64, 3))
    noise, z_g = (given(cases.normal(case, use, cases.ROWS, size)) for use in ("posterior/0", "latent/0"))

    mean, log_variance = encoder(x).split(size, 1)
    x_v, x_g = generator(mean + torch.exp(log_variance / 2) * noise), generator(z_g)
    l_e = (x - x_v).abs().mean()
    # In the units of L_e: of the whole latent vector, over the number of an image's entries.
    l_n = ((mean**2 + log_variance.exp() - 1 - log_variance) / 2).sum(1).mean() / x[0].numel()
    l_d, l_g, l_v = ((u - decoder(discriminator_encoder(u))).abs().mean() for u in (x, x_g, x_v))
    l_s = (discriminator_encoder(x) - discriminator_encoder(x_v)).abs().mean()
    alpha, beta, gamma, eta = 0.3, 0.1, 0.1, 0.5
    losses = {
        "encoder": l_n + beta * l_s + gamma * l_e,
        "generator": l_g + alpha * l_v + beta * l_s + gamma * l_e,
        "discriminator": l_d - cases.K * (l_g + alpha * l_v),
    }
    slopes = {
        "encoder": gradient(losses["encoder"], encoder),
        "generator": gradient(losses["generator"], generator),
        "discriminator": gradient(losses["discriminator"], discriminator_encoder, decoder),
    }

    # Three moves of k, the errors of the second and third with twice and half of L_d.
    integral, proportional, differential = 1e-3, 1e-5, 1e-5
    k, before, before_that, ks = cases.K, 0.0, 0.0, []
    for factor in cases.FACTORS:
        error = (eta * factor * l_d - (l_g + alpha * l_v)).item()
        k += integral * error
        k += proportional * (error - before) + differential * (error - 2 * before + before_that)
        before, before_that = error, before
        ks.append(k - cases.K)
    return {
        "forward": seen(
            mean=mean,
            log_variance=log_variance,
            reconstructed=x_v,
            generated=x_g,
            examined=decoder(discriminator_encoder(x)),
        ),
        "losses": scalars(
            **{f"{player}_loss": loss for player, loss in losses.items()},
            reconstruction_error=l_e,
            divergence=l_n,
            real_error=l_d,
            generated_error=l_g,
            reconstructed_error=l_v,
            similarity=l_s,
        ),
        "gradients": {player: kept(values) for player, values in slopes.items()},
        "changes_of_k": ks,
    }


# X-GAN: the paper.


def vgg19(net, x, classes):
    """Logits, and the second map of each block."""
    maps = []
    for width, count in ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)):
        for place in range(count):
            x = torch.relu(convolution(net, x, width, 3))
            if place == 1:
                maps.append(x)
        x = functional.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    x = torch.relu(dense(net, flat(x), 4096))
    return dense(net, torch.relu(dense(net, x, 4096)), classes), maps


def xgan(case):
    small = cases.CASES[case]
    widths, size, classes, shape = (small[name] for name in ("widths", "latent_size", "condition_size", "image_shape"))

    def encoded(outputs):
        def apply(net, x):
            for place, width in enumerate(widths):
                x = convolution(net, x, width, 4, 2, bias=place == 0)
                x = leaky_relu(batch_norm(net, x) if place else x)
            return dense(net, flat(x), outputs)

        return apply

    generator = Network(case, "generator", lambda net, z: dcgan_generator(net, z, widths, 1, shape[0]))
    encoder = Network(case, "encoder", encoded(size))
    discriminator = Network(case, "discriminator", encoded(1))
    code_classifier = Network(
        case, "code_classifier", lambda net, z: dense(net, leaky_relu(dense(net, z, 512)), classes)
    )
    image_classifier = Network(case, "image_classifier", lambda net, x: vgg19(net, x, classes))
    second = Network(case, "feature_discriminator", lambda net, x: vgg19(net, x, 1))
    x = given(cases.uniform(case, "image/0", cases.ROWS, *shape))
    y = torch.tensor(cases.classes(case, "label/0", classes))
    z_hat = given(cases.normal(case, "latent/0", cases.ROWS, size))

    code, generated = encoder(x), generator(z_hat)
    reconstructed = generator(code)
    l_e_clf = functional.cross_entropy(code_classifier(code), y)
    fixed, fixed_back = (image_classifier(u)[1] for u in (x, reconstructed))
    real_second, seen_maps = second(x)
    pairs = zip([x, *fixed, *seen_maps], [reconstructed, *fixed_back, *second(reconstructed)[1]], strict=True)
    l_ae = sum((first - other).abs().mean() for first, other in pairs)
    real_logits, fake_logits = discriminator(x), discriminator(generated)
    l_gan = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False)
    l_emb = ((z_hat - encoder(generated, training=False)) ** 2).mean()
    l_g_clf = functional.cross_entropy(image_classifier(generated)[0], y)
    losses = {
        "encoder": l_e_clf + l_ae,
        # Of -lambda L_gan, the term of D(x) moves nobody here.
        "generator": l_ae - 2 * cross_entropy(fake_logits, False) + l_emb + l_g_clf,
        "discriminator": 2 * l_gan,
        "code_classifier": l_e_clf,
        "feature_discriminator": cross_entropy(real_second, True) + cross_entropy(second(generated)[0], False),
    }
    players = {
        "encoder": encoder,
        "generator": generator,
        "discriminator": discriminator,
        "code_classifier": code_classifier,
    }
    return {
        "forward": seen(
            code=code,
            generated=generated,
            real_logits=real_logits,
            class_logits=image_classifier(x)[0],
        ),
        "losses": scalars(
            **{f"{player}_loss": loss for player, loss in losses.items()},
            feature_error=l_ae,
            embedding_error=l_emb,
            generated_class_loss=l_g_clf,
        ),
        "gradients": {player: kept(gradient(losses[player], net)) for player, net in players.items()},
    }


GOLDENS = {
    "cwgan": {
        "cwgan/mnist:code": lambda case: cwgan(case, 28, grey=True),
        "cwgan/celeba:code": lambda case: cwgan(case, 64, grey=False),
        "cwgan/celeba:paper": lambda case: cwgan(case, 64, grey=False),
    },
    "logan": {
        "logan/cifar10:code": lambda case: logan_images(case, has_encoder=True),
        "logan/cifar10:paper": lambda case: logan_images(case, has_encoder=True),
        "logan/ring8:code": logan_toy,
        "gan/cifar10:code": lambda case: logan_images(case, has_encoder=False),
    },
    "began_cs": {"began_cs/celeba64:code": began_cs, "began_cs/celeba64:paper": began_cs},
    "avae": {"avae/celeba64:paper": avae},
    "xgan": {"xgan/facescrub:paper": xgan},
}

if __name__ == "__main__":
    for system, makers in GOLDENS.items():
        goldens = {case: {"draws": cases.draws(case), **make(case)} for case, make in makers.items()}
        text = json.dumps(goldens, indent=1)
        pathlib.Path(__file__).with_name(f"{system}.json").write_text(text + "\n")
